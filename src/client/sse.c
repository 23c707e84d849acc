/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sse: reading server-sent events as they arrive.
 */
#include "client/sse.h"

#include <string.h>

#include "base/err.h"

void client_sse_init(struct client_sse *s,
		     int (*event)(void *arg, struct slice data,
				  struct error *e),
		     void *arg)
{
	memset(s, 0, sizeof(*s));
	s->event = event;
	s->arg = arg;
	buf_init(&s->line, CLIENT_SSE_MAX);
	buf_init(&s->data, CLIENT_SSE_MAX);
}

void client_sse_fini(struct client_sse *s)
{
	buf_fini(&s->line);
	buf_fini(&s->data);
}

void client_sse_reset(struct client_sse *s)
{
	buf_reset(&s->line);
	buf_reset(&s->data);
	s->has_data = false;
	s->was_cr = false;
}

/* An empty line: the event is whole, unless there was none. */
static int sse_dispatch(struct client_sse *s, struct error *e)
{
	int r = 0;

	if (s->has_data)
		r = s->event(s->arg, buf_slice(&s->data), e);
	buf_reset(&s->data);
	s->has_data = false;
	return r;
}

static void sse_data(struct client_sse *s, struct slice value)
{
	if (s->has_data)
		buf_put_u8(&s->data, '\n');
	buf_put_slice(&s->data, value);
	s->has_data = true;
}

/* One that is too long, or has a NUL, is ignored: it cannot be sent back. */
static void sse_id(struct client_sse *s, struct slice value)
{
	if (value.len >= sizeof(s->id) ||
	    (value.len > 0 && memchr(value.ptr, 0, value.len) != NULL))
		return;
	if (value.len > 0)
		memcpy(s->id, value.ptr, value.len);
	s->id[value.len] = '\0';
}

static bool is_field(struct slice line, size_t name_len, const char *name)
{
	return name_len == strlen(name) &&
	       memcmp(line.ptr, name, name_len) == 0;
}

static int sse_line(struct client_sse *s, struct error *e)
{
	struct slice line = buf_slice(&s->line), value;
	const uint8_t *colon;
	size_t name;

	if (line.len == 0)
		return sse_dispatch(s, e);
	colon = memchr(line.ptr, ':', line.len);
	name = colon == NULL ? line.len : (size_t)(colon - line.ptr);
	value = slice_of(line.ptr + name, line.len - name);
	for (int skip = 0; skip < 2; skip++) /* a colon, then one blank */
		if (value.len > 0 && *value.ptr == (skip == 0 ? ':' : ' '))
			value = slice_of(value.ptr + 1, value.len - 1);
	if (is_field(line, name, "data"))
		sse_data(s, value);
	else if (is_field(line, name, "id"))
		sse_id(s, value);
	buf_reset(&s->line);
	return 0;
}

/* Lines end with LF, CR or both; the two may come in different pieces. */
static int sse_end_of_line(struct client_sse *s, uint8_t end, struct error *e)
{
	bool same = end == '\n' && s->was_cr;

	s->was_cr = end == '\r';
	return same ? 0 : sse_line(s, e);
}

int client_sse_feed(struct client_sse *s, struct slice bytes, struct error *e)
{
	int r = 0;

	while (bytes.len > 0 && r == 0) {
		size_t n = 0;

		while (n < bytes.len && bytes.ptr[n] != '\n' &&
		       bytes.ptr[n] != '\r')
			n++;
		if (n > 0) {
			s->was_cr = false;
			buf_put(&s->line, bytes.ptr, n);
		}
		if (n < bytes.len)
			r = sse_end_of_line(s, bytes.ptr[n++], e);
		bytes = slice_of(bytes.ptr + n, bytes.len - n);
		if (r == 0 && (buf_error(&s->line) != 0 ||
			       buf_error(&s->data) != 0))
			r = error_set(e, ERR_PROTOCOL, "an event of signetd is"
				      " too long");
	}
	return r;
}
