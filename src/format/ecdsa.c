/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ecdsa: r||s to DER and back.
 */
#include "format/ecdsa.h"

#include <string.h>

#include "base/err.h"
#include "format/der.h"

size_t format_ecdsa_len(const char *curve)
{
	if (strcmp(curve, "P-256") == 0)
		return 64;
	if (strcmp(curve, "P-384") == 0)
		return 96;
	if (strcmp(curve, "P-521") == 0)
		return 132;
	return 0;
}

void format_ecdsa_to_der(struct slice rs, struct buf *out)
{
	size_t half = rs.len / 2;
	size_t sequence = format_der_open(out, DER_SEQUENCE);

	format_der_put_unsigned(out, slice_of(rs.ptr, half));
	format_der_put_unsigned(out, slice_of(rs.ptr + half, half));
	format_der_close(out, sequence);
}

/* One INTEGER as size bytes, zeros in front. */
static void number_put(struct cursor *c, size_t size, struct buf *out)
{
	struct slice n = format_der_get(c, DER_INTEGER);

	if (n.len == 0 || (n.ptr[0] & 0x80) != 0) {
		c->failed = true;
		return;
	}
	if (n.ptr[0] == 0 && n.len > 1) {
		if ((n.ptr[1] & 0x80) == 0)
			c->failed = true;
		n.ptr++;
		n.len--;
	}
	if (n.len > size) {
		c->failed = true;
		return;
	}
	for (size_t i = n.len; i < size; i++)
		buf_put_u8(out, 0);
	buf_put_slice(out, n);
}

int format_ecdsa_from_der(struct slice der, size_t len, struct buf *out)
{
	struct cursor whole = cursor_of(der);
	struct cursor c = format_der_enter(&whole, DER_SEQUENCE);
	size_t before = out->len;

	number_put(&c, len / 2, out);
	number_put(&c, len / 2, out);
	if (cursor_done(&whole) && cursor_done(&c))
		return buf_error(out);
	out->len = before;
	return ERR_MALFORMED;
}
