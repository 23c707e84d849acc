/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key_operation: a new key pair on a token, or a certificate brought to it.
 *
 * Its PIN, or the management key, is asked for as that of a signature is: by an
 * approval, from the dialog to the worker.
 */
#ifndef SIGNET_BROKER_KEY_OPERATION_H
#define SIGNET_BROKER_KEY_OPERATION_H

#include "base/attr.h"
#include "base/buf.h"
#include "broker/approval.h"
#include "broker/caller.h"
#include "wire/manage.h"

struct key_operation {
	/* Filled in by the API, which owns it until done(). */
	enum wire_manage_op op;
	char uri[LIMIT_URI + 1]; /* of the token; "" for the only one */
	char label[LIMIT_LABEL]; /* CKA_LABEL */
	struct buf id;		 /* CKA_ID */
	struct buf certificate;	 /* DER; of an import */
	struct caller caller;
	/*
	 * Over: failure is NULL when all went well, and spki has the public
	 * key then.  Called exactly once.
	 */
	void (*done)(struct key_operation *o, const struct error *failure);
	void *done_arg;

	/* Of the way. */
	struct buf spki;
	struct token *token;
	struct module *module; /* held */
	struct approval approval;
	struct worker_call call;
	struct error cancelled; /* code not 0: by its client */
};

/* NULL: no memory. */
struct key_operation *key_operation_new(void);
void key_operation_free(struct key_operation *o);

/* done() may be called before this returns. */
void key_operation_start(struct broker *b, struct key_operation *o);

/*
 * The client has gone.  done() is still called: at once, unless a worker is at
 * it already.
 */
void key_operation_cancel(struct key_operation *o, const char *why);

#endif
