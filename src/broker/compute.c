/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compute: threads for pure arithmetic.
 *
 * Three lists: "new" belongs to the loop, "todo" and "done" are behind the
 * lock.  A thread that finishes the first job of an empty "done" writes the
 * eventfd once; the loop then takes the whole list.
 */
#include "broker/compute.h"

#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

#define COMPUTE_THREADS_MAX 64

struct job_list {
	struct compute_job *first;
	struct compute_job **last;
};

struct compute {
	struct job_list fresh; /* of this turn of the loop */
	struct event *hand_over;
	struct event *finished;
	int eventfd;
	unsigned threads;
	pthread_t thread[COMPUTE_THREADS_MAX];

	pthread_mutex_t lock; /* of everything below */
	pthread_cond_t work;
	struct job_list todo;
	struct job_list done;
	bool stop;
};

static void list_init(struct job_list *l)
{
	l->first = NULL;
	l->last = &l->first;
}

static void list_add(struct job_list *l, struct compute_job *job)
{
	job->next = NULL;
	*l->last = job;
	l->last = &job->next;
}

static struct compute_job *list_pop(struct job_list *l)
{
	struct compute_job *job = l->first;

	if (job == NULL)
		return NULL;
	l->first = job->next;
	if (l->first == NULL)
		l->last = &l->first;
	return job;
}

/* All of from behind all of to. */
static void list_move(struct job_list *to, struct job_list *from)
{
	if (from->first == NULL)
		return;
	*to->last = from->first;
	to->last = from->last;
	list_init(from);
}

static struct compute_job *compute_next(struct compute *c)
{
	struct compute_job *job;

	pthread_mutex_lock(&c->lock);
	while (!c->stop && c->todo.first == NULL)
		pthread_cond_wait(&c->work, &c->lock);
	job = c->stop ? NULL : list_pop(&c->todo);
	pthread_mutex_unlock(&c->lock);
	return job;
}

static void compute_finish(struct compute *c, struct compute_job *job)
{
	const uint64_t one = 1;
	bool first;

	pthread_mutex_lock(&c->lock);
	first = c->done.first == NULL;
	list_add(&c->done, job);
	pthread_mutex_unlock(&c->lock);
	/* A full counter would mean that the loop is awake anyway. */
	if (first && write(c->eventfd, &one, sizeof(one)) < 0)
		return;
}

static void *compute_thread(void *arg)
{
	struct compute *c = arg;
	struct compute_job *job;

	while ((job = compute_next(c)) != NULL) {
		job->run(job);
		compute_finish(c, job);
	}
	return NULL;
}

/*
 * End of a turn of the loop: what it submitted goes to the threads.  (An event
 * made active in a turn runs after those that were active before.)
 */
static void compute_hand_over(evutil_socket_t fd, short what, void *arg)
{
	struct compute *c = arg;
	bool one = c->fresh.first != NULL && c->fresh.first->next == NULL;

	pthread_mutex_lock(&c->lock);
	list_move(&c->todo, &c->fresh);
	pthread_mutex_unlock(&c->lock);
	if (one)
		pthread_cond_signal(&c->work);
	else
		pthread_cond_broadcast(&c->work);
}

static void compute_finished(evutil_socket_t fd, short what, void *arg)
{
	struct compute *c = arg;
	struct job_list done;
	struct compute_job *job;
	uint64_t count;

	if (read(c->eventfd, &count, sizeof(count)) < 0)
		return;
	list_init(&done);
	pthread_mutex_lock(&c->lock);
	list_move(&done, &c->done);
	pthread_mutex_unlock(&c->lock);
	while ((job = list_pop(&done)) != NULL)
		job->done(job);
}

void compute_submit(struct compute *c, struct compute_job *job)
{
	if (c->fresh.first == NULL)
		event_active(c->hand_over, EV_TIMEOUT, 0);
	list_add(&c->fresh, job);
}

static int compute_events(struct compute *c, struct event_base *base,
			  struct error *e)
{
	c->eventfd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (c->eventfd < 0)
		return error_set_errno(e, ERR_IO, errno, "eventfd");
	c->finished = event_new(base, c->eventfd, EV_READ | EV_PERSIST,
				compute_finished, c);
	c->hand_over = event_new(base, -1, 0, compute_hand_over, c);
	if (c->finished == NULL || c->hand_over == NULL ||
	    event_add(c->finished, NULL) != 0)
		return error_set(e, ERR_NO_MEMORY, "no memory for events");
	return 0;
}

int compute_new(struct event_base *base, unsigned threads,
		struct compute **out, struct error *e)
{
	struct compute *c = calloc(1, sizeof(*c));
	int r;

	if (c == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for threads");
	c->eventfd = -1;
	list_init(&c->fresh);
	list_init(&c->todo);
	list_init(&c->done);
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->work, NULL);
	r = compute_events(c, base, e);
	if (threads > COMPUTE_THREADS_MAX)
		threads = COMPUTE_THREADS_MAX;
	for (unsigned i = 0; r == 0 && i < threads; i++) {
		int failed = pthread_create(&c->thread[i], NULL,
					    compute_thread, c);

		if (failed != 0)
			r = error_set_errno(e, ERR_IO, failed, "thread");
		else
			c->threads++;
	}
	if (r != 0) {
		compute_free(c);
		return r;
	}
	*out = c;
	return 0;
}

void compute_free(struct compute *c)
{
	if (c == NULL)
		return;
	pthread_mutex_lock(&c->lock);
	c->stop = true;
	pthread_mutex_unlock(&c->lock);
	pthread_cond_broadcast(&c->work);
	for (unsigned i = 0; i < c->threads; i++)
		pthread_join(c->thread[i], NULL);
	if (c->hand_over != NULL)
		event_free(c->hand_over);
	if (c->finished != NULL)
		event_free(c->finished);
	fd_closep(&c->eventfd);
	pthread_cond_destroy(&c->work);
	pthread_mutex_destroy(&c->lock);
	free(c);
}
