/* SPDX-License-Identifier: Apache-2.0 */
/*
 * errand: a text that signetd itself wants signed.
 */
#include "broker/errand.h"

#include "base/clock.h"
#include "broker/key.h"
#include "broker/settings.h"
#include "broker/token.h"

void errand_fini(struct errand *x)
{
	if (x->key == NULL)
		return;
	item_fini(&x->item);
	key_unref(x->key);
	x->key = NULL;
}

static struct errand *errand_of_job(struct sign_job *job)
{
	return (struct errand *)((char *)job - offsetof(struct errand, sign));
}

static int errand_signature(struct sign_job *job, struct slice signature,
			    struct error *e)
{
	return item_signed(&errand_of_job(job)->item, signature, e);
}

static void errand_signed(struct sign_job *job, const struct error *failure)
{
	struct errand *x = errand_of_job(job);
	struct module *m = x->module;
	struct error e;

	if (failure == NULL && item_finish(&x->item, x->key, true, &e) != 0)
		failure = &e;
	x->done(x, failure);
	module_release(m);
}

static int errand_begin(struct errand *x, struct slice text, struct error *e)
{
	const struct wire_key *k = &x->key->wire;
	int r;

	x->order = (struct item_order){
		.format = FORMAT_RAW,
		.alg = format_alg_default(k->type, k->curve),
	};
	if (x->order.alg == NULL)
		return error_set(e, ERR_IMPOSSIBLE, "key %s has no algorithm"
				 " that is known here", x->key->uri);
	r = spool_put(&x->item.data, text, e);
	if (r == 0)
		r = spool_finish(&x->item.data, &x->item.bytes, e);
	if (r == 0)
		r = item_begin(&x->item, &x->order, x->key, clock_unix(), e);
	if (r == 0)
		item_tbs(&x->item, &x->tbs);
	return r;
}

static int errand_queue(struct errand *x, struct error *e)
{
	struct sign_job *job = &x->sign;
	int r;

	*job = (struct sign_job){
		.key = x->key,
		.items = &x->tbs,
		.count = 1,
		.login = WIRE_LOGIN_NONE,
		.expires_ns = clock_mono_ns() +
			      LIMIT_WAIT_MS * CLOCK_NS_PER_MS,
		.signature = errand_signature,
		.done = errand_signed,
	};
	module_hold(x->module);
	r = module_sign(x->module, job, e);
	if (r != 0)
		module_release(x->module);
	return r;
}

int errand_start(struct errand *x, struct key *key, struct slice text,
		 struct error *e)
{
	const struct token *t = key->token;
	int r;

	if (t->settings == NULL || !t->settings->unattended)
		return error_set(e, ERR_NOT_UNATTENDED, "token %s is not"
				 " unattended: nobody is asked for this"
				 " signature", t->wire.label);
	x->key = key_ref(key);
	x->module = t->module;
	item_init(&x->item, t->module->settings->spool);
	r = errand_begin(x, text, e);
	if (r == 0)
		r = errand_queue(x, e);
	if (r != 0)
		errand_fini(x);
	return r;
}
