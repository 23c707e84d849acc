/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch: the same work on many items, a few at a time, with a progress bar.
 */
#include "cli/batch.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "cli/term.h"

#define BATCH_BAR_MAX 40u

struct batch_run {
	const struct cli_batch *batch;
	struct cli_batch_result result;
	size_t next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void cli_batch_lock(void)
{
	pthread_mutex_lock(&lock);
	cli_term_clear();
}

void cli_batch_unlock(void)
{
	pthread_mutex_unlock(&lock);
}

void cli_batch_bar(size_t done, size_t len, size_t columns, char *out,
		   size_t size)
{
	char bar[BATCH_BAR_MAX + 1];
	size_t width = columns > BATCH_BAR_MAX + 40 ? BATCH_BAR_MAX :
						      columns / 3;
	size_t full;

	if (width > BATCH_BAR_MAX)
		width = BATCH_BAR_MAX;
	full = len == 0 ? width : done * width / len;
	memset(bar, '#', full);
	memset(bar + full, '.', width - full);
	bar[width] = '\0';
	snprintf(out, size, "[%s] %zu/%zu", bar, done, len);
}

/* With the lock. */
static void draw(const struct batch_run *run)
{
	char line[BATCH_BAR_MAX + 64];

	if (!run->batch->progress)
		return;
	cli_batch_bar(run->result.done, run->batch->len,
		      cli_term_columns(stderr), line, sizeof(line));
	cli_term_progress(line);
}

static bool take_item(struct batch_run *run, size_t *i)
{
	bool any;

	pthread_mutex_lock(&lock);
	any = run->next < run->batch->len;
	if (any)
		*i = run->next++;
	pthread_mutex_unlock(&lock);
	return any;
}

static void *work(void *arg)
{
	struct batch_run *run = arg;
	const struct cli_batch *b = run->batch;
	void *own = b->open(b->context);
	size_t i;

	if (own == NULL)
		return NULL;
	while (take_item(run, &i)) {
		int status = b->work(b->context, own, i);

		pthread_mutex_lock(&lock);
		run->result.done++;
		if (status != 0)
			run->result.failed++;
		if (status > run->result.status)
			run->result.status = status;
		draw(run);
		pthread_mutex_unlock(&lock);
	}
	b->close(own);
	return NULL;
}

bool cli_batch_run(const struct cli_batch *b, struct cli_batch_result *out)
{
	struct batch_run run = { .batch = b };
	pthread_t threads[CLI_BATCH_JOBS_MAX];
	size_t started = 0, jobs = b->jobs < b->len ? b->jobs : b->len;

	/* This thread is one of them: there is always one. */
	while (started + 1 < jobs &&
	       pthread_create(&threads[started], NULL, work, &run) == 0)
		started++;
	work(&run);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	cli_batch_lock();
	cli_batch_unlock();
	*out = run.result;
	return run.result.done == b->len;
}
