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

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool hex_decode(const char *text, struct buf *out)
{
	int high, low;

	for (; *text != '\0'; text += 2) {
		high = hex_digit(text[0]);
		low = high < 0 ? -1 : hex_digit(text[1]);
		if (low < 0)
			return false;
		buf_put_u8(out, (uint8_t)(high << 4 | low));
	}
	return buf_error(out) == 0;
}
