/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hex: lower-case hexadecimal text.
 */
#include "base/hex.h"

void hex_encode(struct slice s, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < s.len; i++) {
		*out++ = digits[s.ptr[i] >> 4];
		*out++ = digits[s.ptr[i] & 15];
	}
	*out = '\0';
}
