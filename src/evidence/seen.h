/* SPDX-License-Identifier: Apache-2.0 */
/*
 * seen: the requests of banks that were used already, also before a restart.
 *
 * Runs in signetd.  A small SQLite table on disk (WAL, synchronous FULL): an
 * entry is durable before the request it is of goes on, and is forgotten once
 * that request has expired.
 */
#ifndef SIGNET_EVIDENCE_SEEN_H
#define SIGNET_EVIDENCE_SEEN_H

#include <stdint.h>

#include "base/attr.h"

struct error;
struct seen;

/*
 * The table in this folder, which is made (0700) where it is not there.
 * ERR_NOT_DURABLE: it cannot be used, and why.
 */
int seen_open(const char *folder, struct seen **out, struct error *e)
	MUST_CHECK;
void seen_close(struct seen *s); /* NULL is allowed */

/*
 * Note that the request jti of issuer, which is good until expires (seconds
 * since 1970), is used now.  ERR_REPLAYED: it was before; ERR_NOT_DURABLE: it
 * could not be noted, so it must not be used.  One fsync.
 */
int seen_add(struct seen *s, const char *issuer, const char *jti,
	     int64_t expires, int64_t now, struct error *e) MUST_CHECK;

#endif
