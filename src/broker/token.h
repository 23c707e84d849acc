/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token: a token and its keys, as the workers of its module see it.
 */
#ifndef SIGNET_BROKER_TOKEN_H
#define SIGNET_BROKER_TOKEN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/attr.h"
#include "base/err.h"
#include "broker/kept.h"
#include "broker/key.h"
#include "broker/metrics.h"
#include "broker/settings.h"
#include "wire/readers.h"
#include "wire/tokens.h"

struct module;
struct uri;

enum token_state {
	TOKEN_ABSENT,	 /* no worker sees it now */
	TOKEN_UNINITIALIZED, /* seen; no keys, no PIN: `signet token init` */
	/* A card that was here before: its keys are shown as they were, while
	 * its worker looks at them anew. */
	TOKEN_CONFIRMING,
	TOKEN_READY,	 /* seen; keys listed, not logged in */
	TOKEN_LOGGED_IN, /* seen and logged in: unattended */
	TOKEN_FAILED,	 /* seen, but login or listing failed: error */
};

struct token {
	TAILQ_ENTRY(token) entry;
	struct module *module;
	const struct settings_token *settings; /* NULL: nothing said of it */
	unsigned number;     /* in its module */
	struct wire_token wire;
	char uri[LIMIT_URI];
	enum token_state state;
	struct error error;  /* of TOKEN_FAILED */
	/*
	 * Rule 3 of the architecture: no path spends a PIN try that nobody
	 * typed.  Once a pin-source was refused it is not used again until a
	 * reload; while the outcome of a login is not known it is used again
	 * only if the token says that no try was lost.
	 */
	struct error login_refused; /* code 0: not refused */
	bool login_pending;
	bool login_proven;   /* this pin-source was right before */
	struct key **keys;   /* by identity; also certificates without key */
	size_t keys_count;
	bool changed;	     /* by us: what it has is to be listed anew */
	unsigned queued;     /* requests that wait for it */
	int64_t used_ns;     /* when a signature of it ended last; 0: not yet */
	struct metrics_token metrics;
	char reader[LIMIT_LABEL];  /* of a per_reader module: its last */
	uint8_t atr[WIRE_ATR_MAX]; /* of its card, when it was last here */
	size_t atr_len;
	struct kept kept;    /* a login after an approval */
	struct worker_call drop; /* of PINs that nobody wants any more */
	bool dropping;
	bool told_refused;   /* of announce.c: its login was */
	bool told;	     /* of announce.c: it is there, and what it has */
	uint64_t told_hash;
};
TAILQ_HEAD(tokens, token);

int token_new(struct module *module, const struct wire_token *wire,
	      struct token **out, struct error *e) MUST_CHECK;
void token_free(struct token *t);

/*
 * The same token (all four names equal), whatever its slot?  Those that are not
 * initialised have no names of their own: they are told apart by their slots.
 */
bool token_is(const struct token *t, const struct wire_token *wire);

bool token_initialized(const struct wire_token *t);

/* What the configuration says of it: the first entry whose URI matches. */
const struct settings_token *token_settings(const struct settings *s,
					    const struct wire_token *wire);

/*
 * May the pin-source be used now?  0, or an ERR_PIN_* that says why not.
 */
int token_login_allowed(const struct token *t, struct error *e) MUST_CHECK;

/* The outcome of a login: NULL for success.  A lost worker is not told. */
void token_login_ended(struct token *t, const struct error *refused);

/*
 * Take a complete new list of keys over (the references, and the array, which
 * is sorted here); keys that are gone are released.
 */
void token_set_keys(struct token *t, struct key **keys, size_t count);

/*
 * We have changed what is on it: until its keys are listed anew nobody knows
 * which it has.
 */
void token_has_changed(struct token *t);

/*
 * How its PIN stands, in the API's words: "ok", "count-low", "final-try",
 * "locked", "uninitialized" (CK_TOKEN_INFO flags, PKCS#11 2.40 3.2).
 */
const char *token_pin_state(const struct wire_token *t);

/* By identity, or NULL.  Borrowed. */
struct key *token_find_key(const struct token *t, const uint8_t *identity);

#endif
