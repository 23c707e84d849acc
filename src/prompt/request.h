/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request: what signetd asks a prompt to show (docs/PROTOCOL.prompt).
 *
 * Read strictly: a member nobody knows may be one that the person should have
 * seen, so it is an error.
 */
#ifndef SIGNET_PROMPT_REQUEST_H
#define SIGNET_PROMPT_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

struct json_t;

enum prompt_kind {
	PROMPT_SIGN,
	PROMPT_PIN_CHANGE,
	PROMPT_PIN_UNBLOCK,
	PROMPT_TOKEN_INIT,
	PROMPT_KEY_GENERATE,
	PROMPT_CERTIFICATE_IMPORT,
	PROMPT_SUPERVISE,
	PROMPT_AUTHENTICATE,
	PROMPT_ALLOW_PAGE
};

enum prompt_login { PROMPT_LOGIN_PIN, PROMPT_LOGIN_PAD, PROMPT_LOGIN_NONE };

/* What the token says about its PIN. */
enum prompt_tries {
	PROMPT_TRIES_OK,
	PROMPT_TRIES_LOW,
	PROMPT_TRIES_FINAL,
	PROMPT_TRIES_LOCKED,
	PROMPT_TRIES_NONE /* no PIN was set yet */
};

enum prompt_what { PROMPT_USER_PIN, PROMPT_NEW_USER_PIN, PROMPT_SO_PIN };

/* A PIN to be asked for: its bytes are from min to max. */
struct prompt_pin {
	enum prompt_what what;
	unsigned min, max;
	unsigned item; /* of a batch, from 0 */
};

struct prompt_caller {
	unsigned uid;
	long pid;
	const char *user, *exe;
	const char *origin; /* of a web page, or NULL */
};

struct prompt_token {
	const char *label, *serial, *manufacturer, *model, *reader;
	enum prompt_tries tries;
};

struct prompt_key {
	const char *label, *uri, *holder, *issuer;
};

struct prompt_sum {
	const char *currency, *value;
};

struct prompt_line {
	const char *label, *value;
	bool own; /* the label is the content's, no word of Signet */
};

struct prompt_item {
	const char *kind, *name;
	bool blind;
	struct prompt_line *lines;
	size_t lines_count;
};

/* All texts are borrowed from root; a text that may be null is NULL then. */
struct prompt_request {
	struct json_t *root;
	enum prompt_kind kind;
	unsigned timeout; /* seconds */
	const char *pinentry, *tty, *term, *language;
	struct prompt_caller caller;
	struct prompt_token token; /* of all but PROMPT_ALLOW_PAGE */
	bool has_token;
	struct prompt_key key;
	bool has_key;
	struct prompt_key signer; /* whose key will sign, of supervise */
	bool has_signer;
	const char *format, *algorithm, *rule;
	unsigned waiting;
	enum prompt_login login;
	struct prompt_pin *pins;
	size_t pins_count;
	const char *again_code, *again_detail; /* both or none */
	unsigned count, blind, payments, payees_more;
	struct prompt_sum *sums;
	size_t sums_count;
	const char **payees;
	size_t payees_count;
	struct prompt_item *items;
	size_t items_count;
};

/*
 * Parse one JSON object into r, which must be zeroed.  ERR_PROTOCOL with the
 * member that is wrong; r is to be given to prompt_request_fini anyway.
 */
int prompt_request_parse(struct slice json, struct prompt_request *r,
			 struct error *e) MUST_CHECK;
/* Is it the user PIN, whose tries the token tells, that may be wrong? */
bool prompt_request_spends_try(const struct prompt_request *r);
void prompt_request_fini(struct prompt_request *r);

#endif
