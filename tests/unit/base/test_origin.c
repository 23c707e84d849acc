/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_origin: an origin has one spelling, that of browsers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "base/origin.h"

static void each(const char *const *list, size_t count, enum origin_kind kind)
{
	for (size_t i = 0; i < count; i++) {
		if (origin_kind(list[i]) != kind)
			print_error("%s\n", list[i]);
		assert_int_equal(origin_kind(list[i]), kind);
	}
}
#define EACH(kind, ...)                                            \
	do {                                                       \
		static const char *const list[] = { __VA_ARGS__ }; \
		each(list, ARRAY_LEN(list), kind);                 \
	} while (0)

static void pages_of_https_have_an_origin(void **state)
{
	EACH(ORIGIN_HTTPS, "https://bank.example", "https://bank.example:8443",
	     "https://a", "https://a-b.c_d.example", "https://localhost",
	     "https://xn--bnk-sna.example", "https://127.0.0.1:1",
	     "https://bank.example:65535", "https://[::1]",
	     "https://[fe80::1]:9", "https://3com.example");
}

static void only_localhost_may_be_without_tls(void **state)
{
	EACH(ORIGIN_LOCALHOST, "http://localhost", "http://localhost:8000");
	EACH(ORIGIN_NONE, "http://bank.example", "http://127.0.0.1",
	     "http://localhost:80", "http://localhost.bank.example",
	     "http://localhost/", "http://localhost:", "http://localhost:0",
	     "http://localhostx", "http://Localhost", "http://[::1]",
	     "http://localhost@evil.example");
}

static void what_is_no_origin_of_a_page_is_none(void **state)
{
	EACH(ORIGIN_NONE, "", "null", "*", "bank.example", "https:",
	     "https://", "https://*", "https://*.bank.example",
	     "wss://bank.example", "file://", "moz-extension://abc",
	     "HTTPS://bank.example", "https:/bank.example",
	     "https://bank.example https://other.example",
	     "https://bank.example,https://other.example");
}

static void a_url_is_no_origin(void **state)
{
	EACH(ORIGIN_NONE, "https://bank.example/", "https://bank.example/pay",
	     "https://bank.example?x", "https://bank.example#x",
	     "https://user@bank.example", "https://user:pw@bank.example",
	     "https://bank.example\\@evil.example",
	     "https://bank.example\n", " https://bank.example");
}

static void other_spellings_are_none(void **state)
{
	EACH(ORIGIN_NONE, "https://Bank.example", "https://bank.example.",
	     "https://bank..example", "https://.bank.example",
	     "https://-bank.example", "https://bank-.example",
	     "https://b\xc3\xa4nk.example", "https://bank.example:443",
	     "https://bank.example:", "https://bank.example:x",
	     "https://bank.example:65536", "https://bank.example:123456",
	     "https://bank.example:08", "https://bank.example:+8",
	     "https://:80", "https://bank%2eexample");
}

static void addresses_are_in_their_usual_form(void **state)
{
	EACH(ORIGIN_NONE, "https://127.1", "https://0x7f.0.0.1",
	     "https://2130706433", "https://127.0.0.01", "https://1.2.3.4.5",
	     "https://256.0.0.1", "https://a.0x1", "https://[::1", "https://[",
	     "https://[::1]x", "https://[0:0:0:0:0:0:0:1]", "https://[::A]",
	     "https://[::ffff:127.0.0.1]", "https://[fe80::1%eth0]",
	     "https://::1", "https://[]");
}

static void names_are_as_long_as_the_dns_has_them(void **state)
{
	char text[ORIGIN_SIZE + 64], label[65];

	memset(label, 'a', 64);
	label[64] = '\0';
	snprintf(text, sizeof(text), "https://%s", label);
	assert_int_equal(origin_kind(text), ORIGIN_NONE);
	snprintf(text, sizeof(text), "https://%.63s.%.63s.%.63s.%.61s:65535",
		 label, label, label, label);
	assert_int_equal(origin_kind(text), ORIGIN_HTTPS);
	assert_true(strlen(text) < ORIGIN_SIZE);
	snprintf(text, sizeof(text), "https://%.63s.%.63s.%.63s.%.62s", label,
		 label, label, label);
	assert_int_equal(origin_kind(text), ORIGIN_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_of_https_have_an_origin),
		cmocka_unit_test(only_localhost_may_be_without_tls),
		cmocka_unit_test(what_is_no_origin_of_a_page_is_none),
		cmocka_unit_test(a_url_is_no_origin),
		cmocka_unit_test(other_spellings_are_none),
		cmocka_unit_test(addresses_are_in_their_usual_form),
		cmocka_unit_test(names_are_as_long_as_the_dns_has_them),
	};

	return cmocka_run_group_tests_name("origin", tests, NULL, NULL);
}
