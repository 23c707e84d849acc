/* SPDX-License-Identifier: Apache-2.0 */
/*
 * events: what happens in signetd, for whoever listens.
 *
 * An event is kept as the text that goes out, made once for all.
 */
#include "broker/events.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"

#define EVENTS_WORD_MAX 48

struct events_entry {
	uint64_t id;
	enum events_type type;
	uid_t uid;
	uint8_t *text; /* heap */
	size_t len;
};

struct events_ring {
	struct events_entry *entries;
	size_t size, first, count;
	uint64_t dropped; /* id of the last one; 0: none */
};

enum { RING_EVERYONE, RING_USERS, RINGS };

struct events {
	struct events_ring rings[RINGS];
	TAILQ_HEAD(, events_subscriber) subscribers;
	unsigned count;
	uint64_t start; /* the id before the first */
	uint64_t last;
	enum events_type type; /* of the one that is being written */
	struct buf line;
	bool closed;
};

static const char *const names[EVENTS_TYPES] = {
	[EVENTS_READER_ADDED] = "reader-added",
	[EVENTS_READER_REMOVED] = "reader-removed",
	[EVENTS_CARD_INSERTED] = "card-inserted",
	[EVENTS_CARD_REMOVED] = "card-removed",
	[EVENTS_TOKEN_INSERTED] = "token-inserted",
	[EVENTS_TOKEN_REMOVED] = "token-removed",
	[EVENTS_KEYS_CHANGED] = "keys-changed",
	[EVENTS_MODULE_FAILED] = "module-failed",
	[EVENTS_MODULE_RECOVERED] = "module-recovered",
	[EVENTS_CERTIFICATE_EXPIRING] = "certificate-expiring",
	[EVENTS_REQUEST_STATE] = "request-state",
	[EVENTS_DIALOG_OPENED] = "dialog-opened",
	[EVENTS_DIALOG_CLOSED] = "dialog-closed",
};

/* --- types -------------------------------------------------------------- */

const char *events_type_name(enum events_type type)
{
	return names[type];
}

static bool events_type_find(const char *word, size_t len, uint32_t *out)
{
	for (unsigned i = 0; i < EVENTS_TYPES; i++)
		if (strlen(names[i]) == len &&
		    memcmp(names[i], word, len) == 0) {
			*out |= UINT32_C(1) << i;
			return true;
		}
	return false;
}

int events_types_parse(const char *text, uint32_t *out, struct error *e)
{
	uint32_t found = 0;
	size_t len;

	for (;; text += len + 1) {
		len = strcspn(text, ",");
		if (!events_type_find(text, len, &found))
			return error_set(e, ERR_MALFORMED, "there are no"
					 " events \"%.*s\"",
					 len > EVENTS_WORD_MAX ?
					 EVENTS_WORD_MAX : (int)len, text);
		if (text[len] == '\0')
			break;
	}
	*out = found;
	return 0;
}

static unsigned events_ring_of(enum events_type type)
{
	return type >= EVENTS_REQUEST_STATE ? RING_USERS : RING_EVERYONE;
}

static bool events_visible(const struct events_subscriber *s,
			   enum events_type type, uid_t uid)
{
	return (s->types >> type & 1) != 0 &&
	       (uid == EVENTS_EVERYONE || s->uid == 0 || s->uid == uid);
}

/* --- rings -------------------------------------------------------------- */

static struct events_entry *ring_at(const struct events_ring *r, size_t i)
{
	return &r->entries[(r->first + i) % r->size];
}

/* The first one of that id or above; NULL: none.  Their ids increase. */
static struct events_entry *ring_from(const struct events_ring *r, uint64_t id)
{
	size_t low = 0, high = r->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ring_at(r, middle)->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low == r->count ? NULL : ring_at(r, low);
}

static void events_overrun(struct events *ev, uint64_t id,
			   enum events_type type, uid_t uid)
{
	struct events_subscriber *s;

	ev->rings[events_ring_of(type)].dropped = id;
	TAILQ_FOREACH(s, &ev->subscribers, entry)
		if (!s->overrun && s->next <= id &&
		    events_visible(s, type, uid)) {
			s->overrun = true;
			s->wake(s);
		}
}

static void ring_drop_first(struct events *ev, struct events_ring *r)
{
	struct events_entry *e = ring_at(r, 0);

	events_overrun(ev, e->id, e->type, e->uid);
	free(e->text);
	r->first = (r->first + 1) % r->size;
	r->count--;
}

static void ring_free(struct events_ring *r)
{
	for (size_t i = 0; r->entries != NULL && i < r->count; i++)
		free(ring_at(r, i)->text);
	free(r->entries);
}

/* --- life --------------------------------------------------------------- */

/*
 * Microseconds: ids of an earlier signetd are smaller, if it was not told a
 * million events a second; and below 2^53, for JSON.
 */
static uint64_t events_start(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

int events_new(struct events **out, struct error *e)
{
	static const size_t sizes[RINGS] = { LIMIT_EVENTS,
					     LIMIT_USER_EVENTS };
	struct events *ev = calloc(1, sizeof(*ev));
	bool failed = ev == NULL;

	for (unsigned i = 0; !failed && i < RINGS; i++) {
		ev->rings[i].size = sizes[i];
		ev->rings[i].entries = calloc(sizes[i],
					      sizeof(struct events_entry));
		failed = ev->rings[i].entries == NULL;
	}
	if (failed) {
		events_free(ev);
		return error_set(e, ERR_NO_MEMORY, "no memory for events");
	}
	TAILQ_INIT(&ev->subscribers);
	buf_init(&ev->line, LIMIT_EVENT);
	ev->start = events_start();
	ev->last = ev->start;
	*out = ev;
	return 0;
}

void events_free(struct events *ev)
{
	if (ev == NULL)
		return;
	for (unsigned i = 0; i < RINGS; i++)
		ring_free(&ev->rings[i]);
	buf_fini(&ev->line);
	free(ev);
}

/* --- publish ------------------------------------------------------------ */

struct writer events_message(struct buf *out, const char *name,
			     const uint64_t *id)
{
	struct writer j = writer_of(out);
	char now[CLOCK_RFC3339_SIZE];

	if (id != NULL)
		buf_printf(out, "id: %" PRIu64 "\n", *id);
	buf_printf(out, "event: %s\ndata: ", name);
	writer_open(&j, NULL, '{');
	writer_text(&j, "type", name);
	if (id != NULL)
		writer_int(&j, "id", (int64_t)*id);
	clock_format(clock_unix(), now);
	writer_text(&j, "time", now);
	return j;
}

void events_message_end(struct writer *j)
{
	writer_close(j, '}');
	buf_put_str(j->out, "\n\n");
}

struct writer events_begin(struct events *ev, enum events_type type)
{
	uint64_t id = ev->last + 1;

	ev->type = type;
	buf_reset(&ev->line);
	return events_message(&ev->line, names[type], &id);
}

static void ring_add(struct events *ev, struct events_ring *r, uid_t uid,
		     uint8_t *text)
{
	struct events_entry *entry;

	if (r->count == r->size)
		ring_drop_first(ev, r);
	entry = ring_at(r, r->count++);
	entry->id = ev->last;
	entry->type = ev->type;
	entry->uid = uid;
	entry->text = text;
	entry->len = ev->line.len;
	memcpy(text, ev->line.ptr, ev->line.len);
}

void events_publish(struct events *ev, struct writer *j, uid_t uid)
{
	struct events_subscriber *s;
	uint8_t *text = NULL;

	events_message_end(j);
	ev->last++;
	if (buf_error(&ev->line) == 0)
		text = malloc(ev->line.len);
	if (text == NULL) {
		events_overrun(ev, ev->last, ev->type, uid);
		return;
	}
	ring_add(ev, &ev->rings[events_ring_of(ev->type)], uid, text);
	TAILQ_FOREACH(s, &ev->subscribers, entry)
		if (events_visible(s, ev->type, uid))
			s->wake(s);
}

/* --- subscribers -------------------------------------------------------- */

int events_subscribe(struct events *ev, struct events_subscriber *s,
		     struct error *e)
{
	const struct events_subscriber *o;
	unsigned mine = 0;

	if (ev->closed)
		return error_set(e, ERR_SHUTTING_DOWN,
				 "signetd is shutting down");
	TAILQ_FOREACH(o, &ev->subscribers, entry)
		mine += o->uid == s->uid;
	if (mine >= LIMIT_SUBSCRIBERS_USER || ev->count >= LIMIT_SUBSCRIBERS)
		return error_set(e, ERR_QUOTA, "%u programs of this user"
				 " listen to events already", mine);
	s->next = ev->last + 1;
	s->overrun = false;
	TAILQ_INSERT_TAIL(&ev->subscribers, s, entry);
	ev->count++;
	return 0;
}

void events_cut(struct events *ev, uid_t uid, const char *origin)
{
	struct events_subscriber *s;

	TAILQ_FOREACH(s, &ev->subscribers, entry)
		if (s->uid == uid && s->origin != NULL && !s->overrun &&
		    strcmp(s->origin, origin) == 0) {
			s->overrun = true;
			s->wake(s);
		}
}

void events_unsubscribe(struct events *ev, struct events_subscriber *s)
{
	TAILQ_REMOVE(&ev->subscribers, s, entry);
	ev->count--;
}

/* Is any type that s wants kept in this ring? */
static bool events_wants_ring(const struct events_subscriber *s, unsigned ring)
{
	for (unsigned i = 0; i < EVENTS_TYPES; i++)
		if ((s->types >> i & 1) != 0 &&
		    events_ring_of((enum events_type)i) == ring)
			return true;
	return false;
}

bool events_rewind(struct events *ev, struct events_subscriber *s,
		   const char *id)
{
	char *end;
	uint64_t last;

	if (id[0] < '0' || id[0] > '9')
		return false;
	errno = 0;
	last = strtoull(id, &end, 10);
	if (errno != 0 || *end != '\0' || last < ev->start || last > ev->last)
		return false;
	for (unsigned i = 0; i < RINGS; i++)
		if (ev->rings[i].dropped > last && events_wants_ring(s, i))
			return false;
	s->next = last + 1;
	return true;
}

/* The next one of both rings, seen or not. */
static const struct events_entry *events_from(const struct events *ev,
					      uint64_t id)
{
	const struct events_entry *a =
		ring_from(&ev->rings[RING_EVERYONE], id);
	const struct events_entry *b = ring_from(&ev->rings[RING_USERS], id);

	if (a == NULL || b == NULL)
		return a != NULL ? a : b;
	return a->id < b->id ? a : b;
}

struct slice events_next(struct events *ev, struct events_subscriber *s)
{
	const struct events_entry *e;

	while ((e = events_from(ev, s->next)) != NULL) {
		s->next = e->id + 1;
		s->read = e->type;
		if (events_visible(s, e->type, e->uid))
			return slice_of(e->text, e->len);
	}
	s->next = ev->last + 1;
	return slice_of(NULL, 0);
}

void events_close(struct events *ev)
{
	struct events_subscriber *s;

	ev->closed = true;
	TAILQ_FOREACH(s, &ev->subscribers, entry)
		s->wake(s);
}

bool events_closed(const struct events *ev)
{
	return ev->closed;
}
