/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keep_alive: a signature now and then.
 *
 * What is signed says what it is and is nothing else: a payment is JSON or XML,
 * a JWS base64url, and what CMS has signed begins with 0x31.
 */
#include "broker/keep_alive.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "broker/broker.h"
#include "broker/errand.h"

#define KEEP_ALIVE_TEXT (LIMIT_URI + 256)

struct keep_alive {
	struct errand errand;
	struct broker *broker;
	struct token *token; /* lives as long as its module, which is held */
};

/*
 * The token is failed until its worker has come up again, by the ordinary way:
 * also with the PIN, which is tried once.
 */
static void keep_alive_failed(struct keep_alive *k, const struct error *why)
{
	struct shard *s = k->errand.sign.shard;
	struct token *t = k->token;
	struct error told = *why;

	error_prefix(&told, "keep-alive: ");
	log_failure(LOG_WARNING, NULL, t->uri, &told);
	recording_keep_alive_failed(k->broker, t, why);
	if (t->state != TOKEN_ABSENT) {
		t->state = TOKEN_FAILED;
		t->error = told;
	}
	if (s != NULL && s->worker != NULL)
		worker_retire(s->worker, &told);
}

static void keep_alive_done(struct errand *x, const struct error *failure)
{
	struct keep_alive *k = (struct keep_alive *)
		((char *)x - offsetof(struct keep_alive, errand));

	if (failure != NULL && failure->code != ERR_SHUTTING_DOWN)
		keep_alive_failed(k, failure);
	errand_fini(&k->errand);
	free(k);
}

/* The first that can, and is for requests. */
static struct key *keep_alive_key(const struct broker *b,
				  const struct token *t)
{
	for (size_t i = 0; i < t->keys_count; i++) {
		struct key *k = t->keys[i];

		if (key_signs(k) && !checkpoints_own(b, k) &&
		    (k->wire.flags & WIRE_KEY_ALWAYS_AUTH) == 0 &&
		    format_alg_default(k->wire.type, k->wire.curve) != NULL)
			return k;
	}
	return NULL;
}

static void keep_alive_text(const struct token *t, struct buf *out)
{
	char time[CLOCK_RFC3339_SIZE];

	clock_format(clock_unix(), time);
	buf_printf(out, "Signet keep-alive: signed by signetd for itself. This"
		   " is no payment, no contract and no consent.\n"
		   "time: %s\ntoken: %s\n", time, t->uri);
}

static void keep_alive_start(struct broker *b, struct token *t)
{
	struct key *key = keep_alive_key(b, t);
	struct buf text AUTO(buf_fini) = { .max = KEEP_ALIVE_TEXT };
	struct keep_alive *k;
	struct error e;

	if (key == NULL)
		return;
	k = calloc(1, sizeof(*k));
	if (k == NULL)
		return;
	k->broker = b;
	k->token = t;
	k->errand.done = keep_alive_done;
	keep_alive_text(t, &text);
	if (errand_start(&k->errand, key, buf_slice(&text), &e) == 0)
		return;
	log_failure(LOG_WARNING, NULL, "keep-alive", &e);
	free(k);
}

static void keep_alive_look(struct broker *b, struct token *t, int64_t now_ns)
{
	const struct settings_token *s = t->settings;

	if (s == NULL || !s->unattended || s->keep_alive == 0 ||
	    t->queued > 0 ||
	    (t->state != TOKEN_READY && t->state != TOKEN_LOGGED_IN))
		return;
	if (t->used_ns == 0)
		t->used_ns = now_ns;
	if (now_ns - t->used_ns < s->keep_alive * CLOCK_NS_PER_S)
		return;
	t->used_ns = now_ns;
	keep_alive_start(b, t);
}

void keep_alive_tick(struct broker *b, int64_t now_ns)
{
	struct module *m;
	struct token *t;

	if (b->draining)
		return;
	TAILQ_FOREACH(m, &b->modules, entry)
		TAILQ_FOREACH(t, &m->tokens, entry)
			keep_alive_look(b, t, now_ns);
}
