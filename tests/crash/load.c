/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load: clients that ask until they are answered, whatever happens to signetd,
 * and write down what they hold.
 *
 *	load SOCKET SEED PACE-MS LEDGER P256-URI RSA-URI
 *
 * Sixteen of them ask, with a pause of PACE-MS on average in between, until
 * standard input ends; then each asks again what it has asked before.  One
 * request in eight has no Idempotency-Key, and is asked once.  A line of the
 * ledger is
 *
 *	KIND NAME SIGNATURES STATUS ANSWER
 *
 * of what was signed: KIND is once (with Idempotency-Key NAME) or free, P (of
 * the key P256-URI) or R; the content of signature N is "NAME N".  Status 1:
 * one got another answer than the first one to the same key.
 */
#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/b64.h"
#include "base/clock.h"
#include "tests/crash/talk.h"

#define CLIENTS 16
#define BATCH_MOST 12
/* With that many answers in vain something is broken: nobody restarts it. */
#define TRIES 3000

struct order {
	char name[40];
	bool free; /* without an Idempotency-Key */
	bool rsa;
	unsigned count; /* 0: a single one, not a batch */
};

struct held {
	struct order order;
	unsigned status;
	struct slice answer;
};

struct client {
	pthread_t thread;
	unsigned number;
	unsigned random;
	struct talk talk;
	struct held *held;
	size_t held_count;
};

static const char *socket_path, *uri[2];
static unsigned pace_ms, seed;
static atomic_bool ending;
static atomic_uint answers, signatures, lost, refused, again, others;
static pthread_mutex_t ledger_lock = PTHREAD_MUTEX_INITIALIZER;
static FILE *ledger;

static void fail(const struct order *o, const char *what, struct slice body)
{
	fprintf(stderr, "load: %s: %s: %.*s\n", o->name, what,
		(int)(body.len < 600 ? body.len : 600),
		(const char *)body.ptr);
	_exit(EXIT_FAILURE);
}

static unsigned any(struct client *c, unsigned below)
{
	return (unsigned)rand_r(&c->random) % below;
}

static void pause_ms(unsigned ms)
{
	const struct timespec t = { ms / 1000, (long)(ms % 1000) * 1000000 };

	nanosleep(&t, NULL);
}

/* --- requests ------------------------------------------------------------- */

static void put_content(struct buf *out, const struct order *o, unsigned n)
{
	char text[64];
	int len = snprintf(text, sizeof(text), "%s %u", o->name, n);

	buf_put_str(out, "\"content\":{\"media_type\":\"text/plain\","
		    "\"data\":\"");
	b64_encode(B64_STD, slice_of(text, (size_t)len), out);
	buf_put_str(out, "\"}");
}

static void put_order(struct buf *out, const struct order *o)
{
	buf_reset(out);
	buf_printf(out, "{\"key\":\"%s\",\"format\":\"raw\",", uri[o->rsa]);
	if (o->count == 0)
		put_content(out, o, 0);
	else
		buf_put_str(out, "\"items\":[");
	for (unsigned i = 0; i < o->count; i++) {
		buf_put_str(out, i == 0 ? "{" : ",{");
		put_content(out, o, i);
		buf_put_str(out, "}");
	}
	buf_put_str(out, o->count == 0 ? "}" : "]}");
}

static void new_order(struct client *c, struct order *o)
{
	unsigned kind = any(c, 8);

	snprintf(o->name, sizeof(o->name), "%u-%u-%zu-%u", seed, c->number,
		 c->held_count, any(c, 1000000));
	o->free = any(c, 8) == 0;
	o->rsa = kind == 0;
	o->count = kind == 1 || kind == 2 ? 2 + any(c, BATCH_MOST - 1) : 0;
}

/* --- answers -------------------------------------------------------------- */

static const char *text_of(const json_t *root, const char *name)
{
	const char *text = json_string_value(json_object_get(root, name));

	return text != NULL ? text : "";
}

/*
 * How many signatures are in it; where there is none: may one ask again?  Also
 * of a key that is not there: a SoftHSM killed in C_Login leaves no token until
 * it is mended (tests/regress/crash.bash).
 */
static unsigned signatures_in(const struct order *o, struct slice body,
			      bool *retry)
{
	json_t *root = json_loadb((const char *)body.ptr, body.len, 0, NULL);
	json_int_t signed_count = 0;
	bool single;

	if (root == NULL)
		fail(o, "no JSON", body);
	single = json_object_get(root, "signature") != NULL;
	signed_count = json_integer_value(json_object_get(root, "signed"));
	*retry = json_is_true(json_object_get(root, "retry")) ||
		 strcmp(text_of(root, "code"), "no-such-key") == 0;
	json_decref(root);
	return single ? 1 : (unsigned)signed_count;
}

static void keep(struct client *c, const struct order *o, unsigned count)
{
	struct slice body = c->talk.body;
	struct held *h;
	uint8_t *copy = malloc(body.len);

	if ((c->held_count & (c->held_count - 1)) == 0)
		c->held = reallocarray(c->held, c->held_count == 0 ? 1 :
				       c->held_count * 2, sizeof(*c->held));
	if (copy == NULL || c->held == NULL)
		fail(o, "no memory", slice_of(NULL, 0));
	memcpy(copy, body.ptr, body.len);
	h = &c->held[c->held_count++];
	*h = (struct held){ *o, c->talk.status, slice_of(copy, body.len) };
	answers++;
	signatures += count;
	pthread_mutex_lock(&ledger_lock);
	fprintf(ledger, "%s%c %s %u %u %.*s\n", o->free ? "free" : "once",
		o->rsa ? 'R' : 'P', o->name, count, h->status, (int)body.len,
		(const char *)body.ptr);
	fflush(ledger);
	pthread_mutex_unlock(&ledger_lock);
}

/* One try; true when nothing more is to be asked. */
static bool ask(struct client *c, const struct order *o, const struct buf *body)
{
	unsigned count;
	bool retry;

	if (!talk_post(&c->talk, o->free ? NULL : o->name, body)) {
		lost++;
		return o->free;
	}
	count = signatures_in(o, c->talk.body, &retry);
	if (count > 0) {
		keep(c, o, count);
		return true;
	}
	if (!retry)
		fail(o, "refused for good", c->talk.body);
	refused++;
	return o->free;
}

static void ask_until_answered(struct client *c, const struct order *o)
{
	AUTO(buf_fini) struct buf body;

	buf_init(&body, TALK_ANSWER_MAX);
	put_order(&body, o);
	for (unsigned i = 0; !ask(c, o, &body); i++) {
		if (i == TRIES)
			fail(o, "never answered", slice_of(NULL, 0));
		pause_ms(5 + any(c, 30));
	}
}

/* What was asked before gets the same bytes, and the same status. */
static void ask_again(struct client *c, const struct held *h)
{
	AUTO(buf_fini) struct buf body;
	unsigned tries = 0;

	buf_init(&body, TALK_ANSWER_MAX);
	if (h->order.free)
		return;
	put_order(&body, &h->order);
	while (!talk_post(&c->talk, h->order.name, &body) ||
	       (c->talk.status != h->status && c->talk.status == 503)) {
		if (++tries == TRIES)
			fail(&h->order, "never answered again", c->talk.body);
		pause_ms(5 + any(c, 30));
	}
	again++;
	if (c->talk.status == h->status &&
	    slice_equal(c->talk.body, h->answer))
		return;
	if (others++ == 0)
		fprintf(stderr, "load: %s: first %.*s\nload: and then %.*s\n",
			h->order.name, (int)h->answer.len,
			(const char *)h->answer.ptr, (int)c->talk.body.len,
			(const char *)c->talk.body.ptr);
}

/* --- all ------------------------------------------------------------------ */

static void *client_run(void *arg)
{
	struct client *c = arg;
	struct order o;

	talk_init(&c->talk, socket_path);
	while (!ending) {
		new_order(c, &o);
		ask_until_answered(c, &o);
		if (c->held_count > 0 && any(c, 16) == 0)
			ask_again(c, &c->held[any(c,
						  (unsigned)c->held_count)]);
		/* Many at once, then none. */
		if (pace_ms > 0 && any(c, 8) == 0)
			pause_ms(any(c, 16 * pace_ms));
	}
	for (size_t i = 0; i < c->held_count; i++)
		ask_again(c, &c->held[i]);
	talk_fini(&c->talk);
	return NULL;
}

static void client_forget(struct client *c)
{
	union {
		const uint8_t *borrowed;
		uint8_t *ours;
	} answer;

	for (size_t i = 0; i < c->held_count; i++) {
		answer.borrowed = c->held[i].answer.ptr;
		free(answer.ours);
	}
	free(c->held);
}

int main(int argc, char **argv)
{
	static struct client clients[CLIENTS];

	if (argc != 7) {
		fprintf(stderr, "usage: load SOCKET SEED PACE-MS LEDGER"
			" P256-URI RSA-URI\n");
		return 2;
	}
	socket_path = argv[1];
	seed = (unsigned)strtoul(argv[2], NULL, 10);
	pace_ms = (unsigned)strtoul(argv[3], NULL, 10);
	uri[0] = argv[5];
	uri[1] = argv[6];
	ledger = fopen(argv[4], "we");
	if (ledger == NULL) {
		perror(argv[4]);
		return EXIT_FAILURE;
	}
	for (unsigned i = 0; i < CLIENTS; i++) {
		clients[i].number = i;
		clients[i].random = seed * CLIENTS + i;
		if (pthread_create(&clients[i].thread, NULL, client_run,
				   &clients[i]) != 0)
			return EXIT_FAILURE;
	}
	while (getchar() != EOF)
		;
	ending = true;
	for (unsigned i = 0; i < CLIENTS; i++) {
		pthread_join(clients[i].thread, NULL);
		client_forget(&clients[i]);
	}
	printf("%u answers with %u signatures; %u connections lost, %u times"
	       " refused, %u asked again, %u got another answer\n", answers,
	       signatures, lost, refused, again, others);
	return fclose(ledger) == 0 && others == 0 ? EXIT_SUCCESS :
		EXIT_FAILURE;
}
