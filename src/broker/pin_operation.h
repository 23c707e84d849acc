/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pin_operation: look at a token's PIN, change or unblock it, or initialise the
 * token.
 *
 * What needs PINs asks for them as a signature does: by an approval, from the
 * dialog to the worker.
 */
#ifndef SIGNET_BROKER_PIN_OPERATION_H
#define SIGNET_BROKER_PIN_OPERATION_H

#include "base/attr.h"
#include "broker/approval.h"
#include "broker/caller.h"
#include "wire/pin.h"

enum pin_operation_kind {
	PIN_OPERATION_STATUS,
	PIN_OPERATION_CHANGE,
	PIN_OPERATION_UNBLOCK,
	PIN_OPERATION_INITIALIZE,
};

/* "status", "change", ...; and back: false for none of them. */
const char *pin_operation_name(enum pin_operation_kind kind);
bool pin_operation_by_name(const char *name, enum pin_operation_kind *out);

struct pin_operation {
	/* Filled in by the API, which owns it until done(). */
	enum pin_operation_kind kind;
	char uri[LIMIT_URI + 1];	/* "" for the only token there is */
	char label[WIRE_PIN_LABEL + 1]; /* of INITIALIZE */
	struct caller caller;
	/* Over: failure is NULL when all went well.  Called exactly once. */
	void (*done)(struct pin_operation *o, const struct error *failure);
	void *done_arg;

	/* Of the way. */
	struct token *token;
	struct module *module; /* held */
	struct approval approval;
	struct worker_call call;
	struct shard *shard;
	struct error cancelled; /* code not 0: by its client */
};

/* done() may be called before this returns. */
void pin_operation_start(struct broker *b, struct pin_operation *o);

/*
 * The client has gone.  done() is still called: at once, unless a worker is at
 * it already.
 */
void pin_operation_cancel(struct pin_operation *o, const char *why);

#endif
