/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_pin: tries are spent and given back as a card does it.
 */
#include "tests/card/pin.h"

#include "tests/card/sw.h"
#include "tests/unit/card/head.h"

static struct pin new_pin(void)
{
	struct pin p = { .tries = 3, .tries_max = 3 };

	assert_true(pin_set_text(&p, BYTES("123456")));
	return p;
}

#define RIGHT BYTES("123456\xff\xff")
#define WRONG BYTES("123457\xff\xff")

static void a_right_pin_gives_the_tries_back(void **state)
{
	struct pin p = new_pin();

	assert_int_equal(pin_check(&p, WRONG), 0x63c2);
	assert_int_equal(pin_check(&p, WRONG), 0x63c1);
	assert_int_equal(pin_check(&p, RIGHT), 0);
	assert_int_equal(p.tries, 3);
}

static void the_third_wrong_one_locks(void **state)
{
	struct pin p = new_pin();

	assert_int_equal(pin_check(&p, WRONG), 0x63c2);
	assert_int_equal(pin_check(&p, WRONG), 0x63c1);
	assert_int_equal(pin_check(&p, WRONG), SW_BLOCKED);
	assert_int_equal(pin_check(&p, RIGHT), SW_BLOCKED);
	assert_int_equal(pin_status(&p), SW_BLOCKED);
}

static void what_is_no_pin_costs_no_try(void **state)
{
	const struct slice none[] = {
		BYTES(""),
		BYTES("123456"),
		BYTES("12345\xff\xff\xff"),
		BYTES("123\xff" "456\xff"),
		BYTES("123456\xff\xff\xff"),
		BYTES("\xff\xff\xff\xff\xff\xff\xff\xff"),
	};
	struct pin p = new_pin();

	for (size_t i = 0; i < ARRAY_LEN(none); i++) {
		assert_int_equal(pin_check(&p, none[i]), SW_DATA);
		assert_int_equal(pin_change(&p, none[i]), SW_DATA);
	}
	assert_int_equal(p.tries, 3);
	assert_int_equal(pin_check(&p, RIGHT), 0);
}

static void texts_of_other_lengths_are_refused(void **state)
{
	struct pin p = new_pin();

	assert_false(pin_set_text(&p, BYTES("12345")));
	assert_false(pin_set_text(&p, BYTES("123456789")));
	assert_int_equal(pin_check(&p, RIGHT), 0);
}

static void a_changed_pin_is_the_pin(void **state)
{
	struct pin p = new_pin();

	assert_int_equal(pin_change(&p, BYTES("87654321")), 0);
	assert_int_equal(pin_check(&p, BYTES("87654321")), 0);
	assert_int_equal(pin_check(&p, RIGHT), 0x63c2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_right_pin_gives_the_tries_back),
		cmocka_unit_test(the_third_wrong_one_locks),
		cmocka_unit_test(what_is_no_pin_costs_no_try),
		cmocka_unit_test(texts_of_other_lengths_are_refused),
		cmocka_unit_test(a_changed_pin_is_the_pin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
