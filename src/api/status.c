/* SPDX-License-Identifier: Apache-2.0 */
/*
 * status: GET /v1/status.
 */
#include "api/exchange.h"
#include "api/json.h"
#include "api/problem.h"
#include "api/route.h"
#include "base/clock.h"
#include "base/limits.h"

static const char *const shard_states[] = {
	[SHARD_WAITING] = "waiting",
	[SHARD_STARTING] = "starting",
	[SHARD_READY] = "ready",
};

static void put_workers(struct json *j, const struct module *m)
{
	json_open(j, "workers", '[');
	for (unsigned i = 0; i < m->shards_count; i++) {
		const struct shard *s = &m->shards[i];

		json_open(j, NULL, '{');
		if (s->worker != NULL)
			json_int(j, "pid", worker_pid(s->worker));
		else
			json_null(j, "pid");
		json_text(j, "state", shard_states[s->state]);
		json_int(j, "restarts", s->restarts);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static const char *module_state(const struct module *m)
{
	if (m->down)
		return "failed";
	return module_ready(m) > 0 ? "ready" : "starting";
}

static void put_module(struct json *j, const struct module *m)
{
	json_open(j, NULL, '{');
	json_text(j, "name", m->config->name);
	json_text(j, "path", m->config->path);
	json_text(j, "state", module_state(m));
	json_text_or_null(j, "description", m->info.description);
	json_text_or_null(j, "manufacturer", m->info.manufacturer);
	put_workers(j, m);
	if (m->last_error.code != 0)
		problem_put(j, "last_error", &m->last_error, NULL);
	else
		json_null(j, "last_error");
	json_close(j, '}');
}

/* Those that a client can meet. */
static void put_limits(struct json *j)
{
	json_open(j, "limits", '{');
	json_int(j, "content", LIMIT_CONTENT);
	json_int(j, "body_members", LIMIT_BODY_MEMBERS);
	json_int(j, "eddsa_message", LIMIT_EDDSA_MESSAGE);
	json_int(j, "http_header", LIMIT_HTTP_HEADER);
	json_int(j, "connections", LIMIT_CONNECTIONS);
	json_int(j, "idle_seconds", LIMIT_IDLE_SECONDS);
	json_int(j, "queue", LIMIT_QUEUE);
	json_int(j, "wait_ms", LIMIT_WAIT_MS);
	json_int(j, "remembered", LIMIT_FINISHED);
	json_int(j, "uri", LIMIT_URI);
	json_int(j, "name", LIMIT_NAME);
	json_close(j, '}');
}

static void put_modules(struct json *j, const struct broker *b)
{
	const struct module *m;
	const struct token *t;
	unsigned tokens = 0;

	json_open(j, "modules", '[');
	TAILQ_FOREACH(m, &b->modules, entry) {
		put_module(j, m);
		TAILQ_FOREACH(t, &m->tokens, entry)
			tokens += t->state != TOKEN_ABSENT;
	}
	json_close(j, ']');
	json_int(j, "tokens", tokens);
}

void api_status_get(struct exchange *x)
{
	const struct broker *b = x->broker;
	struct buf text;
	struct json j = json_of(&text);

	buf_init(&text, EXCHANGE_TEXT_MAX);
	json_open(&j, NULL, '{');
	json_text(&j, "version", SIGNET_VERSION);
	json_int(&j, "uptime_seconds", clock_unix() - b->started);
	json_text(&j, "state", b->draining ? "draining" :
		  broker_settled(b) ? "ready" : "starting");
	put_modules(&j, b);
	json_int(&j, "queue", b->living_count);
	/* Said aloud: a daemon that is being measured proves nothing. */
	json_bool(&j, "unchecked", b->settings->skip_check);
	put_limits(&j);
	json_close(&j, '}');
	exchange_answer(x, 200, &text);
}
