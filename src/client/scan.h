/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan: takes the member "signature" out of an answer while it arrives.
 *
 * An attached signature may hold 64 MiB of content.  Its text goes, decoded,
 * to a descriptor; the rest of the answer, with "" in its place, is small and
 * is parsed as JSON afterwards.  So this only has to find strings and depth;
 * what else is wrong with the answer the JSON parser will see.
 */
#ifndef SIGNET_CLIENT_SCAN_H
#define SIGNET_CLIENT_SCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/b64.h"
#include "base/buf.h"
#include "base/slice.h"

struct error;

struct client_scan {
	int fd;		     /* borrowed, blocking */
	bool base64;	     /* the member is base64 (raw, CMS), else as is */
	uint64_t written;    /* bytes of the signature */
	unsigned int found;  /* times the member was there */

	unsigned int depth;
	int state;
	bool escaped;
	bool in_key;	     /* at depth 1, a string that is a name */
	char key[16];	     /* its beginning */
	size_t key_len;
	struct b64_stream b64;
	struct buf text;     /* characters of the member, not written yet */
	struct buf bytes;
};

void client_scan_init(struct client_scan *s, int fd, bool base64);
void client_scan_fini(struct client_scan *s);

/*
 * The next piece of the answer; what is not the signature is appended to rest.
 * ERR_PROTOCOL: the member is not base64 or there twice; ERR_IO: the descriptor
 * cannot be written; ERR_TOO_LARGE: rest is full.
 */
int client_scan_feed(struct client_scan *s, struct slice piece,
		     struct buf *rest, struct error *e) MUST_CHECK;

#endif
