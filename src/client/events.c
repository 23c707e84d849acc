/* SPDX-License-Identifier: Apache-2.0 */
/*
 * events: GET /v1/events, and coming back to it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/clock.h"
#include "base/limits.h"
#include "client/client.h"
#include "client/http.h"
#include "client/json.h"
#include "client/sse.h"

/* Between two attempts to connect again: doubles. */
#define EVENTS_PAUSE_FIRST_MS 100u
#define EVENTS_PAUSE_LAST_MS 5000u
#define EVENTS_PROBLEM_MAX (64u * 1024)

struct signet_event {
	STAILQ_ENTRY(signet_event) entry;
	json_t *root;
	char *json;
	char id[CLIENT_SSE_ID]; /* "": none */
	const char *type;
};

struct signet_events {
	CURLM *multi;
	CURL *curl;
	bool running; /* an exchange is under way */
	bool up;      /* events have come by it */
	struct curl_slist *headers;
	char socket[sizeof(((struct signet_client *)NULL)->socket)];
	struct buf url;
	struct client_sse sse;
	struct buf problem; /* the body of another answer than 200 */
	int failed;	    /* of a callback: its error is in error */
	STAILQ_HEAD(, signet_event) queue;
	struct signet_event *given; /* to the caller, until the next call */
	unsigned int pause_ms;
	int64_t again_ns;	    /* not before: connect again */
	struct signet_error error;
};

/* --- one event ---------------------------------------------------------- */

static void event_free(struct signet_event *ev)
{
	if (ev == NULL)
		return;
	json_decref(ev->root);
	free(ev->json);
	free(ev);
}

/* Into the queue; root is taken over. */
static int event_push(struct signet_events *e, json_t *root, struct error *why)
{
	struct signet_event *ev = calloc(1, sizeof(*ev));

	if (ev == NULL) {
		json_decref(root);
		return error_set(why, ERR_NO_MEMORY, "event");
	}
	ev->root = root;
	ev->json = json_dumps(root, JSON_COMPACT);
	ev->type = json_string_value(json_object_get(root, "type"));
	if (ev->json == NULL || ev->type == NULL) {
		event_free(ev);
		return error_set(why, ERR_PROTOCOL,
				 "signetd's event has no type");
	}
	if (json_is_integer(json_object_get(root, "id")))
		snprintf(ev->id, sizeof(ev->id), "%s", e->sse.id);
	STAILQ_INSERT_TAIL(&e->queue, ev, entry);
	return 0;
}

static int on_event(void *arg, struct slice data, struct error *why)
{
	struct signet_events *e = arg;
	json_t *root = client_json_parse(data);

	if (root == NULL)
		return error_set(why, ERR_PROTOCOL,
				 "signetd's event is not JSON");
	e->up = true;
	e->pause_ms = EVENTS_PAUSE_FIRST_MS;
	return event_push(e, root, why);
}

/* --- one exchange ------------------------------------------------------- */

static long events_status(const struct signet_events *e)
{
	long status = 0;

	curl_easy_getinfo(e->curl, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

static size_t on_write(char *bytes, size_t size, size_t count, void *arg)
{
	struct signet_events *e = arg;
	struct slice piece = slice_of(bytes, size * count);

	if (events_status(e) == 200)
		e->failed = client_sse_feed(&e->sse, piece, &e->error.base);
	else
		buf_put_slice(&e->problem, piece);
	return e->failed == 0 ? piece.len : 0;
}

static int events_headers(struct signet_events *e)
{
	char after[CLIENT_SSE_ID + 32];
	struct curl_slist *list, *longer;

	curl_slist_free_all(e->headers);
	e->headers = NULL;
	list = curl_slist_append(NULL, "Accept: text/event-stream,"
				       " application/problem+json");
	if (list != NULL && e->sse.id[0] != '\0') {
		snprintf(after, sizeof(after), "Last-Event-ID: %s", e->sse.id);
		longer = curl_slist_append(list, after);
		if (longer == NULL)
			curl_slist_free_all(list);
		list = longer;
	}
	e->headers = list;
	return list == NULL ? ERR_NO_MEMORY : 0;
}

static int events_start(struct signet_events *e)
{
	client_sse_reset(&e->sse);
	buf_reset(&e->problem);
	e->failed = 0;
	e->up = false;
	client_http_setup(e->curl, e->socket);
	curl_easy_setopt(e->curl, CURLOPT_URL, buf_text(&e->url));
	curl_easy_setopt(e->curl, CURLOPT_WRITEFUNCTION, on_write);
	curl_easy_setopt(e->curl, CURLOPT_WRITEDATA, e);
	/* One that has ended is not kept: a stream has no second use of it. */
	curl_easy_setopt(e->curl, CURLOPT_FORBID_REUSE, 1L);
	if (buf_error(&e->url) != 0 || events_headers(e) != 0)
		return error_set(&e->error.base, ERR_NO_MEMORY, "events");
	curl_easy_setopt(e->curl, CURLOPT_HTTPHEADER, e->headers);
	if (curl_multi_add_handle(e->multi, e->curl) != CURLM_OK)
		return error_set(&e->error.base, ERR_NO_MEMORY, "libcurl");
	e->running = true;
	return 0;
}

/* It ended: why, in e->error. */
static int events_why(struct signet_events *e, CURLcode code)
{
	struct error *why = &e->error.base;
	long status = events_status(e);

	if (e->failed != 0)
		return e->failed;
	if (code == CURLE_COULDNT_CONNECT)
		return client_http_no_connection(e->curl, e->socket, why);
	if (status != 0 && status != 200 && code == CURLE_OK)
		return client_error_problem(&e->error, status,
					    buf_slice(&e->problem));
	return error_set(why, ERR_NO_DAEMON, "signetd has closed the stream"
			 " of events");
}

/* Does it make sense to try again after that? */
static bool events_passes(int code)
{
	return code == ERR_NO_DAEMON || code == ERR_SHUTTING_DOWN ||
	       code == ERR_QUOTA;
}

static int push_disconnected(struct signet_events *e)
{
	char now[CLOCK_RFC3339_SIZE];
	json_t *root;

	clock_format(clock_unix(), now);
	root = json_pack("{s:s, s:s, s:s}", "type", "disconnected", "time",
			 now, "detail", e->error.base.message);
	if (root == NULL)
		return error_set(&e->error.base, ERR_NO_MEMORY, "event");
	return event_push(e, root, &e->error.base);
}

/* The exchange is over; 0: it will be tried again. */
static int events_ended(struct signet_events *e, CURLcode code)
{
	int r = events_why(e, code);
	bool was_up = e->up;

	curl_multi_remove_handle(e->multi, e->curl);
	e->running = false;
	e->up = false;
	if (!events_passes(r))
		return r;
	e->again_ns = clock_mono_ns() + e->pause_ms * CLOCK_NS_PER_MS;
	e->pause_ms *= 2;
	if (e->pause_ms > EVENTS_PAUSE_LAST_MS)
		e->pause_ms = EVENTS_PAUSE_LAST_MS;
	return was_up ? push_disconnected(e) : 0;
}

/* --- waiting ------------------------------------------------------------ */

/* What has come, and whether that was the end of it. */
static int events_work(struct signet_events *e)
{
	struct CURLMsg *m;
	int left, r = 0;

	if (!e->running && clock_mono_ns() >= e->again_ns)
		r = events_start(e);
	if (r != 0 || !e->running)
		return r;
	if (curl_multi_perform(e->multi, &left) != CURLM_OK)
		return error_set(&e->error.base, ERR_NO_MEMORY, "libcurl");
	while ((m = curl_multi_info_read(e->multi, &left)) != NULL)
		if (m->msg == CURLMSG_DONE)
			return events_ended(e, m->data.result);
	return 0;
}

/* Milliseconds from now to then, rounded up; at most a minute. */
static int wait_ms(int64_t then_ns)
{
	int64_t ns = then_ns - clock_mono_ns();

	if (ns <= 0)
		return 0;
	if (ns > 60 * CLOCK_NS_PER_S)
		return 60 * 1000;
	return (int)((ns + CLOCK_NS_PER_MS - 1) / CLOCK_NS_PER_MS);
}

static void events_poll(struct signet_events *e, int64_t until_ns)
{
	if (!e->running && e->again_ns < until_ns)
		until_ns = e->again_ns;
	curl_multi_poll(e->multi, NULL, 0, wait_ms(until_ns), NULL);
}

static int64_t deadline_of(unsigned int ms)
{
	return ms == 0 ? INT64_MAX : clock_mono_ns() + ms * CLOCK_NS_PER_MS;
}

int signet_events_next(struct signet_events *e, unsigned int ms,
		       const struct signet_event **out)
{
	int64_t until = deadline_of(ms);
	int r;

	client_error_clear(&e->error);
	event_free(e->given);
	e->given = NULL;
	while (STAILQ_EMPTY(&e->queue)) {
		r = events_work(e);
		if (r != 0)
			return r;
		if (!STAILQ_EMPTY(&e->queue))
			break;
		if (clock_mono_ns() >= until)
			return error_set(&e->error.base, ERR_DEADLINE,
					 "nothing happened within %u ms", ms);
		events_poll(e, until);
	}
	e->given = STAILQ_FIRST(&e->queue);
	STAILQ_REMOVE_HEAD(&e->queue, entry);
	*out = e->given;
	return 0;
}

const struct signet_error *signet_events_error(struct signet_events *e)
{
	return client_error_view(&e->error);
}

/* --- life --------------------------------------------------------------- */

/* The first connection is made here: what is wrong with it is told at once. */
static int events_connect(struct signet_events *e, unsigned int ms)
{
	int64_t until = deadline_of(ms);
	int r;

	for (;;) {
		r = events_work(e);
		if (r != 0 || !STAILQ_EMPTY(&e->queue))
			return r;
		if (!e->running)
			return e->error.base.code;
		if (clock_mono_ns() >= until)
			return error_set(&e->error.base, ERR_DEADLINE,
					 "no answer within %u ms", ms);
		events_poll(e, until);
	}
}

static int events_new(struct signet_client *c, const char *types,
		      const char *after, struct signet_events **out)
{
	struct signet_events *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return error_set(&c->error.base, ERR_NO_MEMORY, "events");
	STAILQ_INIT(&e->queue);
	client_error_clear(&e->error);
	client_sse_init(&e->sse, on_event, e);
	buf_init(&e->url, LIMIT_HTTP_HEADER);
	buf_init(&e->problem, EVENTS_PROBLEM_MAX);
	e->pause_ms = EVENTS_PAUSE_FIRST_MS;
	snprintf(e->socket, sizeof(e->socket), "%s", c->socket);
	if (after != NULL)
		snprintf(e->sse.id, sizeof(e->sse.id), "%s", after);
	buf_put_str(&e->url, "http://localhost/v1/events");
	client_http_query(&e->url, "types", types);
	e->multi = curl_multi_init();
	e->curl = curl_easy_init();
	if (e->multi == NULL || e->curl == NULL) {
		signet_events_close(e);
		return error_set(&c->error.base, ERR_NO_MEMORY, "libcurl");
	}
	*out = e;
	return 0;
}

/* An id goes into a header field: nothing else may come with it. */
static bool is_id(const char *text)
{
	return strspn(text, "0123456789") == strlen(text) &&
	       strlen(text) < CLIENT_SSE_ID;
}

int signet_events_open(struct signet_client *c, const char *types,
		       const char *after, struct signet_events **out)
{
	struct signet_events *e = NULL;
	int r = client_begin(c);

	if (r == 0 && after != NULL && !is_id(after))
		r = error_set(&c->error.base, ERR_MALFORMED,
			      "this is no id of an event");
	if (r == 0)
		r = events_new(c, types, after, &e);
	if (r != 0)
		return r;
	r = events_connect(e, c->timeout_ms);
	if (r != 0) {
		/* Moved whole: its problem document is the client's now. */
		client_error_clear(&c->error);
		c->error = e->error;
		e->error.json = NULL;
		signet_events_close(e);
		return r;
	}
	*out = e;
	return 0;
}

void signet_events_close(struct signet_events *e)
{
	struct signet_event *ev;

	if (e == NULL)
		return;
	if (e->running)
		curl_multi_remove_handle(e->multi, e->curl);
	curl_easy_cleanup(e->curl);
	curl_multi_cleanup(e->multi);
	curl_slist_free_all(e->headers);
	while ((ev = STAILQ_FIRST(&e->queue)) != NULL) {
		STAILQ_REMOVE_HEAD(&e->queue, entry);
		event_free(ev);
	}
	event_free(e->given);
	client_sse_fini(&e->sse);
	buf_fini(&e->url);
	buf_fini(&e->problem);
	client_error_clear(&e->error);
	free(e);
}

/* --- what an event says ------------------------------------------------- */

const char *signet_event_type(const struct signet_event *e)
{
	return e->type;
}

const char *signet_event_id(const struct signet_event *e)
{
	return e->id[0] == '\0' ? NULL : e->id;
}

bool signet_event_snapshot(const struct signet_event *e)
{
	return json_is_true(json_object_get(e->root, "snapshot"));
}

const char *signet_event_text(const struct signet_event *e, const char *name)
{
	return json_string_value(json_object_get(e->root, name));
}

int64_t signet_event_number(const struct signet_event *e, const char *name)
{
	const json_t *number = json_object_get(e->root, name);

	return json_is_integer(number) ? json_integer_value(number) : -1;
}

const char *signet_event_error(const struct signet_event *e)
{
	return client_json_detail(json_object_get(e->root, "error"));
}

const char *signet_event_json(const struct signet_event *e)
{
	return e->json;
}
