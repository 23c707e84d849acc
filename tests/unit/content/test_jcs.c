/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_jcs: one value has one text (RFC 8785), and JSON is read strictly.
 */
#include "read.h"

#include "content/jcs.h"

static struct slice vector(const char *name, struct buf *out)
{
	char path[64];
	FILE *file;
	int c;

	snprintf(path, sizeof(path), "tests/vectors/%s", name);
	file = fopen(path, "re");
	assert_non_null(file); /* run in the root of the source */
	buf_init(out, 4096);
	while ((c = fgetc(file)) != EOF)
		buf_put_u8(out, (uint8_t)c);
	fclose(file);
	return buf_slice(out);
}

static json_t *load(struct slice text)
{
	json_t *root = NULL;

	if (content_jcs_load(text, "it", ERR_CONTENT, &root, &error) != 0)
		fail_msg("%s", error.message);
	return root;
}

static void becomes(struct slice in, struct slice out)
{
	json_t *root = load(in);
	struct buf b;

	buf_init(&b, 4096);
	assert_int_equal(content_jcs_put(root, &b, &error), 0);
	assert_int_equal(b.len, out.len);
	assert_memory_equal(b.ptr, out.ptr, out.len);
	buf_fini(&b);
	json_decref(root);
}

static int put_fails(const char *text)
{
	json_t *root = load(slice_str(text));
	struct buf b;
	int r;

	buf_init(&b, 4096);
	r = content_jcs_put(root, &b, &error);
	buf_fini(&b);
	json_decref(root);
	return r;
}

static void rfc8785_3_2_2_literals_and_strings(void **state)
{
	struct buf in, out;
	json_t *root = load(vector("rfc8785-3.2.2.json", &in));
	char *text;

	buf_init(&out, 4096);
	assert_int_equal(content_jcs_put(root, &out, &error), ERR_CONTENT);
	buf_fini(&out);
	json_object_del(root, "numbers");
	text = json_dumps(root, JSON_ENSURE_ASCII);
	becomes(slice_str(text), vector("rfc8785-3.2.2.jcs", &out));
	free(text);
	json_decref(root);
	buf_fini(&in);
	buf_fini(&out);
}

static void rfc8785_3_2_3_order_of_names(void **state)
{
	struct buf in, out;
	struct slice json = vector("rfc8785-3.2.3.json", &in);
	struct slice canonical = vector("rfc8785-3.2.3.jcs", &out);

	becomes(json, canonical);
	becomes(canonical, canonical);
	buf_fini(&in);
	buf_fini(&out);
}

/* The integers of RFC 8785 appendix B. */
static void integers_up_to_2_53(void **state)
{
	becomes(slice_str("{\"a\":[0,-0,1,9007199254740992,"
			  "-9007199254740992]}"),
		slice_str("{\"a\":[0,0,1,9007199254740992,"
			  "-9007199254740992]}"));
	assert_int_equal(put_fails("{\"a\":9007199254740993}"), ERR_CONTENT);
	assert_int_equal(put_fails("{\"a\":-9007199254740993}"), ERR_CONTENT);
	assert_int_equal(put_fails("{\"a\":1.0}"), ERR_CONTENT);
	assert_int_equal(put_fails("{\"a\":[1e2]}"), ERR_CONTENT);
}

/* Every control character, either way that it can be written. */
static void control_characters_have_one_escape(void **state)
{
	static const char *const short_form[0x20] = { [8] = "\\b",
		[9] = "\\t", [10] = "\\n", [12] = "\\f", [13] = "\\r" };

	for (unsigned c = 1; c < 0x20; c++) {
		char in[32], out[32], escape[8];

		snprintf(escape, sizeof(escape), "\\u%04x", c);
		snprintf(in, sizeof(in), "{\"\\u%04X\":1}", c);
		snprintf(out, sizeof(out), "{\"%s\":1}",
			 short_form[c] != NULL ? short_form[c] : escape);
		becomes(slice_str(in), slice_str(out));
	}
	becomes(slice_str("{ \"\\u007f\\/\" : \"\\\"\\\\\" }"),
		slice_str("{\"\x7f/\":\"\\\"\\\\\"}"));
}

static void depth_is_bounded(void **state)
{
	char text[256] = "{\"a\":";

	for (int i = 0; i < 40; i++)
		text[5 + i] = '[';
	for (int i = 0; i < 40; i++)
		text[45 + i] = ']';
	text[85] = '}';
	assert_int_equal(put_fails(text), ERR_CONTENT);
	text[5 + 20] = ']';
	memset(text + 26, ']', 19);
	text[45] = '}';
	text[46] = '\0';
	assert_int_equal(put_fails(text), 0);
}

static void what_does_not_fit_is_told(void **state)
{
	json_t *root = load(slice_str("{\"a\":\"0123456789\"}"));
	struct buf b;

	buf_init(&b, 8);
	assert_int_equal(content_jcs_put(root, &b, &error), ERR_TOO_LARGE);
	buf_fini(&b);
	json_decref(root);
}

static void loading_is_strict(void **state)
{
	static const char *const bad[] = { "", "[]", "1", "{", "{}{}",
		"{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "{'a':1}",
		"{\"a\":1,}", "{\"a\":\"\\u0000\"}", "{\"a\":\"\\ud800\"}",
		"{\"a\":\"\xff\"}", "{\"a\":01}", "{\"a\":\"\n\"}",
		"\xef\xbb\xbf{}" };
	json_t *root = NULL;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(content_jcs_load(slice_str(bad[i]), "it",
						  ERR_BANK_REQUEST, &root,
						  &error), ERR_BANK_REQUEST);
		assert_null(root);
	}
}

static void messages_hide_nothing(void **state)
{
	json_t *root = NULL;

	assert_int_equal(content_jcs_load(slice_str("{\"\xe2\x80\xae\" 1}"),
					  "it", ERR_CONTENT, &root, &error),
			 ERR_CONTENT);
	assert_null(strstr(error.message, "\xe2\x80\xae"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc8785_3_2_2_literals_and_strings),
		cmocka_unit_test(rfc8785_3_2_3_order_of_names),
		cmocka_unit_test(integers_up_to_2_53),
		cmocka_unit_test(control_characters_have_one_escape),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(what_does_not_fit_is_told),
		cmocka_unit_test(loading_is_strict),
		cmocka_unit_test(messages_hide_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
