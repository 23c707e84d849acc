/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relay: calls to signetd that are under way at the same time.
 */
#include "client/relay.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/queue.h>

#include "base/err.h"
#include "base/limits.h"
#include "client/client.h"
#include "client/http.h"
#include "client/sse.h"

/* Nothing happens: look again, for libcurl's own sake. */
#define RELAY_TURN_MS 60000
#define RELAY_STREAM "text/event-stream"

struct client_relay_call {
	TAILQ_ENTRY(client_relay_call) entry;
	struct client_relay *relay;
	struct client_relay_order order; /* its texts are curl's by now */
	CURL *curl;
	struct curl_slist *fields;
	struct buf answer;
	struct client_sse sse;
	bool stream;
	bool begun; /* the first bytes of the body, or its end, are there */
	struct error error; /* of a callback */
};

struct client_relay {
	CURLM *multi;
	char path[sizeof(((struct signet_client *)NULL)->socket)];
	TAILQ_HEAD(, client_relay_call) calls;
};

/* --- one answer --------------------------------------------------------- */

static const char *field(struct client_relay_call *c, const char *name)
{
	struct curl_header *h;

	return curl_easy_header(c->curl, name, 0, CURLH_HEADER, -1, &h) ==
		CURLHE_OK ? h->value : NULL;
}

static void tell_answer(struct client_relay_call *c)
{
	struct client_relay_answer a = {
		.type = field(c, "Content-Type"),
		.location = field(c, "Location"),
		.retry_after = field(c, "Retry-After"),
		.body = buf_slice(&c->answer),
	};
	long status = 0;

	curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
	a.status = (unsigned)status;
	c->order.answered(c->order.arg, &a);
}

static int on_event(void *arg, struct slice data, struct error *e)
{
	struct client_relay_call *c = arg;

	return c->order.event(c->order.arg, c->sse.id, data, e);
}

static void begin(struct client_relay_call *c)
{
	const char *type = field(c, "Content-Type");
	long status = 0;

	curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
	c->begun = true;
	c->stream = status == 200 && c->order.event != NULL && type != NULL &&
		strncasecmp(type, RELAY_STREAM, strlen(RELAY_STREAM)) == 0;
	if (c->stream)
		tell_answer(c);
}

static size_t on_write(char *bytes, size_t size, size_t count, void *arg)
{
	struct client_relay_call *c = arg;
	struct slice piece = slice_of(bytes, size * count);
	int r;

	if (!c->begun)
		begin(c);
	if (c->stream) {
		r = client_sse_feed(&c->sse, piece, &c->error);
	} else {
		buf_put_slice(&c->answer, piece);
		r = buf_error(&c->answer);
		if (r != 0)
			error_set(&c->error, r, "signetd's answer");
	}
	return r == 0 ? piece.len : 0;
}

/* --- its end ------------------------------------------------------------ */

static void call_free(struct client_relay_call *c)
{
	TAILQ_REMOVE(&c->relay->calls, c, entry);
	if (c->curl != NULL)
		curl_multi_remove_handle(c->relay->multi, c->curl);
	curl_easy_cleanup(c->curl);
	curl_slist_free_all(c->fields);
	buf_fini(&c->answer);
	client_sse_fini(&c->sse);
	free(c->order.body);
	free(c);
}

void client_relay_cancel(struct client_relay_call *c)
{
	call_free(c);
}

/* True: it ended as it should. */
static bool call_result(struct client_relay_call *c, CURLcode code)
{
	if (c->error.code != 0)
		return false;
	if (code == CURLE_OK || c->stream)
		return true;
	if (code == CURLE_COULDNT_CONNECT)
		client_http_no_connection(c->curl, c->relay->path, &c->error);
	else
		error_set(&c->error, ERR_PROTOCOL, "the connection to signetd"
			  " broke (%s); look at its log",
			  curl_easy_strerror(code));
	return false;
}

static void call_finish(struct client_relay_call *c, CURLcode code)
{
	void (*ended)(void *arg, const struct error *failure) =
		c->order.ended;
	void *arg = c->order.arg;
	bool good = call_result(c, code);
	struct error failure = c->error;

	if (good && !c->stream)
		tell_answer(c);
	call_free(c);
	ended(arg, good ? NULL : &failure);
}

/* --- its beginning ------------------------------------------------------ */

static bool add_field(struct client_relay_call *c, const char *line)
{
	struct curl_slist *longer = curl_slist_append(c->fields, line);

	if (longer != NULL)
		c->fields = longer;
	return longer != NULL;
}

static bool add_fields(struct client_relay_call *c)
{
	bool good = add_field(c, "Accept: application/json,"
			      " application/problem+json, " RELAY_STREAM);

	/* Without waiting for the word to go on: it costs a round trip. */
	if (good && c->order.body != NULL)
		good = add_field(c, "Content-Type: application/json") &&
		       add_field(c, "Expect:");
	for (const char *const *f = c->order.fields;
	     good && f != NULL && *f != NULL; f++)
		good = add_field(c, *f);
	return good;
}

static bool set_up(struct client_relay_call *c, const char *url)
{
	CURL *curl = c->curl;

	client_http_setup(curl, c->relay->path);
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_write);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, c);
	curl_easy_setopt(curl, CURLOPT_PRIVATE, c);
	/* One that turns out dead would have the request sent again. */
	curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
	if (c->order.body != NULL) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
				 (curl_off_t)strlen(c->order.body));
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, c->order.body);
	}
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, c->fields);
	return curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST,
				c->order.method) == CURLE_OK &&
	       curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK;
}

static bool call_open(struct client_relay_call *c)
{
	AUTO(buf_fini) struct buf url;

	buf_init(&url, LIMIT_HTTP_HEADER);
	buf_printf(&url, "http://localhost%s", c->order.path);
	if (buf_error(&url) != 0)
		return false;
	c->curl = curl_easy_init();
	return c->curl != NULL && add_fields(c) &&
	       set_up(c, buf_text(&url)) &&
	       curl_multi_add_handle(c->relay->multi, c->curl) == CURLM_OK;
}

int client_relay_start(struct client_relay *r,
		       const struct client_relay_order *order,
		       struct client_relay_call **out, struct error *e)
{
	struct client_relay_call *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		free(order->body);
		return error_set(e, ERR_NO_MEMORY, "request");
	}
	c->relay = r;
	c->order = *order;
	error_clear(&c->error);
	buf_init(&c->answer, CLIENT_ANSWER_MAX);
	client_sse_init(&c->sse, on_event, c);
	TAILQ_INSERT_TAIL(&r->calls, c, entry);
	if (!call_open(c)) {
		call_free(c);
		return error_set(e, ERR_NO_MEMORY, "request to signetd");
	}
	*out = c;
	return 0;
}

/* --- all of them -------------------------------------------------------- */

int client_relay_new(const char *path, struct client_relay **out,
		     struct error *e)
{
	struct client_relay *r = calloc(1, sizeof(*r));

	if (r == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != 0) {
		free(r);
		return error_set(e, ERR_NO_MEMORY, "libcurl");
	}
	TAILQ_INIT(&r->calls);
	snprintf(r->path, sizeof(r->path), "%s", path);
	r->multi = curl_multi_init();
	if (r->multi == NULL) {
		free(r);
		return error_set(e, ERR_NO_MEMORY, "libcurl");
	}
	*out = r;
	return 0;
}

void client_relay_free(struct client_relay *r)
{
	if (r == NULL)
		return;
	while (!TAILQ_EMPTY(&r->calls))
		call_free(TAILQ_FIRST(&r->calls));
	curl_multi_cleanup(r->multi);
	free(r);
}

static void finish_all(struct client_relay *r)
{
	struct client_relay_call *c;
	struct CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(r->multi, &left)) != NULL) {
		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &c);
		call_finish(c, m->data.result);
	}
}

int client_relay_turn(struct client_relay *r, int fd, bool *readable,
		      struct error *e)
{
	struct curl_waitfd own = { .fd = fd, .events = CURL_WAIT_POLLIN };
	int left;

	if (curl_multi_poll(r->multi, &own, 1, RELAY_TURN_MS, NULL) !=
		    CURLM_OK ||
	    curl_multi_perform(r->multi, &left) != CURLM_OK)
		return error_set(e, ERR_NO_MEMORY, "libcurl");
	finish_all(r);
	*readable = own.revents != 0;
	return 0;
}
