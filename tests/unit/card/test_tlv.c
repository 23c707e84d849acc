/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_tlv: what is written is read again; what is cut off or too long is not
 * read.
 */
#include "tests/card/tlv.h"

#include "tests/unit/card/head.h"

static void tags_and_lengths_of_each_size_come_back(void **state)
{
	static const uint32_t tags[] = { 0x53, 0x5f2f, 0x7f49 };
	static const size_t lengths[] = { 0, 1, 127, 128, 255, 256, 4096 };
	static const uint8_t bytes[4096];
	AUTO(buf_fini) struct buf b;
	struct slice value;

	buf_init(&b, 8192);
	for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
		for (size_t k = 0; k < ARRAY_LEN(lengths); k++) {
			buf_reset(&b);
			tlv_put(&b, 0x80, BYTES("before"));
			tlv_put(&b, tags[i], slice_of(bytes, lengths[k]));
			assert_int_equal(buf_error(&b), 0);
			assert_true(tlv_find(buf_slice(&b), tags[i], &value));
			assert_int_equal(value.len, lengths[k]);
		}
	}
}

static void what_is_cut_off_is_not_found(void **state)
{
	const struct slice bad[] = {
		BYTES(""),	   BYTES("\x53"),
		BYTES("\x53\2a"),  BYTES("\x53\x81"),
		BYTES("\x53\x82\1"), BYTES("\x53\x83\0\0\1a"),
		BYTES("\x53\x80"), BYTES("\x53\xff\xff\xff\xff"),
		BYTES("\x7f"),	   BYTES("\x80\5ab\x53\1a"),
		BYTES("\x1f\xff\xff\xff\xff\xff\xff\x53\1a"),
	};
	struct slice value;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(tlv_find(bad[i], 0x53, &value));
}

static void what_does_not_fit_is_remembered(void **state)
{
	static const uint8_t bytes[65536];
	AUTO(buf_fini) struct buf b;

	buf_init(&b, 1u << 20);
	tlv_put(&b, 0x53, slice_of(bytes, sizeof(bytes)));
	assert_int_not_equal(buf_error(&b), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags_and_lengths_of_each_size_come_back),
		cmocka_unit_test(what_is_cut_off_is_not_found),
		cmocka_unit_test(what_does_not_fit_is_remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
