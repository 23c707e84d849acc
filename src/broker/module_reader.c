/* SPDX-License-Identifier: Apache-2.0 */
/*
 * module_reader: the workers of a module that has one for each reader.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "broker/module.h"
#include "broker/opensc_conf.h"
#include "broker/shard.h"

static struct shard *module_reader(struct module *m, const char *reader)
{
	for (unsigned i = 0; i < m->shards_count; i++)
		if (strcmp(m->shards[i].reader, reader) == 0)
			return &m->shards[i];
	return NULL;
}

int module_shard_prepare(struct module *m, struct shard *s, struct error *e)
{
	const struct opensc_conf conf = {
		.reader = s->reader,
		.others = m->others,
		.others_count = m->others_count,
		.provider = m->settings->pcsc_provider,
	};

	if (!m->config->opensc_conf || s->reader[0] == '\0')
		return 0;
	if (conf.provider == NULL)
		return error_set(e, ERR_CONFIG, "signet-pcsc.so, without which "
				 "another program could use a login to a card, "
				 "is neither beside signetd nor in "
				 "../lib/signet");
	return opensc_conf_write(m->settings->spool, &conf, &s->conf, e);
}

/* Kept for the next start as well: it is as good as any. */
static int module_set_others(struct module *m, const char *const *others,
			     size_t count, struct error *e)
{
	for (size_t i = 0; i < m->others_count; i++)
		free(m->others[i]);
	m->others_count = 0;
	for (size_t i = 0; i < count && i < LIMIT_READERS; i++) {
		m->others[i] = strdup(others[i]);
		if (m->others[i] == NULL)
			return error_set(e, ERR_NO_MEMORY, "no memory");
		m->others_count++;
	}
	return 0;
}

/* The same kind of card in the same reader: most likely it is the same one. */
static void module_recall(struct module *m, const struct shard *s)
{
	struct token *t;

	TAILQ_FOREACH(t, &m->tokens, entry)
		if (t->state == TOKEN_ABSENT && t->keys_count > 0 &&
		    strcmp(t->reader, s->reader) == 0 && s->atr_len > 0 &&
		    slice_equal(slice_of(t->atr, t->atr_len),
				slice_of(s->atr, s->atr_len)))
			t->state = TOKEN_CONFIRMING;
	m->owner.changed(m->owner.arg);
}

bool module_doubts(struct module *m, struct shard *s)
{
	const struct token *t;
	struct error why;

	TAILQ_FOREACH(t, &m->tokens, entry)
		if (t->state == TOKEN_CONFIRMING && !s->can[t->number] &&
		    strcmp(t->reader, s->reader) == 0)
			break;
	if (t == NULL || s->doubted)
		return false;
	s->doubted = true;
	error_set(&why, ERR_TOKEN_GONE, "another card than before is said to"
		  " be in reader %s: once more, to be sure", s->reader);
	worker_retire(s->worker, &why);
	return true;
}

int module_reader_unable(struct module *m, const struct token *t,
			 struct error *e)
{
	const struct shard *s = t->reader[0] == '\0' ? NULL :
		module_reader(m, t->reader);
	int64_t late = m->config->deadline_ms * CLOCK_NS_PER_MS;

	if (s == NULL || (s->state == SHARD_READY && !s->can[t->number]))
		return error_set(e, ERR_TOKEN_GONE,
				 "token %s is not there now; insert it",
				 t->wire.label);
	if (s->state == SHARD_READY ||
	    clock_mono_ns() - s->waiting_since < late)
		return 0;
	if (m->last_error.code != 0)
		*e = m->last_error;
	else
		error_set(e, ERR_DEADLINE, "the card in reader %s does not"
			  " answer; take it out and insert it again",
			  t->reader);
	return e->code;
}

void module_recalled(struct module *m, const struct shard *s)
{
	struct token *t;
	struct error why;
	bool other = false;

	TAILQ_FOREACH(t, &m->tokens, entry) {
		if (s->can[t->number]) {
			memcpy(t->atr, s->atr, s->atr_len);
			t->atr_len = s->atr_len;
		} else if (t->state == TOKEN_CONFIRMING &&
			   strcmp(t->reader, s->reader) == 0) {
			t->state = TOKEN_ABSENT;
			other = true;
		}
	}
	error_set(&why, ERR_TOKEN_GONE, "another card is in reader %s now",
		  s->reader);
	if (other)
		module_fail_absent(m, &why);
}

int module_card_in(struct module *m, const char *reader, struct slice atr,
		   const char *const *others, size_t count, struct error *e)
{
	struct shard *s = module_reader(m, "");
	int r = module_set_others(m, others, count, e);

	if (r != 0 || module_reader(m, reader) != NULL)
		return r;
	if (s == NULL)
		return error_set(e, ERR_QUOTA, "more than %u cards at a time",
				 LIMIT_READERS);
	snprintf(s->reader, sizeof(s->reader), "%s", reader);
	s->failures = 0;
	s->ready_since = 0;
	s->waiting_since = clock_mono_ns();
	s->doubted = false;
	s->atr_len = atr.len < sizeof(s->atr) ? atr.len : sizeof(s->atr);
	memcpy(s->atr, atr.ptr, s->atr_len);
	module_recall(m, s);
	shard_start(s);
	return 0;
}

void module_card_out(struct module *m, const char *reader,
		     const struct error *why)
{
	struct shard *s = module_reader(m, reader);

	if (s == NULL || reader[0] == '\0')
		return;
	module_hold(m);
	shard_stop(s, why);
	module_fail_pinned(m, s, why);
	module_fail_absent(m, why);
	m->owner.changed(m->owner.arg);
	module_release(m);
}

bool module_let_go(struct module *m, struct worker *w, const struct error *why)
{
	struct error told;

	if (!m->config->opensc_conf || why->ckr == ERROR_NO_CKR)
		return false;
	error_set(&told, ERR_TOKEN_GONE, "a login failed: the card is let go");
	worker_retire(w, &told);
	return true;
}
