/* SPDX-License-Identifier: Apache-2.0 */
/*
 * writing: the journal's thread.
 *
 * A group is one transaction: the records in order, each behind the one
 * before, the head, and a checkpoint if one is due.  If it cannot be written,
 * each of its entries is tried alone, so that one that is too large fails by
 * itself.  What fails was never released; notes, which nobody waits for, are
 * kept.  While the disk is full nothing is tried but probe(): what is small may
 * find a place where a request's record would not.
 */
#include "evidence/writing.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/writer.h"

/* Records of one transaction: a fsync more costs them nothing. */
#define WRITING_GROUP 512u
/* Between two looks at a disk that was full. */
#define WRITING_RETRY_NS CLOCK_NS_PER_S
/* Pages of the WAL that are to be moved; a disk that is slow may have so many
 * times these before groups wait for it. */
#define WRITING_WAL_PAGES 2000u
#define WRITING_WAL_TIMES 4u

/* --- one transaction ------------------------------------------------------ */

/* Where the chain, and the checkpoints, are in the transaction. */
struct position {
	struct chain head;
	struct store_checkpoint last;
	unsigned certificates;
	char time[CHAIN_TIME_SIZE];
};

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int write_record(struct journal *j, struct position *p,
			struct slice event, struct error *e)
{
	struct chain next;

	chain_put(&p->head, event, p->time, &j->record, &next);
	if (buf_error(&j->record) != 0)
		return error_set(e, ERR_TOO_LARGE, "what this request shows"
				 " is too much to be recorded");
	p->head = next;
	return store_record(j->store, &next, buf_slice(&j->record), e);
}

static int write_certificates(struct journal *j, struct position *p,
			      const struct journal_entry *entry,
			      struct error *e)
{
	const uint8_t *hash = entry->certificate_sha256;
	uint8_t issuer[CHAIN_HASH];
	int r;

	if (hash == NULL)
		return 0;
	for (unsigned i = 0; i < p->certificates; i++)
		if (memcmp(j->certificates[i], hash, CHAIN_HASH) == 0)
			return 0;
	if (p->certificates < JOURNAL_CERTIFICATES)
		memcpy(j->certificates[p->certificates++], hash, CHAIN_HASH);
	r = store_certificate(j->store, hash, entry->certificate, e);
	for (size_t i = 0; r == 0 && i < entry->chain_len; i++) {
		chain_hash(entry->chain[i], issuer);
		r = store_certificate(j->store, issuer, entry->chain[i], e);
	}
	return r;
}

static int write_approvals(struct journal *j,
			   const struct journal_entry *entry, struct error *e)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < JOURNAL_APPROVALS; i++)
		if (entry->approvals[i].len > 0)
			r = store_approval(j->store, entry->at.sequence, i,
					   entry->approvals[i], e);
	return r;
}

static int write_event(struct journal *j, struct position *p,
		       struct journal_entry *entry, struct error *e)
{
	int r = write_record(j, p, buf_slice(&entry->event), e);

	entry->at = p->head;
	for (unsigned i = 0; r == 0 && i < entry->count; i++) {
		const struct journal_item *item = &entry->items[i];

		if (item->content.len > 0 || item->signature.len > 0)
			r = store_item(j->store, entry->at.sequence, i,
				       item->content, item->signature, e);
	}
	if (r == 0)
		r = write_approvals(j, entry, e);
	if (r == 0)
		r = write_certificates(j, p, entry, e);
	if (r == 0 && entry->answer != NULL) {
		entry->answer->sequence = entry->at.sequence;
		memcpy(entry->answer->hash, entry->at.hash, CHAIN_HASH);
		r = store_answer(j->store, entry->answer, e);
	}
	return r;
}

static int write_checkpoint(struct journal *j, struct position *p,
			    uint64_t sequence, struct slice statement,
			    struct slice signature, struct error *e)
{
	p->last.number++;
	p->last.sequence = sequence;
	chain_hash(statement, p->last.hash);
	return store_checkpoint(j->store, sequence, statement, signature, e);
}

static int write_entry(struct journal *j, struct position *p,
		       struct journal_entry *entry, struct error *e)
{
	if (entry->sequence == 0)
		return write_event(j, p, entry, e);
	if (entry->statement.len > 0)
		return write_checkpoint(j, p, entry->sequence,
					buf_slice(&entry->statement),
					buf_slice(&entry->signature), e);
	return store_stamp(j->store, entry->sequence,
			   buf_slice(&entry->signature), e);
}

/* Recorded as soon as anything can be: so many notes are not there. */
static int write_lost(struct journal *j, struct position *p, struct error *e)
{
	struct buf event AUTO(buf_fini) = { .max = 128 };

	if (j->lost_now == 0)
		return 0;
	buf_printf(&event, "{\"count\":%llu,\"kind\":\"lost\"}",
		   (unsigned long long)j->lost_now);
	return write_record(j, p, buf_slice(&event), e);
}

static bool checkpoint_wanted(const struct journal *j, const struct position *p,
			      bool end)
{
	uint64_t new = p->head.sequence - p->last.sequence;

	if (new == 0)
		return false;
	return end || new >= j->checkpoint_records ||
	       (j->unsigned_since != 0 &&
		clock_mono_ns() - j->unsigned_since >= j->checkpoint_ns);
}

/* Answers that have expired go with it: it is often, and not each time. */
static int write_signed_head(struct journal *j, struct position *p,
			     struct error *e)
{
	struct buf statement AUTO(buf_fini) = { .max = 4096 };
	struct buf signature AUTO(buf_fini) = { .max = 4096 };
	int r;

	checkpoint_statement(&p->last, &p->head, checkpoint_key_public(j->key),
			     NULL, p->time, &statement);
	r = buf_error(&statement);
	if (r == 0)
		r = checkpoint_sign(j->key, buf_slice(&statement), &signature,
				    e);
	if (r == 0)
		r = write_checkpoint(j, p, p->head.sequence,
				     buf_slice(&statement),
				     buf_slice(&signature), e);
	return r != 0 ? r : store_expire(j->store, now_ms() / 1000, e);
}

static int write_group(struct journal *j, struct journal_entry *first,
		       unsigned count, bool end, struct position *p,
		       struct error *e)
{
	int r;

	chain_time(now_ms(), p->time);
	r = write_lost(j, p, e);
	for (; r == 0 && count > 0; first = first->next, count--)
		r = write_entry(j, p, first, e);
	if (r == 0 && p->head.sequence != j->head.sequence)
		r = store_head(j->store, &p->head, e);
	if (r == 0 && j->key != NULL && checkpoint_wanted(j, p, end))
		r = write_signed_head(j, p, e);
	return r;
}

/* --- what became of it ---------------------------------------------------- */

static void group_written(struct journal *j, const struct position *p,
			  int64_t took_ns)
{
	struct journal_stats *s = &j->stats;

	if (p->last.number != j->last.number)
		j->unsigned_since = 0;
	if (j->unsigned_since == 0 && p->head.sequence != p->last.sequence)
		j->unsigned_since = clock_mono_ns();
	pthread_mutex_lock(&j->lock);
	s->records += p->head.sequence - j->head.sequence;
	s->groups++;
	histogram_add(&s->fsync, took_ns);
	j->lost -= j->lost_now;
	j->told_head = p->head;
	j->told_last = p->last;
	j->told_unsigned = j->unsigned_since;
	j->due = j->key == NULL && checkpoint_wanted(j, p, false);
	pthread_mutex_unlock(&j->lock);
	j->lost_now = 0;
	j->head = p->head;
	j->last = p->last;
	j->certificates_count = p->certificates;
}

/* ERR_NOT_DURABLE is the disk's fault, all else that of an entry. */
static void group_failed(struct journal *j, const struct error *why)
{
	bool disk = why->code == ERR_NOT_DURABLE, first;

	pthread_mutex_lock(&j->lock);
	j->stats.failures++;
	first = disk && j->broken.code == 0;
	if (disk)
		j->broken = *why;
	pthread_mutex_unlock(&j->lock);
	if (first)
		log_failure(LOG_ERROR, NULL, "evidence", why);
}

/* May wait for another program that writes. */
static int begin_group(struct journal *j, struct error *e)
{
	int r = store_begin(j->store, e);

	if (r != 0)
		group_failed(j, e);
	return r;
}

/* What was begun, to its end.  0, or why not; then nothing of it is there. */
static int try_group(struct journal *j, struct journal_entry *first,
		     unsigned count, bool end, struct error *e)
{
	struct position p = {
		.head = j->head,
		.last = j->last,
		.certificates = j->certificates_count,
	};
	int64_t began;
	int r = write_group(j, first, count, end, &p, e);

	began = clock_mono_ns();
	if (r == 0)
		r = store_commit(j->store, e);
	if (r != 0) {
		store_rollback(j->store);
		group_failed(j, e);
		return r;
	}
	group_written(j, &p, clock_mono_ns() - began);
	return 0;
}

static void entry_failed(struct journal *j, struct journal_entry *entry,
			 const struct error *why, struct entries *done)
{
	entry->failure = *why;
	/* Where it would have been, is nothing. */
	entry->at = (struct chain){ 0 };
	if (!entry->note) {
		entries_add(done, entry);
		return;
	}
	if (j->kept.count < LIMIT_EVIDENCE_WAITING) {
		entries_add(&j->kept, entry);
		return;
	}
	pthread_mutex_lock(&j->lock);
	j->lost++;
	pthread_mutex_unlock(&j->lock);
	entries_add(done, entry);
}

static void all_failed(struct journal *j, struct entries *group,
		       const struct error *why, struct entries *done)
{
	struct journal_entry *entry;

	while ((entry = entries_pop(group)) != NULL)
		entry_failed(j, entry, why, done);
}

static void write_each(struct journal *j, struct entries *group,
		       struct entries *done)
{
	struct journal_entry *entry;
	struct error e;

	while (group->first != NULL) {
		if (begin_group(j, &e) != 0) {
			all_failed(j, group, &e, done);
			return;
		}
		entry = entries_pop(group);
		entry->next = NULL;
		if (try_group(j, entry, 1, false, &e) == 0)
			entries_add(done, entry);
		else
			entry_failed(j, entry, &e, done);
	}
}

static void write_all(struct journal *j, struct entries *group,
		      struct entries *done, bool end)
{
	unsigned count = (unsigned)group->count;
	struct error e;

	if (begin_group(j, &e) != 0)
		all_failed(j, group, &e, done);
	else if (try_group(j, group->first, count, end, &e) == 0)
		entries_move(done, group);
	else if (count == 1)
		all_failed(j, group, &e, done);
	else
		write_each(j, group, done);
}

/* --- the thread ----------------------------------------------------------- */

static void hand_back(struct journal *j, struct entries *done)
{
	const uint64_t one = 1;
	bool first;

	pthread_mutex_lock(&j->lock);
	first = j->done.first == NULL && done->first != NULL;
	entries_move(&j->done, done);
	j->in_hand = j->kept.count;
	pthread_mutex_unlock(&j->lock);
	/* A full counter would mean that the loop is awake anyway. */
	if (first && write(j->eventfd, &one, sizeof(one)) < 0)
		return;
}

/* When there will be something to do without a new entry; 0: never. */
static int64_t wake_at(const struct journal *j)
{
	if (j->broken.code != 0 || j->kept.count > 0)
		return clock_mono_ns() + WRITING_RETRY_NS;
	return j->unsigned_since == 0 || j->due ? 0 :
		j->unsigned_since + j->checkpoint_ns;
}

static void wait_for_work(struct journal *j)
{
	int64_t at = wake_at(j);
	struct timespec ts = {
		.tv_sec = at / CLOCK_NS_PER_S,
		.tv_nsec = at % CLOCK_NS_PER_S,
	};

	while (!j->stop && j->todo.first == NULL) {
		if (at == 0)
			pthread_cond_wait(&j->work, &j->lock);
		else if (pthread_cond_timedwait(&j->work, &j->lock, &ts) != 0)
			return;
	}
}

/* Notes that waited for the disk come first: they are older. */
static void take_group(struct journal *j, struct entries *group)
{
	entries_move(group, &j->kept);
	for (unsigned i = 0; i < WRITING_GROUP && j->todo.first != NULL; i++)
		entries_add(group, entries_pop(&j->todo));
	j->in_hand = group->count;
	j->lost_now = j->lost;
	if (j->todo.first != NULL)
		j->oldest_ns = clock_mono_ns();
}

/* A full disk: is there room again for what a request needs? */
static bool probe(struct journal *j)
{
	struct error e;

	if (store_probe(j->store, &e) != 0) {
		store_rollback(j->store);
		return false;
	}
	pthread_mutex_lock(&j->lock);
	error_clear(&j->broken);
	pthread_mutex_unlock(&j->lock);
	log_write(LOG_INFO, NULL, "evidence: it can be written again");
	return true;
}

/* Answers have been handed back: nobody waits for this. */
static void backfill(struct journal *j)
{
	unsigned pages = store_wal_pages(j->store);

	if (backfill_ended(j->backfill) ||
	    pages >= WRITING_WAL_TIMES * WRITING_WAL_PAGES)
		store_backfill(j->store);
	else if (pages >= WRITING_WAL_PAGES)
		backfill_begin(j->backfill);
}

static void measure(struct journal *j)
{
	uint64_t bytes = store_bytes(j->store);

	pthread_mutex_lock(&j->lock);
	j->stats.bytes = bytes;
	pthread_mutex_unlock(&j->lock);
}

void *writing_thread(void *journal)
{
	struct journal *j = journal;
	struct entries group, done;
	bool stop = false, broken;
	uint64_t measured = 0;

	entries_init(&group);
	entries_init(&done);
	while (!stop) {
		pthread_mutex_lock(&j->lock);
		wait_for_work(j);
		take_group(j, &group);
		stop = j->stop && j->todo.first == NULL;
		broken = j->broken.code != 0;
		pthread_mutex_unlock(&j->lock);
		if (broken && !stop && !probe(j))
			all_failed(j, &group, &j->broken, &done);
		else if (group.first != NULL || stop || !broken)
			write_all(j, &group, &done, stop);
		hand_back(j, &done);
		backfill(j);
		if (j->stats.groups - measured >= 100 || broken) {
			measured = j->stats.groups;
			measure(j);
		}
	}
	/* Notes that were never written. */
	entries_move(&done, &j->kept);
	hand_back(j, &done);
	return NULL;
}
