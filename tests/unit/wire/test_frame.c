/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_frame: frames are taken whole and in order; a head that lies ends it.
 */
#include "tests/unit/wire/bodies.h"
#include "wire/frame.h"

static struct buf out;
static struct wire_frame frame;
static struct error e;

static int setup(void **state)
{
	buf_init(&out, LIMIT_FRAME * 2);
	memset(&frame, 0, sizeof(frame));
	return 0;
}

static int teardown(void **state)
{
	buf_fini(&out);
	return 0;
}

static void put(enum wire_type type, uint32_t id, const char *body)
{
	size_t at = wire_frame_begin(&out, type, WIRE_REQ, id);

	buf_put_str(&out, body);
	wire_frame_end(&out, at);
}

static void test_two_in_a_row(void **state)
{
	struct slice in;

	put(WIRE_KEYS, 7, "seven");
	put(WIRE_SIGN, 0xfffffffe, "");
	in = buf_slice(&out);
	assert_int_equal(wire_frame_next(&in, &frame, &e), 1);
	assert_int_equal(frame.type, WIRE_KEYS);
	assert_int_equal(frame.kind, WIRE_REQ);
	assert_int_equal(frame.id, 7);
	assert_true(slice_equal(frame.body, slice_str("seven")));
	assert_int_equal(wire_frame_next(&in, &frame, &e), 1);
	assert_int_equal(frame.type, WIRE_SIGN);
	assert_int_equal(frame.id, 0xfffffffe);
	assert_int_equal(frame.body.len, 0);
	assert_int_equal(in.len, 0);
	assert_int_equal(wire_frame_next(&in, &frame, &e), 0);
}

static void test_a_part_is_waited_for(void **state)
{
	struct slice in;

	put(WIRE_TOKENS, 1, "body");
	for (size_t n = 0; n < out.len; n++) {
		in = slice_of(out.ptr, n);
		assert_int_equal(wire_frame_next(&in, &frame, &e), 0);
		assert_int_equal(in.len, n);
	}
}

/* One frame whose byte at an offset is another. */
static int altered(size_t offset, uint8_t value)
{
	struct slice in;

	buf_reset(&out);
	put(WIRE_TOKENS, 1, "body");
	out.ptr[offset] = value;
	in = buf_slice(&out);
	return wire_frame_next(&in, &frame, &e);
}

static void test_heads_that_cannot_be(void **state)
{
	assert_int_equal(altered(5, 0), ERR_PROTOCOL);
	assert_int_equal(altered(5, WIRE_TYPE_LAST + 1), ERR_PROTOCOL);
	assert_int_equal(altered(4, 1), ERR_PROTOCOL);
	assert_int_equal(altered(6, 0), ERR_PROTOCOL);
	assert_int_equal(altered(6, WIRE_FAIL + 1), ERR_PROTOCOL);
	assert_int_equal(altered(7, 1), ERR_PROTOCOL);
	assert_int_equal(altered(5, WIRE_TYPE_LAST), 1);
	assert_int_equal(altered(6, WIRE_FAIL), 1);
}

static int with_length(uint32_t length)
{
	struct slice in;

	buf_reset(&out);
	put(WIRE_TOKENS, 1, "");
	buf_set_u32(&out, 0, length);
	in = buf_slice(&out);
	return wire_frame_next(&in, &frame, &e);
}

/* A length is refused when its four bytes are there: nothing is waited for. */
static void test_lengths_that_cannot_be(void **state)
{
	assert_int_equal(with_length(0), ERR_PROTOCOL);
	assert_int_equal(with_length(7), ERR_PROTOCOL);
	assert_int_equal(with_length(8), 1);
	assert_int_equal(with_length(LIMIT_FRAME), 0);
	assert_int_equal(with_length(LIMIT_FRAME + 1), ERR_PROTOCOL);
	assert_int_equal(with_length(UINT32_MAX), ERR_PROTOCOL);
}

static void test_the_largest_frame(void **state)
{
	size_t at = wire_frame_begin(&out, WIRE_SIGN, WIRE_REQ, 1);
	size_t body = LIMIT_FRAME - (WIRE_FRAME_HEAD - 4);
	struct slice in;

	memset(buf_reserve(&out, body), 'x', body);
	buf_commit(&out, body);
	wire_frame_end(&out, at);
	in = buf_slice(&out);
	assert_int_equal(wire_frame_next(&in, &frame, &e), 1);
	assert_int_equal(frame.body.len, body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_two_in_a_row, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_a_part_is_waited_for,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_heads_that_cannot_be,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_lengths_that_cannot_be,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_largest_frame, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
