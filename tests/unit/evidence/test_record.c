/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_record: a record says what happened, and nothing in it can be forged.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/err.h"
#include "evidence/record.h"

static void line_of(const struct record *r, char *out, size_t size)
{
	struct buf b;

	buf_init(&b, size - 1);
	record_line(r, &b);
	assert_int_equal(buf_error(&b), 0);
	memcpy(out, buf_text(&b), b.len + 1);
	buf_fini(&b);
}

static void a_release_names_key_and_hashes(void **state)
{
	static const uint8_t zeros[32];
	const struct record r = {
		.outcome = "released", .uid = 1000, .pid = 42,
		.exe = "/usr/bin/x", .key = "pkcs11:id=%01",
		.algorithm = "ES256", .format = "raw", .rule = "r",
		.content_name = "a.xml",
		.content_sha256 = zeros, .signature = slice_str("abc"),
	};
	char line[1024];

	line_of(&r, line, sizeof(line));
	assert_string_equal(line, "released uid=1000 pid=42"
		" exe=\"/usr/bin/x\" key=\"pkcs11:id=%01\""
		" algorithm=\"ES256\" format=\"raw\" rule=\"r\" name=\"a.xml\""
		" content-sha256=00000000000000000000000000000000"
		"00000000000000000000000000000000"
		/* FIPS 180-2 appendix B.1 */
		" signature-sha256=ba7816bf8f01cfea414140de5dae2223"
		"b00361a396177a9cb410ff61f20015ad");
}

static void a_failure_has_no_signature(void **state)
{
	struct error e;
	struct record r = { .outcome = "failed", .failure = &e,
			    .signature = slice_str("abc") };
	char line[1024];

	error_set(&e, ERR_MISMATCH, "not its key");
	line_of(&r, line, sizeof(line));
	assert_null(strstr(line, "signature-sha256"));
	assert_non_null(strstr(line, "code=\"signature-mismatch\""));
	assert_non_null(strstr(line, "detail=\"not its key\""));
}

static void a_name_cannot_end_its_quotes(void **state)
{
	struct record r = { .outcome = "released",
			    .content_name = "x\" key=\"y\\" };
	char line[1024];

	line_of(&r, line, sizeof(line));
	assert_non_null(strstr(line, "name=\"x\\\" key=\\\"y\\\\\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_release_names_key_and_hashes),
		cmocka_unit_test(a_failure_has_no_signature),
		cmocka_unit_test(a_name_cannot_end_its_quotes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
