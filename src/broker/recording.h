/* SPDX-License-Identifier: Apache-2.0 */
/*
 * recording: what the broker puts into the journal, and what waits for it.
 */
#ifndef SIGNET_BROKER_RECORDING_H
#define SIGNET_BROKER_RECORDING_H

#include <stdbool.h>

#include "base/attr.h"
#include "broker/checkpoints.h"
#include "broker/retry.h"
#include "broker/stamps.h"
#include "evidence/journal.h"

struct broker;
struct caller;
struct event;
struct module;
struct request;
struct settings;
struct token;

/* Of the broker. */
struct recording {
	struct settings *settings; /* those of the start */
	struct journal *journal;   /* NULL: it cannot be opened, see retry */
	struct retry retry;
	struct event *collect;
	struct event *flush;
	struct checkpoints checkpoints;
	struct stamps stamps;
};

/* Open the journal of the settings.  That it cannot be is no error here. */
int recording_start(struct broker *b, struct error *e) MUST_CHECK;
/* Records the end; nothing is recorded after it. */
void recording_stop(struct broker *b);
/* When nothing calls back any more. */
void recording_fini(struct broker *b);
/* The broker's tick. */
void recording_tick(struct broker *b, int64_t now_ns);

/* 0, or ERR_NOT_DURABLE: no signature may be made now. */
int recording_able(struct broker *b, struct error *e) MUST_CHECK;

/*
 * Build the record of the end of r, which is what r->error and r->signed_count
 * say.  May run in a compute thread.  *outcome as it will be, "released", ...
 */
void recording_build(struct request *r, const char *outcome);

/* Signatures leave: r->record.done is called once that is on the disk. */
void recording_release(struct request *r);
/* Nothing leaves: nobody waits. */
void recording_note(struct request *r);

/* Hand over what is no event: entry->done is called once, later. */
void recording_add(struct broker *b, struct journal_entry *entry);

/* Other things that happen. */
void recording_reload(struct broker *b, const struct settings *settings);
void recording_module_failed(struct broker *b, const struct module *m);
/* Only where why is that a PIN was wrong, or is locked. */
void recording_pin_refused(struct broker *b, const struct token *t,
			   const struct caller *c, const struct error *why);
/* The same of the login of an unattended token. */
void recording_login_refused(struct broker *b, const struct token *t);
void recording_keep_alive_failed(struct broker *b, const struct token *t,
				 const struct error *why);
/* kind: origin-allowed, origin-revoked; by: page, program. */
void recording_origin(struct broker *b, const char *kind, const char *origin,
		      const char *by, const struct caller *c);
/* kind: pin-changed, keys-changed. */
void recording_token_changed(struct broker *b, const char *kind,
			     const struct token *t, const char *operation,
			     const struct caller *c);

#endif
