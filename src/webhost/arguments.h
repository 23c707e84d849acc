/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arguments: a message of the Web eID extension, read.
 */
#ifndef SIGNET_WEBHOST_ARGUMENTS_H
#define SIGNET_WEBHOST_ARGUMENTS_H

#include "base/attr.h"
#include "base/buf.h"

struct error;
struct json_t;

enum webeid_command {
	WEBEID_QUIT,
	WEBEID_CERTIFICATE, /* get-signing-certificate */
	WEBEID_AUTHENTICATE,
	WEBEID_SIGN,
};

#define ARGUMENTS_ORIGIN 255u /* bytes */
/* The largest hash, and what a message can hold of a certificate. */
#define ARGUMENTS_HASH 64u

struct arguments {
	struct json_t *root; /* owns the texts */
	enum webeid_command command;
	const char *origin;
	const char *nonce; /* of authenticate */
	/* Of sign; hash_bits is 0 for one that Signet does not have. */
	const char *hash, *hash_function;
	unsigned hash_bits;
	struct buf certificate;
};

void arguments_fini(struct arguments *a);

/* Read a message into a, which is zeroed.  ERR_MALFORMED. */
int arguments_read(struct arguments *a, struct slice message, struct error *e)
	MUST_CHECK;

#endif
