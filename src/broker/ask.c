/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask: what signet-prompt is told, as JSON.
 */
#include "broker/ask.h"

#include <stdlib.h>

#include "base/writer.h"
#include "broker/approval.h"
#include "broker/broker.h"
#include "broker/item.h"
#include "content/summary.h"

/* The longest PUK that is known is 16 digits; a passphrase may be one, too. */
#define ASK_PUK_MAX 255

static void put_caller(struct writer *j, const struct caller *c)
{
	writer_open(j, "caller", '{');
	writer_int(j, "uid", c->uid);
	writer_text(j, "user", c->user);
	writer_int(j, "pid", c->pid);
	writer_text(j, "exe", c->exe);
	writer_text_or_null(j, "origin", c->origin);
	writer_close(j, '}');
}

static void put_token(struct writer *j, const struct wire_token *t)
{
	writer_open(j, "token", '{');
	writer_text(j, "label", t->label);
	writer_text(j, "serial", t->serial);
	writer_text(j, "manufacturer", t->manufacturer);
	writer_text(j, "model", t->model);
	writer_text(j, "reader", t->slot);
	writer_text(j, "pin", token_pin_state(t));
	writer_close(j, '}');
}

static void put_key(struct writer *j, const char *name, const struct key *k)
{
	const struct format_certificate *c = k == NULL ? NULL : k->certificate;

	if (k == NULL) {
		writer_null(j, name);
		return;
	}
	writer_open(j, name, '{');
	writer_text(j, "label", k->wire.label);
	writer_text(j, "uri", k->uri);
	writer_text(j, "holder", c == NULL ? "" :
		    c->common_name[0] != '\0' ? c->common_name : c->subject);
	writer_text(j, "issuer", c == NULL ? "" : c->issuer);
	writer_close(j, '}');
}

static void put_pin(struct writer *j, const struct wire_token *t, char what,
		    unsigned item)
{
	writer_open(j, NULL, '{');
	writer_text(j, "what", what == 'u' ? "user-pin" :
		    what == 'n' ? "new-user-pin" : "so-pin");
	/* The token's lengths are those of user PINs; a PUK has its own. */
	writer_int(j, "min", what == 's' ? 1 : t->min_pin_len);
	writer_int(j, "max", what == 's' ? ASK_PUK_MAX : t->max_pin_len);
	writer_int(j, "item", item);
	writer_close(j, '}');
}

static void put_pins(struct writer *j, const struct ask *q,
		     const struct approval *a)
{
	writer_text(j, "login", a->with == WIRE_LOGIN_PIN ? "pin" :
		    a->with == WIRE_LOGIN_PAD ? "pad" : "none");
	writer_open(j, "pins", '[');
	for (unsigned i = 0; a->with == WIRE_LOGIN_PIN && i < q->repeat; i++)
		for (const char *what = q->pins; *what != '\0'; what++)
			put_pin(j, &a->token->wire, *what,
				q->repeat > 1 ? i + 1 : 0);
	writer_close(j, ']');
}

static void put_again(struct writer *j, const struct error *again)
{
	if (again->code == 0) {
		writer_null(j, "again");
		return;
	}
	writer_open(j, "again", '{');
	writer_text(j, "code", err_info(again->code)->code);
	writer_text(j, "detail", again->message);
	writer_close(j, '}');
}

static int summarise(struct content_summary *s, const struct ask *q,
		     struct error *e)
{
	int r = content_summary_init(s, e);

	for (unsigned i = 0; i < q->count && r == 0; i++)
		r = content_summary_add(s, q->items[i].content, e);
	return r;
}

static int put_summary(struct writer *j, const struct ask *q, struct error *e)
{
	AUTO(content_summary_fini) struct content_summary s = { .items = 0 };
	int r = summarise(&s, q, e);

	if (r != 0)
		return r;
	writer_int(j, "count", q->count);
	writer_int(j, "blind", s.blind);
	writer_int(j, "payments", s.payments);
	writer_open(j, "sums", '[');
	for (size_t i = 0; i < s.sums_count; i++) {
		writer_open(j, NULL, '{');
		writer_text(j, "currency", s.sums[i].currency);
		writer_text(j, "value", s.sums[i].value);
		writer_close(j, '}');
	}
	writer_close(j, ']');
	writer_open(j, "payees", '[');
	for (size_t i = 0; i < s.payees_count; i++)
		writer_text(j, NULL, s.payees[i]);
	writer_close(j, ']');
	writer_int(j, "payees_more", (int64_t)s.payees_more);
	return 0;
}

static void put_item(struct writer *j, const struct content *c)
{
	writer_open(j, NULL, '{');
	writer_text(j, "kind", content_kind_name(c->kind));
	writer_bool(j, "blind", c->blind);
	writer_text(j, "name", c->name);
	writer_open(j, "lines", '[');
	for (size_t i = 0; i < c->lines_count; i++) {
		writer_open(j, NULL, '{');
		writer_text(j, "label", c->lines[i].label);
		writer_text(j, "value", c->lines[i].value);
		writer_bool(j, "own", c->lines[i].own);
		writer_close(j, '}');
	}
	writer_close(j, ']');
	writer_close(j, '}');
}

static void put_front_end(struct writer *j, const struct approval *a)
{
	const struct settings *s = a->broker->settings;
	const char *term = getenv("TERM");

	writer_int(j, "timeout", s->prompt.timeout);
	writer_text_or_null(j, "pinentry", s->prompt.pinentry);
	writer_text_or_null(j, "tty", a->caller->tty);
	writer_text_or_null(j, "term", term != NULL ? term : "xterm");
	writer_text_or_null(j, "language", s->prompt.language);
}

int ask_put(const struct ask *q, const struct approval *a, struct buf *out,
	    struct error *e)
{
	struct writer j = writer_of(out);
	int r;

	writer_open(&j, NULL, '{');
	writer_int(&j, "version", 1);
	writer_text(&j, "kind", q->kind);
	put_front_end(&j, a);
	put_caller(&j, a->caller);
	if (a->token == NULL)
		writer_null(&j, "token");
	else
		put_token(&j, &a->token->wire);
	put_key(&j, "key", q->key);
	if (q->signer != NULL)
		put_key(&j, "signer", q->signer);
	writer_text_or_null(&j, "format", q->format);
	writer_text_or_null(&j, "algorithm", q->algorithm);
	writer_text(&j, "rule", q->rule);
	writer_int(&j, "waiting", approval_waiting(a));
	put_pins(&j, q, a);
	put_again(&j, &a->again);
	r = put_summary(&j, q, e);
	writer_open(&j, "items", '[');
	for (unsigned i = 0; i < q->count; i++)
		put_item(&j, q->items[i].content);
	writer_close(&j, ']');
	writer_close(&j, '}');
	buf_put_u8(out, '\n');
	return r;
}
