/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bodies: what every message of the worker protocol has to stand.
 */
#ifndef SIGNET_TEST_WIRE_BODIES_H
#define SIGNET_TEST_WIRE_BODIES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"

/*
 * Decoding in a copy of exactly that many bytes, so that a read beyond them
 * is seen by sanitizer and valgrind.
 */
#define BODY_GET(get, body, len, m, e)                                 \
	({                                                             \
		uint8_t *body_copy = malloc((len) + 1);                \
		int body_r;                                            \
		assert_non_null(body_copy);                            \
		memcpy(body_copy, (body).ptr, len);                    \
		body_copy = realloc(body_copy, (len) == 0 ? 1 : (len)); \
		assert_non_null(body_copy);                            \
		body_r = get(slice_of(body_copy, len), m, e);          \
		free(body_copy);                                       \
		body_r;                                                \
	})

/* Every truncation of a good body is refused, and so is a byte too many. */
#define BODY_CHECK_LENGTHS(get, body, m)                               \
	do {                                                           \
		struct error body_e;                                   \
		for (size_t n = 0; n < (body).len; n++)                \
			assert_int_equal(BODY_GET(get, body, n, m,     \
						  &body_e),            \
					 ERR_PROTOCOL);                \
		buf_put_u8(&(body), 0);                                \
		assert_int_equal(buf_error(&(body)), 0);               \
		assert_int_equal(BODY_GET(get, body, (body).len, m,    \
					  &body_e), ERR_PROTOCOL);     \
	} while (0)

/* A text as long as a field of size bytes takes, and one byte more. */
static inline void body_fill(char *text, size_t len)
{
	memset(text, 'x', len);
	text[len] = '\0';
}

#endif
