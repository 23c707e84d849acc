/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pairing: a page asks the user to be allowed to ask for signatures.
 */
#include "broker/pairing.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "broker/ask.h"
#include "broker/broker.h"
#include "broker/events.h"
#include "broker/kept.h"

bool pairing_stands(const struct broker *b, uid_t uid, const char *origin)
{
	return origins_find(&b->origins, uid, origin) != NULL;
}

/* --- allowed ------------------------------------------------------------ */

/* Nothing would come of it, unless a rule knows such pages. */
static int pairing_useful(const struct broker *b, const char *origin,
			  struct error *e)
{
	const struct settings *s = b->settings;

	if (origin_kind(origin) == ORIGIN_NONE)
		return error_set(e, ERR_MALFORMED, "%s is no origin as a"
				 " browser writes it: https://host or"
				 " https://host:port, in lower case", origin);
	if (origin_kind(origin) == ORIGIN_LOCALHOST &&
	    !settings_develops(s, origin))
		return error_set(e, ERR_NOT_ALLOWED, "%s is not in loopback:"
				 " development: of signetd.conf(5)", origin);
	if (policy_knows_page(&s->policy, origin, true))
		return 0;
	return error_set(e, ERR_NOT_ALLOWED, "no rule of the policy is for %s"
			 " as a page that the user has allowed (match: paired)",
			 origin);
}

static int pairing_keep(struct broker *b, const struct caller *c,
			const char *origin, bool by_program, struct error *e)
{
	struct origins_entry entry = { .uid = c->uid, .since = clock_unix(),
				       .by_program = by_program };
	int r = pairing_useful(b, origin, e);

	snprintf(entry.origin, sizeof(entry.origin), "%s", origin);
	/* What cannot be recorded does not happen. */
	if (r == 0)
		r = recording_able(b, e);
	if (r == 0 && pairing_stands(b, c->uid, origin))
		return 0;
	if (r == 0)
		r = origins_add(&b->origins, &entry, e);
	if (r != 0)
		return r;
	recording_origin(b, "origin-allowed", origin, origins_by(&entry), c);
	log_write(LOG_INFO, NULL, "page %s is allowed, by uid %u (%s)", origin,
		  (unsigned)c->uid, origins_by(&entry));
	return 0;
}

int pairing_allow(struct broker *b, const struct caller *c,
		  const char *origin, struct error *e)
{
	return pairing_keep(b, c, origin, true, e);
}

/* --- no longer ---------------------------------------------------------- */

static void cancel_requests(struct broker *b, const struct caller *c,
			    const char *origin)
{
	struct request *r, *next;

	for (r = TAILQ_FIRST(&b->living); r != NULL; r = next) {
		next = TAILQ_NEXT(r, entry);
		if (r->caller.uid == c->uid &&
		    strcmp(r->caller.origin, origin) == 0)
			request_cancel(r, "the user has taken back what allowed"
				       " this page to ask");
	}
}

static void end_logins(struct broker *b, const struct caller *c,
		       const char *origin)
{
	struct module *m;
	struct token *t;

	TAILQ_FOREACH(m, &b->modules, entry)
		TAILQ_FOREACH(t, &m->tokens, entry)
			if (t->kept.shard != NULL && t->kept.uid == c->uid &&
			    strcmp(t->kept.origin, origin) == 0)
				kept_end(t);
}

int pairing_revoke(struct broker *b, const struct caller *c,
		   const char *origin, struct error *e)
{
	int r = origins_remove(&b->origins, c->uid, origin, e);

	if (r == ERR_NO_SUCH_ORIGIN)
		return r;
	recording_origin(b, "origin-revoked", origin, "program", c);
	log_write(LOG_INFO, NULL, "page %s is allowed no longer, by uid %u",
		  origin, (unsigned)c->uid);
	/* A rule may still name it, but not for what it asks as paired. */
	cancel_requests(b, c, origin);
	end_logins(b, c, origin);
	events_cut(b->events, c->uid, origin);
	return r;
}

/* --- asked -------------------------------------------------------------- */

static struct pairing *pairing_of(struct approval *a)
{
	return (struct pairing *)((char *)a -
				  offsetof(struct pairing, approval));
}

static int pairing_describe(struct approval *a, struct buf *out,
			    struct error *e)
{
	const struct ask q = { .kind = "allow-page", .rule = "", .pins = "" };

	return ask_put(&q, a, out, e);
}

static void pairing_end(struct pairing *p, const struct error *failure)
{
	struct error told;

	if (failure != NULL) {
		told = *failure;
		log_write(LOG_INFO, NULL, "page %s is not allowed: %s: %s",
			  p->caller.origin, err_info(told.code)->code,
			  told.message);
	}
	approval_finish(&p->approval);
	p->done(p, failure == NULL ? NULL : &told);
}

/* The rules may be others than when it was asked. */
static void pairing_decided(struct approval *a, const struct error *refusal)
{
	struct pairing *p = pairing_of(a);
	struct error e;

	if (refusal == NULL &&
	    pairing_keep(a->broker, &p->caller, p->caller.origin, false,
			 &e) != 0)
		refusal = &e;
	pairing_end(p, refusal);
}

void pairing_start(struct broker *b, struct pairing *p)
{
	struct approval *a = &p->approval;
	struct error e;
	int r = pairing_useful(b, p->caller.origin, &e);

	if (r == 0 && b->draining)
		r = error_set(&e, ERR_SHUTTING_DOWN,
			      "signetd is shutting down");
	if (r == 0)
		r = recording_able(b, &e);
	if (r == 0 && b->origins.failure.code != 0)
		r = error_set(&e, ERR_NOT_DURABLE, "what the user allows cannot"
			      " be kept now; signetd's log says why");
	a->broker = b;
	a->token = NULL;
	a->caller = &p->caller;
	a->purpose = APPROVAL_PAGE;
	a->describe = pairing_describe;
	a->decided = pairing_decided;
	if (r == 0)
		r = approval_start(a, &e);
	if (r != 0)
		pairing_end(p, &e);
}

void pairing_cancel(struct pairing *p, const char *why)
{
	struct error e;

	error_set(&e, ERR_CANCELLED, "%s", why);
	/* Nothing of it is at a worker: it is over at once. */
	if (p->approval.state != APPROVAL_NONE &&
	    approval_cancel(&p->approval, &e))
		pairing_end(p, &e);
}
