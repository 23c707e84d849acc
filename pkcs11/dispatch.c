/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dispatch: which request is legal when, and who answers it.
 */
#include "pkcs11/dispatch.h"

#include <sched.h>
#include <stdio.h>

#include "base/fd.h"
#include "base/log.h"
#include "pkcs11/consent.h"
#include "pkcs11/key.h"
#include "pkcs11/lock.h"
#include "pkcs11/login.h"
#include "pkcs11/manage.h"
#include "pkcs11/pin.h"
#include "pkcs11/reader/reset.h"
#include "pkcs11/pins.h"
#include "pkcs11/prepare.h"
#include "pkcs11/sign.h"
#include "pkcs11/text.h"
#include "wire/body.h"
#include "wire/fault.h"
#include "wire/hello.h"
#include "wire/login.h"
#include "wire/manage.h"
#include "wire/pin.h"
#include "wire/prepare.h"

/* Decoded bodies: a request is one of these. */
union request {
	struct wire_hello_req hello;
	struct wire_login_req login;
	struct wire_logout_req logout;
	struct wire_keys_req keys;
	struct wire_sign_req sign;
	struct wire_prepare_req prepare;
	struct wire_pin_req pin;
	struct wire_manage_req manage;
};

/* Handlers answer by themselves when they return 0, and not otherwise. */
typedef int decode_fn(struct slice body, union request *m, struct error *e);
typedef int handle_fn(struct p11_worker *w, uint32_t id,
		      const union request *m, struct error *e);

static int decode_hello(struct slice body, union request *m, struct error *e)
{
	return wire_hello_req_get(body, &m->hello, e);
}

static int decode_empty(struct slice body, union request *m, struct error *e)
{
	struct cursor c = cursor_of(body);

	return wire_body_end(&c, e);
}

static int decode_login(struct slice body, union request *m, struct error *e)
{
	return wire_login_req_get(body, &m->login, e);
}

static int decode_logout(struct slice body, union request *m, struct error *e)
{
	return wire_logout_req_get(body, &m->logout, e);
}

static int decode_keys(struct slice body, union request *m, struct error *e)
{
	return wire_keys_req_get(body, &m->keys, e);
}

static int decode_sign(struct slice body, union request *m, struct error *e)
{
	return wire_sign_req_get(body, &m->sign, e);
}

static int decode_prepare(struct slice body, union request *m, struct error *e)
{
	return wire_prepare_req_get(body, &m->prepare, e);
}

static int decode_pin(struct slice body, union request *m, struct error *e)
{
	return wire_pin_req_get(body, &m->pin, e);
}

static int decode_manage(struct slice body, union request *m, struct error *e)
{
	return wire_manage_req_get(body, &m->manage, e);
}

static void answer_empty(struct p11_worker *w, enum wire_type type,
			 uint32_t id)
{
	p11_outbox_begin(&w->out, type, WIRE_REP, id);
	p11_outbox_end(&w->out);
}

static void answer_hello(struct p11_worker *w, uint32_t id)
{
	const CK_INFO *info = &w->module.info;
	struct wire_hello_rep rep = {
		.version = WIRE_VERSION,
		.cryptoki_major = info->cryptokiVersion.major,
		.cryptoki_minor = info->cryptokiVersion.minor,
		.library_major = info->libraryVersion.major,
		.library_minor = info->libraryVersion.minor,
	};

	p11_text_clean(slice_of(info->manufacturerID,
				sizeof(info->manufacturerID)),
		       rep.manufacturer, sizeof(rep.manufacturer));
	p11_text_clean(slice_of(info->libraryDescription,
				sizeof(info->libraryDescription)),
		       rep.description, sizeof(rep.description));
	wire_hello_rep_put(p11_outbox_begin(&w->out, WIRE_HELLO, WIRE_REP, id),
			   &rep);
	p11_outbox_end(&w->out);
}

static int handle_hello(struct p11_worker *w, uint32_t id,
			const union request *m, struct error *e)
{
	const struct wire_hello_req *hello = &m->hello;
	int r;

	w->ending = true;
	if (hello->version != WIRE_VERSION)
		return error_set(e, ERR_PROTOCOL, "signetd speaks version %u "
				 "of the worker protocol, signet-worker %s "
				 "version %d; install both from one package",
				 hello->version, SIGNET_VERSION, WIRE_VERSION);
	snprintf(w->log_name, sizeof(w->log_name), "signet-worker[%s]",
		 hello->name);
	log_open(w->log_name, LOG_INFO);
	snprintf(w->tokens.reader, sizeof(w->tokens.reader), "%s",
		 hello->reader);
	/*
	 * Between C_Logout and the reset of a card that cannot be kept (lock.h)
	 * nobody should come first: what is gained by SCHED_BATCH (signetd's
	 * main.c) is for software tokens.
	 */
	if (hello->reader[0] != '\0' && sched_getscheduler(0) == SCHED_BATCH)
		sched_setscheduler(0, SCHED_OTHER, &(struct sched_param){ 0 });
	r = p11_module_load(&w->module, hello->module, hello->name, e);
	if (r != 0)
		return r;
	w->module.one_reader = hello->reader[0] != '\0';
	w->ending = false;
	w->state = P11_STATE_READY;
	answer_hello(w, id);
	return 0;
}

static int handle_tokens(struct p11_worker *w, uint32_t id,
			 const union request *m, struct error *e)
{
	int r = p11_tokens_refresh(&w->tokens, &w->module, e);

	if (r != 0)
		return r;
	for (size_t i = 0; i < w->tokens.count; i++) {
		if (!w->tokens.item[i].present)
			continue;
		wire_token_put(p11_outbox_begin(&w->out, WIRE_TOKENS,
						WIRE_MORE, id),
			       &w->tokens.item[i].info);
		p11_outbox_end(&w->out);
	}
	answer_empty(w, WIRE_TOKENS, id);
	return 0;
}

static int handle_login(struct p11_worker *w, uint32_t id,
			const union request *m, struct error *e)
{
	struct p11_token *t;
	int r = p11_tokens_find(&w->tokens, m->login.token, &t, e);

	if (r == 0)
		r = p11_login(t, m->login.pin_source, e);
	if (r == 0)
		answer_empty(w, WIRE_LOGIN, id);
	return r;
}

/*
 * A login belongs to the card, and C_Logout does not reach every card: a reset
 * does.  Without it the next program would find the card open.
 */
static void forget_login(const struct p11_worker *w)
{
	struct error e;

	if (!p11_lock_end() && w->tokens.reader[0] != '\0' &&
	    reader_reset(w->tokens.reader, &e) != 0)
		log_failure(LOG_WARNING, NULL, "the card keeps its login", &e);
}

static int handle_logout(struct p11_worker *w, uint32_t id,
			 const union request *m, struct error *e)
{
	struct p11_token *t;
	int r = p11_tokens_find(&w->tokens, m->logout.token, &t, e);

	if (r == 0)
		r = p11_logout(t, e);
	if (r != 0)
		return r;
	forget_login(w);
	answer_empty(w, WIRE_LOGOUT, id);
	return 0;
}

static void answer_key(struct p11_worker *w, uint32_t id, uint32_t token,
		       const struct p11_key *key)
{
	struct wire_key m = {
		.token = token,
		.type = key->pub.type,
		.bits = key->pub.bits,
		.flags = (key->sign ? WIRE_KEY_SIGN : 0) |
			 (key->always_auth ? WIRE_KEY_ALWAYS_AUTH : 0),
		.id = slice_of(key->id, key->id_len),
		.spki = buf_slice(&key->pub.spki),
		.certificate = buf_slice(&key->certificate),
	};

	memcpy(m.identity, key->pub.identity, sizeof(m.identity));
	snprintf(m.curve, sizeof(m.curve), "%s", key->pub.curve);
	memcpy(m.label, key->label, sizeof(m.label));
	wire_key_put(p11_outbox_begin(&w->out, WIRE_KEYS, WIRE_MORE, id), &m);
	p11_outbox_end(&w->out);
}

static void answer_keys(struct p11_worker *w, uint32_t id, uint32_t token,
			const struct p11_key_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		answer_key(w, id, token, &list->item[i]);
}

static int handle_keys(struct p11_worker *w, uint32_t id,
		       const union request *m, struct error *e)
{
	struct p11_token *t;
	int r = p11_tokens_find(&w->tokens, m->keys.token, &t, e);

	if (r == 0)
		r = p11_keys_load(t, e);
	if (r != 0)
		return r;
	answer_keys(w, id, t->info.token, &t->keys.pairs);
	answer_keys(w, id, t->info.token, &t->keys.orphans);
	answer_empty(w, WIRE_KEYS, id);
	return 0;
}

static void answer_sign(struct p11_worker *w, enum wire_kind kind, uint32_t id,
			struct slice signature)
{
	const struct wire_sign_rep rep = { signature };

	wire_sign_rep_put(p11_outbox_begin(&w->out, WIRE_SIGN, kind, id),
			  &rep);
	p11_outbox_end(&w->out);
}

static int sign_items(struct p11_worker *w, uint32_t id, struct p11_token *t,
		      const struct wire_sign_req *m,
		      struct p11_consent *consent, struct error *e)
{
	struct cursor at = cursor_of(m->encoded);
	uint8_t signature[LIMIT_SIGNATURE];
	struct wire_sign_item item;
	uint32_t left = m->count;
	size_t len = 0;
	int r = 0;

	while (r == 0 && wire_sign_item_next(&at, &item)) {
		r = p11_sign(t, m, &item, consent, signature, &len, e);
		if (r != 0)
			break;
		answer_sign(w, --left == 0 ? WIRE_REP : WIRE_MORE, id,
			    slice_of(signature, len));
		/* It was made, whatever becomes of the next. */
		if (left > 0)
			p11_outbox_flush(&w->out);
	}
	return r;
}

static int handle_sign(struct p11_worker *w, uint32_t id,
		       const union request *m, struct error *e)
{
	struct p11_consent consent;
	bool keep, in;
	struct p11_token *t;
	int r = p11_tokens_find(&w->tokens, m->sign.token, &t, e);

	if (r != 0)
		return r;
	r = p11_consent_begin(&consent, t, &m->sign, e);
	if (r == 0)
		r = sign_items(w, id, t, &m->sign, &consent, e);
	/* A key that asks each time is not one to stay logged in for. */
	keep = r == 0 && consent.used == 0 &&
	       (m->sign.flags & WIRE_SIGN_KEEP) != 0;
	in = consent.in;
	p11_consent_end(&consent, t, keep);
	if (in && !keep) {
		/* Nobody has to wait for the reset but the next one. */
		p11_outbox_flush(&w->out);
		forget_login(w);
	}
	return r;
}

static int handle_prepare(struct p11_worker *w, uint32_t id,
			  const union request *m, struct error *e)
{
	AUTO(fd_closep) int fd = m->prepare.pins > 0 ?
		p11_inbox_take(&w->in) : -1;
	struct wire_prepare_rep rep;
	struct p11_token *t;
	int r = p11_tokens_find(&w->tokens, m->prepare.token, &t, e);

	/* A card that is open takes any PIN for the right one. */
	if (r == 0 && m->prepare.pins > 0 && !t->logged_in)
		forget_login(w);
	if (r == 0)
		r = p11_prepare(t, &fd, &rep, e);
	if (r == 0)
		t->pins_count = m->prepare.pins;
	if (r != 0)
		return r;
	wire_prepare_rep_put(p11_outbox_begin(&w->out, WIRE_PREPARE, WIRE_REP,
					      id), &rep);
	p11_outbox_end(&w->out);
	return 0;
}

static int handle_pin(struct p11_worker *w, uint32_t id,
		      const union request *m, struct error *e)
{
	struct wire_pin_rep rep;
	struct p11_token *t;
	int r = p11_tokens_find(&w->tokens, m->pin.token, &t, e);

	if (r != 0)
		return r;
	t->entered = false;
	r = p11_pin(t, &m->pin, &rep, e);
	/* Whoever has changed a PIN is logged in, for many a card. */
	if (r == 0 || t->entered)
		forget_login(w);
	if (r != 0)
		return r;
	wire_pin_rep_put(p11_outbox_begin(&w->out, WIRE_PIN, WIRE_REP, id),
			 &rep);
	p11_outbox_end(&w->out);
	return 0;
}

static int handle_manage(struct p11_worker *w, uint32_t id,
			 const union request *m, struct error *e)
{
	struct p11_public made = { .curve = NULL };
	struct p11_token *t;
	int r = p11_tokens_find(&w->tokens, m->manage.token, &t, e);

	if (r != 0)
		return r;
	t->entered = false;
	r = p11_manage(t, &m->manage, &made, e);
	if (t->entered)
		forget_login(w);
	if (r != 0)
		return r;
	wire_manage_rep_put(p11_outbox_begin(&w->out, WIRE_MANAGE, WIRE_REP,
					     id),
			    &(struct wire_manage_rep){
				    buf_slice(&made.spki) });
	p11_outbox_end(&w->out);
	p11_public_fini(&made);
	return 0;
}

static const struct {
	enum p11_state state; /* the one it is legal in */
	decode_fn *decode;
	handle_fn *handle;
} requests[] = {
	[WIRE_HELLO] = { P11_STATE_NEW, decode_hello, handle_hello },
	[WIRE_TOKENS] = { P11_STATE_READY, decode_empty, handle_tokens },
	[WIRE_LOGIN] = { P11_STATE_READY, decode_login, handle_login },
	[WIRE_KEYS] = { P11_STATE_READY, decode_keys, handle_keys },
	[WIRE_SIGN] = { P11_STATE_READY, decode_sign, handle_sign },
	[WIRE_LOGOUT] = { P11_STATE_READY, decode_logout, handle_logout },
	[WIRE_PREPARE] = { P11_STATE_READY, decode_prepare, handle_prepare },
	[WIRE_PIN] = { P11_STATE_READY, decode_pin, handle_pin },
	/* Of signet-reader: legal in no state of a worker. */
	[WIRE_READERS] = { .decode = NULL },
	[WIRE_MANAGE] = { P11_STATE_READY, decode_manage, handle_manage },
	[WIRE_STAMP] = { .decode = NULL }, /* of signet-stamp */
};
_Static_assert(ARRAY_LEN(requests) == WIRE_TYPE_LAST + 1,
	       "every type has its line");

void p11_worker_init(struct p11_worker *w, int fd)
{
	memset(w, 0, sizeof(*w));
	w->state = P11_STATE_NEW;
	p11_inbox_init(&w->in, fd);
	p11_outbox_init(&w->out, fd);
}

int p11_dispatch(struct p11_worker *w, const struct wire_frame *frame,
		 struct error *e)
{
	union request m;
	struct error why;
	int r;

	if (frame->kind != WIRE_REQ)
		return error_set(e, ERR_PROTOCOL,
				 "a frame of kind %d is no request",
				 (int)frame->kind);
	if (requests[frame->type].state != w->state)
		return error_set(e, ERR_PROTOCOL, "request %d is not legal %s",
				 (int)frame->type, w->state == P11_STATE_NEW ?
				 "before HELLO" : "after HELLO");
	r = requests[frame->type].decode(frame->body, &m, e);
	if (r == 0 && frame->type == WIRE_PREPARE && m.prepare.pins > 0)
		r = p11_pins_check(p11_inbox_peek(&w->in), e);
	if (r != 0)
		return r;
	if (requests[frame->type].handle(w, frame->id, &m, &why) != 0) {
		wire_fault_put(p11_outbox_begin(&w->out, frame->type,
						WIRE_FAIL, frame->id), &why);
		p11_outbox_end(&w->out);
	}
	return 0;
}
