/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request: what signetd asks a prompt to show (docs/PROTOCOL.prompt).
 */
#include "prompt/request.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

static const char *const kind_words[] = {
	[PROMPT_SIGN] = "sign",
	[PROMPT_PIN_CHANGE] = "pin-change",
	[PROMPT_PIN_UNBLOCK] = "pin-unblock",
	[PROMPT_TOKEN_INIT] = "token-init",
	[PROMPT_KEY_GENERATE] = "key-generate",
	[PROMPT_CERTIFICATE_IMPORT] = "certificate-import",
	[PROMPT_SUPERVISE] = "supervise",
	[PROMPT_AUTHENTICATE] = "authenticate",
	[PROMPT_ALLOW_PAGE] = "allow-page",
};

static const char *const login_words[] = {
	[PROMPT_LOGIN_PIN] = "pin",
	[PROMPT_LOGIN_PAD] = "pad",
	[PROMPT_LOGIN_NONE] = "none",
};

static const char *const tries_words[] = {
	[PROMPT_TRIES_OK] = "ok",
	[PROMPT_TRIES_LOW] = "count-low",
	[PROMPT_TRIES_FINAL] = "final-try",
	[PROMPT_TRIES_LOCKED] = "locked",
	[PROMPT_TRIES_NONE] = "uninitialized",
};

static const char *const what_words[] = {
	[PROMPT_USER_PIN] = "user-pin",
	[PROMPT_NEW_USER_PIN] = "new-user-pin",
	[PROMPT_SO_PIN] = "so-pin",
};

static int request_word(const char *member, const char *value,
			const char *const *words, unsigned count,
			unsigned *out, struct error *e)
{
	for (unsigned i = 0; i < count; i++) {
		if (strcmp(words[i], value) == 0) {
			*out = i;
			return 0;
		}
	}
	return error_set(e, ERR_PROTOCOL, "%s: unknown word %.40s", member,
			 value);
}

static int request_unsigned(const char *member, json_int_t value,
			    json_int_t least, json_int_t most, unsigned *out,
			    struct error *e)
{
	if (value < least || value > most)
		return error_set(e, ERR_PROTOCOL, "%s is out of range", member);
	*out = (unsigned)value;
	return 0;
}

static int request_unpack_error(const char *member, const json_error_t *why,
				struct error *e)
{
	return error_set(e, ERR_PROTOCOL, "%s: %s", member, why->text);
}

/* A text, or null, or no such member. */
static int request_text(const char *member, const json_t *value,
			const char **out, struct error *e)
{
	*out = json_string_value(value);
	if (*out == NULL && value != NULL && !json_is_null(value))
		return error_set(e, ERR_PROTOCOL, "%s must be a text or null",
				 member);
	return 0;
}

/* Room for one element each of an array; NULL and 0 when it has none. */
static int request_array(const char *member, json_t *array, size_t most,
			 size_t size, void *out, size_t *count,
			 struct error *e)
{
	void *memory = NULL;
	size_t n = json_array_size(array);

	if (!json_is_array(array) || n > most)
		return error_set(e, ERR_PROTOCOL,
				 "%s must be an array of at most %zu", member,
				 most);
	if (n > 0) {
		memory = calloc(n, size);
		if (memory == NULL)
			return error_set(e, ERR_NO_MEMORY, "%s", member);
	}
	memcpy(out, &memory, sizeof(memory));
	*count = n;
	return 0;
}

static int request_caller(struct prompt_request *r, json_t *o, struct error *e)
{
	json_int_t uid = 0, pid = 0;
	json_t *origin = NULL;
	json_error_t why;
	unsigned number = 0;
	int n;

	if (json_unpack_ex(o, &why, JSON_STRICT,
			   "{s:I, s:s, s:I, s:s, s?o}", "uid", &uid, "user",
			   &r->caller.user, "pid", &pid, "exe", &r->caller.exe,
			   "origin", &origin) != 0)
		return request_unpack_error("caller", &why, e);
	n = request_unsigned("caller.uid", uid, 0, UINT32_MAX, &r->caller.uid,
			     e);
	if (n == 0)
		n = request_unsigned("caller.pid", pid, 0, INT32_MAX, &number,
				     e);
	r->caller.pid = (long)number;
	if (n == 0)
		n = request_text("caller.origin", origin, &r->caller.origin, e);
	return n;
}

static int request_token(struct prompt_request *r, json_t *o, struct error *e)
{
	struct prompt_token *t = &r->token;
	const char *tries;
	json_error_t why;
	unsigned word = 0;
	int n;

	r->has_token = o != NULL && !json_is_null(o);
	if (!r->has_token)
		return 0;
	if (json_unpack_ex(o, &why, JSON_STRICT,
			   "{s:s, s:s, s:s, s:s, s:s, s:s}", "label",
			   &t->label, "serial", &t->serial, "manufacturer",
			   &t->manufacturer, "model", &t->model, "reader",
			   &t->reader, "pin", &tries) != 0)
		return request_unpack_error("token", &why, e);
	n = request_word("token.pin", tries, tries_words,
			 ARRAY_LEN(tries_words), &word, e);
	t->tries = (enum prompt_tries)word;
	return n;
}

static int request_key(const char *name, json_t *o, struct prompt_key *k,
		       bool *has, struct error *e)
{
	json_error_t why;

	*has = o != NULL && !json_is_null(o);
	if (!*has)
		return 0;
	if (json_unpack_ex(o, &why, JSON_STRICT, "{s:s, s:s, s:s, s:s}",
			   "label", &k->label, "uri", &k->uri, "holder",
			   &k->holder, "issuer", &k->issuer) != 0)
		return request_unpack_error(name, &why, e);
	return 0;
}

static int request_again(struct prompt_request *r, json_t *o, struct error *e)
{
	json_error_t why;

	if (o == NULL || json_is_null(o))
		return 0;
	if (json_unpack_ex(o, &why, JSON_STRICT, "{s:s, s:s}", "code",
			   &r->again_code, "detail", &r->again_detail) != 0)
		return request_unpack_error("again", &why, e);
	return 0;
}

static int request_pin(json_t *o, struct prompt_pin *p, struct error *e)
{
	json_int_t min = 0, max = 0, item = 0;
	const char *what;
	json_error_t why;
	unsigned word = 0;
	int n;

	if (json_unpack_ex(o, &why, JSON_STRICT, "{s:s, s:I, s:I, s?I}",
			   "what", &what, "min", &min, "max", &max, "item",
			   &item) != 0)
		return request_unpack_error("pins", &why, e);
	n = request_word("pins.what", what, what_words, ARRAY_LEN(what_words),
			 &word, e);
	p->what = (enum prompt_what)word;
	if (n == 0)
		n = request_unsigned("pins.min", min, 0, UINT32_MAX, &p->min,
				     e);
	if (n == 0)
		n = request_unsigned("pins.max", max, min, UINT32_MAX, &p->max,
				     e);
	if (n == 0)
		n = request_unsigned("pins.item", item, 0, LIMIT_BATCH,
				     &p->item, e);
	return n;
}

static int request_pins(struct prompt_request *r, json_t *array,
			struct error *e)
{
	int n = request_array("pins", array, LIMIT_PINS, sizeof(*r->pins),
			      &r->pins, &r->pins_count, e);

	for (size_t i = 0; n == 0 && i < r->pins_count; i++)
		n = request_pin(json_array_get(array, i), &r->pins[i], e);
	return n;
}

static int request_sums(struct prompt_request *r, json_t *array,
			struct error *e)
{
	json_error_t why;
	int n = request_array("sums", array, LIMIT_BATCH, sizeof(*r->sums),
			      &r->sums, &r->sums_count, e);

	for (size_t i = 0; n == 0 && i < r->sums_count; i++)
		if (json_unpack_ex(json_array_get(array, i), &why, JSON_STRICT,
				   "{s:s, s:s}", "currency",
				   &r->sums[i].currency, "value",
				   &r->sums[i].value) != 0)
			n = request_unpack_error("sums", &why, e);
	return n;
}

static int request_payees(struct prompt_request *r, json_t *array,
			  struct error *e)
{
	int n = request_array("payees", array, LIMIT_BATCH,
			      sizeof(*r->payees), &r->payees,
			      &r->payees_count, e);

	for (size_t i = 0; n == 0 && i < r->payees_count; i++) {
		r->payees[i] = json_string_value(json_array_get(array, i));
		if (r->payees[i] == NULL)
			n = error_set(e, ERR_PROTOCOL,
				      "payees must be texts");
	}
	return n;
}

static int request_lines(struct prompt_item *item, json_t *array,
			 struct error *e)
{
	json_error_t why;
	/* The size of the whole request is what bounds them. */
	int n = request_array("lines", array, LIMIT_PROMPT_REQUEST,
			      sizeof(*item->lines), &item->lines,
			      &item->lines_count, e);

	for (size_t i = 0; n == 0 && i < item->lines_count; i++) {
		struct prompt_line *line = &item->lines[i];
		int own = 0;

		if (json_unpack_ex(json_array_get(array, i), &why, JSON_STRICT,
				   "{s:s, s:s, s:b}", "label", &line->label,
				   "value", &line->value, "own", &own) != 0)
			n = request_unpack_error("lines", &why, e);
		line->own = own != 0;
	}
	return n;
}

static int request_items(struct prompt_request *r, json_t *array,
			 struct error *e)
{
	json_error_t why;
	int n = request_array("items", array, LIMIT_BATCH, sizeof(*r->items),
			      &r->items, &r->items_count, e);

	for (size_t i = 0; n == 0 && i < r->items_count; i++) {
		struct prompt_item *item = &r->items[i];
		json_t *lines = NULL;
		int blind = 0;

		if (json_unpack_ex(json_array_get(array, i), &why, JSON_STRICT,
				   "{s:s, s:b, s:s, s:o}", "kind", &item->kind,
				   "blind", &blind, "name", &item->name,
				   "lines", &lines) != 0)
			return request_unpack_error("items", &why, e);
		item->blind = blind != 0;
		n = request_lines(item, lines, e);
	}
	return n;
}

/* The members that are no plain text or number. */
struct request_parts {
	json_t *caller, *token, *key, *signer;
	json_t *pins, *again, *sums, *payees, *items;
	json_t *pinentry, *tty, *term, *language, *format, *algorithm;
	json_int_t version, timeout, waiting, count, blind, payments, more;
	const char *kind, *login;
};

static int request_unpack(struct prompt_request *r, struct request_parts *p,
			  struct error *e)
{
	json_error_t why;

	if (json_unpack_ex(r->root, &why, JSON_STRICT,
			   "{s:I, s:s, s:I, s?o, s?o, s?o, s?o,"
			   " s:o, s?o, s:o, s?o, s?o, s?o, s:s, s:I, s:s, s:o,"
			   " s?o, s:I, s:I, s:I, s:o, s:o, s:I, s:o}",
			   "version", &p->version, "kind", &p->kind, "timeout",
			   &p->timeout, "pinentry", &p->pinentry, "tty",
			   &p->tty, "term", &p->term, "language", &p->language,
			   "caller", &p->caller, "token", &p->token, "key",
			   &p->key, "signer", &p->signer, "format", &p->format,
			   "algorithm", &p->algorithm, "rule", &r->rule,
			   "waiting", &p->waiting, "login", &p->login, "pins",
			   &p->pins, "again", &p->again, "count", &p->count,
			   "blind", &p->blind, "payments", &p->payments, "sums",
			   &p->sums, "payees", &p->payees, "payees_more",
			   &p->more, "items", &p->items) != 0)
		return request_unpack_error("request", &why, e);
	if (p->version != 1)
		return error_set(e, ERR_PROTOCOL,
				 "version %d is not known; use signetd and"
				 " signet-prompt of one package",
				 (int)p->version);
	return 0;
}

static int request_plain(struct prompt_request *r,
			 const struct request_parts *p, struct error *e)
{
	unsigned kind = 0, login = 0;
	int n = request_word("kind", p->kind, kind_words, ARRAY_LEN(kind_words),
			     &kind, e);

	r->kind = (enum prompt_kind)kind;
	if (n == 0)
		n = request_word("login", p->login, login_words,
				 ARRAY_LEN(login_words), &login, e);
	r->login = (enum prompt_login)login;
	if (n == 0)
		n = request_unsigned("timeout", p->timeout, 1, 86400,
				     &r->timeout, e);
	if (n == 0)
		n = request_unsigned("waiting", p->waiting, 0, INT32_MAX,
				     &r->waiting, e);
	if (n == 0)
		n = request_unsigned("count", p->count, 0, LIMIT_BATCH,
				     &r->count, e);
	if (n == 0)
		n = request_unsigned("blind", p->blind, 0, LIMIT_BATCH,
				     &r->blind, e);
	if (n == 0)
		n = request_unsigned("payments", p->payments, 0, INT32_MAX,
				     &r->payments, e);
	if (n == 0)
		n = request_unsigned("payees_more", p->more, 0, INT32_MAX,
				     &r->payees_more, e);
	return n;
}

static int request_texts(struct prompt_request *r,
			 const struct request_parts *p, struct error *e)
{
	int n = request_text("pinentry", p->pinentry, &r->pinentry, e);

	if (n == 0)
		n = request_text("tty", p->tty, &r->tty, e);
	if (n == 0)
		n = request_text("term", p->term, &r->term, e);
	if (n == 0)
		n = request_text("language", p->language, &r->language, e);
	if (n == 0)
		n = request_text("format", p->format, &r->format, e);
	if (n == 0)
		n = request_text("algorithm", p->algorithm, &r->algorithm, e);
	return n;
}

/* A page asks for itself, and for nothing that a token does. */
static int request_fits_kind(const struct prompt_request *r, struct error *e)
{
	bool page = r->kind == PROMPT_ALLOW_PAGE;

	if (r->has_token == page)
		return error_set(e, ERR_PROTOCOL, "token goes with every kind"
				 " but allow-page");
	if (page && (r->caller.origin == NULL || r->count > 0 || r->has_key ||
		     r->login != PROMPT_LOGIN_NONE))
		return error_set(e, ERR_PROTOCOL, "allow-page has an origin,"
				 " and no item, key or login");
	return 0;
}

/* What is allowed one by one must also fit together. */
static int request_fits(const struct prompt_request *r, struct error *e)
{
	if (r->tty != NULL && (strncmp(r->tty, "/dev/", 5) != 0 ||
			       strstr(r->tty, "/..") != NULL))
		return error_set(e, ERR_PROTOCOL, "tty must be in /dev");
	if (r->pinentry != NULL && r->pinentry[0] != '/')
		return error_set(e, ERR_PROTOCOL,
				 "pinentry must be an absolute path");
	if ((r->login == PROMPT_LOGIN_PIN) != (r->pins_count > 0))
		return error_set(e, ERR_PROTOCOL,
				 "pins go with login \"pin\" and no other");
	if (r->count != r->items_count)
		return error_set(e, ERR_PROTOCOL,
				 "count is not the number of items");
	if (r->count == 0 &&
	    (r->kind == PROMPT_SIGN || r->kind == PROMPT_SUPERVISE ||
	     r->kind == PROMPT_AUTHENTICATE))
		return error_set(e, ERR_PROTOCOL, "there is nothing to sign");
	return request_fits_kind(r, e);
}

int prompt_request_parse(struct slice json, struct prompt_request *r,
			 struct error *e)
{
	struct request_parts p = { 0 };
	json_error_t why;
	int n;

	r->root = json_loadb((const char *)json.ptr, json.len,
			     JSON_REJECT_DUPLICATES, &why);
	if (r->root == NULL)
		return request_unpack_error("request", &why, e);
	n = request_unpack(r, &p, e);
	if (n == 0)
		n = request_plain(r, &p, e);
	if (n == 0)
		n = request_texts(r, &p, e);
	if (n == 0)
		n = request_caller(r, p.caller, e);
	if (n == 0)
		n = request_token(r, p.token, e);
	if (n == 0)
		n = request_key("key", p.key, &r->key, &r->has_key, e);
	if (n == 0)
		n = request_key("signer", p.signer, &r->signer,
				&r->has_signer, e);
	if (n == 0)
		n = request_again(r, p.again, e);
	if (n == 0)
		n = request_pins(r, p.pins, e);
	if (n == 0)
		n = request_sums(r, p.sums, e);
	if (n == 0)
		n = request_payees(r, p.payees, e);
	if (n == 0)
		n = request_items(r, p.items, e);
	return n == 0 ? request_fits(r, e) : n;
}

bool prompt_request_spends_try(const struct prompt_request *r)
{
	if (r->pins_count > 0 && r->pins[0].what == PROMPT_SO_PIN)
		return false;
	return r->login != PROMPT_LOGIN_NONE &&
	       r->kind != PROMPT_PIN_UNBLOCK && r->kind != PROMPT_TOKEN_INIT;
}

void prompt_request_fini(struct prompt_request *r)
{
	for (size_t i = 0; i < r->items_count; i++)
		free(r->items[i].lines);
	free(r->items);
	free(r->payees);
	free(r->sums);
	free(r->pins);
	json_decref(r->root);
	*r = (struct prompt_request){ 0 };
}
