/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hello: the first exchange; the worker loads its one module.
 */
#ifndef SIGNET_WIRE_HELLO_H
#define SIGNET_WIRE_HELLO_H

#include <stdint.h>

#include "base/limits.h"
#include "wire/frame.h"

struct wire_hello_req {
	uint32_t version;	     /* WIRE_VERSION of signetd */
	char module[LIMIT_PATH];     /* absolute path of the PKCS#11 module */
	char name[LIMIT_LABEL];	     /* its name in the configuration */
	/* PC/SC name of the only reader it is for; "": all its slots. */
	char reader[LIMIT_LABEL];
};

struct wire_hello_rep {
	uint32_t version;	     /* WIRE_VERSION of the worker */
	uint8_t cryptoki_major;	     /* CK_INFO (PKCS#11 2.40, 3.5) */
	uint8_t cryptoki_minor;
	uint8_t library_major;
	uint8_t library_minor;
	char manufacturer[LIMIT_LABEL]; /* trimmed UTF-8 */
	char description[LIMIT_LABEL];
};

void wire_hello_req_put(struct buf *out, const struct wire_hello_req *m);
int wire_hello_req_get(struct slice body, struct wire_hello_req *m,
		       struct error *e) MUST_CHECK;
void wire_hello_rep_put(struct buf *out, const struct wire_hello_rep *m);
int wire_hello_rep_get(struct slice body, struct wire_hello_rep *m,
		       struct error *e) MUST_CHECK;

#endif
