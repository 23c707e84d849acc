/* SPDX-License-Identifier: Apache-2.0 */
/*
 * login: log in to a token with the PIN of a pin-source file, and log out.
 *
 * The worker reads the file itself: the PIN is in no frame.  The answers have
 * no body.
 */
#ifndef SIGNET_WIRE_LOGIN_H
#define SIGNET_WIRE_LOGIN_H

#include <stdint.h>

#include "base/limits.h"
#include "wire/frame.h"

struct wire_login_req {
	uint32_t token;			/* number from wire_token */
	char pin_source[LIMIT_PATH];	/* absolute path, RFC 7512 2.4 */
};

/* Body of WIRE_LOGOUT. */
struct wire_logout_req {
	uint32_t token;
};

void wire_login_req_put(struct buf *out, const struct wire_login_req *m);
int wire_login_req_get(struct slice body, struct wire_login_req *m,
		       struct error *e) MUST_CHECK;
void wire_logout_req_put(struct buf *out, const struct wire_logout_req *m);
int wire_logout_req_get(struct slice body, struct wire_logout_req *m,
			struct error *e) MUST_CHECK;

#endif
