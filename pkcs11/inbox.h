/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inbox: requests from signetd, and the descriptors that come with them.
 *
 * Runs in signet-worker.
 */
#ifndef SIGNET_PKCS11_INBOX_H
#define SIGNET_PKCS11_INBOX_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Descriptors that wait for their frame.  One read brings one at most, and a
 * frame that is whole is taken before the next read.
 */
#define P11_INBOX_PASSED 4

struct p11_inbox {
	int fd;
	struct buf buf;
	int passed[P11_INBOX_PASSED]; /* in the order they came */
	unsigned passed_count;
};

void p11_inbox_init(struct p11_inbox *box, int fd);
/* Close what was passed and not taken, release the bytes; fd stays. */
void p11_inbox_fini(struct p11_inbox *box);

/*
 * Wait for more bytes.  1: some came; 0: signetd closed the socket;
 * ERR_PROTOCOL: more descriptors than can be meant; ERR_NO_MEMORY.
 */
int p11_inbox_read(struct p11_inbox *box, struct error *e) MUST_CHECK;

/* The oldest descriptor that was passed, the caller's to close, or -1. */
int p11_inbox_take(struct p11_inbox *box);
/* The same, but it stays here. */
int p11_inbox_peek(const struct p11_inbox *box);

/*
 * All but the last left bytes were used.  ERR_PROTOCOL: a descriptor came with
 * them that no frame wanted.
 */
int p11_inbox_used(struct p11_inbox *box, size_t left, struct error *e)
	MUST_CHECK;

#endif
