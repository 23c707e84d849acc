/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_body: content.data is found and taken out wherever a body is cut, and
 * only content.data is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "api/body.h"
#include "base/err.h"
#include "base/limits.h"
#include "broker/spool.h"

struct taken {
	int result;
	char members[512];
	char data[512];
};

/* One spool for all items: what they have follows one another. */
static struct spool *the_spool(void *arg, unsigned item)
{
	return item < 3 ? arg : NULL;
}

/* Feed text in two pieces, cut at cut; then what was taken. */
static struct taken take(const char *text, size_t cut)
{
	struct taken t = { 0 };
	struct spool spool;
	struct slice got;
	struct body b;
	struct error e;

	spool_init(&spool, "/tmp", LIMIT_CONTENT);
	body_init(&b, the_spool, &spool);
	t.result = body_put(&b, slice_of(text, cut), &e);
	if (t.result == 0)
		t.result = body_put(&b, slice_of(text + cut,
						 strlen(text) - cut), &e);
	if (t.result == 0)
		t.result = body_end(&b, &e);
	memcpy(t.members, buf_text(&b.members), b.members.len);
	assert_int_equal(spool_finish(&spool, &got, &e), 0);
	if (got.len > 0)
		memcpy(t.data, got.ptr, got.len);
	body_fini(&b);
	spool_fini(&spool);
	return t;
}

static void expect(const char *text, const char *members, const char *data)
{
	for (size_t cut = 0; cut <= strlen(text); cut++) {
		struct taken t = take(text, cut);

		assert_int_equal(t.result, 0);
		assert_string_equal(t.members, members);
		assert_string_equal(t.data, data);
	}
}

static void data_is_taken_out(void **state)
{
	expect("{\"format\":\"raw\",\"content\":{\"name\":\"x\",\"data\":"
	       "\"aGFsbG8=\"},\"key\":\"k\"}",
	       "{\"format\":\"raw\",\"content\":{\"name\":\"x\",\"data\":"
	       "\"\"},\"key\":\"k\"}", "hallo");
	expect(" { \"content\" :\n{ \"data\" : \"aGFsbG8=\" } }",
	       " { \"content\" :\n{ \"data\" : \"\" } }", "hallo");
}

static void a_slash_may_be_escaped(void **state)
{
	expect("{\"content\":{\"data\":\"\\/\\/\\/\\/\"}}",
	       "{\"content\":{\"data\":\"\"}}", "\xff\xff\xff");
}

static void other_data_stays(void **state)
{
	static const char *const texts[] = {
		"{\"data\":\"aGFsbG8=\"}",
		"{\"content\":{\"x\":{\"data\":\"aGFsbG8=\"}}}",
		"{\"content\":[\"data\",\"aGFsbG8=\"]}",
		"{\"contents\":{\"data\":\"aGFsbG8=\"}}",
		"{\"content\":{\"datax\":\"aGFsbG8=\"}}",
		"{\"content\":{\"dat\\u0061\":\"aGFsbG8=\"}}",
		"{\"content\":{\"a\":\"data\",\"b\":\"aGFsbG8=\"}}",
		"{\"x\":\"content\",\"y\":{\"data\":\"aGFsbG8=\"}}",
		"[{\"content\":{\"data\":\"aGFsbG8=\"}}]",
		"{\"content\":{\"data\":17}}",
		"{\"content\":{\"data\":[\"aGFsbG8=\"]}}",
		"{\"a\":\"\\\"content\\\":{\\\"data\\\":\\\"aGFsbG8=\"}",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		expect(texts[i], texts[i], "");
}

/* Both are in the text that the parser sees, and refuses. */
static void a_second_data_stays(void **state)
{
	expect("{\"content\":{\"data\":\"aGFsbG8=\",\"data\":\"eA==\"}}",
	       "{\"content\":{\"data\":\"\",\"data\":\"eA==\"}}", "hallo");
}

/* Each item has its data, those with none count too; further ones stay. */
static void data_of_items_is_taken_out(void **state)
{
	expect("{\"items\":[{\"content\":{\"data\":\"aGE=\"}},"
	       "{\"content\":{\"digest\":{\"value\":\"x\"}}},"
	       "{\"content\":{\"data\":\"bGxv\",\"data\":\"eA==\"}}]}",
	       "{\"items\":[{\"content\":{\"data\":\"\"}},"
	       "{\"content\":{\"digest\":{\"value\":\"x\"}}},"
	       "{\"content\":{\"data\":\"\",\"data\":\"eA==\"}}]}", "hallo");
	expect("{\"items\":{\"content\":{\"data\":\"aGE=\"}}}",
	       "{\"items\":{\"content\":{\"data\":\"aGE=\"}}}", "");
	expect("{\"x\":[{\"content\":{\"data\":\"aGE=\"}}]}",
	       "{\"x\":[{\"content\":{\"data\":\"aGE=\"}}]}", "");
}

static void an_item_too_many_is_refused(void **state)
{
	static const char text[] =
		"{\"items\":[{\"content\":{\"data\":\"aGE=\"}},{},{},"
		"{\"content\":{\"data\":\"bGxv\"}}]}";

	assert_int_equal(take(text, 1).result, ERR_TOO_LARGE);
}

static void what_is_no_base64_is_refused(void **state)
{
	static const char *const texts[] = {
		"{\"content\":{\"data\":\"a\"}}",
		"{\"content\":{\"data\":\"aGFsbG8\"}}",
		"{\"content\":{\"data\":\"aGFs bG8=\"}}",
		"{\"content\":{\"data\":\"aGFs\\nbG8=\"}}",
		"{\"content\":{\"data\":\"-_-_\"}}",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		for (size_t cut = 0; cut <= strlen(texts[i]); cut++)
			assert_int_equal(take(texts[i], cut).result,
					 ERR_MALFORMED);
}

static void an_open_string_is_refused(void **state)
{
	assert_int_equal(take("{\"content", 3).result, ERR_MALFORMED);
	assert_int_equal(take("{\"content\":{\"data\":\"aGFs", 3).result,
			 ERR_MALFORMED);
}

static void members_have_a_limit(void **state)
{
	char *text = calloc(1, LIMIT_BODY_MEMBERS + 2);
	struct spool spool;
	struct body b;
	struct error e;

	assert_non_null(text);
	memset(text, ' ', LIMIT_BODY_MEMBERS + 1);
	spool_init(&spool, "/tmp", LIMIT_CONTENT);
	body_init(&b, the_spool, &spool);
	assert_int_equal(body_put(&b, slice_of(text, LIMIT_BODY_MEMBERS), &e),
			 0);
	assert_int_equal(body_put(&b, slice_of(text, 1), &e), ERR_TOO_LARGE);
	body_fini(&b);
	spool_fini(&spool);
	free(text);
}

static void depth_is_followed_and_not_trusted(void **state)
{
	char text[600] = "";

	memset(text, '[', 200);
	memset(text + 200, ']', 300);
	assert_int_equal(take(text, 100).result, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(data_is_taken_out),
		cmocka_unit_test(a_slash_may_be_escaped),
		cmocka_unit_test(other_data_stays),
		cmocka_unit_test(a_second_data_stays),
		cmocka_unit_test(data_of_items_is_taken_out),
		cmocka_unit_test(an_item_too_many_is_refused),
		cmocka_unit_test(what_is_no_base64_is_refused),
		cmocka_unit_test(an_open_string_is_refused),
		cmocka_unit_test(members_have_a_limit),
		cmocka_unit_test(depth_is_followed_and_not_trusted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
