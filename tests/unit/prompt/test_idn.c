/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_idn: host names of RFC 3492 section 7.1, and names that are none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "prompt/idn.h"

static void check(const char *host, const char *decoded)
{
	struct buf b;

	buf_init(&b, 4096);
	assert_true(prompt_idn_decode(slice_str(host), &b));
	assert_string_equal(buf_text(&b), decoded);
	buf_fini(&b);
}

static void check_none(const char *host)
{
	struct buf b;

	buf_init(&b, 4096);
	buf_put_str(&b, "before");
	assert_false(prompt_idn_decode(slice_str(host), &b));
	assert_string_equal(buf_text(&b), "before");
	buf_fini(&b);
}

/* RFC 3492 section 7.1: (B), (F), (I), (L), (S) */
static void the_samples_of_the_rfc(void **state)
{
	check("xn--ihqwcrb4cv8a8dqg056pqjye", "他们为什么不说中文");
	check("xn--i1baa7eci9glrd9b2ae1bj0hfcgg6iyaf8o0a1dig0cd",
	      "यहलोगहिन्दीक्यों"
	      "नहींबोलसकतेहैं");
	check("xn--b1abfaaepdrnnbgefbadotcwatmq2g4l",
	      "почемужеонинеговорятпорусски");
	check("xn--3B-ww4c5e180e575a65lsy2b", "3年B組金八先生");
}

static void labels_one_by_one(void **state)
{
	check("www.xn--mnchen-3ya.example", "www.münchen.example");
	check("XN--MNCHEN-3YA.xn--bnk-qla", "MüNCHEN.bänk");
}

static void plain_names_have_no_second_form(void **state)
{
	check_none("bank.example");
	check_none("");
	check_none(".");
	check_none("xn--");
	check_none("xn-bank.example");
}

static void what_cannot_be_decoded_is_left_alone(void **state)
{
	/* A number that does not end, a digit that is none, overflow. */
	check_none("xn--bank-z");
	check_none("xn--bank-!!");
	check_none("xn--99999999999");
	check_none("a.xn--bnk-qla.xn--bank-z");
	/* More than 63 bytes. */
	check_none("xn--aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		   "aaaaaaaaaaaaaaaaaaaa-bnk");
	check_none("xn--\xc3\xa4-bnk");
}

/* Whatever is in it: no crash, and what comes out is UTF-8. */
static void any_label(void **state)
{
	static const char digits[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	uint32_t seed = 1;
	char host[80] = "xn--";
	struct buf b;

	buf_init(&b, 4096);
	for (unsigned i = 0; i < 20000; i++) {
		unsigned len = 5 + i % 70;

		for (unsigned k = 4; k < len; k++) {
			seed = seed * 1103515245u + 12345u;
			host[k] = digits[(seed >> 16) % (sizeof(digits) - 1)];
		}
		host[len] = '\0';
		buf_reset(&b);
		prompt_idn_decode(slice_str(host), &b);
		assert_int_equal(buf_error(&b), 0);
	}
	buf_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_samples_of_the_rfc),
		cmocka_unit_test(labels_one_by_one),
		cmocka_unit_test(plain_names_have_no_second_form),
		cmocka_unit_test(what_cannot_be_decoded_is_left_alone),
		cmocka_unit_test(any_label),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
