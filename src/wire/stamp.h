/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stamp: a time stamp (RFC 3161), which signet-stamp fetches.
 */
#ifndef SIGNET_WIRE_STAMP_H
#define SIGNET_WIRE_STAMP_H

#include <stdint.h>

#include "base/limits.h"
#include "wire/frame.h"

struct wire_stamp_req {
	uint32_t version;    /* WIRE_VERSION of signetd */
	uint32_t timeout_ms; /* of the whole exchange with the authority */
	char url[LIMIT_PATH];	 /* http or https */
	char ca[LIMIT_PATH];	 /* absolute path of PEM certificates */
	char policy[LIMIT_LABEL]; /* OID; "": the authority's own */
	struct slice what;   /* is stamped: its SHA-256; borrowed */
};

struct wire_stamp_rep {
	struct slice stamp; /* TimeStampToken, DER; borrowed */
};

/* ERR_PROTOCOL for what cannot be; slices point into the body. */
void wire_stamp_req_put(struct buf *out, const struct wire_stamp_req *m);
int wire_stamp_req_get(struct slice body, struct wire_stamp_req *m,
		       struct error *e) MUST_CHECK;
void wire_stamp_rep_put(struct buf *out, const struct wire_stamp_rep *m);
int wire_stamp_rep_get(struct slice body, struct wire_stamp_rep *m,
		       struct error *e) MUST_CHECK;

#endif
