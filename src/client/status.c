/* SPDX-License-Identifier: Apache-2.0 */
/*
 * status: GET /v1/status.
 */
#include <stdlib.h>

#include "client/client.h"
#include "client/json.h"
#include "client/list.h"

struct signet_module {
	const char *name, *path, *state, *description, *version, *error;
	json_int_t workers, restarts;
};

struct signet_status {
	struct client_list modules; /* its root is the whole answer */
	const char *version, *state;
	json_int_t uptime, tokens, queue;
	json_t *limits, *health, *loopback;
};

static void count_workers(struct signet_module *m, const json_t *workers)
{
	const json_t *worker;
	size_t i;

	m->workers = (json_int_t)json_array_size(workers);
	json_array_foreach(workers, i, worker)
		m->restarts += json_integer_value(
			json_object_get(worker, "restarts"));
}

static int read_module(void *item, json_t *j, struct error *e)
{
	struct signet_module *m = item;
	json_t *workers;
	int r;

	r = client_json_unpack(j, e, "{s:s, s:s, s:s, s:o}", "name",
			       &m->name, "path", &m->path, "state", &m->state,
			       "workers", &workers);
	if (r != 0)
		return r;
	/* null until a worker has loaded the module. */
	m->description = json_string_value(json_object_get(j, "description"));
	if (m->description == NULL)
		m->description = "";
	m->version = json_string_value(json_object_get(j, "version"));
	if (m->version == NULL)
		m->version = "";
	m->error = client_json_detail(json_object_get(j, "last_error"));
	count_workers(m, workers);
	return 0;
}

static const struct client_list_type module_list = {
	.member = "modules",
	.item_size = sizeof(struct signet_module),
	.read = read_module,
};

static int read_status(struct signet_status *s, json_t *root, struct error *e)
{
	int r;

	r = client_json_unpack(root, e, "{s:s, s:s, s:I, s:I, s:I, s?o,"
			       " s?o, s?o}",
			       "version", &s->version, "state", &s->state,
			       "uptime_seconds", &s->uptime, "tokens",
			       &s->tokens, "queue", &s->queue, "limits",
			       &s->limits, "health", &s->health,
			       "loopback", &s->loopback);
	if (r != 0) {
		json_decref(root);
		return r;
	}
	return client_list_read(&s->modules, &module_list, root, e);
}

int signet_client_status(struct signet_client *c, struct signet_status **out)
{
	struct signet_status *s;
	json_t *root;
	int r = client_begin(c);

	if (r == 0)
		r = client_get(c, "/v1/status", &root);
	if (r != 0)
		return r;
	s = calloc(1, sizeof(*s));
	if (s == NULL) {
		json_decref(root);
		return error_set(&c->error.base, ERR_NO_MEMORY, "status");
	}
	r = read_status(s, root, &c->error.base);
	if (r != 0)
		free(s);
	else
		*out = s;
	return r;
}

void signet_status_free(struct signet_status *s)
{
	if (s == NULL)
		return;
	client_list_fini(&s->modules);
	free(s);
}

const char *signet_status_json(const struct signet_status *s)
{
	return s->modules.json;
}

const char *signet_status_version(const struct signet_status *s)
{
	return s->version;
}

const char *signet_status_state(const struct signet_status *s)
{
	return s->state;
}

int64_t signet_status_uptime(const struct signet_status *s)
{
	return s->uptime;
}

int64_t signet_status_tokens(const struct signet_status *s)
{
	return s->tokens;
}

const char *signet_status_reason(const struct signet_status *s, size_t i)
{
	return json_string_value(json_array_get(
		json_object_get(s->health, "reasons"), i));
}

int64_t signet_status_queue(const struct signet_status *s)
{
	return s->queue;
}

int64_t signet_status_limit(const struct signet_status *s, const char *name)
{
	const json_t *limit = json_object_get(s->limits, name);

	return json_is_integer(limit) ? json_integer_value(limit) : -1;
}

const struct signet_module *signet_status_module(const struct signet_status *s,
						 size_t i)
{
	return client_list_at(&s->modules, i);
}

const char *signet_module_name(const struct signet_module *m)
{
	return m->name;
}

const char *signet_module_path(const struct signet_module *m)
{
	return m->path;
}

const char *signet_module_state(const struct signet_module *m)
{
	return m->state;
}

const char *signet_module_version(const struct signet_module *m)
{
	return m->version;
}

const char *signet_module_description(const struct signet_module *m)
{
	return m->description;
}

int64_t signet_module_workers(const struct signet_module *m)
{
	return m->workers;
}

int64_t signet_module_restarts(const struct signet_module *m)
{
	return m->restarts;
}

const char *signet_module_error(const struct signet_module *m)
{
	return m->error;
}

const char *signet_status_loopback(const struct signet_status *s)
{
	return json_string_value(json_object_get(s->loopback, "state"));
}

int64_t signet_status_loopback_port(const struct signet_status *s)
{
	return json_integer_value(json_object_get(s->loopback, "port"));
}

const char *signet_status_loopback_error(const struct signet_status *s)
{
	return client_json_detail(json_object_get(s->loopback, "error"));
}

const char *signet_status_page(const struct signet_status *s, size_t i)
{
	const json_t *pages = json_object_get(s->loopback, "pages");

	return json_string_value(json_object_get(json_array_get(pages, i),
						 "origin"));
}
