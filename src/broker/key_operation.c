/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key_operation: a new key pair on a token, or a certificate brought to it.
 */
#include "broker/key_operation.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "base/log.h"
#include "broker/ask.h"
#include "broker/broker.h"
#include "broker/shard.h"
#include "wire/fault.h"

static bool key_is_import(const struct key_operation *o)
{
	return o->op == WIRE_MANAGE_CERTIFICATE;
}

struct key_operation *key_operation_new(void)
{
	struct key_operation *o = calloc(1, sizeof(*o));

	if (o == NULL)
		return NULL;
	buf_init(&o->id, LIMIT_KEY_ID);
	buf_init(&o->certificate, LIMIT_CERTIFICATE);
	buf_init(&o->spki, LIMIT_SPKI);
	return o;
}

void key_operation_free(struct key_operation *o)
{
	if (o == NULL)
		return;
	buf_fini(&o->id);
	buf_fini(&o->certificate);
	buf_fini(&o->spki);
	free(o);
}

/* --- the end ------------------------------------------------------------ */

/* A line for the log: the journal will have it too. */
static void key_log(const struct key_operation *o, const struct error *failure)
{
	char id[2 * LIMIT_KEY_ID + 1];

	hex_encode(buf_slice(&o->id), id);
	log_write(failure == NULL ? LOG_INFO : LOG_WARNING, NULL,
		  "key %s id=%s uid=%u pid=%d exe=\"%s\" token=\"%s\":"
		  " %s%s%s", key_is_import(o) ? "import-certificate" :
		  "generate", id, (unsigned)o->caller.uid, (int)o->caller.pid,
		  o->caller.exe, o->token == NULL ? o->uri : o->token->uri,
		  failure == NULL ? "done" : err_info(failure->code)->code,
		  failure == NULL ? "" : ": ",
		  failure == NULL ? "" : failure->message);
}

static void key_end(struct key_operation *o, const struct error *failure)
{
	struct module *m = o->module;
	struct error told;

	if (failure != NULL)
		told = *failure;
	key_log(o, failure);
	if (failure == NULL)
		recording_token_changed(o->approval.broker, "keys-changed",
					o->token, key_is_import(o) ?
					"import" : "generate", &o->caller);
	approval_finish(&o->approval);
	o->done(o, failure == NULL ? NULL : &told);
	if (m != NULL)
		module_release(m);
}

/* --- at the worker ------------------------------------------------------ */

static struct key_operation *key_of_call(struct worker_call *call)
{
	return (struct key_operation *)((char *)call -
					offsetof(struct key_operation, call));
}

static void key_lost(struct worker_call *call, const struct error *why,
		     bool begun)
{
	key_end(key_of_call(call), why);
}

static void key_failed(struct key_operation *o, const struct error *why)
{
	recording_pin_refused(o->approval.broker, o->token, &o->caller, why);
	if ((why->code == ERR_PIN_WRONG || why->code == ERR_PIN_LENGTH) &&
	    o->approval.with == WIRE_LOGIN_PIN && o->cancelled.code == 0 &&
	    approval_again(&o->approval, why))
		return;
	key_end(o, why);
}

static int key_answer(struct worker_call *call, const struct wire_frame *f,
		      struct error *e)
{
	struct key_operation *o = key_of_call(call);
	struct module *m = o->module;
	struct token *t = o->token;
	struct wire_manage_rep rep;
	struct error why;
	int r;

	r = f->kind == WIRE_FAIL ? wire_fault_get(f->body, &why, e) :
		wire_manage_rep_get(f->body, &rep, e);
	if (r != 0) {
		key_end(o, e);
		return r;
	}
	if (f->kind == WIRE_FAIL) {
		module_let_go(m, o->approval.worker, &why);
		key_failed(o, &why);
		return 0;
	}
	buf_put(&o->spki, rep.spki.ptr, rep.spki.len);
	module_hold(m);
	key_end(o, NULL);
	module_look_anew(m, t, "the keys of a token have changed");
	module_release(m);
	return 0;
}

static void key_do(struct key_operation *o)
{
	const struct approval *a = &o->approval;
	struct wire_manage_req req = {
		.token = a->shard->theirs[o->token->number],
		.op = o->op,
		.login = a->with,
		.flags = o->module->config->manage_so ? WIRE_MANAGE_SO : 0,
		.id = buf_slice(&o->id),
		.certificate = buf_slice(&o->certificate),
	};

	snprintf(req.label, sizeof(req.label), "%s", o->label);
	o->call.type = WIRE_MANAGE;
	o->call.deadline_ms = LIMIT_KEY_MAKING_MS;
	if (a->with == WIRE_LOGIN_PAD)
		o->call.deadline_ms +=
			o->module->settings->prompt.timeout * 1000;
	o->call.answer = key_answer;
	o->call.lost = key_lost;
	wire_manage_req_put(worker_begin(a->worker, &o->call), &req);
	worker_send(a->worker, &o->call);
}

/* --- the person --------------------------------------------------------- */

static struct key_operation *key_of_approval(struct approval *a)
{
	return (struct key_operation *)
		((char *)a - offsetof(struct key_operation, approval));
}

/* The key that is there under the same CKA_ID; NULL: none. */
static const struct key *key_in_place(const struct key_operation *o)
{
	const struct token *t = o->token;

	for (size_t i = 0; i < t->keys_count; i++)
		if (key_signs(t->keys[i]) &&
		    slice_equal(t->keys[i]->wire.id, buf_slice(&o->id)))
			return t->keys[i];
	return NULL;
}

/* The place on the token, and whose certificate is in it now. */
static int key_describe(struct approval *a, struct buf *out, struct error *e)
{
	const struct key_operation *o = key_of_approval(a);
	const struct key *old = key_in_place(o);
	char id[2 * LIMIT_KEY_ID + 1];
	struct key shown = {
		.certificate = old == NULL ? NULL : old->certificate,
	};
	const struct ask q = {
		.kind = key_is_import(o) ? "certificate-import" :
					   "key-generate",
		.key = &shown,
		.rule = "",
		.pins = o->module->config->manage_so ? "s" : "u",
		.repeat = 1,
	};

	hex_encode(buf_slice(&o->id), id);
	snprintf(shown.uri, sizeof(shown.uri), "id %s", id);
	snprintf(shown.wire.label, sizeof(shown.wire.label), "%.170s (%.64s)",
		 o->label[0] != '\0' || old == NULL ? o->label :
		 old->wire.label, id);
	return ask_put(&q, a, out, e);
}

static void key_decided(struct approval *a, const struct error *refusal)
{
	struct key_operation *o = key_of_approval(a);

	if (refusal != NULL)
		key_end(o, refusal);
	else if (a->shard->worker != a->worker)
		key_end(o, &o->module->last_error);
	else
		key_do(o);
}

static int key_ask(struct broker *b, struct key_operation *o, struct error *e)
{
	struct approval *a = &o->approval;

	a->broker = b;
	a->token = o->token;
	a->caller = &o->caller;
	a->purpose = o->module->config->manage_so ? APPROVAL_SO :
						    APPROVAL_CHANGE;
	a->fresh = true;
	a->pins = 1;
	a->describe = key_describe;
	a->decided = key_decided;
	return approval_start(a, e);
}

/* --- the beginning ------------------------------------------------------ */

/* One that belongs to another key would make that place of no use. */
static int key_check_certificate(const struct key_operation *o,
				 struct error *e)
{
	const struct key *k = key_in_place(o);
	struct format_certificate_parts parts;
	int r = format_certificate_split(buf_slice(&o->certificate), &parts,
					 e);

	if (r != 0)
		return r;
	if (k != NULL && !format_certificate_same_key(k->wire.spki,
						      parts.spki))
		return error_set(e, ERR_BAD_CERTIFICATE, "the certificate is"
				 " of another key than the one with this ID");
	return 0;
}

static int key_check(const struct broker *b, const struct key_operation *o,
		     struct error *e)
{
	const struct settings_module *m = o->module->config;
	const struct token *t = o->token;

	if (b->draining)
		return error_set(e, ERR_SHUTTING_DOWN,
				 "signetd is shutting down");
	if (m->keys != NULL)
		return error_set(e, ERR_IMPOSSIBLE, "module %s cannot make"
				 " keys on a card or write certificates; do it"
				 " with: %s", m->name, m->keys);
	if (!token_initialized(&t->wire))
		return error_set(e, ERR_IMPOSSIBLE, "this token is not"
				 " initialised; `signet token init` does it");
	if (t->state == TOKEN_LOGGED_IN)
		return error_set(e, ERR_NOT_ALLOWED, "token %s is unattended:"
				 " take it out of tokens: in signetd.conf(5),"
				 " reload, and try again", t->wire.label);
	if (key_is_import(o))
		return key_check_certificate(o, e);
	/* A card has places, in which a key is replaced; others add one. */
	if (!m->manage_so && key_in_place(o) != NULL)
		return error_set(e, ERR_IMPOSSIBLE, "token %s has a key with"
				 " this ID already; take another ID",
				 t->wire.label);
	return 0;
}

void key_operation_start(struct broker *b, struct key_operation *o)
{
	struct error e;
	int r = broker_find_token(b, o->uri, false, &o->token, &e);

	error_clear(&o->cancelled);
	if (r == 0) {
		o->module = o->token->module;
		module_hold(o->module);
		r = key_check(b, o, &e);
	}
	if (r == 0)
		r = key_ask(b, o, &e);
	if (r != 0)
		key_end(o, &e);
}

void key_operation_cancel(struct key_operation *o, const char *why)
{
	error_set(&o->cancelled, ERR_CANCELLED, "%s", why);
	if (o->approval.state != APPROVAL_NONE &&
	    approval_cancel(&o->approval, &o->cancelled))
		key_end(o, &o->cancelled);
}
