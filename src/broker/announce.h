/* SPDX-License-Identifier: Apache-2.0 */
/*
 * announce: what becomes an event, and in which members (docs/events.md).
 *
 * What is there (tokens, keys, modules) is compared with what was told of it:
 * whoever changes it calls announce_changes() and need not know what changed.
 */
#ifndef SIGNET_BROKER_ANNOUNCE_H
#define SIGNET_BROKER_ANNOUNCE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"

struct approval;
struct broker;
struct caller;
struct events_subscriber;
struct module;
struct request;

/* Days before its end from which on a certificate is told of. */
#define ANNOUNCE_EXPIRING_DAYS 30

/* Tokens, keys or modules may not be what they were. */
void announce_changes(struct broker *b);

/* Before a module is taken off the broker's list: its tokens go with it. */
void announce_module_gone(struct broker *b, struct module *m);

/*
 * The broker's tick: certificates that end soon, each once a day.  now_unix
 * is in seconds since 1970.
 */
void announce_tick(struct broker *b, int64_t now_unix);

/*
 * Its state has changed.  To its own user, and only what lasts: states in
 * which somebody is waited for, and the end.
 */
void announce_request(struct request *r);

/* A person sees a dialog, or does not any more.  To its own user. */
void announce_dialog(struct approval *a, bool opened);

/* Readers by their PC/SC name; atr may be empty. */
void announce_reader(struct broker *b, const char *reader, bool added);
void announce_card(struct broker *b, const char *reader, struct slice atr,
		   bool inserted);

/*
 * What is there now, as far as it was told, s wants it and c may see it: an
 * event each, with "snapshot": true and without an id.  Appended to out.
 */
void announce_present(struct broker *b, const struct events_subscriber *s,
		      const struct caller *c, struct buf *out);

#endif
