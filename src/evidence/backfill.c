/* SPDX-License-Identifier: Apache-2.0 */
/*
 * backfill: moves what SQLite's WAL has into the database, in a thread.
 */
#include "evidence/backfill.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/err.h"
#include "evidence/store.h"

struct backfill {
	struct store *store; /* of the thread */
	pthread_t thread;
	bool running;
	pthread_mutex_t lock; /* of everything below */
	pthread_cond_t work;
	bool wanted, ended, stop;
};

static bool backfill_next(struct backfill *b)
{
	bool stop;

	pthread_mutex_lock(&b->lock);
	while (!b->stop && !b->wanted)
		pthread_cond_wait(&b->work, &b->lock);
	stop = b->stop;
	pthread_mutex_unlock(&b->lock);
	return !stop;
}

static void *backfill_thread(void *arg)
{
	struct backfill *b = arg;

	while (backfill_next(b)) {
		store_backfill(b->store);
		pthread_mutex_lock(&b->lock);
		b->wanted = false;
		b->ended = true;
		pthread_mutex_unlock(&b->lock);
	}
	return NULL;
}

void backfill_begin(struct backfill *b)
{
	pthread_mutex_lock(&b->lock);
	b->wanted = true;
	pthread_mutex_unlock(&b->lock);
	pthread_cond_signal(&b->work);
}

bool backfill_ended(struct backfill *b)
{
	bool ended;

	pthread_mutex_lock(&b->lock);
	ended = b->ended;
	b->ended = false;
	pthread_mutex_unlock(&b->lock);
	return ended;
}

void backfill_stop(struct backfill *b)
{
	if (b == NULL)
		return;
	if (b->running) {
		pthread_mutex_lock(&b->lock);
		b->stop = true;
		pthread_mutex_unlock(&b->lock);
		pthread_cond_signal(&b->work);
		pthread_join(b->thread, NULL);
	}
	store_close(b->store);
	pthread_cond_destroy(&b->work);
	pthread_mutex_destroy(&b->lock);
	free(b);
}

int backfill_start(const char *path, struct backfill **out, struct error *e)
{
	struct backfill *b = calloc(1, sizeof(*b));
	int r;

	if (b == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory");
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->work, NULL);
	r = store_open_reader(path, &b->store, e);
	if (r == 0) {
		int failed = pthread_create(&b->thread, NULL, backfill_thread,
					    b);

		b->running = failed == 0;
		if (failed != 0)
			r = error_set_errno(e, ERR_NO_MEMORY, failed,
					    "no thread for the evidence");
	}
	if (r != 0) {
		backfill_stop(b);
		return r;
	}
	*out = b;
	return 0;
}
