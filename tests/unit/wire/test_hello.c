/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_hello: the first exchange, both ways.
 */
#include "tests/unit/wire/bodies.h"
#include "wire/body.h"
#include "wire/hello.h"

static struct error e;

static void test_request(void **state)
{
	AUTO(buf_fini) struct buf body;
	struct wire_hello_req a = { .version = 0x01020304,
				    .module = "/usr/lib/m\xc3\xbc.so",
				    .name = "soft" };
	struct wire_hello_req b;

	buf_init(&body, 8192);
	wire_hello_req_put(&body, &a);
	assert_int_equal(wire_hello_req_get(buf_slice(&body), &b, &e), 0);
	assert_int_equal(b.version, 0x01020304);
	assert_string_equal(b.module, a.module);
	assert_string_equal(b.name, a.name);
	BODY_CHECK_LENGTHS(wire_hello_req_get, body, &b);
}

static void test_reply(void **state)
{
	AUTO(buf_fini) struct buf body;
	struct wire_hello_rep a = { 1, 2, 40, 3, 7, "Maker", "Some module" };
	struct wire_hello_rep b;

	buf_init(&body, 8192);
	wire_hello_rep_put(&body, &a);
	assert_int_equal(wire_hello_rep_get(buf_slice(&body), &b, &e), 0);
	assert_int_equal(b.version, 1);
	assert_int_equal(b.cryptoki_major, 2);
	assert_int_equal(b.cryptoki_minor, 40);
	assert_int_equal(b.library_major, 3);
	assert_int_equal(b.library_minor, 7);
	assert_string_equal(b.manufacturer, "Maker");
	assert_string_equal(b.description, "Some module");
	BODY_CHECK_LENGTHS(wire_hello_rep_get, body, &b);
}

static int with_path(size_t len)
{
	AUTO(buf_fini) struct buf body;
	char path[LIMIT_PATH + 1];
	struct wire_hello_req m;

	buf_init(&body, 8192);
	body_fill(path, len);
	buf_put_u32(&body, 1);
	wire_put_text(&body, path);
	wire_put_text(&body, "soft");
	wire_put_text(&body, "");
	return wire_hello_req_get(buf_slice(&body), &m, &e);
}

static void test_path_of_any_length(void **state)
{
	assert_int_equal(with_path(LIMIT_PATH - 1), 0);
	assert_int_equal(with_path(LIMIT_PATH), ERR_PROTOCOL);
}

/* "/lib/a.so" is not to be loaded for "/lib/a.so\0/evil". */
static void test_nul_in_a_text(void **state)
{
	AUTO(buf_fini) struct buf body;
	struct wire_hello_req m;

	buf_init(&body, 8192);
	buf_put_u32(&body, 1);
	buf_put_block(&body, slice_of("/a\0b", 4));
	wire_put_text(&body, "soft");
	wire_put_text(&body, "");
	assert_int_equal(wire_hello_req_get(buf_slice(&body), &m, &e),
			 ERR_PROTOCOL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_reply),
		cmocka_unit_test(test_path_of_any_length),
		cmocka_unit_test(test_nul_in_a_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
