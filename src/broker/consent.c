/* SPDX-License-Identifier: Apache-2.0 */
/*
 * consent: who has to agree to a request before it is signed.
 */
#include "broker/consent.h"

#include "base/clock.h"
#include "broker/ask.h"
#include "broker/broker.h"
#include "broker/signing.h"
#include "broker/supervision.h"

/* --- the signer --------------------------------------------------------- */


static struct request *consent_of_approval(struct approval *a)
{
	return (struct request *)((char *)a -
				  offsetof(struct request, approval));
}

/* A key that asks each time gets a PIN each time, unless one may do. */
static unsigned consent_pins(const struct request *r)
{
	if ((r->key->wire.flags & WIRE_KEY_ALWAYS_AUTH) == 0 ||
	    r->verdict.rule->reuse_pin)
		return 1;
	return r->count + (r->supervision != NULL);
}

static int consent_describe(struct approval *a, struct buf *out,
			    struct error *e)
{
	const struct request *r = consent_of_approval(a);
	const struct ask q = {
		.kind = r->authentication != NULL ? "authenticate" : "sign",
		.key = r->key,
		.format = format_kind_name(r->order.format),
		.algorithm = r->order.alg->name,
		.rule = r->verdict.rule->name,
		.pins = "u",
		.repeat = a->pins,
		.items = r->items,
		.count = r->count,
	};

	return ask_put(&q, a, out, e);
}

static void consent_decided(struct approval *a, const struct error *refusal)
{
	struct request *r = consent_of_approval(a);

	if (refusal != NULL) {
		r->error = *refusal;
		request_fail(r);
		return;
	}
	error_clear(&r->error);
	/* The time to wait for the token begins only now. */
	r->expires_ns = clock_mono_ns() + LIMIT_WAIT_MS * CLOCK_NS_PER_MS;
	if (r->ask_until_ns != 0 && r->ask_until_ns < r->expires_ns)
		r->expires_ns = r->ask_until_ns;
	signing_begin(r);
}

int consent_renew(struct request *r, struct error *e)
{
	struct approval *a = &r->approval;

	a->fresh = (r->key->wire.flags & WIRE_KEY_ALWAYS_AUTH) != 0;
	a->pins = consent_pins(r);
	if (a->pins <= LIMIT_PINS)
		return 0;
	return error_set(e, ERR_NOT_ALLOWED, "key %s asks for its PIN for each"
			 " of %u signatures; send at most %u, or set reuse_pin"
			 " in rule \"%s\"", r->key->wire.label, a->pins,
			 LIMIT_PINS, r->verdict.rule->name);
}

static int consent_ask_signer(struct request *r, struct error *e)
{
	struct approval *a = &r->approval;
	int failed = consent_renew(r, e);

	if (failed != 0)
		return failed;
	a->broker = r->broker;
	a->token = r->key->token;
	a->caller = &r->caller;
	a->purpose = APPROVAL_LOGIN;
	a->describe = consent_describe;
	a->decided = consent_decided;
	return approval_start(a, e);
}

/* --- the supervisor, before --------------------------------------------- */

static void consent_supervised(struct request *r, const struct error *refusal)
{
	if (r->cancelled) {
		request_cancelled(r);
		return;
	}
	if (refusal != NULL)
		r->error = *refusal;
	else if (consent_ask_signer(r, &r->error) == 0)
		return;
	request_fail(r);
}

int consent_ask(struct request *r, struct error *e)
{
	if (r->verdict.rule->supervisor != NULL)
		return supervision_start(r, consent_supervised, e);
	return consent_ask_signer(r, e);
}

bool consent_cancel(struct request *r)
{
	if (r->supervision != NULL &&
	    supervision_cancel(r->supervision, &r->error))
		return true;
	return r->approval.state != APPROVAL_NONE &&
	       approval_cancel(&r->approval, &r->error);
}

void consent_end(struct request *r)
{
	approval_finish(&r->approval);
}
