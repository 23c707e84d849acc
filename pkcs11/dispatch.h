/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dispatch: which request is legal when, and who answers it.
 *
 * Runs in signet-worker.  One table: decode, state, handler.
 */
#ifndef SIGNET_PKCS11_DISPATCH_H
#define SIGNET_PKCS11_DISPATCH_H

#include "pkcs11/inbox.h"
#include "pkcs11/module.h"
#include "pkcs11/outbox.h"
#include "pkcs11/token.h"

/* Before and after a WIRE_HELLO that was answered well. */
enum p11_state { P11_STATE_NEW = 1, P11_STATE_READY = 2 };

struct p11_worker {
	enum p11_state state;
	bool ending; /* the first exchange failed: leave after the answer */
	struct p11_inbox in;
	struct p11_outbox out;
	struct p11_module module;
	struct p11_tokens tokens;
	char log_name[LIMIT_LABEL + 32];
};

void p11_worker_init(struct p11_worker *w, int fd);

/*
 * Answer one request into w->out: WIRE_REP (and WIRE_MORE before it), or
 * WIRE_FAIL.  ERR_PROTOCOL: the frame is no request, not legal now, or its
 * body is wrong: nothing was answered, and the peer is to be left.
 */
int p11_dispatch(struct p11_worker *w, const struct wire_frame *frame,
		 struct error *e) MUST_CHECK;

#endif
