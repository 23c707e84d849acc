/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve: the loop of signet-worker.
 */
#include "pkcs11/serve.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "pkcs11/fork.h"

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

/* What one read brought.  0, or why signetd is to be left. */
static int serve_read(struct p11_worker *w, struct error *e)
{
	struct slice rest = buf_slice(&w->in.buf);
	int r = serve_frames(w, &rest, e);

	p11_outbox_flush(&w->out);
	return r != 0 ? r : p11_inbox_used(&w->in, rest.len, e);
}

enum p11_exit p11_serve(struct p11_worker *w)
{
	struct error e;
	int r = 1;

	while (!w->ending && (r = p11_inbox_read(&w->in, &e)) > 0) {
		r = serve_read(w, &e);
		if (r != 0)
			break;
	}
	p11_inbox_fini(&w->in);
	if (r < 0) {
		log_failure(LOG_ERROR, NULL, "leaving", &e);
		return P11_EXIT_BROKEN;
	}
	return w->ending ? P11_EXIT_START : P11_EXIT_END;
}
