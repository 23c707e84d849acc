/* SPDX-License-Identifier: Apache-2.0 */
/*
 * body: what the messages share: texts, and the check that a body is whole.
 */
#ifndef SIGNET_WIRE_BODY_H
#define SIGNET_WIRE_BODY_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"

struct error;

/* A text as cursor_text() reads it. */
void wire_put_text(struct buf *out, const char *text);

/* 0 when the body was read to its end and no further; else ERR_PROTOCOL. */
int wire_body_end(const struct cursor *c, struct error *e) MUST_CHECK;

#endif
