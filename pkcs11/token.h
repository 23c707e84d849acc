/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token: the tokens of the module, numbered for the life of this process.
 *
 * Runs in signet-worker.  A number always means the same token: one that was
 * taken out keeps its number, and gets it back when it returns.
 */
#ifndef SIGNET_PKCS11_TOKEN_H
#define SIGNET_PKCS11_TOKEN_H

#include <stdbool.h>

#include "pkcs11/key.h"
#include "pkcs11/module.h"
#include "wire/tokens.h"

struct p11_token {
	const struct p11_module *module;
	struct wire_token info;
	bool present;		   /* in the last list */
	CK_SESSION_HANDLE session; /* CK_INVALID_HANDLE: none is open */
	bool logged_in;		   /* by us, in this session */
	bool entered;		   /* a C_Login was good: reset the card */
	bool keys_loaded;
	int pins;		   /* socket of PREPARE, see pins.h; -1 */
	uint32_t pins_count;	   /* that will come by it */
	struct p11_keys keys;
};

struct p11_tokens {
	struct p11_token item[LIMIT_TOKENS]; /* index is the number */
	size_t count;
	char reader[LIMIT_LABEL]; /* of HELLO: others are left out; "" */
};

/*
 * Ask the module for its slots and bring *tokens up to date.  A slot that
 * fails is logged and left out, so that it does not hide the others.
 * ERR_MODULE and the codes of ckr.def when there is no list at all.
 */
int p11_tokens_refresh(struct p11_tokens *tokens, const struct p11_module *m,
		       struct error *e) MUST_CHECK;

/* The token of a number.  ERR_NO_SUCH_TOKEN, ERR_TOKEN_GONE. */
int p11_tokens_find(struct p11_tokens *tokens, uint32_t number,
		    struct p11_token **out, struct error *e) MUST_CHECK;

/*
 * Ask for CK_TOKEN_INFO anew, for its PIN flags.  ERR_TOKEN_GONE also when
 * there is another token in the slot now.
 */
int p11_token_refresh(struct p11_token *t, struct error *e) MUST_CHECK;

/*
 * The same after C_InitToken: whatever is in the slot is the token now.
 */
int p11_token_renew(struct p11_token *t, struct error *e) MUST_CHECK;

/*
 * The same after a refused PIN, with no call but C_GetTokenInfo, for the flags
 * alone; what cannot be had is left as it was.
 */
void p11_token_reflag(struct p11_token *t);

/* Is a slot of that description one of the reader?  "" is every reader. */
bool p11_token_in(const char *slot, const char *reader);

/* Can private objects be seen: is there a login, or no need of one? */
bool p11_token_open(const struct p11_token *t);

/* CK_TOKEN_INFO and the slot's description into *out (numbers untouched). */
void p11_token_info(const CK_TOKEN_INFO *info, const CK_SLOT_INFO *slot,
		    struct wire_token *out);

#endif
