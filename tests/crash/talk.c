/* SPDX-License-Identifier: Apache-2.0 */
/*
 * talk: one client's connection, which comes back when it is lost.
 */
#include "tests/crash/talk.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"

/* Longer than a restart and all that waits there. */
#define TALK_SECONDS 20

void talk_init(struct talk *t, const char *socket)
{
	*t = (struct talk){ .socket = socket, .fd = -1 };
	buf_init(&t->in, TALK_ANSWER_MAX);
}

void talk_fini(struct talk *t)
{
	fd_closep(&t->fd);
	buf_fini(&t->in);
}

static bool talk_connect(struct talk *t)
{
	const struct timeval wait = { TALK_SECONDS, 0 };
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	if (t->fd >= 0)
		return true;
	strncpy(to.sun_path, t->socket, sizeof(to.sun_path) - 1);
	t->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (t->fd < 0)
		return false;
	setsockopt(t->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	if (connect(t->fd, (const struct sockaddr *)&to, sizeof(to)) == 0)
		return true;
	fd_closep(&t->fd);
	return false;
}

static bool talk_send(struct talk *t, struct slice s)
{
	while (s.len > 0) {
		ssize_t n = send(t->fd, s.ptr, s.len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		s = slice_of(s.ptr + n, s.len - (size_t)n);
	}
	return true;
}

/* 1: *t has it.  0: not all is there.  -1: it is no answer. */
static int talk_parse(struct talk *t)
{
	static const char name[] = "\r\nContent-Length: ";
	const char *text = (const char *)t->in.ptr, *end, *length;
	size_t head, body;

	end = t->in.len == 0 ? NULL : memmem(text, t->in.len, "\r\n\r\n", 4);
	if (end == NULL)
		return 0;
	head = (size_t)(end - text) + 4;
	length = memmem(text, head, name, strlen(name));
	if (length == NULL || strncmp(text, "HTTP/1.1 ", 9) != 0)
		return -1;
	body = strtoul(length + strlen(name), NULL, 10);
	if (t->in.len < head + body)
		return 0;
	t->status = (unsigned)strtoul(text + 9, NULL, 10);
	t->body = slice_of(t->in.ptr + head, body);
	return 1;
}

static bool talk_receive(struct talk *t)
{
	int have;

	buf_reset(&t->in);
	while ((have = talk_parse(t)) == 0) {
		uint8_t *at = buf_reserve(&t->in, 64 * 1024);
		ssize_t n;

		if (at == NULL)
			return false;
		n = recv(t->fd, at, 64 * 1024, 0);
		if (n <= 0)
			return false;
		buf_commit(&t->in, (size_t)n);
	}
	return have == 1;
}

bool talk_post(struct talk *t, const char *key, const struct buf *body)
{
	AUTO(buf_fini) struct buf out;
	bool ok;

	buf_init(&out, TALK_ANSWER_MAX);
	buf_printf(&out, "POST /v1/signatures HTTP/1.1\r\nHost: localhost\r\n"
		   "Content-Type: application/json\r\n");
	if (key != NULL)
		buf_printf(&out, "Idempotency-Key: %s\r\n", key);
	buf_printf(&out, "Content-Length: %zu\r\n\r\n", body->len);
	buf_put_slice(&out, buf_slice(body));
	ok = buf_error(&out) == 0 && talk_connect(t) &&
	     talk_send(t, buf_slice(&out)) && talk_receive(t);
	if (!ok)
		fd_closep(&t->fd);
	return ok;
}
