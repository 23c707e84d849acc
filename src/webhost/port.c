/* SPDX-License-Identifier: Apache-2.0 */
/*
 * port: one extension at the other end of standard input and output.
 */
#include "webhost/port.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/origin.h"
#include "base/start.h"

/* Of one request, besides the origin. */
#define PORT_FIELDS 4u

void port_write(struct port *p, const struct buf *json)
{
	struct error e;
	int r = buf_error(json);

	if (p->ended)
		return;
	r = r != 0 ? error_set(&e, r, "an answer") :
		native_write(p->out, buf_slice(json), &e);
	if (r == 0)
		return;
	log_failure(LOG_ERROR, NULL, "the browser cannot be told", &e);
	p->ended = true;
}

/* --- signetd ------------------------------------------------------------ */

static void port_say(const char *line)
{
	log_write(LOG_ERROR, NULL, "%s", line);
}

/* Whether it is a page that may ask is signetd's to say. */
static bool is_origin(const char *text)
{
	size_t len = 0;

	for (; text[len] != '\0'; len++)
		if (text[len] <= ' ' || text[len] >= 0x7f)
			return false;
	return len > 0 && len < ORIGIN_SIZE;
}

static int port_order(struct port *p, const char *origin,
		      const struct client_relay_order *order,
		      struct client_relay_call **out, struct error *e)
{
	const char *fields[PORT_FIELDS + 2] = { NULL };
	char field[sizeof("Signet-Origin: ") + ORIGIN_SIZE];
	struct client_relay_order whole = *order;
	size_t n = 0;

	snprintf(field, sizeof(field), "Signet-Origin: %s", origin);
	fields[n++] = field;
	for (const char *const *f = order->fields;
	     f != NULL && *f != NULL && n <= PORT_FIELDS; f++)
		fields[n++] = *f;
	whole.fields = fields;
	return client_relay_start(p->relay, &whole, out, e);
}

int port_call(struct port *p, const char *origin,
	      const struct client_relay_order *order,
	      struct client_relay_call **out, struct error *e)
{
	int r = 0;

	if (!is_origin(origin))
		r = error_set(e, ERR_MALFORMED, "origin is none");
	else if (start_wanted() && !start_listening(p->socket))
		r = start_signetd(p->socket, port_say, e);
	if (r == 0)
		return port_order(p, origin, order, out, e);
	free(order->body);
	return r;
}

/* --- the extension ------------------------------------------------------ */

/* The extension has closed it, or the browser has ended. */
static int port_read(struct port *p, int in, struct error *e)
{
	uint8_t piece[NATIVE_PIECE];
	ssize_t got = read(in, piece, sizeof(piece));

	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (got < 0)
		return error_set_errno(e, ERR_IO, errno, "standard input");
	if (got == 0)
		p->ended = true;
	native_feed(&p->in, slice_of(piece, (size_t)got));
	return 0;
}

/* What they say is no reason to fail: the extension is told, and it ends. */
static void port_messages(struct port *p)
{
	struct slice message;
	bool there = true;
	struct error e;
	int r = 0;

	while (!p->ended && there && r == 0) {
		r = native_next(&p->in, &message, &there, &e);
		if (r == 0 && there)
			r = p->protocol->message(p, message, &e);
	}
	if (r == 0)
		return;
	p->protocol->refuse(p, &e);
	p->ended = true;
}

int port_serve(struct port *p, const struct port_protocol *protocol,
	       const char *socket, int in, int out, struct error *e)
{
	bool readable;
	int r;

	*p = (struct port){ .protocol = protocol, .socket = socket,
			    .out = out };
	native_init(&p->in, protocol->most);
	r = client_relay_new(socket, &p->relay, e);
	if (r == 0)
		r = protocol->begin(p, e);
	while (r == 0 && !p->ended) {
		r = client_relay_turn(p->relay, in, &readable, e);
		if (r != 0 || p->ended || !readable)
			continue;
		r = port_read(p, in, e);
		if (r == 0)
			port_messages(p);
	}
	p->ended = true;
	protocol->end(p);
	client_relay_free(p->relay);
	native_fini(&p->in);
	return r;
}
