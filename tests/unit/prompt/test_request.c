/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_request: the example of docs/PROTOCOL.prompt is read, and nothing else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "prompt/request.h"

#define DOCUMENT "docs/PROTOCOL.prompt"

/* The indented lines from the one that begins an example to an empty one. */
static void read_example(struct buf *out)
{
	FILE *f = fopen(DOCUMENT, "re");
	char line[512];

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "    {\"version\"", 14) == 0)
			break;
	do
		buf_put_str(out, line);
	while (fgets(line, sizeof(line), f) != NULL && line[0] == ' ');
	fclose(f);
}

static int setup(void **state)
{
	static struct buf text;

	buf_init(&text, 65536);
	read_example(&text);
	*state = &text;
	return 0;
}

static int teardown(void **state)
{
	buf_fini(*state);
	return 0;
}

static void the_example_is_a_request(void **state)
{
	struct prompt_request r = { 0 };
	struct error e;

	assert_int_equal(prompt_request_parse(buf_slice(*state), &r, &e), 0);
	assert_int_equal(r.kind, PROMPT_SIGN);
	assert_int_equal(r.timeout, 120);
	assert_null(r.pinentry);
	assert_string_equal(r.tty, "/dev/pts/3");
	assert_string_equal(r.caller.origin, "https://bank.example");
	assert_int_equal(r.caller.pid, 4711);
	assert_int_equal(r.token.tries, PROMPT_TRIES_OK);
	assert_true(r.has_key);
	assert_string_equal(r.key.holder, "Alice Example");
	assert_int_equal(r.login, PROMPT_LOGIN_PIN);
	assert_int_equal(r.pins_count, 1);
	assert_int_equal(r.pins[0].max, 8);
	assert_int_equal(r.sums_count, 1);
	assert_string_equal(r.payees[0], "Bob");
	assert_int_equal(r.items_count, 1);
	assert_int_equal(r.items[0].lines_count, 3);
	assert_string_equal(r.items[0].lines[2].value, "EUR 12.00");
	assert_null(r.again_code);
	prompt_request_fini(&r);
}

/* A request that ends anywhere is none, and nothing leaks or is read twice. */
static void every_beginning_is_refused(void **state)
{
	const struct buf *text = *state;
	struct error e;

	/* The last byte is the line end. */
	for (size_t len = 0; len + 1 < text->len; len++) {
		struct prompt_request r = { 0 };

		assert_int_equal(prompt_request_parse(slice_of(text->ptr, len),
						      &r, &e), ERR_PROTOCOL);
		prompt_request_fini(&r);
	}
}

/* Any byte changed: refused or read, but no crash. */
static void any_byte_changed(void **state)
{
	struct buf *text = *state;
	struct error e;

	for (size_t i = 0; i < text->len; i++) {
		static const uint8_t others[] = { 0, '"', '{', '9', 0xff };
		uint8_t was = text->ptr[i];

		for (size_t k = 0; k < sizeof(others); k++) {
			struct prompt_request r = { 0 };
			int n;

			text->ptr[i] = others[k];
			n = prompt_request_parse(buf_slice(text), &r, &e);
			assert_true(n == 0 || n == ERR_PROTOCOL);
			prompt_request_fini(&r);
		}
		text->ptr[i] = was;
	}
}

/* --- a page asks to be allowed --- */

#define CALLER(origin)                                                      \
	"\"caller\":{\"uid\":1,\"user\":\"a\",\"pid\":2,\"exe\":\"/b\"," \
	"\"origin\":" origin "}"
#define TOKEN                                                               \
	"{\"label\":\"\",\"serial\":\"\",\"manufacturer\":\"\"," \
	"\"model\":\"\",\"reader\":\"\",\"pin\":\"ok\"}"
#define KEY                                                                 \
	"{\"label\":\"\",\"uri\":\"\",\"holder\":\"\",\"issuer\":\"\"}"
#define ITEM "{\"kind\":\"text\",\"blind\":false,\"name\":\"\",\"lines\":[]}"
#define ASKED(kind, caller, token, key, login, count, items)                \
	"{\"version\":1,\"kind\":\"" kind "\",\"timeout\":9," caller     \
	",\"token\":" token ",\"key\":" key ",\"rule\":\"\","              \
	"\"waiting\":0,\"login\":" login ",\"again\":null,\"count\":" count \
	",\"blind\":0,\"payments\":0,\"sums\":[],\"payees\":[],"           \
	"\"payees_more\":0,\"items\":[" items "]}"
#define PAGE CALLER("\"https://bank.example\"")
#define NONE "\"none\",\"pins\":[]"
#define PIN                                                                 \
	"\"pin\",\"pins\":[{\"what\":\"user-pin\",\"min\":4,\"max\":8}]"
#define PAD "\"pad\",\"pins\":[]"

static int parse(const char *text, struct prompt_request *r)
{
	struct error e;

	return prompt_request_parse(slice_str(text), r, &e);
}

static void a_page_has_no_token(void **state)
{
	struct prompt_request r = { 0 };

	assert_int_equal(parse(ASKED("allow-page", PAGE, "null", "null", NONE,
				     "0", ""), &r), 0);
	assert_int_equal(r.kind, PROMPT_ALLOW_PAGE);
	assert_false(r.has_token);
	prompt_request_fini(&r);
}

static void nothing_else_passes_for_it(void **state)
{
	static const char *const bad[] = {
		ASKED("allow-page", PAGE, TOKEN, "null", NONE, "0", ""),
		ASKED("allow-page", CALLER("null"), "null", "null", NONE, "0",
		      ""),
		ASKED("allow-page", PAGE, "null", KEY, NONE, "0", ""),
		ASKED("allow-page", PAGE, "null", "null", PIN, "0", ""),
		ASKED("allow-page", PAGE, "null", "null", PAD, "0", ""),
		ASKED("allow-page", PAGE, "null", "null", NONE, "1", ITEM),
		ASKED("sign", PAGE, "null", "null", NONE, "1", ITEM),
		ASKED("pin-change", PAGE, "null", "null", PIN, "0", ""),
		ASKED("sign", PAGE, TOKEN, "null", NONE, "0", ""),
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct prompt_request r = { 0 };

		assert_int_equal(parse(bad[i], &r), ERR_PROTOCOL);
		prompt_request_fini(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_is_a_request),
		cmocka_unit_test(every_beginning_is_refused),
		cmocka_unit_test(any_byte_changed),
		cmocka_unit_test(a_page_has_no_token),
		cmocka_unit_test(nothing_else_passes_for_it),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
