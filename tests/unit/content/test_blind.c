/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_blind: what cannot be read is told by name, type, size and digest, and
 * says that it is blind.
 */
#include "read.h"

/* FIPS 180-4, of "abc" and of nothing. */
#define SHA256_ABC                                                             \
	"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define SHA256_NONE                                                            \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void unknown_types_are_blind(void **state)
{
	struct content_input in = {
		.media_type = "application/pdf",
		.name = "order\xe2\x80\xae" "fdp.exe",
		.data = slice_str("abc"),
	};
	struct content *c = read_input(&in);

	assert_true(c->blind);
	assert_int_equal(c->kind, CONTENT_DATA);
	assert_int_equal(c->lines_count, 5);
	assert_line(c, "blind", "unknown-type");
	assert_line(c, "name", "order<U+202E>fdp.exe");
	assert_line(c, "media-type", "application/pdf");
	assert_line(c, "size", "3");
	assert_line(c, "sha-256", SHA256_ABC);
	assert_string_equal(c->name, "order<U+202E>fdp.exe");
	content_free(c);
}

static void no_type_and_no_bytes_are_blind(void **state)
{
	struct content *c = read_text(NULL, "");

	assert_true(c->blind);
	assert_int_equal(c->lines_count, 3);
	assert_line(c, "size", "0");
	assert_line(c, "sha-256", SHA256_NONE);
	content_free(c);
}

static void a_digest_is_blind(void **state)
{
	static const uint8_t digest[64] = { 0xab, 1 };
	struct content_input in = {
		.name = "x",
		.digest = slice_of(digest, 48),
		.digest_algorithm = "sha-384",
		.size = 123,
	};
	struct content *c = read_input(&in);

	assert_true(c->blind);
	assert_int_equal(c->kind, CONTENT_DIGEST);
	assert_line(c, "blind", "digest");
	assert_line(c, "size", "123");
	assert_memory_equal(line_nth(c, "sha-384", 0), "ab0100", 6);
	assert_int_equal(strlen(line_nth(c, "sha-384", 0)), 96);
	content_free(c);
	in.size = -1;
	c = read_input(&in);
	assert_null(line_nth(c, "size", 0));
	content_free(c);
}

/* A digest of a text stays a digest: nobody showed the text. */
static void a_type_makes_no_digest_readable(void **state)
{
	static const uint8_t digest[32];
	struct content_input in = {
		.media_type = CONTENT_TYPE_PAYMENT,
		.digest = slice_of(digest, 32),
		.digest_algorithm = "sha-256",
	};
	struct content *c = read_input(&in);

	assert_true(c->blind);
	assert_int_equal(c->kind, CONTENT_DIGEST);
	content_free(c);
}

static void digests_are_of_their_length(void **state)
{
	static const uint8_t digest[64];
	struct content_input in = {
		.digest = slice_of(digest, 31),
		.digest_algorithm = "sha-256",
	};

	refused_input(&in, ERR_CONTENT, "the digest is not one of");
	in.digest.len = 32;
	in.digest_algorithm = "md5";
	refused_input(&in, ERR_CONTENT, "the digest is not one of");
	in.digest_algorithm = NULL;
	refused_input(&in, ERR_CONTENT, "the digest is not one of");
}

/* A compute thread may have done it already. */
static void a_digest_beside_the_data_is_used(void **state)
{
	static const uint8_t digest[32] = { 1, 2, 3 };
	struct content_input in = {
		.data = slice_str("abc"),
		.digest = slice_of(digest, 32),
		.digest_algorithm = "sha-256",
	};
	struct content *c = read_input(&in);

	assert_int_equal(c->kind, CONTENT_DATA);
	assert_memory_equal(line_nth(c, "sha-256", 0), "010203", 6);
	content_free(c);
}

static void large_text_is_blind_and_typed_is_refused(void **state)
{
	struct content_input in = { .media_type = "text/plain" };
	size_t len = LIMIT_SHOWN + 1;
	char *data = malloc(len);
	struct content *c;

	memset(data, '\n', len);
	in.data = slice_of(data, len);
	c = read_input(&in);
	assert_line(c, "blind", "too-large");
	content_free(c);
	in.media_type = "application/xml";
	c = read_input(&in);
	assert_true(c->blind);
	content_free(c);
	in.media_type = CONTENT_TYPE_PAIN001;
	refused_input(&in, ERR_TOO_LARGE, "split it");
	in.media_type = CONTENT_TYPE_PAYMENT;
	refused_input(&in, ERR_TOO_LARGE, "");
	free(data);
}

static void names_are_bounded(void **state)
{
	char name[LIMIT_NAME + 2];
	struct content_input in = { .name = name, .data = slice_str("x") };

	memset(name, 'n', sizeof(name));
	name[LIMIT_NAME] = '\0';
	content_free(read_input(&in));
	name[0] = '\x01'; /* written out it is longer */
	refused_input(&in, ERR_CONTENT, "name is longer");
	in.name = NULL;
	in.media_type = name;
	refused_input(&in, ERR_CONTENT, "media_type is longer");
}

static void kinds_have_names(void **state)
{
	assert_string_equal(content_kind_name(CONTENT_TEXT), "text");
	assert_string_equal(content_kind_name(CONTENT_PAYMENT), "payment");
	assert_string_equal(content_kind_name(CONTENT_PAIN001), "pain.001");
	assert_string_equal(content_kind_name(CONTENT_DISPLAY_TEXT),
			    "display-text");
	assert_string_equal(content_kind_name(CONTENT_BANK_REQUEST),
			    "bank-request");
	assert_string_equal(content_kind_name(CONTENT_DATA), "data");
	assert_string_equal(content_kind_name(CONTENT_DIGEST), "digest");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unknown_types_are_blind),
		cmocka_unit_test(no_type_and_no_bytes_are_blind),
		cmocka_unit_test(a_digest_is_blind),
		cmocka_unit_test(a_type_makes_no_digest_readable),
		cmocka_unit_test(digests_are_of_their_length),
		cmocka_unit_test(a_digest_beside_the_data_is_used),
		cmocka_unit_test(large_text_is_blind_and_typed_is_refused),
		cmocka_unit_test(names_are_bounded),
		cmocka_unit_test(kinds_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
