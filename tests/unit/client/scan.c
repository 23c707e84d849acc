/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit tests of src/client/scan.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "client/scan.h"

struct outcome {
	int r;
	unsigned int found;
	char rest[512], written[512];
	size_t len;
};

/* Feed text in pieces of step bytes. */
static void scan(const char *text, bool base64, size_t step,
		 struct outcome *out)
{
	struct client_scan s;
	struct buf rest;
	struct error e;
	size_t len = strlen(text);
	int fd = memfd_create("scan", MFD_CLOEXEC);
	ssize_t got;

	memset(out, 0, sizeof(*out));
	client_scan_init(&s, fd, base64);
	buf_init(&rest, sizeof(out->rest) - 1);
	for (size_t i = 0; i < len && out->r == 0; i += step)
		out->r = client_scan_feed(
			&s, slice_of(text + i, len - i < step ? len - i : step),
			&rest, &e);
	out->found = s.found;
	snprintf(out->rest, sizeof(out->rest), "%s", buf_text(&rest));
	got = pread(fd, out->written, sizeof(out->written) - 1, 0);
	assert_true(got >= 0);
	out->len = (size_t)got;
	assert_int_equal(s.written, out->len);
	client_scan_fini(&s);
	buf_fini(&rest);
	close(fd);
}

static void takes_the_signature_out_of_any_pieces(void **state)
{
	static const char text[] =
		"{ \"id\":\"7\",\n \"signature\" : \"aGVsbG8=\" ,"
		"\"n\":[1,{}] }";
	struct outcome o;

	for (size_t step = 1; step < sizeof(text); step++) {
		scan(text, true, step, &o);
		assert_int_equal(o.r, 0);
		assert_string_equal(o.written, "hello");
		assert_string_equal(o.rest, "{ \"id\":\"7\",\n \"signature\" : "
					    "\"\" ,\"n\":[1,{}] }");
	}
}

static void takes_a_compact_text_as_it_is(void **state)
{
	struct outcome o;

	scan("{\"signature\":\"eyJ.e30.c2ln\"}", false, 5, &o);
	assert_int_equal(o.r, 0);
	assert_string_equal(o.written, "eyJ.e30.c2ln");
	assert_string_equal(o.rest, "{\"signature\":\"\"}");
}

static void leaves_other_places_alone(void **state)
{
	static const char *const texts[] = {
		"{\"a\":{\"signature\":\"aGVsbG8=\"}}",
		"[\"signature\",\"aGVsbG8=\"]",
		"{\"x\":\"signature\",\"y\":\"aGVsbG8=\"}",
		"{\"x\":\"\\\"signature\\\":\\\"aGVsbG8=\"}",
		"{\"signature\":null,\"y\":\"aGVsbG8=\"}",
		"{\"signature2\":\"aGVsbG8=\",\"signatur\":\"aGVsbG8=\"}",
	};
	struct outcome o;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		scan(texts[i], true, 3, &o);
		assert_int_equal(o.r, 0);
		assert_int_equal(o.len, 0);
		assert_string_equal(o.rest, texts[i]);
	}
}

/* {"x":"signature"} and then a member: the depth has to be right again. */
static void counts_depth_behind_a_value_of_that_name(void **state)
{
	struct outcome o;

	scan("{\"a\":[\"signature\"],\"signature\":\"aGVsbG8=\"}", true, 1, &o);
	assert_int_equal(o.r, 0);
	assert_string_equal(o.written, "hello");
}

static void allows_an_escaped_slash(void **state)
{
	struct outcome o;

	scan("{\"signature\":\"\\/\\/\\/\\/\"}", true, 1, &o);
	assert_int_equal(o.r, 0);
	assert_memory_equal(o.written, "\xff\xff\xff", 3);
}

static void refuses_what_is_not_base64(void **state)
{
	static const char *const texts[] = {
		"{\"signature\":\"aGVsbG8\"}",
		"{\"signature\":\"a*==\"}",
		"{\"signature\":\"aGVs\\nbG8=\"}",
	};
	struct outcome o;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		scan(texts[i], true, 4, &o);
		assert_int_equal(o.r, ERR_PROTOCOL);
	}
}

static void refuses_a_second_signature(void **state)
{
	struct outcome o;

	scan("{\"signature\":\"aGVs\",\"signature\":\"aGVs\"}", true, 9, &o);
	assert_int_equal(o.r, ERR_PROTOCOL);
}

static void refuses_a_rest_without_end(void **state)
{
	char text[2000];
	struct outcome o;

	memset(text, ' ', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	scan(text, true, 100, &o);
	assert_int_equal(o.r, ERR_PROTOCOL);
}

static void tells_when_the_output_is_full(void **state)
{
	struct client_scan s;
	struct buf rest;
	struct error e;
	int r;

	client_scan_init(&s, -1, true);
	buf_init(&rest, 100);
	r = client_scan_feed(&s, slice_str("{\"signature\":\"aGVs\"}"), &rest,
			     &e);
	assert_int_equal(r, ERR_IO);
	client_scan_fini(&s);
	buf_fini(&rest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_the_signature_out_of_any_pieces),
		cmocka_unit_test(takes_a_compact_text_as_it_is),
		cmocka_unit_test(leaves_other_places_alone),
		cmocka_unit_test(counts_depth_behind_a_value_of_that_name),
		cmocka_unit_test(allows_an_escaped_slash),
		cmocka_unit_test(refuses_what_is_not_base64),
		cmocka_unit_test(refuses_a_second_signature),
		cmocka_unit_test(refuses_a_rest_without_end),
		cmocka_unit_test(tells_when_the_output_is_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
