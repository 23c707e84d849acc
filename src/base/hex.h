/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hex: lower-case hexadecimal text.
 */
#ifndef SIGNET_BASE_HEX_H
#define SIGNET_BASE_HEX_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"

/* Text of s into out, which has room for 2 * s.len + 1 bytes. */
void hex_encode(struct slice s, char *out);

/*
 * Append the bytes of a text of either case to out.  False: another character,
 * or half a byte, and out has a part; or out is full.
 */
bool hex_decode(const char *text, struct buf *out) MUST_CHECK;

#endif
