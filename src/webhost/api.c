/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api: the API of signetd as messages, for Signet's own extension.
 */
#include "webhost/api.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/queue.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/problem.h"
#include "base/utf8.h"
#include "webhost/order.h"

/* Of text in a part: as JSON it may be twice as long. */
#define API_PART (LIMIT_NATIVE_MESSAGE / 2 - 4096)
/* What stands around a body: an id and some header fields. */
#define API_AROUND 4096u

struct call {
	TAILQ_ENTRY(call) entry;
	struct port *port;
	char *id; /* as JSON */
	struct client_relay_call *relay; /* NULL: over */
	bool stream;
};

struct api {
	TAILQ_HEAD(, call) calls;
	unsigned count;
};

static void call_free(struct call *c)
{
	struct api *a = c->port->state;

	TAILQ_REMOVE(&a->calls, c, entry);
	a->count--;
	free(c->id);
	free(c);
}

static struct call *call_find(struct port *p, const char *id)
{
	struct api *a = p->state;
	struct call *c;

	TAILQ_FOREACH(c, &a->calls, entry)
		if (strcmp(c->id, id) == 0)
			break;
	return c;
}

/* --- answers ------------------------------------------------------------ */

static struct writer begin(struct buf *out, const char *id)
{
	struct writer j = writer_of(out);

	buf_init(out, LIMIT_NATIVE_MESSAGE);
	writer_open(&j, NULL, '{');
	writer_raw(&j, "id", slice_str(id));
	return j;
}

static void finish(struct port *p, struct writer *j)
{
	writer_close(j, '}');
	port_write(p, j->out);
	buf_fini(j->out);
}

static void put_head(struct writer *j, const struct client_relay_answer *a)
{
	writer_int(j, "status", a->status);
	writer_open(j, "headers", '{');
	if (a->type != NULL)
		writer_text(j, "content-type", a->type);
	if (a->location != NULL)
		writer_text(j, "location", a->location);
	if (a->retry_after != NULL)
		writer_text(j, "retry-after", a->retry_after);
	writer_close(j, '}');
}

/* As much of text as makes a part; characters stay whole. */
static struct slice part_of(struct slice text)
{
	size_t len = text.len < API_PART ? text.len : API_PART;

	while (len < text.len && len > 0 && (text.ptr[len] & 0xc0) == 0x80)
		len--;
	return slice_of(text.ptr, len);
}

static void answer_parts(struct call *c, const struct client_relay_answer *a)
{
	struct slice rest = a->body, part;
	struct buf text;
	struct writer j;

	while (rest.len > 0) {
		part = part_of(rest);
		j = begin(&text, c->id);
		if (rest.len == a->body.len)
			put_head(&j, a);
		writer_raw(&j, "part", slice_str(""));
		writer_string(&text, (const char *)part.ptr, part.len);
		rest = slice_of(rest.ptr + part.len, rest.len - part.len);
		if (rest.len == 0)
			writer_bool(&j, "last", true);
		finish(c->port, &j);
	}
}

static bool is_json(const char *type)
{
	static const char *const types[] = { "application/json",
					     PROBLEM_MEDIA_TYPE };

	for (size_t i = 0; type != NULL && i < ARRAY_LEN(types); i++)
		if (strncasecmp(type, types[i], strlen(types[i])) == 0)
			return true;
	return false;
}

static void answered(void *arg, const struct client_relay_answer *a)
{
	struct call *c = arg;
	struct buf text;
	struct writer j;

	c->stream = a->status == 200 && a->type != NULL &&
		    !is_json(a->type);
	if (a->body.len > LIMIT_NATIVE_MESSAGE - API_AROUND) {
		answer_parts(c, a);
		return;
	}
	j = begin(&text, c->id);
	put_head(&j, a);
	if (a->body.len > 0 && is_json(a->type))
		writer_raw(&j, "body", a->body);
	finish(c->port, &j);
}

/* As signetd itself would have said it. */
static void answer_problem(struct port *p, const char *id,
			   const struct error *e)
{
	struct client_relay_answer a = {
		.status = (unsigned)err_info(e->code)->http,
		.type = PROBLEM_MEDIA_TYPE,
	};
	struct buf text;
	struct writer j = begin(&text, id);

	put_head(&j, &a);
	problem_put(&j, "body", e, NULL);
	finish(p, &j);
}

/* The type of an event is in its data (docs/events.md). */
static int event(void *arg, const char *event_id, struct slice data,
		 struct error *e)
{
	struct call *c = arg;
	json_auto_t *root = json_loadb((const char *)data.ptr, data.len, 0,
				       NULL);
	const char *type = json_string_value(json_object_get(root, "type"));
	struct buf text;
	struct writer j;

	if (type == NULL)
		return error_set(e, ERR_PROTOCOL, "an event without a type");
	j = begin(&text, c->id);
	writer_text(&j, "event", type);
	writer_raw(&j, "data", data);
	if (event_id[0] != '\0')
		writer_text(&j, "event_id", event_id);
	finish(c->port, &j);
	return c->port->ended ? error_set(e, ERR_IO, "the browser has gone") :
		0;
}

static void ended(void *arg, const struct error *failure)
{
	struct call *c = arg;
	struct buf text;
	struct writer j;

	if (c->stream) {
		j = begin(&text, c->id);
		writer_bool(&j, "end", true);
		finish(c->port, &j);
	} else if (failure != NULL) {
		answer_problem(c->port, c->id, failure);
	}
	call_free(c);
}

/* --- requests ----------------------------------------------------------- */

static int call_new(struct port *p, struct order *o, struct call **out,
		    struct error *e)
{
	struct api *a = p->state;
	struct call *c;

	if (a->count == LIMIT_NATIVE_CALLS)
		return error_set(e, ERR_QUOTA, "%u requests are under way;"
				 " wait for one of them", a->count);
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return error_set(e, ERR_NO_MEMORY, "request");
	c->port = p;
	c->id = strdup(o->id);
	if (c->id == NULL) {
		free(c);
		return error_set(e, ERR_NO_MEMORY, "request");
	}
	TAILQ_INSERT_TAIL(&a->calls, c, entry);
	a->count++;
	*out = c;
	return 0;
}

static int call_start(struct port *p, struct order *o, struct error *e)
{
	const char *fields[ORDER_FIELDS + 1] = { NULL };
	struct client_relay_order order = {
		.method = o->method,
		.path = o->path,
		.fields = fields,
		.answered = answered,
		.event = event,
		.ended = ended,
	};
	struct call *c;
	int r = call_new(p, o, &c, e);

	if (r != 0)
		return r;
	for (size_t i = 0; i < o->fields_count; i++)
		fields[i] = buf_text(&o->fields[i]);
	order.body = o->body;
	order.arg = c;
	o->body = NULL;
	r = port_call(p, o->origin, &order, &c->relay, e);
	if (r != 0)
		call_free(c);
	return r;
}

static void cancel(struct call *c)
{
	if (c == NULL)
		return;
	client_relay_cancel(c->relay);
	call_free(c);
}

static int message(struct port *p, struct slice text, struct error *e)
{
	AUTO(order_fini) struct order o = { .root = NULL };
	int r = order_read(&o, text, e);
	struct call *c;

	if (o.id == NULL)
		return r;
	c = call_find(p, o.id);
	if (r == 0 && o.cancel) {
		cancel(c);
		return 0;
	}
	/* An answer would be taken for the other one's. */
	if (c != NULL)
		return error_set(e, ERR_MALFORMED, "a request with the id %s"
				 " is under way", o.id);
	if (r == 0)
		r = call_start(p, &o, e);
	if (r != 0)
		answer_problem(p, o.id, e);
	return 0;
}

/* --- the port ----------------------------------------------------------- */

static int begin_port(struct port *p, struct error *e)
{
	struct api *a = calloc(1, sizeof(*a));
	AUTO(buf_fini) struct buf hello = { .max = LIMIT_NATIVE_MESSAGE };

	if (a == NULL)
		return error_set(e, ERR_NO_MEMORY, "port");
	TAILQ_INIT(&a->calls);
	p->state = a;
	buf_put_str(&hello, "{\"host\":\"signet\",\"api\":\"v1\"}");
	port_write(p, &hello);
	return 0;
}

static void refuse(struct port *p, const struct error *why)
{
	AUTO(buf_fini) struct buf text = { .max = LIMIT_NATIVE_MESSAGE };
	struct writer j = writer_of(&text);

	writer_open(&j, NULL, '{');
	problem_put(&j, "error", why, NULL);
	writer_close(&j, '}');
	port_write(p, &text);
}

static void end_port(struct port *p)
{
	struct api *a = p->state;

	while (a != NULL && !TAILQ_EMPTY(&a->calls))
		cancel(TAILQ_FIRST(&a->calls));
	free(a);
}

const struct port_protocol api_protocol = {
	.most = LIMIT_NATIVE_MESSAGE,
	.begin = begin_port,
	.message = message,
	.refuse = refuse,
	.end = end_port,
};
