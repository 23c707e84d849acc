/* SPDX-License-Identifier: Apache-2.0 */
/*
 * health: is there a reason not to send anybody to this signetd?
 */
#include "broker/health.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "broker/broker.h"

/* A checkpoint is overdue after twice its time, and the broker's two ticks. */
#define HEALTH_TICKS_NS (2 * CLOCK_NS_PER_S)

#define HEALTH_TEXT (ERROR_MESSAGE_MAX + LIMIT_URI + 64)

struct health {
	void (*reason)(void *arg, const char *text);
	void *arg;
};

static void PRINTF_LIKE(2, 3)
health_say(const struct health *h, const char *format, ...)
{
	char text[HEALTH_TEXT];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	h->reason(h->arg, text);
}

static void health_evidence(struct broker *b, const struct health *h)
{
	const struct settings_evidence *s = &b->recording.settings->evidence;
	struct journal_stats stats;
	struct error e;

	if (recording_able(b, &e) != 0)
		health_say(h, "the evidence cannot be written: %s", e.message);
	if (b->recording.journal == NULL)
		return;
	journal_stats(b->recording.journal, &stats);
	if (stats.unsigned_ns > 2 * s->checkpoint_seconds * CLOCK_NS_PER_S +
				HEALTH_TICKS_NS)
		health_say(h, "a checkpoint of the evidence is overdue: record"
			   " %" PRIu64 " was signed last",
			   stats.checkpoint_sequence);
}

/* Of a module for readers there are as many workers as cards. */
static void health_module(const struct module *m, const struct health *h)
{
	unsigned wanted = 0;

	for (unsigned i = 0; i < m->shards_count; i++)
		wanted += m->shards[i].state != SHARD_EMPTY;
	if (wanted == 0 || module_ready(m) > 0)
		return;
	health_say(h, "module %s has no worker: %s", m->config->name,
		   m->last_error.code != 0 ? m->last_error.message :
		   "it is starting");
}

/* After a reload a module that goes on has the settings of before. */
static bool health_is_of(const struct token *t, const struct settings_token *s)
{
	return t->settings != NULL && t->state != TOKEN_ABSENT &&
	       strcmp(t->settings->uri, s->uri) == 0;
}

/* At least one that the entry is about is there, and none has failed. */
static void health_token(const struct broker *b, const struct settings_token *s,
			 const struct health *h)
{
	const struct module *m;
	const struct token *t;
	bool there = false;

	TAILQ_FOREACH(m, &b->modules, entry)
		TAILQ_FOREACH(t, &m->tokens, entry) {
			if (!health_is_of(t, s))
				continue;
			there = true;
			if (t->state == TOKEN_FAILED)
				health_say(h, "token %s has failed: %s",
					   t->uri, t->error.message);
		}
	if (!there)
		health_say(h, "unattended token %s is not there", s->uri);
}

void health_each(struct broker *b,
		 void (*reason)(void *arg, const char *text), void *arg)
{
	const struct health h = { reason, arg };
	const struct settings *s = b->settings;
	const struct module *m;

	if (b->draining)
		health_say(&h, "signetd is shutting down");
	health_evidence(b, &h);
	TAILQ_FOREACH(m, &b->modules, entry)
		health_module(m, &h);
	for (unsigned i = 0; i < s->tokens_count; i++)
		if (s->tokens[i].unattended)
			health_token(b, &s->tokens[i], &h);
}
