/* SPDX-License-Identifier: Apache-2.0 */
/*
 * events: GET /v1/events, what happens as it happens (docs/events.md).
 */
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "api/exchange.h"
#include "api/route.h"
#include "base/limits.h"
#include "broker/announce.h"
#include "broker/events.h"

/* A browser's EventSource waits so long before it connects again. */
#define LISTENER_RETRY_MS 1000
/* Small events are put together up to this. */
#define LISTENER_PIECE 4096u

/* Of pages: after these there may be other keys. */
#define LISTENER_PAGE_TYPES                  \
	(UINT32_C(1) << EVENTS_TOKEN_INSERTED | \
	 UINT32_C(1) << EVENTS_TOKEN_REMOVED |  \
	 UINT32_C(1) << EVENTS_KEYS_CHANGED)

struct listener {
	struct events_subscriber subscriber;
	struct exchange *x;
	struct events *events;
	struct event *heartbeat;
	struct buf out; /* to be sent */
};

static struct listener *listener_of(struct events_subscriber *s)
{
	return (struct listener *)((char *)s -
				   offsetof(struct listener, subscriber));
}

static void listener_wake(struct events_subscriber *s)
{
	struct listener *l = listener_of(s);

	/* It stopped reading: it has to begin again, by its last id. */
	if (s->overrun)
		exchange_stream_cut(l->x);
	else
		exchange_stream_wake(l->x);
}

static bool listener_is_page(const struct listener *l)
{
	return l->x->caller->origin[0] != '\0';
}

/* That something changed, and not what: it may be what it does not see. */
static void listener_hint(struct listener *l)
{
	const struct events_subscriber *s = &l->subscriber;
	uint64_t id = s->next - 1;
	struct writer j = events_message(&l->out, events_type_name(s->read),
					 &id);

	events_message_end(&j);
}

static void listener_fill(struct listener *l)
{
	struct slice text;

	while (l->out.len < LISTENER_PIECE) {
		text = events_next(l->events, &l->subscriber);
		if (text.len == 0)
			return;
		if (listener_is_page(l))
			listener_hint(l);
		else
			buf_put_slice(&l->out, text);
	}
}

static ssize_t listener_read(void *arg, char *out, size_t max)
{
	struct listener *l = arg;
	size_t len;

	listener_fill(l);
	len = l->out.len < max ? l->out.len : max;
	if (len == 0 && events_closed(l->events))
		return EXCHANGE_STREAM_END;
	if (len > 0) {
		memcpy(out, l->out.ptr, len);
		buf_consume(&l->out, len);
	}
	return (ssize_t)len;
}

/* A comment: so that both ends notice when the other one has gone. */
static void listener_heartbeat(evutil_socket_t fd, short what, void *arg)
{
	struct listener *l = arg;

	if (l->out.len > 0)
		return;
	buf_put_str(&l->out, ":\n\n");
	exchange_stream_wake(l->x);
}

static void listener_free(void *arg)
{
	struct listener *l = arg;

	events_unsubscribe(l->events, &l->subscriber);
	if (l->heartbeat != NULL)
		event_free(l->heartbeat);
	buf_fini(&l->out);
	free(l);
}

/*
 * The beginning: what is there, unless the client knows it and needs only what
 * has happened since.  Then what happens, all of it, behind "live".
 */
static void listener_greet(struct listener *l)
{
	const char *after = exchange_header(l->x, "Last-Event-ID");
	struct events_subscriber *s = &l->subscriber;
	struct writer j;
	uint64_t last;

	buf_printf(&l->out, "retry: %u\n\n", LISTENER_RETRY_MS);
	if (after == NULL || !events_rewind(l->events, s, after)) {
		if (after != NULL) {
			j = events_message(&l->out, "lost", NULL);
			events_message_end(&j);
		}
		announce_present(l->x->broker, s, l->x->caller, &l->out);
	}
	last = s->next - 1;
	j = events_message(&l->out, "live", &last);
	events_message_end(&j);
}

static int listener_open(struct exchange *x, struct listener **out,
			 struct error *e)
{
	static const struct timeval pause = { LIMIT_HEARTBEAT_SECONDS, 0 };
	const char *types = exchange_query(x, "types");
	struct listener *l = calloc(1, sizeof(*l));
	int r = 0;

	if (l == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for events");
	l->x = x;
	l->events = x->broker->events;
	l->subscriber.uid = x->caller->uid;
	l->subscriber.origin = x->caller->origin;
	l->subscriber.types = EVENTS_ALL_TYPES;
	l->subscriber.wake = listener_wake;
	buf_init(&l->out, LIMIT_SNAPSHOT);
	if (types != NULL)
		r = events_types_parse(types, &l->subscriber.types, e);
	if (listener_is_page(l))
		l->subscriber.types &= LISTENER_PAGE_TYPES;
	if (r == 0)
		r = events_subscribe(l->events, &l->subscriber, e);
	if (r != 0) {
		free(l);
		return r;
	}
	l->heartbeat = event_new(x->broker->base, -1, EV_PERSIST,
				 listener_heartbeat, l);
	listener_greet(l);
	if (l->heartbeat == NULL || event_add(l->heartbeat, &pause) != 0 ||
	    buf_error(&l->out) != 0) {
		listener_free(l);
		return error_set(e, ERR_NO_MEMORY, "no memory for events");
	}
	*out = l;
	return 0;
}

void api_events_get(struct exchange *x)
{
	struct exchange_source source = { .read = listener_read,
					  .closed = listener_free };
	struct listener *l = NULL;
	struct error e;

	if (listener_open(x, &l, &e) != 0) {
		exchange_refuse(x, &e, NULL);
		return;
	}
	source.arg = l;
	exchange_stream(x, "text/event-stream", &source);
}
