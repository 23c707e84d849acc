/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_ecdsa: r||s and DER are two shapes of one value.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "format/ecdsa.h"

/* First byte of r and of s, the others 0: short, with sign bit, zero. */
static void both_ways_give_the_same(void **state)
{
	static const uint8_t firsts[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
	static const size_t lens[] = { 64, 96, 132 };

	for (size_t n = 0; n < ARRAY_LEN(lens) * ARRAY_LEN(firsts); n++) {
		struct buf der AUTO(buf_fini) = { .max = FORMAT_ECDSA_DER_MAX };
		struct buf back AUTO(buf_fini) = { .max = 132 };
		size_t len = lens[n / ARRAY_LEN(firsts)];
		uint8_t rs[132] = { firsts[n % ARRAY_LEN(firsts)] };

		rs[len / 2] = 0xff;
		rs[len - 1] = 0x03;
		format_ecdsa_to_der(slice_of(rs, len), &der);
		assert_int_equal(buf_error(&der), 0);
		assert_int_equal(format_ecdsa_from_der(buf_slice(&der), len,
						       &back), 0);
		assert_true(slice_equal(buf_slice(&back), slice_of(rs, len)));
	}
}

static void the_largest_fits_its_limit(void **state)
{
	struct buf der AUTO(buf_fini) = { .max = FORMAT_ECDSA_DER_MAX };
	uint8_t rs[132];

	memset(rs, 0xff, sizeof(rs));
	format_ecdsa_to_der(slice_of(rs, sizeof(rs)), &der);
	assert_int_equal(buf_error(&der), 0);
	assert_int_equal(der.len, 3 + 2 * (2 + 67));
}

static void what_is_no_der_is_refused(void **state)
{
	static const struct slice bad[] = {
		{ (const uint8_t *)"", 0 },
		{ (const uint8_t *)"\x30\x03\x02\x01\x01", 5 },
		{ (const uint8_t *)"\x30\x06\x02\x01\x01\x02\x01\x81", 8 },
		{ (const uint8_t *)"\x30\x07\x02\x02\x00\x01\x02\x01\x01", 9 },
		{ (const uint8_t *)"\x30\x05\x02\x00\x02\x01\x01", 7 },
		{ (const uint8_t *)"\x30\x06\x02\x01\x01\x02\x01\x01x", 9 },
		{ (const uint8_t *)"\x30\x07\x02\x01\x01\x02\x01\x01\x05", 9 },
		{ (const uint8_t *)"\x30\x09\x02\x04""abcd\x02\x01\x01", 11 },
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct buf out AUTO(buf_fini) = { .max = 132 };

		buf_put_str(&out, "kept");
		assert_int_equal(format_ecdsa_from_der(bad[i], 6, &out),
				 ERR_MALFORMED);
		assert_int_equal(out.len, 4);
	}
}

static void curves_have_lengths(void **state)
{
	assert_int_equal(format_ecdsa_len("P-256"), 64);
	assert_int_equal(format_ecdsa_len("P-384"), 96);
	assert_int_equal(format_ecdsa_len("P-521"), 132);
	assert_int_equal(format_ecdsa_len("Ed25519"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways_give_the_same),
		cmocka_unit_test(the_largest_fits_its_limit),
		cmocka_unit_test(what_is_no_der_is_refused),
		cmocka_unit_test(curves_have_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
