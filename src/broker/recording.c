/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recording: what the broker puts into the journal.
 */
#include "broker/recording.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "broker/broker.h"
#include "broker/idempotent.h"
#include "broker/supervision.h"
#include "evidence/record.h"

/* Between two attempts to open a journal that could not be, at most. */
#define RECORDING_RETRY_MS 5000u
/* Items of a record are described on the stack up to this. */
#define RECORDING_ITEMS 4u

/* --- the record of a request --------------------------------------------- */

/* Made with the signature; of what was never begun, and was shown, now. */
static struct slice item_content(const struct item *i, uint8_t *hash)
{
	const uint8_t *made;

	if (i->digest_len > 0)
		return slice_of(i->digest, i->digest_len);
	made = i->op == NULL ? NULL : format_op_content_sha256(i->op);
	if (made != NULL)
		return slice_of(made, CHAIN_HASH);
	/* A large one is blind: its digest is among its lines. */
	if (i->bytes.len == 0 || i->bytes.len > LIMIT_SHOWN)
		return slice_of(NULL, 0);
	chain_hash(i->bytes, hash);
	return slice_of(hash, CHAIN_HASH);
}

static void item_record(const struct item *i, bool released, uint8_t *hash,
			struct record_item *out)
{
	const struct content *c = i->content;

	*out = (struct record_item){
		.name = i->name,
		.media_type = i->media_type,
		.content = item_content(i, hash),
		.digest_algorithm = i->digest_algorithm,
	};
	if (c != NULL) {
		out->blind = c->blind;
		out->lines = c->lines;
		out->lines_count = c->lines_count;
	}
	if (released) {
		out->raw = slice_of(i->raw, i->raw_len);
		out->unchecked = !i->checked;
		out->signature = i->signature;
	}
}

static void item_keep(const struct item *i, bool released,
		      struct journal_item *out)
{
	*out = (struct journal_item){ .content = slice_of(NULL, 0) };
	if (i->content != NULL && !i->content->blind)
		out->content = i->bytes;
	if (released && i->signature.len <= LIMIT_EVIDENCE_SIGNATURE)
		out->signature = i->signature;
}

static struct slice certificate_digest(const struct key *k)
{
	if (k == NULL || k->certificate == NULL)
		return slice_of(NULL, 0);
	return slice_of(k->certificate->sha256,
			sizeof(k->certificate->sha256));
}

static struct record_approval approval_record(const char *role,
					      const struct key *key,
					      struct slice signature)
{
	return (struct record_approval){
		.role = role,
		.certificate = certificate_digest(key),
		.kept = signature.len <= LIMIT_EVIDENCE_APPROVAL,
		.signature = signature,
	};
}

static unsigned approvals_of(const struct request *r,
			     struct record_approval out[JOURNAL_APPROVALS])
{
	const struct supervision *s = r->supervision;

	if (s == NULL || r->signed_count == 0)
		return 0;
	out[0] = approval_record("supervisor", s->key,
				 s->statement.signature);
	out[1] = approval_record("signer", r->key, r->statement.signature);
	return 2;
}

static struct record_caller caller_record(const struct caller *c)
{
	return (struct record_caller){
		.uid = c->uid,
		.gid = c->gid,
		.pid = c->pid,
		.exe = c->exe,
		.user = c->user,
		.origin = c->origin,
	};
}

static void build(struct request *r, const char *outcome,
		  struct record_item *items, uint8_t (*hashes)[CHAIN_HASH])
{
	const struct module *m = r->key == NULL ? NULL : r->key->token->module;
	struct record_approval approvals[JOURNAL_APPROVALS];
	char version[8] = "";
	const struct record record = {
		.outcome = outcome,
		.request = r->id,
		.caller = caller_record(&r->caller),
		.key = r->key == NULL ? r->key_uri : r->key->uri,
		.algorithm = r->order.alg == NULL ? r->algorithm :
			r->order.alg->name,
		.format = format_kind_name(r->order.format),
		.rule = r->verdict.rule == NULL ? "" : r->verdict.rule->name,
		.idempotency_key = r->idempotent == NULL ? "" :
			r->idempotent->key,
		.certificate = certificate_digest(r->key),
		.module = m == NULL ? "" : m->config->name,
		.module_path = m == NULL ? "" : m->config->path,
		.module_version = version,
		.worker = r->worker,
		.count = r->count,
		.signed_count = r->signed_count,
		.items = items,
		.items_count = r->count,
		.approvals = approvals,
		.approvals_count = approvals_of(r, approvals),
		.failure = r->error.code == 0 ? NULL : &r->error,
	};

	if (m != NULL)
		snprintf(version, sizeof(version), "%u.%u",
			 m->info.library_major, m->info.library_minor);
	for (unsigned i = 0; i < r->count; i++)
		item_record(&r->items[i], i < r->signed_count, hashes[i],
			    &items[i]);
	record_request(&record, &r->record.event);
}

void recording_build(struct request *r, const char *outcome)
{
	struct record_item few[RECORDING_ITEMS], *items = few;
	uint8_t hash[RECORDING_ITEMS][CHAIN_HASH], (*hashes)[CHAIN_HASH] = hash;

	buf_fini(&r->record.event);
	buf_init(&r->record.event, LIMIT_RECORD);
	if (r->count > RECORDING_ITEMS) {
		items = calloc(r->count, sizeof(*items));
		hashes = calloc(r->count, sizeof(*hashes));
	}
	if (items != NULL && hashes != NULL)
		build(r, outcome, items, hashes);
	else
		r->record.event.failed = ERR_NO_MEMORY;
	if (items != few)
		free(items);
	if (hashes != hash)
		free(hashes);
}

/* --- into the journal ---------------------------------------------------- */

static void recording_soon(struct broker *b)
{
	event_active(b->recording.flush, EV_TIMEOUT, 0);
}

static void recording_event(struct broker *b, struct buf *event)
{
	/* Behind the record of the end is nothing: what asks now is refused
	 * before it is looked at, and the log tells. */
	if (b->recording.journal == NULL ||
	    b->recording.checkpoints.last != LAST_NOT_YET) {
		buf_fini(event);
		return;
	}
	journal_note(b->recording.journal, event);
	recording_soon(b);
}

/* What is kept beside the record.  Freed with the request. */
static int release_items(struct request *r)
{
	struct record_approval approvals[JOURNAL_APPROVALS];
	unsigned count = approvals_of(r, approvals);

	free(r->kept_items);
	r->kept_items = calloc(r->count, sizeof(*r->kept_items));
	if (r->kept_items == NULL)
		return ERR_NO_MEMORY;
	for (unsigned i = 0; i < r->count; i++)
		item_keep(&r->items[i], i < r->signed_count,
			  &r->kept_items[i]);
	r->record.items = r->kept_items;
	r->record.count = r->count;
	if (r->key->certificate != NULL) {
		r->record.certificate = r->key->wire.certificate;
		r->record.certificate_sha256 = r->key->certificate->sha256;
		r->record.chain = r->key->chain;
		r->record.chain_len = r->key->chain_len;
	}
	for (unsigned i = 0; i < count; i++)
		if (approvals[i].kept)
			r->record.approvals[i] = approvals[i].signature;
	if (r->idempotent != NULL)
		r->record.answer = &r->idempotent->answer;
	return 0;
}

void recording_release(struct request *r)
{
	struct error e;
	int failed = recording_able(r->broker, &e);

	if (failed == 0)
		failed = buf_error(&r->record.event);
	if (failed == 0)
		failed = release_items(r);
	if (failed == 0) {
		recording_add(r->broker, &r->record);
		return;
	}
	if (failed != ERR_NOT_DURABLE)
		error_set(&e, ERR_NOT_DURABLE, "no memory for its record");
	r->record.done(&r->record, &e);
}

void recording_note(struct request *r)
{
	recording_event(r->broker, &r->record.event);
}

void recording_add(struct broker *b, struct journal_entry *entry)
{
	struct error e;

	if (b->recording.journal == NULL) {
		error_set(&e, ERR_NOT_DURABLE, "the journal is closed");
		entry->done(entry, &e);
		return;
	}
	journal_add(b->recording.journal, entry);
	recording_soon(b);
}

int recording_able(struct broker *b, struct error *e)
{
	if (b->recording.journal != NULL)
		return journal_able(b->recording.journal, e);
	*e = b->recording.retry.failure;
	return e->code;
}

/* --- other events -------------------------------------------------------- */

#define RECORDING_EVENT_MAX (16u * 1024)

void recording_reload(struct broker *b, const struct settings *settings)
{
	struct buf event = { .max = RECORDING_EVENT_MAX };

	if (!settings_evidence_equal(&b->recording.settings->evidence,
				     &settings->evidence))
		log_write(LOG_WARNING, NULL, "evidence: has changed, and stays"
			  " as it was until signetd is started anew");
	record_plain("reload", &event);
	recording_event(b, &event);
}

void recording_module_failed(struct broker *b, const struct module *m)
{
	struct buf event = { .max = RECORDING_EVENT_MAX };

	record_module_failed(m->config->name, &m->last_error, &event);
	recording_event(b, &event);
}

static void recording_refused(struct broker *b, const struct token *t,
			      const struct record_caller *caller,
			      const struct error *why)
{
	struct buf event = { .max = RECORDING_EVENT_MAX };

	if (why->code != ERR_PIN_WRONG && why->code != ERR_PIN_LOCKED)
		return;
	record_pin_failed(t->uri, caller, why, &event);
	recording_event(b, &event);
}

void recording_pin_refused(struct broker *b, const struct token *t,
			   const struct caller *c, const struct error *why)
{
	const struct record_caller caller = caller_record(c);

	recording_refused(b, t, &caller, why);
}

void recording_login_refused(struct broker *b, const struct token *t)
{
	recording_refused(b, t, NULL, &t->login_refused);
}

void recording_keep_alive_failed(struct broker *b, const struct token *t,
				 const struct error *why)
{
	struct buf event = { .max = RECORDING_EVENT_MAX };

	record_keep_alive(t->uri, why, &event);
	recording_event(b, &event);
}

void recording_token_changed(struct broker *b, const char *kind,
			     const struct token *t, const char *operation,
			     const struct caller *c)
{
	const struct record_caller caller = caller_record(c);
	struct buf event = { .max = RECORDING_EVENT_MAX };

	record_token_changed(kind, t->uri, operation, &caller, &event);
	recording_event(b, &event);
}

void recording_origin(struct broker *b, const char *kind, const char *origin,
		      const char *by, const struct caller *c)
{
	const struct record_caller caller = caller_record(c);
	struct buf event = { .max = RECORDING_EVENT_MAX };

	record_origin(kind, origin, by, &caller, &event);
	recording_event(b, &event);
}

/* --- life ---------------------------------------------------------------- */

static void recording_flush(evutil_socket_t fd, short what, void *arg)
{
	struct broker *b = arg;

	if (b->recording.journal != NULL)
		journal_flush(b->recording.journal);
}

static void recording_collect(evutil_socket_t fd, short what, void *arg)
{
	struct broker *b = arg;

	journal_collect(b->recording.journal);
}

static int recording_open(struct broker *b, struct error *e)
{
	struct recording *rec = &b->recording;
	const struct settings_evidence *s = &rec->settings->evidence;
	const struct journal_options o = {
		.file = s->file,
		.key_file = s->key_file,
		.checkpoint_records = s->checkpoint_records,
		.checkpoint_seconds = s->checkpoint_seconds,
		.max_bytes = (uint64_t)s->limit_mib * 1024 * 1024,
	};
	struct buf event = { .max = RECORDING_EVENT_MAX };
	int r = journal_open(&o, &rec->journal, e);

	if (r != 0)
		return r;
	rec->collect = event_new(b->base, journal_fd(rec->journal),
				 EV_READ | EV_PERSIST, recording_collect, b);
	if (rec->collect == NULL || event_add(rec->collect, NULL) != 0) {
		journal_close(rec->journal);
		rec->journal = NULL;
		return error_set(e, ERR_NO_MEMORY, "no memory for events");
	}
	record_start(SIGNET_VERSION, getpid(), journal_public(rec->journal),
		     &event);
	recording_event(b, &event);
	return 0;
}

static void recording_try(struct broker *b)
{
	struct retry *retry = &b->recording.retry;
	struct error e;

	if (recording_open(b, &e) == 0) {
		retry_good(retry, "evidence: it can be written now");
		return;
	}
	e.code = ERR_NOT_DURABLE;
	retry_failed(retry, "evidence: nothing can be signed",
		     RECORDING_RETRY_MS, &e);
}

int recording_start(struct broker *b, struct error *e)
{
	b->recording.settings = settings_ref(b->settings);
	b->recording.flush = event_new(b->base, -1, 0, recording_flush, b);
	if (b->recording.flush == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for events");
	recording_try(b);
	return 0;
}

void recording_tick(struct broker *b, int64_t now_ns)
{
	if (b->recording.journal == NULL &&
	    retry_ready(&b->recording.retry, now_ns))
		recording_try(b);
	checkpoints_tick(b, now_ns);
	stamps_tick(b, now_ns);
}

void recording_stop(struct broker *b)
{
	struct recording *rec = &b->recording;
	struct buf event = { .max = RECORDING_EVENT_MAX };
	struct journal *j = rec->journal;

	/* What it calls back now hands nothing over any more. */
	rec->journal = NULL;
	if (j != NULL) {
		if (rec->checkpoints.last == LAST_NOT_YET) {
			record_plain("stop", &event);
			journal_note(j, &event);
		}
		journal_close(j);
	}
	stamps_stop(b);
	if (rec->checkpoints.deadline != NULL)
		event_free(rec->checkpoints.deadline);
	rec->checkpoints.deadline = NULL;
	if (rec->collect != NULL)
		event_free(rec->collect);
	if (rec->flush != NULL)
		event_free(rec->flush);
	rec->collect = rec->flush = NULL;
}

void recording_fini(struct broker *b)
{
	settings_unref(b->recording.settings);
}
