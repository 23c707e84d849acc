/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token: a token and its keys, as the workers of its module see it.
 */
#include "broker/token.h"

#include <p11-kit/pkcs11.h>
#include <stdlib.h>
#include <string.h>

#include "broker/uri.h"

int token_new(struct module *module, const struct wire_token *wire,
	      struct token **out, struct error *e)
{
	struct token *t = calloc(1, sizeof(*t));
	int r;

	if (t == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for a token");
	t->module = module;
	t->wire = *wire;
	r = uri_of_token(wire, t->uri, sizeof(t->uri), e);
	if (r != 0) {
		free(t);
		return r;
	}
	*out = t;
	return 0;
}

void token_free(struct token *t)
{
	if (t == NULL)
		return;
	token_set_keys(t, NULL, 0);
	free(t);
}

bool token_initialized(const struct wire_token *t)
{
	return (t->flags & CKF_TOKEN_INITIALIZED) != 0;
}

bool token_is(const struct token *t, const struct wire_token *wire)
{
	bool blank = !token_initialized(wire);

	if (blank != !token_initialized(&t->wire) ||
	    (blank && strcmp(t->wire.slot, wire->slot) != 0))
		return false;
	return strcmp(t->wire.serial, wire->serial) == 0 &&
	       strcmp(t->wire.label, wire->label) == 0 &&
	       strcmp(t->wire.model, wire->model) == 0 &&
	       strcmp(t->wire.manufacturer, wire->manufacturer) == 0;
}

const struct settings_token *token_settings(const struct settings *s,
					    const struct wire_token *wire)
{
	struct uri *u;
	bool found;

	for (unsigned i = 0; i < s->tokens_count; i++) {
		/* The configuration was checked: it parses. */
		if (uri_parse(s->tokens[i].uri, &u, NULL) != 0)
			continue;
		found = uri_matches_token(u, wire);
		uri_free(u);
		if (found)
			return &s->tokens[i];
	}
	return NULL;
}

int token_login_allowed(const struct token *t, struct error *e)
{
	const CK_FLAGS lost = CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY |
			      CKF_USER_PIN_LOCKED;

	if (t->login_refused.code != 0) {
		*e = t->login_refused;
		return e->code;
	}
	if (t->login_pending && !t->login_proven && (t->wire.flags & lost) != 0)
		return error_set(e, ERR_PIN_SOURCE,
				 "the last login to token %s ended without an"
				 " answer and its PIN counter is low: not tried"
				 " again; check %s, then reload signetd",
				 t->wire.label, t->settings->pin_source);
	return 0;
}

void token_login_ended(struct token *t, const struct error *refused)
{
	/* After a fault nobody knows whether it cost a PIN try. */
	t->login_pending = refused != NULL &&
			   err_info(refused->code)->kind != ERR_KIND_REFUSAL;
	if (refused == NULL)
		t->login_proven = true;
	else if (!t->login_pending)
		t->login_refused = *refused;
}

void token_has_changed(struct token *t)
{
	t->changed = true;
	token_set_keys(t, NULL, 0);
}

void token_set_keys(struct token *t, struct key **keys, size_t count)
{
	struct key **old = t->keys;
	size_t old_count = t->keys_count;

	if (count > 0)
		qsort(keys, count, sizeof(struct key *), key_compare);
	t->keys = keys;
	t->keys_count = count;
	for (size_t i = 0; i < count; i++)
		key_build_chain(keys[i], keys, count);
	for (size_t i = 0; i < old_count; i++)
		key_unref(old[i]);
	free(old);
}

struct key *token_find_key(const struct token *t, const uint8_t *identity)
{
	struct key wanted, *p = &wanted, **found;

	if (t->keys_count == 0)
		return NULL;
	memcpy(wanted.wire.identity, identity, WIRE_KEY_IDENTITY);
	found = bsearch(&p, t->keys, t->keys_count, sizeof(struct key *),
			key_compare);
	return found == NULL ? NULL : *found;
}

const char *token_pin_state(const struct wire_token *t)
{
	static const struct {
		uint64_t mask, value;
		const char *name;
	} states[] = {
		{ CKF_USER_PIN_INITIALIZED, 0, "uninitialized" },
		{ CKF_USER_PIN_LOCKED, CKF_USER_PIN_LOCKED, "locked" },
		{ CKF_USER_PIN_FINAL_TRY, CKF_USER_PIN_FINAL_TRY,
		  "final-try" },
		{ CKF_USER_PIN_COUNT_LOW, CKF_USER_PIN_COUNT_LOW,
		  "count-low" },
	};

	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if ((t->flags & states[i].mask) == states[i].value)
			return states[i].name;
	return "ok";
}
