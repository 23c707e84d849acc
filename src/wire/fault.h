/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fault: body of a WIRE_FAIL frame: a struct error, whole.
 */
#ifndef SIGNET_WIRE_FAULT_H
#define SIGNET_WIRE_FAULT_H

#include "base/err.h"
#include "wire/frame.h"

void wire_fault_put(struct buf *out, const struct error *m);
/*
 * The peer's error into *m.  ERR_PROTOCOL (in *e) for a body that is none, or
 * says that nothing failed.
 */
int wire_fault_get(struct slice body, struct error *m, struct error *e)
	MUST_CHECK;

#endif
