/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_err: the error list is free of contradictions, and an error object
 * keeps what its origin said, cut where it must be and always terminated.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

static const int numbers[] = {
#define ERR(name, number, code, http, kind, retry, title) ERR_##name,
#include "base/err.def"
#undef ERR
};

static const char *const codes[] = {
#define ERR(name, number, code, http, kind, retry, title) code,
#include "base/err.def"
#undef ERR
};

static void numbers_and_codes_are_unique(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		for (size_t j = 0; j < i; j++) {
			assert_int_not_equal(numbers[i], numbers[j]);
			assert_string_not_equal(codes[i], codes[j]);
		}
}

static void numbers_and_codes_find_their_entry(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		assert_true(numbers[i] < 0);
		assert_int_equal(err_info(numbers[i])->number, numbers[i]);
		assert_ptr_equal(err_info_by_code(codes[i]),
				 err_info(numbers[i]));
	}
}

static void unknown_numbers_and_codes_are_handled(void **state)
{
	assert_int_equal(err_info(-12345)->number, ERR_INTERNAL);
	assert_int_equal(err_info(7)->number, ERR_INTERNAL);
	assert_string_equal(err_info(0)->code, "ok");
	assert_null(err_info_by_code("no-such-code"));
	assert_null(err_info_by_code(""));
}

static void codes_and_titles_are_well_spelt(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		const struct err_info *info = err_info(numbers[i]);
		size_t len = strlen(info->title);

		assert_int_equal(strspn(info->code,
					"abcdefghijklmnopqrstuvwxyz-"),
				 strlen(info->code));
		assert_true(len > 0 && info->title[len - 1] != '.');
		assert_true(info->http >= 400 && info->http <= 599);
	}
}

/* A retry must never be able to cost a PIN try. */
static void nothing_about_a_pin_is_retried(void **state)
{
	static const int pins[] = { ERR_PIN_WRONG, ERR_PIN_LOCKED,
				    ERR_PIN_LENGTH, ERR_PIN_SOURCE,
				    ERR_NOT_LOGGED_IN };

	for (size_t i = 0; i < ARRAY_LEN(pins); i++)
		assert_false(err_info(pins[i])->retry);
}

static void set_keeps_the_origin(void **state)
{
	struct error e;

	memset(&e, 0xaa, sizeof(e));
	assert_int_equal(error_set(&e, ERR_AMBIGUOUS, "%s and %d", "a", 2),
			 ERR_AMBIGUOUS);
	assert_int_equal(e.code, ERR_AMBIGUOUS);
	assert_int_equal(e.errnum, 0);
	assert_true(e.ckr == ERROR_NO_CKR);
	assert_string_equal(e.where, "set_keeps_the_origin");
	assert_string_equal(e.message, "a and 2");
}

static void set_errno_appends_its_text(void **state)
{
	struct error e;

	assert_int_equal(error_set_errno(&e, ERR_IO, ENOSPC, "write"), ERR_IO);
	assert_int_equal(e.errnum, ENOSPC);
	assert_string_equal(e.message, "write: No space left on device");
}

static void clear_means_nothing_failed(void **state)
{
	struct error e;

	memset(&e, 0xaa, sizeof(e));
	error_clear(&e);
	assert_int_equal(e.code, ERR_OK);
	assert_int_equal(e.errnum, 0);
	assert_true(e.ckr == ERROR_NO_CKR);
	assert_string_equal(e.where, "");
	assert_string_equal(e.message, "");
}

static void a_missing_object_still_gives_the_code(void **state)
{
	assert_int_equal(error_set(NULL, ERR_QUOTA, "x"), ERR_QUOTA);
	error_prefix(NULL, "x");
}

static void prefix_goes_in_front(void **state)
{
	struct error e;

	error_set(&e, ERR_MODULE, "hung");
	error_prefix(&e, "module %s: ", "opensc");
	assert_string_equal(e.message, "module opensc: hung");
	assert_int_equal(e.code, ERR_MODULE);
	assert_string_equal(e.where, "prefix_goes_in_front");
}

static void long_texts_are_cut_and_terminated(void **state)
{
	char text[2 * ERROR_MESSAGE_MAX];
	struct error e;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	error_set_at(&e, text, ERR_IO, EIO, "%s", text);
	assert_int_equal(strlen(e.message), ERROR_MESSAGE_MAX - 1);
	assert_int_equal(strlen(e.where), ERROR_WHERE_MAX - 1);
	error_prefix(&e, "y");
	assert_int_equal(strlen(e.message), ERROR_MESSAGE_MAX - 1);
	assert_memory_equal(e.message, "yx", 2);
	error_prefix(&e, "%s", text);
	assert_int_equal(strlen(e.message), ERROR_MESSAGE_MAX - 1);
}

/* `error_set(e, ERR_X, "...: %s", e->message)` translates a failure. */
static void a_message_may_quote_the_one_it_replaces(void **state)
{
	struct error e;

	error_set(&e, ERR_IO, "disk");
	error_set(&e, ERR_NOT_DURABLE, "record: %s", e.message);
	assert_string_equal(e.message, "record: disk");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_and_codes_are_unique),
		cmocka_unit_test(numbers_and_codes_find_their_entry),
		cmocka_unit_test(unknown_numbers_and_codes_are_handled),
		cmocka_unit_test(codes_and_titles_are_well_spelt),
		cmocka_unit_test(nothing_about_a_pin_is_retried),
		cmocka_unit_test(set_keeps_the_origin),
		cmocka_unit_test(set_errno_appends_its_text),
		cmocka_unit_test(clear_means_nothing_failed),
		cmocka_unit_test(a_missing_object_still_gives_the_code),
		cmocka_unit_test(prefix_goes_in_front),
		cmocka_unit_test(long_texts_are_cut_and_terminated),
		cmocka_unit_test(a_message_may_quote_the_one_it_replaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
