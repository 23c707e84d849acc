/* SPDX-License-Identifier: Apache-2.0 */
/*
 * announce: what becomes an event, and in which members.
 */
#include "broker/announce.h"

#include "base/clock.h"
#include "base/limits.h"
#include "broker/authorise.h"
#include "broker/broker.h"
#include "broker/cards.h"
#include "broker/events.h"

#define DAY_SECONDS INT64_C(86400)
/* Expiry moves by the day: how often all certificates are looked at. */
#define ANNOUNCE_LOOK_SECONDS 3600

/* --- members ------------------------------------------------------------ */

static void put_error(struct writer *j, const struct error *e)
{
	writer_open(j, "error", '{');
	writer_text(j, "code", err_info(e->code)->code);
	writer_text(j, "title", err_info(e->code)->title);
	writer_text(j, "detail", e->message);
	writer_close(j, '}');
}

static void put_token(struct writer *j, const struct token *t)
{
	writer_text(j, "token", t->uri);
	writer_text(j, "label", t->wire.label);
	writer_text(j, "serial", t->wire.serial);
	writer_text(j, "slot", t->wire.slot);
	writer_text(j, "module", t->module->config->name);
	if (t->state == TOKEN_FAILED)
		put_error(j, &t->error);
}

static void put_module(struct writer *j, const struct module *m)
{
	writer_text(j, "module", m->config->name);
	writer_int(j, "workers_ready", module_ready(m));
	if (m->last_error.code != 0)
		put_error(j, &m->last_error);
}

/* --- tokens and modules ------------------------------------------------- */

/* As GET /v1/tokens lists it. */
static bool token_present(const struct token *t)
{
	return t->state != TOKEN_ABSENT && t->state != TOKEN_UNINITIALIZED;
}

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < len; i++) /* FNV-1a */
		hash = (hash ^ p[i]) * UINT64_C(1099511628211);
	return hash;
}

/* Differs when a client that reads the lists again would see a difference. */
static uint64_t token_hash(const struct token *t)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	hash = hash_bytes(hash, &t->state, sizeof(t->state));
	for (size_t i = 0; i < t->keys_count; i++) {
		const struct key *k = t->keys[i];

		hash = hash_bytes(hash, k->wire.identity,
				  sizeof(k->wire.identity));
		hash = hash_bytes(hash, k->uri, strlen(k->uri));
		if (k->certificate != NULL)
			hash = hash_bytes(hash, k->certificate->sha256,
					  sizeof(k->certificate->sha256));
	}
	return hash;
}

static void token_event(struct broker *b, const struct token *t,
			enum events_type type)
{
	struct writer j = events_begin(b->events, type);

	put_token(&j, t);
	events_publish(b->events, &j, EVENTS_EVERYONE);
}

static void announce_token(struct broker *b, struct token *t, bool present)
{
	uint64_t hash = present ? token_hash(t) : 0;

	if (present != t->told)
		token_event(b, t, present ? EVENTS_TOKEN_INSERTED :
			    EVENTS_TOKEN_REMOVED);
	else if (present && hash != t->told_hash)
		token_event(b, t, EVENTS_KEYS_CHANGED);
	else
		return;
	t->told = present;
	t->told_hash = hash;
	b->look_at_certificates = 0;
}

/* A token that went away is no fault of its module. */
static int module_fault(const struct module *m)
{
	return m->last_error.code == ERR_TOKEN_GONE ? 0 : m->last_error.code;
}

static void announce_module(struct broker *b, struct module *m, int fault)
{
	struct writer j;

	if (fault == m->told_fault)
		return;
	m->told_fault = fault;
	if (fault != 0)
		recording_module_failed(b, m);
	j = events_begin(b->events, fault != 0 ? EVENTS_MODULE_FAILED :
			 EVENTS_MODULE_RECOVERED);
	put_module(&j, m);
	events_publish(b->events, &j, EVENTS_EVERYONE);
}

/* Not tried again before a reload: it is recorded once. */
static void announce_refused(struct broker *b, struct token *t)
{
	if (t->login_refused.code == 0 || t->told_refused)
		return;
	t->told_refused = true;
	recording_login_refused(b, t);
}

void announce_changes(struct broker *b)
{
	struct module *m;
	struct token *t;

	TAILQ_FOREACH(m, &b->modules, entry) {
		announce_module(b, m, module_fault(m));
		TAILQ_FOREACH(t, &m->tokens, entry) {
			announce_token(b, t, token_present(t));
			announce_refused(b, t);
		}
	}
}

void announce_module_gone(struct broker *b, struct module *m)
{
	struct token *t;

	TAILQ_FOREACH(t, &m->tokens, entry)
		announce_token(b, t, false);
	/* Replaced or not wanted any more: nobody is to wait for it. */
	announce_module(b, m, 0);
}

/* --- certificates ------------------------------------------------------- */

static bool certificate_due(const struct key *k, int64_t now)
{
	return key_signs(k) && k->certificate != NULL &&
	       k->certificate->not_after >= now &&
	       k->certificate->not_after - now <=
		       ANNOUNCE_EXPIRING_DAYS * DAY_SECONDS &&
	       (k->told_expiring == 0 ||
		now - k->told_expiring >= DAY_SECONDS);
}

static void announce_expiring(struct broker *b, struct key *k, int64_t now)
{
	struct writer j = events_begin(b->events, EVENTS_CERTIFICATE_EXPIRING);
	char end[CLOCK_RFC3339_SIZE];

	clock_format(k->certificate->not_after, end);
	writer_text(&j, "key", k->uri);
	writer_text(&j, "token", k->token->uri);
	writer_text(&j, "subject", k->certificate->subject);
	writer_text(&j, "not_after", end);
	writer_int(&j, "days", (k->certificate->not_after - now) /
		   DAY_SECONDS);
	events_publish(b->events, &j, EVENTS_EVERYONE);
	k->told_expiring = now;
}

/* How many were told of: at most `room`. */
static unsigned announce_token_expiring(struct broker *b, struct token *t,
					int64_t now, unsigned room)
{
	unsigned told = 0;

	for (size_t i = 0; i < t->keys_count && told < room; i++)
		if (certificate_due(t->keys[i], now)) {
			announce_expiring(b, t->keys[i], now);
			told++;
		}
	return told;
}

void announce_tick(struct broker *b, int64_t now_unix)
{
	unsigned room = LIMIT_EXPIRING;
	const struct module *m;
	struct token *t;

	if (now_unix < b->look_at_certificates)
		return;
	TAILQ_FOREACH(m, &b->modules, entry)
		TAILQ_FOREACH(t, &m->tokens, entry)
			if (t->told)
				room -= announce_token_expiring(
					b, t, now_unix, room);
	/* Were there more, they come a second later. */
	if (room > 0)
		b->look_at_certificates = now_unix + ANNOUNCE_LOOK_SECONDS;
}

/* --- requests and dialogs ----------------------------------------------- */

/* Programs that sign by themselves would make three of each signature. */
static bool request_told(const struct request *r)
{
	if (request_state_final(r->state))
		return true;
	return r->verdict.outcome == POLICY_ASK &&
	       (r->state == REQUEST_AUTHORISED ||
		r->state == REQUEST_APPROVED || r->state == REQUEST_SIGNING);
}

void announce_request(struct request *r)
{
	struct events *ev = r->broker->events;
	struct writer j;

	if (!request_told(r))
		return;
	j = events_begin(ev, EVENTS_REQUEST_STATE);
	writer_text(&j, "request", r->id);
	writer_text(&j, "state", request_state_name(r->state));
	writer_int(&j, "uid", r->caller.uid);
	writer_text(&j, "program", r->caller.exe);
	writer_text_or_null(&j, "key", r->key == NULL ? r->key_uri :
			    r->key->uri);
	writer_int(&j, "items", r->count);
	writer_int(&j, "signed", r->signed_count);
	if (r->error.code != 0)
		put_error(&j, &r->error);
	events_publish(ev, &j, r->caller.uid);
}

void announce_dialog(struct approval *a, bool opened)
{
	static const char *const purposes[] = {
		[APPROVAL_LOGIN] = "sign",
		[APPROVAL_CHANGE] = "pin-change",
		[APPROVAL_SO] = "so-pin",
		[APPROVAL_PAGE] = "allow-page",
	};
	struct events *ev = a->broker->events;
	struct writer j = events_begin(ev, opened ? EVENTS_DIALOG_OPENED :
				       EVENTS_DIALOG_CLOSED);

	writer_text_or_null(&j, "token", a->token == NULL ? NULL :
			    a->token->uri);
	writer_text_or_null(&j, "label", a->token == NULL ? NULL :
			    a->token->wire.label);
	writer_text_or_null(&j, "origin", a->caller->origin);
	writer_text(&j, "purpose", purposes[a->purpose]);
	writer_int(&j, "uid", a->caller->uid);
	events_publish(ev, &j, a->caller->uid);
}

/* --- readers ------------------------------------------------------------ */

static void put_card(struct writer *j, const char *reader, struct slice atr)
{
	writer_text(j, "reader", reader);
	if (atr.len > 0)
		writer_hex(j, "atr", atr);
	else
		writer_null(j, "atr");
}

void announce_reader(struct broker *b, const char *reader, bool added)
{
	struct writer j = events_begin(b->events, added ?
				       EVENTS_READER_ADDED :
				       EVENTS_READER_REMOVED);

	writer_text(&j, "reader", reader);
	events_publish(b->events, &j, EVENTS_EVERYONE);
}

void announce_card(struct broker *b, const char *reader, struct slice atr,
		   bool inserted)
{
	struct writer j = events_begin(b->events, inserted ?
				       EVENTS_CARD_INSERTED :
				       EVENTS_CARD_REMOVED);

	put_card(&j, reader, atr);
	events_publish(b->events, &j, EVENTS_EVERYONE);
}

/* --- a snapshot --------------------------------------------------------- */

static bool wants(const struct events_subscriber *s, enum events_type type)
{
	return (s->types >> type & 1) != 0;
}

static struct writer present_begin(struct buf *out, enum events_type type)
{
	struct writer j = events_message(out, events_type_name(type), NULL);

	writer_bool(&j, "snapshot", true);
	return j;
}

static void present_module(const struct broker *b, const struct module *m,
			   const struct events_subscriber *s,
			   const struct caller *c, struct buf *out)
{
	const struct token *t;
	struct writer j;

	if (m->told_fault != 0 && wants(s, EVENTS_MODULE_FAILED)) {
		j = present_begin(out, EVENTS_MODULE_FAILED);
		put_module(&j, m);
		events_message_end(&j);
	}
	TAILQ_FOREACH(t, &m->tokens, entry) {
		if (!t->told || !wants(s, EVENTS_TOKEN_INSERTED) ||
		    !authorise_sees_token(b, c, t))
			continue;
		j = present_begin(out, EVENTS_TOKEN_INSERTED);
		put_token(&j, t);
		events_message_end(&j);
	}
}

static void present_reader(const struct reader *r,
			   const struct events_subscriber *s, struct buf *out)
{
	struct writer j;

	if (wants(s, EVENTS_READER_ADDED)) {
		j = present_begin(out, EVENTS_READER_ADDED);
		writer_text(&j, "reader", r->name);
		events_message_end(&j);
	}
	if (wire_reader_has_card(r->state) && wants(s, EVENTS_CARD_INSERTED)) {
		j = present_begin(out, EVENTS_CARD_INSERTED);
		put_card(&j, r->name, slice_of(r->atr, r->atr_len));
		events_message_end(&j);
	}
}

void announce_present(struct broker *b, const struct events_subscriber *s,
		      const struct caller *c, struct buf *out)
{
	const struct reader *r;
	const struct module *m;

	for (unsigned i = 0; b->cards != NULL &&
	     (r = readers_at(cards_readers(b->cards), i)) != NULL; i++)
		present_reader(r, s, out);
	TAILQ_FOREACH(m, &b->modules, entry)
		present_module(b, m, s, c, out);
}
