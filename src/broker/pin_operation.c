/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pin_operation: look at a token's PIN, change or unblock it, or initialise the
 * token.
 */
#include "broker/pin_operation.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "broker/ask.h"
#include "broker/broker.h"
#include "broker/shard.h"
#include "wire/fault.h"
#include "wire/prepare.h"

static const struct {
	const char *name;
	const char *dialog; /* kind in docs/PROTOCOL.prompt */
	const char *pins;   /* as ask.h has them */
	enum approval_purpose purpose;
	enum wire_pin_op op;
} kinds[] = {
	[PIN_OPERATION_STATUS] = { "status", NULL, "", APPROVAL_LOGIN, 0 },
	[PIN_OPERATION_CHANGE] = { "change", "pin-change", "un",
				   APPROVAL_CHANGE, WIRE_PIN_CHANGE },
	[PIN_OPERATION_UNBLOCK] = { "unblock", "pin-unblock", "sn",
				    APPROVAL_SO, WIRE_PIN_UNBLOCK },
	[PIN_OPERATION_INITIALIZE] = { "initialize", "token-init", "sn",
				       APPROVAL_SO, WIRE_PIN_INIT },
};

const char *pin_operation_name(enum pin_operation_kind kind)
{
	return kinds[kind].name;
}

bool pin_operation_by_name(const char *name, enum pin_operation_kind *out)
{
	for (unsigned i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0) {
			*out = (enum pin_operation_kind)i;
			return true;
		}
	return false;
}

/* --- the end ------------------------------------------------------------ */

/* A line for the log, and a record of what was done. */
static void pin_log(const struct pin_operation *o, const struct error *failure)
{
	if (o->kind == PIN_OPERATION_STATUS)
		return;
	if (failure == NULL)
		recording_token_changed(o->approval.broker, "pin-changed",
					o->token, kinds[o->kind].name,
					&o->caller);
	log_write(failure == NULL ? LOG_INFO : LOG_WARNING, NULL,
		  "pin %s uid=%u pid=%d exe=\"%s\" token=\"%s\": %s%s%s",
		  kinds[o->kind].name, (unsigned)o->caller.uid,
		  (int)o->caller.pid, o->caller.exe,
		  o->token == NULL ? o->uri : o->token->uri,
		  failure == NULL ? "done" : err_info(failure->code)->code,
		  failure == NULL ? "" : ": ",
		  failure == NULL ? "" : failure->message);
}

static void pin_end(struct pin_operation *o, const struct error *failure)
{
	struct module *m = o->module;
	struct error told;

	if (failure != NULL)
		told = *failure;
	pin_log(o, failure);
	approval_finish(&o->approval);
	o->done(o, failure == NULL ? NULL : &told);
	if (m != NULL)
		module_release(m);
}

/* --- at the worker ------------------------------------------------------ */

static struct pin_operation *pin_of_call(struct worker_call *call)
{
	return (struct pin_operation *)((char *)call -
					offsetof(struct pin_operation, call));
}

static void pin_lost(struct worker_call *call, const struct error *why,
		     bool begun)
{
	pin_end(pin_of_call(call), why);
}

static void pin_failed(struct pin_operation *o, const struct error *why)
{
	recording_pin_refused(o->approval.broker, o->token, &o->caller, why);
	if ((why->code == ERR_PIN_WRONG || why->code == ERR_PIN_LENGTH) &&
	    o->approval.with == WIRE_LOGIN_PIN && o->cancelled.code == 0 &&
	    approval_again(&o->approval, why))
		return;
	pin_end(o, why);
}

static int pin_answer(struct worker_call *call, const struct wire_frame *f,
		      struct error *e)
{
	struct pin_operation *o = pin_of_call(call);
	struct module *m = o->module;
	struct token *t = o->token;
	struct wire_pin_rep rep;
	struct error why;
	int r;

	r = f->kind == WIRE_FAIL ? wire_fault_get(f->body, &why, e) :
		wire_pin_rep_get(f->body, &rep, e);
	if (r != 0) {
		pin_end(o, e);
		return r;
	}
	if (f->kind == WIRE_FAIL) {
		module_let_go(m, o->approval.worker, &why);
		pin_failed(o, &why);
		return 0;
	}
	if (o->kind != PIN_OPERATION_INITIALIZE) {
		o->token->wire.flags = rep.token.flags;
		pin_end(o, NULL);
		return 0;
	}
	module_hold(m);
	pin_end(o, NULL);
	/* It has other names now. */
	module_look_anew(m, t, "a token was initialised");
	module_release(m);
	return 0;
}

static void pin_call(struct pin_operation *o, enum wire_type type,
		     int (*answer)(struct worker_call *,
				   const struct wire_frame *, struct error *))
{
	o->call.type = type;
	o->call.deadline_ms = o->module->config->deadline_ms;
	if (o->approval.with == WIRE_LOGIN_PAD)
		o->call.deadline_ms +=
			o->module->settings->prompt.timeout * 1000;
	o->call.answer = answer;
	o->call.lost = pin_lost;
}

static void pin_do(struct pin_operation *o)
{
	const struct approval *a = &o->approval;
	struct wire_pin_req req = {
		.token = a->shard->theirs[o->token->number],
		.op = kinds[o->kind].op,
		.login = a->with,
		.flags = o->module->config->opensc_conf &&
			 o->module->config->per_reader ?
			 WIRE_PIN_SETS_BY_PUK : 0,
	};

	if (o->kind == PIN_OPERATION_INITIALIZE)
		snprintf(req.label, sizeof(req.label), "%s", o->label);
	pin_call(o, WIRE_PIN, pin_answer);
	wire_pin_req_put(worker_begin(a->worker, &o->call), &req);
	worker_send(a->worker, &o->call);
}

/* --- the person --------------------------------------------------------- */

static struct pin_operation *pin_of_approval(struct approval *a)
{
	return (struct pin_operation *)
		((char *)a - offsetof(struct pin_operation, approval));
}

static int pin_describe(struct approval *a, struct buf *out, struct error *e)
{
	const struct pin_operation *o = pin_of_approval(a);
	const struct ask q = {
		.kind = kinds[o->kind].dialog,
		.rule = "",
		.pins = kinds[o->kind].pins,
		.repeat = 1,
	};

	return ask_put(&q, a, out, e);
}

static void pin_decided(struct approval *a, const struct error *refusal)
{
	struct pin_operation *o = pin_of_approval(a);

	if (refusal != NULL)
		pin_end(o, refusal);
	else if (a->shard->worker != a->worker)
		pin_end(o, &o->module->last_error);
	else
		pin_do(o);
}

static int pin_ask(struct broker *b, struct pin_operation *o, struct error *e)
{
	struct approval *a = &o->approval;

	a->broker = b;
	a->token = o->token;
	a->caller = &o->caller;
	a->purpose = kinds[o->kind].purpose;
	a->fresh = true;
	a->pins = (unsigned)strlen(kinds[o->kind].pins);
	a->describe = pin_describe;
	a->decided = pin_decided;
	return approval_start(a, e);
}

/* --- status ------------------------------------------------------------- */

static int pin_status_answer(struct worker_call *call,
			     const struct wire_frame *f, struct error *e)
{
	struct pin_operation *o = pin_of_call(call);
	struct wire_prepare_rep rep;
	struct error why;
	int r;

	r = f->kind == WIRE_FAIL ? wire_fault_get(f->body, &why, e) :
		wire_prepare_rep_get(f->body, &rep, e);
	if (r == 0 && f->kind == WIRE_REP)
		o->token->wire.flags = rep.token.flags;
	pin_end(o, r != 0 ? e : f->kind == WIRE_FAIL ? &why : NULL);
	return r;
}

/*
 * PREPARE looks at the token, and ends what login it finds: where one stands
 * for good, or a dialog is open, what is known has to do.
 */
static bool pin_status_known(const struct broker *b, const struct token *t)
{
	const struct approval *a;

	if (t->state == TOKEN_LOGGED_IN || t->kept.shard != NULL)
		return true;
	TAILQ_FOREACH(a, &b->approvals_open, entry)
		if (a->token == t)
			return true;
	return false;
}

static int pin_status(struct broker *b, struct pin_operation *o,
		      struct error *e)
{
	struct wire_prepare_req req = { .pins = 0 };
	struct shard *s = module_shard_for(o->module, o->token);

	if (pin_status_known(b, o->token)) {
		pin_end(o, NULL);
		return 0;
	}
	if (s == NULL && module_unable(o->module, o->token, e) != 0)
		return e->code;
	if (s == NULL)
		return error_set(e, ERR_TOKEN_BUSY, "token %s is busy; try"
				 " again", o->token->wire.label);
	req.token = s->theirs[o->token->number];
	pin_call(o, WIRE_PREPARE, pin_status_answer);
	wire_prepare_req_put(worker_begin(s->worker, &o->call), &req);
	worker_send(s->worker, &o->call);
	return 0;
}

/* --- the beginning ------------------------------------------------------ */

static int pin_check(const struct broker *b, const struct pin_operation *o,
		     struct error *e)
{
	const struct token *t = o->token;
	bool init = o->kind == PIN_OPERATION_INITIALIZE;

	if (b->draining)
		return error_set(e, ERR_SHUTTING_DOWN,
				 "signetd is shutting down");
	if (init && o->label[0] == '\0')
		return error_set(e, ERR_MALFORMED, "a token needs a label");
	if (!init && !token_initialized(&t->wire))
		return error_set(e, ERR_IMPOSSIBLE, "this token is not"
				 " initialised; `signet token init` does it");
	if (o->kind == PIN_OPERATION_UNBLOCK && o->module->config->unblock)
		return error_set(e, ERR_IMPOSSIBLE, "module %s cannot unblock"
				 " a PIN with the PUK; do it with: %s",
				 o->module->config->name,
				 o->module->config->unblock);
	if (o->kind != PIN_OPERATION_STATUS && t->state == TOKEN_LOGGED_IN)
		return error_set(e, ERR_NOT_ALLOWED, "token %s is unattended:"
				 " take it out of tokens: in signetd.conf(5),"
				 " reload, and try again", t->wire.label);
	return 0;
}

void pin_operation_start(struct broker *b, struct pin_operation *o)
{
	struct error e;
	int r = broker_find_token(b, o->uri, o->kind ==
				  PIN_OPERATION_INITIALIZE, &o->token, &e);

	error_clear(&o->cancelled);
	if (r == 0) {
		o->module = o->token->module;
		module_hold(o->module);
		r = pin_check(b, o, &e);
	}
	if (r == 0)
		r = o->kind == PIN_OPERATION_STATUS ? pin_status(b, o, &e) :
			pin_ask(b, o, &e);
	if (r != 0)
		pin_end(o, &e);
}

void pin_operation_cancel(struct pin_operation *o, const char *why)
{
	error_set(&o->cancelled, ERR_CANCELLED, "%s", why);
	if (o->approval.state != APPROVAL_NONE &&
	    approval_cancel(&o->approval, &o->cancelled))
		pin_end(o, &o->cancelled);
}
