/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outbox: answers on their way to signetd, several to a write.
 *
 * Runs in signet-worker.  Whatever goes wrong with the socket or with memory
 * ends the process: nobody is there to be told, or an answer would be lost.
 */
#ifndef SIGNET_PKCS11_OUTBOX_H
#define SIGNET_PKCS11_OUTBOX_H

#include "base/buf.h"
#include "wire/frame.h"

struct p11_outbox {
	int fd;
	struct buf buf;
	int64_t since_ns; /* CLOCK_MONOTONIC of the first answer in buf */
	size_t start;	  /* of the answer that is being written */
};

void p11_outbox_init(struct p11_outbox *box, int fd);

/* Around writing the body of an answer into the buffer that begin returns. */
struct buf *p11_outbox_begin(struct p11_outbox *box, enum wire_type type,
			     enum wire_kind kind, uint32_t id);
void p11_outbox_end(struct p11_outbox *box);

/* Write what there is.  Does not return when it cannot be written. */
void p11_outbox_flush(struct p11_outbox *box);

/*
 * Write it when it is time: the oldest answer would be kept for
 * too long by another operation that takes next_ns.
 */
void p11_outbox_pace(struct p11_outbox *box, int64_t next_ns);

#endif
