/* SPDX-License-Identifier: Apache-2.0 */
/*
 * approval: a person is asked, and consents or not.
 */
#include "broker/approval.h"

#include <errno.h>
#include <p11-kit/pkcs11.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/limits.h"
#include "broker/announce.h"
#include "broker/broker.h"
#include "broker/patience.h"
#include "broker/prompt.h"
#include "broker/shard.h"
#include "wire/fault.h"
#include "wire/prepare.h"

/* --- PINs of a dialog that was withdrawn --------------------------------- */

static struct token *approval_dropped(struct worker_call *call)
{
	struct token *t = (struct token *)((char *)call -
					   offsetof(struct token, drop));

	t->dropping = false;
	return t;
}

static int approval_drop_answer(struct worker_call *call,
				const struct wire_frame *f, struct error *e)
{
	approval_dropped(call);
	return 0;
}

static void approval_drop_lost(struct worker_call *call,
			       const struct error *why, bool begun)
{
	approval_dropped(call);
}

/*
 * The dialog closes in the very moment a PIN was typed: it may be in the socket
 * already.  It is not to lie there until somebody asks again.
 */
static void approval_drop_pins(struct approval *a)
{
	struct token *t = a->token;
	struct wire_prepare_req req = { .pins = 0 };

	if (a->with != WIRE_LOGIN_PIN || a->shard == NULL ||
	    a->worker == NULL || a->shard->worker != a->worker || t->dropping)
		return;
	req.token = a->shard->theirs[t->number];
	t->dropping = true;
	t->drop.type = WIRE_PREPARE;
	t->drop.deadline_ms = t->module->config->deadline_ms;
	t->drop.answer = approval_drop_answer;
	t->drop.lost = approval_drop_lost;
	wire_prepare_req_put(worker_begin(a->worker, &t->drop), &req);
	worker_send(a->worker, &t->drop);
}

/* --- the end ------------------------------------------------------------ */

/* All pages that ask to be allowed count as one: names cost nothing. */
static const char *approval_page_name(const struct approval *a)
{
	return a->purpose == APPROVAL_PAGE ? PATIENCE_CANDIDATES :
					     a->caller->origin;
}

/* Its dialog was open, and the person did not agree. */
static void approval_unwanted(const struct approval *a)
{
	if (a->state == APPROVAL_ASKING && a->caller->origin[0] != '\0')
		patience_refused(&a->broker->patience, a->caller->uid,
				 approval_page_name(a), clock_mono_ns());
}

static void approval_leave(struct approval *a)
{
	struct approvals *list = a->state == APPROVAL_WAITING ?
		&a->broker->approvals_waiting : &a->broker->approvals_open;

	TAILQ_REMOVE(list, a, entry);
	if (a->state == APPROVAL_ASKING)
		approval_drop_pins(a);
	a->state = APPROVAL_NONE;
	if (a->prompt != NULL)
		announce_dialog(a, false);
	prompt_close(a->prompt);
	a->prompt = NULL;
	fd_closep(&a->pin_fd);
	a->pin_fd = -1;
}

void approval_finish(struct approval *a)
{
	if (a->state == APPROVAL_NONE)
		return;
	approval_leave(a);
	broker_approvals_soon(a->broker);
}

static void approval_refuse(struct approval *a, const struct error *why)
{
	struct error told = *why;

	if (told.code == ERR_DECLINED || told.code == ERR_NOT_ANSWERED)
		approval_unwanted(a);
	approval_finish(a);
	a->decided(a, &told);
}

bool approval_cancel(struct approval *a, const struct error *why)
{
	if (a->state == APPROVAL_GRANTED)
		return false;
	a->cancelled = true;
	a->why = *why;
	if (a->state == APPROVAL_PREPARING)
		return false;
	approval_unwanted(a);
	approval_finish(a);
	return true;
}

/* --- whose turn it is ---------------------------------------------------- */

/*
 * One dialog for a person at a time, and one approval for a token.  Those whose
 * token is at work, or is being looked at, show no dialog.
 */
static bool approval_conflicts(const struct approval *a)
{
	const struct approval *o;

	TAILQ_FOREACH(o, &a->broker->approvals_open, entry)
		if (o != a && ((o->token == a->token && a->token != NULL) ||
			       (o->caller->uid == a->caller->uid &&
				o->state == APPROVAL_ASKING)))
			return true;
	return false;
}

/* Somebody else has the person's eyes now: it is the next to be asked. */
static void approval_back(struct approval *a)
{
	approval_drop_pins(a);
	fd_closep(&a->pin_fd);
	a->pin_fd = -1;
	TAILQ_REMOVE(&a->broker->approvals_open, a, entry);
	a->state = APPROVAL_WAITING;
	TAILQ_INSERT_HEAD(&a->broker->approvals_waiting, a, entry);
}

/* --- asking ------------------------------------------------------------- */

static void approval_answered(void *arg, const struct error *refusal)
{
	struct approval *a = arg;

	a->prompt = NULL;
	histogram_add(&a->broker->metrics.dialogs,
		      clock_mono_ns() - a->asked_ns);
	announce_dialog(a, false);
	if (refusal != NULL) {
		approval_refuse(a, refusal);
		return;
	}
	if (a->caller->origin[0] != '\0')
		patience_approved(&a->broker->patience, a->caller->uid,
				  approval_page_name(a));
	a->state = APPROVAL_GRANTED;
	broker_approvals_soon(a->broker);
	a->decided(a, NULL);
}

static int approval_open_prompt(struct approval *a, struct error *e)
{
	const struct settings *s = a->broker->settings;
	const struct prompt_owner owner = { approval_answered, a };
	struct prompt_setup setup = {
		.program = s->prompt_program,
		.pin_fd = a->pin_fd,
		.seconds = s->prompt.timeout,
	};
	struct buf request;
	int r;

	buf_init(&request, LIMIT_PROMPT_REQUEST);
	a->asked++;
	a->asked_ns = clock_mono_ns();
	r = a->describe(a, &request, e);
	setup.request = &request;
	if (r == 0)
		r = prompt_start(a->broker->base, &setup, &owner, &a->prompt,
				 e);
	buf_fini(&request);
	/* Only the prompt has it now. */
	fd_closep(&a->pin_fd);
	a->pin_fd = -1;
	return r;
}

static void approval_ask(struct approval *a)
{
	struct error e;

	a->state = APPROVAL_ASKING;
	if (approval_open_prompt(a, &e) != 0)
		approval_refuse(a, &e);
	else
		announce_dialog(a, true);
}

/* --- preparing ---------------------------------------------------------- */

static struct approval *approval_of(struct worker_call *call)
{
	return (struct approval *)((char *)call -
				   offsetof(struct approval, call));
}

/* What stands against an attempt, before anybody types anything. */
static int approval_pin_usable(const struct approval *a, uint64_t flags,
			       struct error *e)
{
	const char *label = a->token->wire.label;

	if (a->purpose == APPROVAL_SO) {
		/* A blank token has none to lock: SoftHSM says "locked". */
		if ((flags & CKF_TOKEN_INITIALIZED) == 0 ||
		    (flags & CKF_SO_PIN_LOCKED) == 0)
			return 0;
		return error_set(e, ERR_PIN_LOCKED, "the SO-PIN (PUK) of token"
				 " %s is locked; only its issuer can help",
				 label);
	}
	if ((flags & CKF_USER_PIN_LOCKED) != 0)
		return error_set(e, ERR_PIN_LOCKED, "the PIN of token %s is"
				 " locked; `%s` sets a new one with the PUK",
				 label, a->token->module->config->unblock ?
				 a->token->module->config->unblock :
				 "signet pin unblock");
	if ((flags & CKF_USER_PIN_INITIALIZED) == 0)
		return error_set(e, ERR_NOT_LOGGED_IN, "token %s has no PIN"
				 " yet; `signet pin unblock` sets one", label);
	return 0;
}

/* How the token stands is known: is there sense in asking? */
static int approval_judge(struct approval *a, const struct wire_prepare_rep *m,
			  struct error *e)
{
	struct token *t = a->token;
	int r;

	if (!token_is(t, &m->token))
		return error_set(e, ERR_TOKEN_GONE, "another token is in the"
				 " place of %s now", t->wire.label);
	t->wire.flags = m->token.flags;
	r = approval_pin_usable(a, t->wire.flags, e);
	if (r == 0 && a->purpose == APPROVAL_LOGIN &&
	    a->with == WIRE_LOGIN_PIN && m->logged_in) {
		a->with = WIRE_LOGIN_NONE;
		fd_closep(&a->pin_fd);
		a->pin_fd = -1;
	}
	return r;
}

static int approval_prepared(struct worker_call *call,
			     const struct wire_frame *f, struct error *e)
{
	struct approval *a = approval_of(call);
	struct wire_prepare_rep rep;
	struct error why;
	int r;

	r = f->kind == WIRE_FAIL ? wire_fault_get(f->body, &why, e) :
		wire_prepare_rep_get(f->body, &rep, e);
	if (r != 0) {
		approval_refuse(a, e);
		return r;
	}
	if (a->cancelled)
		approval_refuse(a, &a->why);
	else if (f->kind == WIRE_FAIL ||
		 approval_judge(a, &rep, &why) != 0)
		approval_refuse(a, &why);
	else if (approval_conflicts(a))
		approval_back(a);
	else
		approval_ask(a);
	return 0;
}

static void approval_lost(struct worker_call *call, const struct error *why,
			  bool begun)
{
	struct approval *a = approval_of(call);

	approval_refuse(a, a->cancelled ? &a->why : why);
}

/* A new PIN socket: *theirs goes with the call, and is not kept. */
static int approval_socket(struct approval *a, int *theirs, struct error *e)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return error_set_errno(e, ERR_IO, errno, "socketpair");
	a->pin_fd = pair[0];
	*theirs = pair[1];
	return 0;
}

static void approval_prepare(struct approval *a)
{
	struct wire_prepare_req req = {
		.token = a->shard->theirs[a->token->number],
	};
	struct error e;
	int theirs = -1;

	a->state = APPROVAL_PREPARING;
	a->worker = a->shard->worker;
	a->call.type = WIRE_PREPARE;
	a->call.deadline_ms = a->token->module->config->deadline_ms;
	a->call.answer = approval_prepared;
	a->call.lost = approval_lost;
	if (a->with != WIRE_LOGIN_PIN) {
		wire_prepare_req_put(worker_begin(a->worker, &a->call), &req);
		worker_send(a->worker, &a->call);
		return;
	}
	if (approval_socket(a, &theirs, &e) != 0) {
		approval_refuse(a, &e);
		return;
	}
	req.pins = a->pins;
	wire_prepare_req_put(worker_begin(a->worker, &a->call), &req);
	worker_send_fd(a->worker, &a->call, theirs);
}

/* --- the queue ---------------------------------------------------------- */

/* How is this operation to log in, by what is known without a call? */
static enum wire_login approval_login(const struct approval *a)
{
	const struct token *t = a->token;

	if (a->purpose != APPROVAL_LOGIN)
		return (t->wire.flags & CKF_PROTECTED_AUTHENTICATION_PATH) ?
			WIRE_LOGIN_PAD : WIRE_LOGIN_PIN;
	if ((t->wire.flags & CKF_LOGIN_REQUIRED) == 0 ||
	    t->state == TOKEN_LOGGED_IN)
		return WIRE_LOGIN_NONE;
	if ((t->wire.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0)
		return WIRE_LOGIN_PAD;
	return WIRE_LOGIN_PIN;
}

/* 0, or what keeps its token from working; *ready false: not yet. */
static int approval_shard(struct approval *a, bool *ready, struct error *e)
{
	struct module *m = a->token->module;

	a->shard = a->fresh ? NULL : kept_for(a->token, a->caller);
	/* One that stands for another caller or purpose is ended first. */
	if (a->shard == NULL) {
		kept_end(a->token);
		a->shard = module_shard_for(m, a->token);
	}
	*ready = a->shard != NULL;
	return *ready ? 0 : module_unable(m, a->token, e);
}

static void approval_begin(struct approval *a)
{
	TAILQ_REMOVE(&a->broker->approvals_waiting, a, entry);
	TAILQ_INSERT_TAIL(&a->broker->approvals_open, a, entry);
	a->worker = NULL;
}

static void approval_open(struct approval *a)
{
	struct error e;
	bool ready;
	int r;

	if (a->token == NULL) {
		approval_begin(a);
		a->with = WIRE_LOGIN_NONE;
		approval_ask(a);
		return;
	}
	r = approval_shard(a, &ready, &e);
	if (r != 0) {
		approval_refuse(a, &e);
		return;
	}
	if (!ready)
		return;
	approval_begin(a);
	a->with = approval_login(a);
	/* A login that stands for good is not to be prepared, and so ended. */
	if (a->purpose == APPROVAL_LOGIN && a->with == WIRE_LOGIN_NONE)
		approval_ask(a);
	else
		approval_prepare(a);
}

void approval_next(struct broker *b)
{
	struct approval *a, *next;

	for (a = TAILQ_FIRST(&b->approvals_waiting); a != NULL; a = next) {
		next = TAILQ_NEXT(a, entry);
		if (!approval_conflicts(a))
			approval_open(a);
	}
}

unsigned approvals_count(const struct approvals *list)
{
	const struct approval *a;
	unsigned n = 0;

	TAILQ_FOREACH(a, list, entry)
		n++;
	return n;
}

unsigned approval_waiting(const struct approval *a)
{
	const struct approval *o;
	unsigned n = 0;

	TAILQ_FOREACH(o, &a->broker->approvals_waiting, entry)
		if (o != a && ((o->token == a->token && a->token != NULL) ||
			       o->caller->uid == a->caller->uid))
			n++;
	return n;
}

/* One that asks for the same person; of those to be allowed, any page. */
static bool approval_same_page(const struct approvals *list,
			       const struct approval *a)
{
	const struct approval *o;

	TAILQ_FOREACH(o, list, entry)
		if (o->caller != a->caller &&
		    o->caller->uid == a->caller->uid &&
		    strcmp(approval_page_name(o), approval_page_name(a)) == 0)
			return true;
	return false;
}

/* A page that asks a hundred times a second has one dialog. */
static int approval_page(const struct approval *a, struct error *e)
{
	const struct broker *b = a->broker;

	if (a->caller->origin[0] == '\0')
		return 0;
	if (!approval_same_page(&b->approvals_waiting, a) &&
	    !approval_same_page(&b->approvals_open, a))
		return patience_check(&b->patience, a->caller->uid,
				      approval_page_name(a), clock_mono_ns(),
				      e);
	if (a->purpose == APPROVAL_PAGE)
		return error_set(e, ERR_QUOTA, "the user is asked about a page"
				 " already; wait for the answer");
	return error_set(e, ERR_QUOTA, "%s asks for something else already;"
			 " answer that first", a->caller->origin);
}

int approval_start(struct approval *a, struct error *e)
{
	const struct approval *o;
	unsigned mine = 0, all = 0;

	if (approval_page(a, e) != 0)
		return e->code;
	TAILQ_FOREACH(o, &a->broker->approvals_waiting, entry) {
		mine += o->caller->uid == a->caller->uid;
		all++;
	}
	if (mine >= LIMIT_APPROVALS_USER || all >= LIMIT_APPROVALS)
		return error_set(e, ERR_QUOTA, "%u requests wait for a person"
				 " already; answer those first", mine);
	a->state = APPROVAL_WAITING;
	a->pin_fd = -1;
	a->prompt = NULL;
	a->asked = 0;
	a->cancelled = false;
	error_clear(&a->again);
	TAILQ_INSERT_TAIL(&a->broker->approvals_waiting, a, entry);
	approval_next(a->broker);
	return 0;
}

bool approval_again(struct approval *a, const struct error *why)
{
	struct error e;
	bool ready;

	if (a->asked >= LIMIT_PROMPTS) {
		approval_finish(a);
		return false;
	}
	a->again = *why;
	if (approval_conflicts(a)) {
		approval_back(a);
		return true;
	}
	a->with = approval_login(a);
	if (approval_shard(a, &ready, &e) != 0)
		approval_refuse(a, &e);
	else if (!ready)
		approval_back(a);
	else
		approval_prepare(a);
	return true;
}

void approval_workers_changed(struct broker *b)
{
	struct approval *a, *next;
	struct error e;

	for (a = TAILQ_FIRST(&b->approvals_open); a != NULL; a = next) {
		next = TAILQ_NEXT(a, entry);
		if (a->state != APPROVAL_ASKING || a->worker == NULL ||
		    a->shard->worker == a->worker)
			continue;
		error_set(&e, ERR_TOKEN_GONE, "token %s went away, or its"
			  " module failed, while the dialog was open; nothing"
			  " was signed", a->token->wire.label);
		approval_refuse(a, &e);
	}
}
