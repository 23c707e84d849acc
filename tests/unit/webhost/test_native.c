/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_native: messages come out whole, however they came in, and lengths that
 * are none end it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "webhost/native.h"

#define MOST 100u

static struct native n;
static struct error e;

static int set_up(void **state)
{
	native_init(&n, MOST);
	return 0;
}

static int tear_down(void **state)
{
	native_fini(&n);
	return 0;
}

/* A message of len bytes, all of them c. */
static struct buf framed(uint32_t len, char c)
{
	struct buf b;

	buf_init(&b, 4096);
	buf_put(&b, &len, sizeof(len));
	for (uint32_t i = 0; i < len; i++)
		buf_put_u8(&b, (uint8_t)c);
	return b;
}

static void feed_length(uint32_t len)
{
	native_feed(&n, slice_of(&len, sizeof(len)));
}

static void next_is(uint32_t len, char c)
{
	struct slice m;
	bool there;

	assert_int_equal(native_next(&n, &m, &there, &e), 0);
	assert_true(there);
	assert_int_equal(m.len, len);
	for (size_t i = 0; i < m.len; i++)
		assert_int_equal(m.ptr[i], c);
}

static void nothing_is_next(void)
{
	struct slice m;
	bool there = true;

	assert_int_equal(native_next(&n, &m, &there, &e), 0);
	assert_false(there);
}

static void a_message_comes_byte_by_byte(void **state)
{
	struct buf b = framed(7, 'a');

	for (size_t i = 0; i < b.len; i++) {
		nothing_is_next();
		native_feed(&n, slice_of(b.ptr + i, 1));
	}
	next_is(7, 'a');
	nothing_is_next();
	buf_fini(&b);
}

static void several_come_at_once(void **state)
{
	struct buf a = framed(5, 'a'), b = framed(MOST, 'b');

	buf_put_slice(&a, buf_slice(&b));
	buf_put(&a, "\x06", 1);
	native_feed(&n, buf_slice(&a));
	next_is(5, 'a');
	next_is(MOST, 'b');
	nothing_is_next();
	native_feed(&n, slice_of("\0\0\0cccccc", 9));
	next_is(6, 'c');
	nothing_is_next();
	buf_fini(&a);
	buf_fini(&b);
}

/* What was given stays where it is until the next is asked for. */
static void fed_before_the_next_is_asked_for(void **state)
{
	struct buf a = framed(5, 'a'), b = framed(6, 'b');

	native_feed(&n, buf_slice(&a));
	next_is(5, 'a');
	native_feed(&n, buf_slice(&b));
	next_is(6, 'b');
	buf_fini(&a);
	buf_fini(&b);
}

static void length_is(uint32_t len, int code)
{
	struct slice m;
	bool there;

	native_fini(&n);
	native_init(&n, MOST);
	feed_length(len);
	assert_int_equal(native_next(&n, &m, &there, &e), code);
	assert_false(there);
}

static void lengths_that_are_none(void **state)
{
	length_is(0, ERR_MALFORMED);
	length_is(4, ERR_MALFORMED);
	length_is(5, 0);
	length_is(MOST, 0);
	length_is(MOST + 1, ERR_TOO_LARGE);
	length_is(0x7fffffff, ERR_TOO_LARGE);
	length_is(0xffffffff, ERR_TOO_LARGE);
}

static void what_is_written_can_be_read(void **state)
{
	uint8_t bytes[64];
	struct slice m;
	bool there;
	int ends[2];
	ssize_t got;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(native_write(ends[1], slice_str("{\"a\":1}"), &e), 0);
	got = read(ends[0], bytes, sizeof(bytes));
	assert_int_equal(got, 11);
	native_feed(&n, slice_of(bytes, (size_t)got));
	assert_int_equal(native_next(&n, &m, &there, &e), 0);
	assert_true(there);
	assert_true(slice_equal(m, slice_str("{\"a\":1}")));
	fd_closep(&ends[0]);
	fd_closep(&ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_message_comes_byte_by_byte,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(several_come_at_once, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(
			fed_before_the_next_is_asked_for, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lengths_that_are_none, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_is_written_can_be_read,
						set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
