/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve: the loop of signet-worker.
 */
#include "pkcs11/serve.h"

#include <errno.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "pkcs11/fork.h"

/* Room for one read: many small requests, or a part of a large one. */
#define READ_SIZE (64u * 1024)
#define READ_MAX (LIMIT_FRAME + 4 + READ_SIZE)

/* More bytes into in.  0: the other end is closed, or reading failed. */
static size_t serve_read(int fd, struct buf *in)
{
	uint8_t *at = buf_reserve(in, READ_SIZE);
	ssize_t got;

	if (at == NULL) {
		log_write(LOG_ERROR, NULL, "no memory for a request; leaving");
		_exit(P11_EXIT_BROKEN);
	}
	do {
		got = read(fd, at, READ_SIZE);
	} while (got < 0 && errno == EINTR);
	if (got <= 0)
		return 0;
	buf_commit(in, (size_t)got);
	return (size_t)got;
}

/* Every whole frame in *rest.  0, or ERR_PROTOCOL. */
static int serve_frames(struct p11_worker *w, struct slice *rest,
			struct error *e)
{
	struct wire_frame frame;
	int64_t begun;
	int r;

	while (!w->ending && (r = wire_frame_next(rest, &frame, e)) != 0) {
		if (r < 0)
			return r;
		begun = clock_mono_ns();
		r = p11_dispatch(w, &frame, e);
		if (r != 0)
			return r;
		/* A child of the module must not even make another call. */
		if (!p11_fork_is_worker())
			_exit(P11_EXIT_CHILD);
		p11_outbox_pace(&w->out, clock_mono_ns() - begun);
	}
	return 0;
}

enum p11_exit p11_serve(struct p11_worker *w)
{
	AUTO(buf_fini) struct buf in;
	struct slice rest;
	struct error e;
	int r = 0;

	buf_init(&in, READ_MAX);
	while (!w->ending && serve_read(w->out.fd, &in) > 0) {
		rest = buf_slice(&in);
		r = serve_frames(w, &rest, &e);
		p11_outbox_flush(&w->out);
		if (r != 0) {
			log_failure(LOG_ERROR, NULL, "leaving", &e);
			return P11_EXIT_BROKEN;
		}
		buf_consume(&in, in.len - rest.len);
	}
	return w->ending ? P11_EXIT_START : P11_EXIT_END;
}
