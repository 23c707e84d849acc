/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token: the module called in-process, as a program without signetd would.
 */
#ifndef SIGNET_BENCH_TOKEN_H
#define SIGNET_BENCH_TOKEN_H

#include <p11-kit/pkcs11.h>

#include "bench/key.h"

#define TOKEN_SESSIONS 2

/* One session for each thread, and the handles of the keys, found once. */
struct token {
	CK_FUNCTION_LIST *p11;
	CK_SLOT_ID slot;
	CK_SESSION_HANDLE session[TOKEN_SESSIONS];
	CK_OBJECT_HANDLE key[KEY_KINDS];
};

/*
 * Load the module (never before a fork), find the token that FIXTURES/serials
 * calls "test", log in with FIXTURES/pin and find the keys.  ERR_MODULE.
 */
int token_open(struct token *t, const char *module, const char *fixtures,
	       struct error *e) MUST_CHECK;

/* One signature into out[LIMIT_SIGNATURE].  ERR_MODULE. */
int token_sign(const struct token *t, unsigned session, enum key_kind kind,
	       struct slice tbs, uint8_t *out, size_t *len, struct error *e)
	MUST_CHECK;

#endif
