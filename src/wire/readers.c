/* SPDX-License-Identifier: Apache-2.0 */
/*
 * readers: what signet-reader says of PC/SC.
 */
#include "wire/readers.h"

#include "wire/body.h"

#define READERS_FLAG_SWAPPED 1u
/* The counter of pcscd is the upper half of dwEventState. */
#define READERS_EVENTS_MAX 0xffffu

bool wire_reader_has_card(enum wire_reader_state state)
{
	return state == WIRE_READER_PRESENT || state == WIRE_READER_MUTE ||
	       state == WIRE_READER_EXCLUSIVE;
}

void wire_readers_req_put(struct buf *out, const struct wire_readers_req *m)
{
	buf_put_u32(out, m->version);
}

int wire_readers_req_get(struct slice body, struct wire_readers_req *m,
			 struct error *e)
{
	struct cursor c = cursor_of(body);

	m->version = cursor_u32(&c);
	return wire_body_end(&c, e);
}

static void reader_put(struct buf *out, const struct wire_reader *m)
{
	wire_put_text(out, m->name);
	buf_put_u8(out, (uint8_t)m->state);
	buf_put_u8(out, m->swapped ? READERS_FLAG_SWAPPED : 0);
	buf_put_u32(out, m->events);
	buf_put_block(out, m->atr);
}

static void reader_read(struct cursor *c, struct wire_reader *m)
{
	unsigned state, flags;

	cursor_text(c, m->name, sizeof(m->name));
	state = cursor_u8(c);
	flags = cursor_u8(c);
	m->events = cursor_u32(c);
	m->atr = cursor_block(c, WIRE_ATR_MAX);
	if (m->name[0] == '\0' || state < WIRE_READER_EMPTY ||
	    state > WIRE_READER_GONE || flags > READERS_FLAG_SWAPPED ||
	    m->events > READERS_EVENTS_MAX)
		c->failed = true;
	m->state = state;
	m->swapped = flags == READERS_FLAG_SWAPPED;
	/* What is no card has no ATR, and was not swapped. */
	if (!wire_reader_has_card(m->state) && (m->swapped || m->atr.len > 0))
		c->failed = true;
}

static void service_read(struct cursor *c, struct wire_service *m)
{
	unsigned state = cursor_u8(c);

	if (state < WIRE_SERVICE_RUNNING || state > WIRE_SERVICE_FAILED)
		c->failed = true;
	m->state = state;
	cursor_text(c, m->text, sizeof(m->text));
}

void wire_readers_more_put(struct buf *out, const struct wire_readers_more *m)
{
	buf_put_u8(out, (uint8_t)m->about);
	if (m->about == WIRE_READERS_READER) {
		reader_put(out, &m->reader);
	} else if (m->about == WIRE_READERS_SERVICE) {
		buf_put_u8(out, (uint8_t)m->service.state);
		wire_put_text(out, m->service.text);
	}
}

int wire_readers_more_get(struct slice body, struct wire_readers_more *m,
			  struct error *e)
{
	struct cursor c = cursor_of(body);
	unsigned about = cursor_u8(&c);

	m->about = about;
	if (about == WIRE_READERS_READER)
		reader_read(&c, &m->reader);
	else if (about == WIRE_READERS_SERVICE)
		service_read(&c, &m->service);
	else if (about != WIRE_READERS_COMPLETE)
		c.failed = true;
	return wire_body_end(&c, e);
}
