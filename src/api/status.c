/* SPDX-License-Identifier: Apache-2.0 */
/*
 * status: GET /v1/status.
 */
#include <stdio.h>

#include "api/checkpoints.h"
#include "api/exchange.h"
#include "api/health.h"
#include "api/origins.h"
#include "base/problem.h"
#include "api/readers.h"
#include "api/route.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/writer.h"
#include "broker/cards.h"

/* Of a rule in words; what does not fit is cut. */
#define STATUS_RULE_TEXT 1024

static const char *const shard_states[] = {
	[SHARD_EMPTY] = "empty",
	[SHARD_WAITING] = "waiting",
	[SHARD_STARTING] = "starting",
	[SHARD_READY] = "ready",
};

static void put_workers(struct writer *j, const struct module *m)
{
	writer_open(j, "workers", '[');
	for (unsigned i = 0; i < m->shards_count; i++) {
		const struct shard *s = &m->shards[i];

		if (s->state == SHARD_EMPTY)
			continue;
		writer_open(j, NULL, '{');
		if (s->worker != NULL)
			writer_int(j, "pid", worker_pid(s->worker));
		else
			writer_null(j, "pid");
		writer_text(j, "state", shard_states[s->state]);
		writer_int(j, "restarts", s->restarts);
		writer_text_or_null(j, "reader", s->reader);
		writer_close(j, '}');
	}
	writer_close(j, ']');
}

static const char *module_state(const struct module *m)
{
	if (m->down)
		return "failed";
	return module_ready(m) > 0 ? "ready" : "starting";
}

/* As the module says; null until a worker has loaded it. */
static void put_module_version(struct writer *j, const struct module *m)
{
	const struct wire_hello_rep *info = &m->info;
	char version[8] = "";

	if (info->library_major != 0 || info->library_minor != 0)
		snprintf(version, sizeof(version), "%d.%d",
			 info->library_major, info->library_minor);
	writer_text_or_null(j, "version", version);
}

static void put_module(struct writer *j, const struct module *m)
{
	writer_open(j, NULL, '{');
	writer_text(j, "name", m->config->name);
	writer_text(j, "path", m->config->path);
	writer_text(j, "state", module_state(m));
	writer_text_or_null(j, "description", m->info.description);
	writer_text_or_null(j, "manufacturer", m->info.manufacturer);
	put_module_version(j, m);
	put_workers(j, m);
	if (m->last_error.code != 0)
		problem_put(j, "last_error", &m->last_error, NULL);
	else
		writer_null(j, "last_error");
	writer_close(j, '}');
}

/* Those that a client can meet. */
static void put_limits(struct writer *j)
{
	writer_open(j, "limits", '{');
	writer_int(j, "content", LIMIT_CONTENT);
	writer_int(j, "body_members", LIMIT_BODY_MEMBERS);
	writer_int(j, "eddsa_message", LIMIT_EDDSA_MESSAGE);
	writer_int(j, "http_header", LIMIT_HTTP_HEADER);
	writer_int(j, "connections", LIMIT_CONNECTIONS);
	writer_int(j, "idle_seconds", LIMIT_IDLE_SECONDS);
	writer_int(j, "queue", LIMIT_QUEUE);
	writer_int(j, "wait_ms", LIMIT_WAIT_MS);
	writer_int(j, "remembered", LIMIT_FINISHED);
	writer_int(j, "uri", LIMIT_URI);
	writer_int(j, "name", LIMIT_NAME);
	writer_close(j, '}');
}

static void put_modules(struct writer *j, const struct broker *b)
{
	const struct module *m;
	const struct token *t;
	unsigned tokens = 0;

	writer_open(j, "modules", '[');
	TAILQ_FOREACH(m, &b->modules, entry) {
		put_module(j, m);
		TAILQ_FOREACH(t, &m->tokens, entry)
			tokens += t->state != TOKEN_ABSENT &&
				  t->state != TOKEN_UNINITIALIZED;
	}
	writer_close(j, ']');
	writer_int(j, "tokens", tokens);
}

/* The rules in force, in their order and in words. */
static void put_policy(struct writer *j, const struct policy *p)
{
	char text[STATUS_RULE_TEXT];

	writer_open(j, "policy", '[');
	for (unsigned i = 0; i < p->rules_count; i++) {
		policy_describe(&p->rules[i], text, sizeof(text));
		writer_open(j, NULL, '{');
		writer_text(j, "rule", p->rules[i].name);
		writer_text(j, "outcome",
			    policy_outcome_name(p->rules[i].outcome));
		writer_text(j, "description", text);
		writer_close(j, '}');
	}
	writer_close(j, ']');
}

static const char *status_state(const struct broker *b)
{
	return b->draining ? "draining" :
	       broker_settled(b) ? "ready" : "starting";
}

/* For a page: whether it makes sense to ask, and what is too much. */
static void status_page(struct exchange *x)
{
	struct buf text;
	struct writer j = writer_of(&text);

	buf_init(&text, EXCHANGE_TEXT_MAX);
	writer_open(&j, NULL, '{');
	writer_text(&j, "version", SIGNET_VERSION);
	writer_text(&j, "state", status_state(x->broker));
	put_limits(&j);
	writer_close(&j, '}');
	exchange_answer(x, 200, &text);
}

/* Whether pages are served at the loopback, and whose they are. */
static void put_loopback(struct writer *j, const struct exchange *x)
{
	const struct broker *b = x->broker;
	const struct settings_loopback *l = &b->settings->loopback;

	writer_open(j, "loopback", '{');
	writer_int(j, "port", l->port);
	writer_text(j, "state", l->port == 0 ? "off" :
		    b->loopback.code != 0 ? "failed" : "listening");
	if (b->loopback.code != 0)
		problem_put(j, "error", &b->loopback, NULL);
	else
		writer_null(j, "error");
	api_origins_put(j, "pages", x);
	writer_close(j, '}');
}

void api_status_get(struct exchange *x)
{
	const struct broker *b = x->broker;
	struct buf text;
	struct writer j = writer_of(&text);

	if (x->caller->origin[0] != '\0') {
		status_page(x);
		return;
	}
	buf_init(&text, EXCHANGE_TEXT_MAX);
	writer_open(&j, NULL, '{');
	writer_text(&j, "version", SIGNET_VERSION);
	writer_int(&j, "uptime_seconds", clock_unix() - b->started);
	writer_text(&j, "state", status_state(b));
	api_health_put(&j, "health", x->broker);
	put_modules(&j, b);
	api_readers_put(&j, b->cards == NULL ? NULL : cards_readers(b->cards),
			b->cards);
	writer_open(&j, "evidence", '{');
	api_checkpoints_put(&j, b);
	writer_close(&j, '}');
	writer_int(&j, "queue", b->living_count);
	writer_int(&j, "dialogs_open", approvals_count(&b->approvals_open));
	writer_int(&j, "dialogs_waiting",
		   approvals_count(&b->approvals_waiting));
	put_policy(&j, &b->settings->policy);
	put_loopback(&j, x);
	put_limits(&j);
	writer_close(&j, '}');
	exchange_answer(x, 200, &text);
}
