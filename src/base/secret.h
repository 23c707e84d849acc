/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secret: the only place where a PIN may lie.
 *
 * One page of its own: locked in memory, left out of core files and of forked
 * children, wiped on release.  It exists in the worker and in the prompt, for
 * one login, and never in signetd.
 */
#ifndef SIGNET_BASE_SECRET_H
#define SIGNET_BASE_SECRET_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct error;

/* Longest PIN of any known token is 255 bytes (CK_TOKEN_INFO of PKCS#11). */
#define SECRET_MAX 1024

struct secret {
	uint8_t *ptr; /* page, or NULL */
	size_t len;   /* bytes of the PIN; no NUL is counted or needed */
};

/* Allocates the page.  ERR_NO_MEMORY when it cannot be had or locked. */
int secret_init(struct secret *s, struct error *e) MUST_CHECK;
/* Wipe and unmap.  NULL and a zeroed struct are allowed. */
void secret_fini(struct secret *s);

/*
 * Read a pin-source file (RFC 7512 section 2.4) into s, which must be
 * initialised: its first line without the line end.  Refused (ERR_PIN_SOURCE)
 * when it is not a regular file, is owned by neither this user nor root, can
 * be used by group or others, is empty or longer than SECRET_MAX; s is then
 * empty.  A symbolic link is followed, its target judged.  Blocking;
 * the file's bytes are in no other buffer.
 */
int secret_read_file(struct secret *s, const char *path, struct error *e)
	MUST_CHECK;

#endif
