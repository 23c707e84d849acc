/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record: events, as they are recorded (docs/PROTOCOL.evidence, section 3).
 */
#ifndef SIGNET_EVIDENCE_RECORD_H
#define SIGNET_EVIDENCE_RECORD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"

struct content_line;
struct error;

/* Who asked.  Texts may be "". */
struct record_caller {
	uid_t uid;
	gid_t gid;
	pid_t pid;
	const char *exe;
	const char *user;
	const char *origin;
};

struct record_item {
	const char *name;
	const char *media_type;
	bool blind;
	const struct content_line *lines; /* what was shown */
	size_t lines_count;
	struct slice content; /* digest of the content; empty: not known */
	const char *digest_algorithm; /* of a digest that was given, or NULL */
	struct slice raw;	/* the token's signature; empty: none left */
	bool unchecked;		/* nobody verified it: check: sampled */
	struct slice signature; /* as it was released */
};

/* Someone who agreed besides the caller's own user. */
struct record_approval {
	const char *role;
	struct slice certificate; /* its digest; empty: none */
	bool kept; /* beside the record */
	struct slice signature;
};

/* The end of a request.  Texts may be "", all is borrowed. */
struct record {
	const char *outcome; /* released, refused, declined, failed, ... */
	const char *request; /* id */
	struct record_caller caller;
	const char *key; /* URI */
	const char *algorithm; /* JOSE name */
	const char *format;
	const char *rule; /* of the policy */
	const char *idempotency_key;
	struct slice certificate; /* its digest; empty: none */
	const char *module; /* name */
	const char *module_path;
	const char *module_version;
	pid_t worker; /* 0: none had it */
	unsigned count; /* items that were asked for */
	unsigned signed_count;
	const struct record_item *items; /* items_count of them */
	unsigned items_count;
	const struct record_approval *approvals;
	unsigned approvals_count;
	const struct error *failure; /* NULL when released */
};

/* The event of a request, in canonical form, behind what out has. */
void record_request(const struct record *r, struct buf *out);

/* Other events, each a kind of section 3. */
void record_start(const char *version, pid_t pid, struct slice public,
		  struct buf *out);
void record_plain(const char *kind, struct buf *out); /* stop, reload */
void record_module_failed(const char *module, const struct error *why,
			  struct buf *out);
void record_keep_alive(const char *token, const struct error *why,
		       struct buf *out);
/* caller: NULL for signetd's own login. */
void record_pin_failed(const char *token, const struct record_caller *caller,
		       const struct error *why, struct buf *out);
/* kind: origin-allowed, origin-revoked; by: page, program. */
void record_origin(const char *kind, const char *origin, const char *by,
		   const struct record_caller *caller, struct buf *out);
/* kind: pin-changed, keys-changed. */
void record_token_changed(const char *kind, const char *token,
			  const char *operation,
			  const struct record_caller *caller,
			  struct buf *out);

#endif
