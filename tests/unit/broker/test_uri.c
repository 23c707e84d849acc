/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_uri: what a PKCS#11 URI names, and what it may not ask for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "broker/uri.h"

static const struct wire_token token = {
	.label = "Signet Test",
	.serial = "0123456789abcdef",
	.manufacturer = "SoftHSM project",
	.model = "SoftHSM v2",
};

static struct uri *parsed(const char *text)
{
	struct uri *u = NULL;
	struct error e;

	assert_int_equal(uri_parse(text, &u, &e), 0);
	return u;
}

static bool names(const char *text, const char *id, const char *label)
{
	AUTO(uri_freep) struct uri *u = parsed(text);

	return uri_matches_token(u, &token) &&
	       uri_matches_key(u, slice_str(id), label);
}

static void attributes_have_to_match(void **state)
{
	assert_true(names("pkcs11:", "a", "key"));
	assert_true(names("pkcs11:token=Signet%20Test", "a", "key"));
	assert_true(names("pkcs11:serial=0123456789abcdef;id=a", "a", "key"));
	assert_true(names("pkcs11:object=key;type=private", "a", "key"));
	assert_true(names("pkcs11:id=%61", "a", "key"));
	assert_false(names("pkcs11:token=Signet", "a", "key"));
	assert_false(names("pkcs11:serial=0123456789abcdee", "a", "key"));
	assert_false(names("pkcs11:id=b", "a", "key"));
	assert_false(names("pkcs11:id=aa", "a", "key"));
	assert_false(names("pkcs11:object=Key", "a", "key"));
}

static void a_uri_names_what_it_was_made_of(void **state)
{
	char text[LIMIT_URI];
	struct error e;

	assert_int_equal(uri_of_key(&token, slice_of("\x01;%", 3), "a;b=c?",
				    text, sizeof(text), &e), 0);
	assert_true(names(text, "\x01;%", "a;b=c?"));
	assert_false(names(text, "\x01;", "a;b=c?"));
	assert_int_equal(uri_of_token(&token, text, sizeof(text), &e), 0);
	assert_true(names(text, "any", "any"));
	assert_int_equal(uri_of_token(&token, text, 10, &e), ERR_TOO_LARGE);
}

static void pin_and_module_are_not_the_callers(void **state)
{
	static const char *const texts[] = {
		"pkcs11:token=x?pin-value=1234",
		"pkcs11:token=x?pin-source=/etc/shadow",
		"pkcs11:token=x?module-path=/tmp/evil.so",
		"pkcs11:token=x?module-name=evil",
	};
	struct error e;
	struct uri *u;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(uri_parse(texts[i], &u, &e), ERR_MALFORMED);
}

static void what_is_none_is_refused(void **state)
{
	char *text = malloc(LIMIT_URI + 2);
	struct error e;
	struct uri *u;

	assert_non_null(text);
	assert_int_equal(uri_parse("", &u, &e), ERR_MALFORMED);
	assert_int_equal(uri_parse("http://x", &u, &e), ERR_MALFORMED);
	assert_int_equal(uri_parse("pkcs11:id=%zz", &u, &e), ERR_MALFORMED);
	assert_int_equal(uri_parse("pkcs11:what=ever", &u, &e),
			 ERR_MALFORMED);
	memset(text, 'a', LIMIT_URI + 1);
	memcpy(text, "pkcs11:object=", 14);
	text[LIMIT_URI + 1] = '\0';
	assert_int_equal(uri_parse(text, &u, &e), ERR_MALFORMED);
	text[LIMIT_URI] = '\0';
	assert_int_equal(uri_parse(text, &u, &e), 0);
	uri_free(u);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attributes_have_to_match),
		cmocka_unit_test(a_uri_names_what_it_was_made_of),
		cmocka_unit_test(pin_and_module_are_not_the_callers),
		cmocka_unit_test(what_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
