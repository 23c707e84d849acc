/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kept: a login that stays for some seconds after an approval.
 */
#include "broker/kept.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "broker/request.h"
#include "broker/shard.h"
#include "wire/login.h"

static bool kept_stands(const struct kept *k)
{
	return k->shard != NULL && k->worker != NULL &&
	       k->shard->worker == k->worker;
}

void kept_set(struct token *t, struct shard *shard, const struct caller *c,
	      unsigned seconds)
{
	struct kept *k = &t->kept;

	k->shard = shard;
	k->worker = shard->worker;
	k->until_ns = clock_mono_ns() + seconds * CLOCK_NS_PER_S;
	k->uid = c->uid;
	snprintf(k->exe, sizeof(k->exe), "%s", c->exe);
	snprintf(k->origin, sizeof(k->origin), "%s", c->origin);
}

struct shard *kept_for(const struct token *t, const struct caller *c)
{
	const struct kept *k = &t->kept;

	if (!kept_stands(k) || clock_mono_ns() >= k->until_ns ||
	    k->uid != c->uid || strcmp(k->exe, c->exe) != 0 ||
	    strcmp(k->origin, c->origin) != 0)
		return NULL;
	return k->shard;
}

static struct token *token_of(struct worker_call *call)
{
	return (struct token *)((char *)call -
				offsetof(struct token, kept.call));
}

/* A login that will not end is ended with its worker. */
static int kept_answer(struct worker_call *call, const struct wire_frame *f,
		       struct error *e)
{
	struct token *t = token_of(call);

	t->kept.leaving = false;
	if (f->kind == WIRE_REP)
		return 0;
	error_set(e, ERR_MODULE, "token %s could not be logged out",
		  t->wire.label);
	return e->code;
}

static void kept_lost(struct worker_call *call, const struct error *why,
		      bool begun)
{
	token_of(call)->kept.leaving = false;
}

void kept_end(struct token *t)
{
	struct kept *k = &t->kept;
	struct wire_logout_req req;

	if (!kept_stands(k) || k->leaving) {
		k->shard = NULL;
		return;
	}
	req.token = k->shard->theirs[t->number];
	k->leaving = true;
	k->call.type = WIRE_LOGOUT;
	k->call.deadline_ms = t->module->config->deadline_ms;
	k->call.answer = kept_answer;
	k->call.lost = kept_lost;
	wire_logout_req_put(worker_begin(k->worker, &k->call), &req);
	worker_send(k->worker, &k->call);
	k->shard = NULL;
}

void kept_tick(struct token *t, int64_t now_ns)
{
	if (t->kept.shard != NULL &&
	    (now_ns >= t->kept.until_ns || !kept_stands(&t->kept)))
		kept_end(t);
}
