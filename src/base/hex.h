/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hex: lower-case hexadecimal text.
 */
#ifndef SIGNET_BASE_HEX_H
#define SIGNET_BASE_HEX_H

#include "base/slice.h"

/* Text of s into out, which has room for 2 * s.len + 1 bytes. */
void hex_encode(struct slice s, char *out);

#endif
