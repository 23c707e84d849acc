/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fake: a signetd that answers what it is told to, on a unix socket, in a
 * thread of the test.
 */
#ifndef SIGNET_TESTS_UNIT_CLIENT_FAKE_H
#define SIGNET_TESTS_UNIT_CLIENT_FAKE_H

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/fd.h"

#define FAKE_REQUEST_MAX (128u * 1024 * 1024)

struct fake {
	char dir[32], path[64];
	int listener;
	pthread_t thread;
	/* One answer a request, whole HTTP; NULL: close without one. The last
	 * one stays. */
	const char *const *answers;
	size_t count;
	/* What was seen; look after fake_stop(), then buf_fini(&request). */
	unsigned int connections, requests;
	struct buf request; /* the last one, head and body */
};

/* Makes one from a body; heap. */
static inline char *fake_answer(const char *status, const char *body)
{
	char *out = NULL;

	if (asprintf(&out, "HTTP/1.1 %s\r\nContent-Type: application/json\r\n"
		     "Content-Length: %zu\r\n\r\n%s", status, strlen(body),
		     body) < 0)
		abort();
	return out;
}

/* Reads one request; false when the peer has gone. */
static inline bool fake_read(struct fake *f, int fd)
{
	AUTO(buf_fini) struct buf b;
	size_t want = 0;

	buf_init(&b, FAKE_REQUEST_MAX);
	while (want == 0 || b.len < want) {
		uint8_t *at = buf_reserve(&b, 64 * 1024);
		ssize_t got = at == NULL ? -1 : read(fd, at, 64 * 1024);
		const char *text, *end, *length;

		if (got <= 0)
			return false;
		buf_commit(&b, (size_t)got);
		if (want != 0)
			continue;
		text = buf_text(&b);
		end = strstr(text, "\r\n\r\n");
		length = strcasestr(text, "content-length:");
		if (end != NULL)
			want = (size_t)(end - text) + 4 +
			       (length != NULL && length < end ?
				strtoul(length + 15, NULL, 10) : 0);
	}
	buf_reset(&f->request);
	buf_put_slice(&f->request, buf_slice(&b));
	return true;
}

static inline void fake_serve(struct fake *f, int fd)
{
	while (fake_read(f, fd)) {
		size_t i = f->requests++;
		const char *answer;

		answer = f->answers[i < f->count ? i : f->count - 1];
		if (answer == NULL)
			return;
		if (fd_write_all(fd, slice_str(answer), NULL) != 0)
			return;
	}
}

static inline void *fake_run(void *arg)
{
	struct fake *f = arg;
	int fd;

	while ((fd = accept(f->listener, NULL, NULL)) >= 0) {
		f->connections++;
		fake_serve(f, fd);
		close(fd);
	}
	return NULL;
}

static inline void fake_start(struct fake *f, const char *const *answers,
			      size_t count)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	memset(f, 0, sizeof(*f));
	buf_init(&f->request, FAKE_REQUEST_MAX);
	f->answers = answers;
	f->count = count;
	snprintf(f->dir, sizeof(f->dir), "/tmp/signet-test-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->path, sizeof(f->path), "%s/sock", f->dir);
	memcpy(un.sun_path, f->path, strlen(f->path) + 1);
	f->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(f->listener, (struct sockaddr *)&un, sizeof(un)),
			 0);
	assert_int_equal(listen(f->listener, 8), 0);
	assert_int_equal(pthread_create(&f->thread, NULL, fake_run, f), 0);
}

/* The clients have to be freed before: a connection is served to its end. */
static inline void fake_stop(struct fake *f)
{
	shutdown(f->listener, SHUT_RDWR);
	pthread_join(f->thread, NULL);
	close(f->listener);
	unlink(f->path);
	rmdir(f->dir);
}

#endif
