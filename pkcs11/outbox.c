/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outbox: answers on their way to signetd, several to a write.
 */
#include "pkcs11/outbox.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/log.h"
#include "pkcs11/exit.h"
#include "pkcs11/fork.h"

/*
 * The oldest answer waits this long for company.  Shorter costs a system call
 * for each; longer, and signetd and the worker wait for each other in turn
 * (four P-256 requests in flight, of direct C_Sign: 50 us 0.74, 100 us 0.88,
 * 200 us 0.77 to 0.85, 400 us 0.72).
 */
#define OUTBOX_HOLD_NS INT64_C(100000)

/* Answers above this are written at once; the largest single one fits above. */
#define OUTBOX_FULL (32u * 1024)
#define OUTBOX_MAX (OUTBOX_FULL + LIMIT_CERTIFICATE + LIMIT_SPKI + 16u * 1024)

void p11_outbox_init(struct p11_outbox *box, int fd)
{
	box->fd = fd;
	box->since_ns = 0;
	box->start = 0;
	buf_init(&box->buf, OUTBOX_MAX);
}

struct buf *p11_outbox_begin(struct p11_outbox *box, enum wire_type type,
			     enum wire_kind kind, uint32_t id)
{
	if (box->buf.len == 0)
		box->since_ns = clock_mono_ns();
	box->start = wire_frame_begin(&box->buf, type, kind, id);
	return &box->buf;
}

void p11_outbox_end(struct p11_outbox *box)
{
	wire_frame_end(&box->buf, box->start);
	if (buf_error(&box->buf) != 0) {
		log_write(LOG_ERROR, NULL, "an answer does not fit; leaving");
		_exit(P11_EXIT_BROKEN);
	}
	if (box->buf.len >= OUTBOX_FULL)
		p11_outbox_flush(box);
}

void p11_outbox_flush(struct p11_outbox *box)
{
	struct error e;

	if (box->buf.len == 0)
		return;
	if (!p11_fork_is_worker())
		_exit(P11_EXIT_CHILD);
	if (fd_write_all(box->fd, buf_slice(&box->buf), &e) != 0) {
		log_failure(LOG_INFO, NULL, "signetd does not listen", &e);
		_exit(P11_EXIT_END);
	}
	buf_reset(&box->buf);
}

void p11_outbox_pace(struct p11_outbox *box, int64_t next_ns)
{
	if (box->buf.len > 0 &&
	    clock_mono_ns() - box->since_ns + next_ns >= OUTBOX_HOLD_NS)
		p11_outbox_flush(box);
}
