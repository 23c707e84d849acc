/* SPDX-License-Identifier: Apache-2.0 */
/*
 * journal: what is recorded, durable before anybody hears of it.
 *
 * "fresh" belongs to the loop; what is behind the lock both see; store, head,
 * last and record belong to the thread.  writing.c is the thread's side.
 */
#include "evidence/journal.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/limits.h"
#include "evidence/writing.h"

/* --- lists ---------------------------------------------------------------- */

void entries_init(struct entries *l)
{
	l->first = NULL;
	l->last = &l->first;
	l->count = 0;
}

void entries_add(struct entries *l, struct journal_entry *entry)
{
	entry->next = NULL;
	*l->last = entry;
	l->last = &entry->next;
	l->count++;
}

struct journal_entry *entries_pop(struct entries *l)
{
	struct journal_entry *entry = l->first;

	if (entry == NULL)
		return NULL;
	l->first = entry->next;
	if (l->first == NULL)
		l->last = &l->first;
	l->count--;
	return entry;
}

void entries_move(struct entries *to, struct entries *from)
{
	if (from->first == NULL)
		return;
	*to->last = from->first;
	to->last = from->last;
	to->count += from->count;
	entries_init(from);
}

/* --- the loop's side ------------------------------------------------------ */

void journal_add(struct journal *j, struct journal_entry *entry)
{
	entries_add(&j->fresh, entry);
}

static void note_done(struct journal_entry *entry, const struct error *failure)
{
	buf_fini(&entry->event);
	free(entry);
}

void journal_note(struct journal *j, struct buf *event)
{
	struct journal_entry *entry = calloc(1, sizeof(*entry));

	if (entry == NULL || buf_error(event) != 0) {
		free(entry);
		buf_fini(event);
		pthread_mutex_lock(&j->lock);
		j->lost++;
		pthread_mutex_unlock(&j->lock);
		return;
	}
	entry->event = *event;
	buf_init(event, event->max);
	entry->note = true;
	entry->done = note_done;
	journal_add(j, entry);
}

void journal_flush(struct journal *j)
{
	if (j->fresh.first == NULL)
		return;
	pthread_mutex_lock(&j->lock);
	if (j->todo.first == NULL)
		j->oldest_ns = clock_mono_ns();
	entries_move(&j->todo, &j->fresh);
	pthread_mutex_unlock(&j->lock);
	pthread_cond_signal(&j->work);
}

int journal_fd(const struct journal *j)
{
	return j->eventfd;
}

void journal_collect(struct journal *j)
{
	struct journal_entry *entry;
	struct entries done;
	uint64_t count;

	if (read(j->eventfd, &count, sizeof(count)) < 0 && errno != EAGAIN)
		return;
	entries_init(&done);
	pthread_mutex_lock(&j->lock);
	entries_move(&done, &j->done);
	pthread_mutex_unlock(&j->lock);
	while ((entry = entries_pop(&done)) != NULL)
		entry->done(entry, entry->failure.code == 0 ? NULL :
			    &entry->failure);
}

int journal_able(struct journal *j, struct error *e)
{
	int r;

	pthread_mutex_lock(&j->lock);
	r = j->broken.code;
	if (r != 0)
		*e = j->broken;
	pthread_mutex_unlock(&j->lock);
	return r;
}

struct slice journal_public(const struct journal *j)
{
	return j->key == NULL ? slice_of(NULL, 0) :
		checkpoint_key_public(j->key);
}

bool journal_due(struct journal *j, bool last, struct slice public,
		 const char *algorithm, struct buf *out, uint64_t *sequence)
{
	char time[CHAIN_TIME_SIZE];
	bool due;

	chain_time(clock_unix() * 1000, time);
	pthread_mutex_lock(&j->lock);
	due = last ? j->told_head.sequence > j->told_last.sequence : j->due;
	if (due) {
		checkpoint_statement(&j->told_last, &j->told_head, public,
				     algorithm, time, out);
		*sequence = j->told_head.sequence;
	}
	pthread_mutex_unlock(&j->lock);
	return due;
}

int journal_unstamped(struct journal *j, uint64_t from, uint64_t *sequence,
		      struct buf *out, struct error *e)
{
	int r;

	pthread_mutex_lock(&j->reader_lock);
	r = store_unstamped(j->reader, from, sequence, out, e);
	pthread_mutex_unlock(&j->reader_lock);
	return r;
}

int journal_find_answer(struct journal *j, struct store_answer *a, int64_t now,
			bool *found, struct error *e)
{
	int r;

	pthread_mutex_lock(&j->reader_lock);
	r = store_find_answer(j->reader, a, now, found, e);
	pthread_mutex_unlock(&j->reader_lock);
	return r;
}

void journal_stats(struct journal *j, struct journal_stats *out)
{
	pthread_mutex_lock(&j->lock);
	*out = j->stats;
	out->lost = j->lost;
	out->pending = j->todo.count + j->in_hand;
	out->oldest_pending_ns = out->pending == 0 ? 0 :
		clock_mono_ns() - j->oldest_ns;
	out->last_sequence = j->told_head.sequence;
	out->checkpoint_sequence = j->told_last.sequence;
	out->checkpoints = j->told_last.number;
	out->checkpoint_due = j->due;
	out->unsigned_ns = j->told_unsigned == 0 ? 0 :
		clock_mono_ns() - j->told_unsigned;
	pthread_mutex_unlock(&j->lock);
}

/* --- life ----------------------------------------------------------------- */

/* What was handed over by those whose done() was just called. */
static void end_fresh(struct journal *j)
{
	struct journal_entry *entry;
	struct error e;

	error_set(&e, ERR_NOT_DURABLE, "signetd is ending");
	while ((entry = entries_pop(&j->fresh)) != NULL)
		entry->done(entry, &e);
}

void journal_close(struct journal *j)
{
	if (j == NULL)
		return;
	journal_flush(j);
	pthread_mutex_lock(&j->lock);
	j->stop = true;
	pthread_mutex_unlock(&j->lock);
	pthread_cond_signal(&j->work);
	if (j->running)
		pthread_join(j->thread, NULL);
	journal_collect(j);
	end_fresh(j);
	buf_fini(&j->record);
	backfill_stop(j->backfill);
	store_close(j->reader);
	store_close(j->store);
	checkpoint_key_close(j->key);
	fd_closep(&j->eventfd);
	pthread_cond_destroy(&j->work);
	pthread_mutex_destroy(&j->lock);
	pthread_mutex_destroy(&j->reader_lock);
	free(j);
}

static int journal_start(struct journal *j, struct error *e)
{
	int failed;

	j->eventfd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (j->eventfd < 0)
		return error_set_errno(e, ERR_IO, errno, "eventfd");
	failed = pthread_create(&j->thread, NULL, writing_thread, j);
	if (failed != 0)
		return error_set_errno(e, ERR_IO, failed, "thread");
	j->running = true;
	return 0;
}

static int journal_files(struct journal *j, const struct journal_options *o,
			 struct error *e)
{
	int r = store_open(o->file, o->max_bytes, &j->store, &j->head,
			   &j->last, e);

	if (r == 0)
		r = store_open_reader(o->file, &j->reader, e);
	if (r == 0)
		r = backfill_start(o->file, &j->backfill, e);
	if (r == 0 && o->key_file != NULL)
		r = checkpoint_key_open(o->key_file, &j->key, e);
	j->told_head = j->head;
	j->told_last = j->last;
	j->stats.bytes_limit = o->max_bytes;
	j->stats.bytes = r == 0 ? store_bytes(j->store) : 0;
	return r;
}

/* The thread waits by CLOCK_MONOTONIC: a clock that is set wakes nobody. */
static void journal_init(struct journal *j)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&j->work, &attr);
	pthread_condattr_destroy(&attr);
	pthread_mutex_init(&j->lock, NULL);
	pthread_mutex_init(&j->reader_lock, NULL);
	entries_init(&j->fresh);
	entries_init(&j->todo);
	entries_init(&j->done);
	entries_init(&j->kept);
	buf_init(&j->record, LIMIT_RECORD);
	j->eventfd = -1;
}

int journal_open(const struct journal_options *o, struct journal **out,
		 struct error *e)
{
	struct journal *j = calloc(1, sizeof(*j));
	int r;

	if (j == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory");
	journal_init(j);
	j->checkpoint_records = o->checkpoint_records;
	j->checkpoint_ns = (int64_t)o->checkpoint_seconds * CLOCK_NS_PER_S;
	r = journal_files(j, o, e);
	if (r == 0)
		r = journal_start(j, e);
	if (r != 0) {
		journal_close(j);
		return r;
	}
	*out = j;
	return 0;
}
