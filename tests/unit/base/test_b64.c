/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_b64: base64 and base64url are exact in both directions: the vectors of
 * RFC 4648 section 10, one text for one value, and pieces equal the whole.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/b64.h"
#include "base/err.h"

struct vector {
	const char *bytes;
	const char *std;
	const char *url;
};

/* RFC 4648 section 10; the last ones reach both letters that differ. */
static const struct vector vectors[] = {
	{ "", "", "" },
	{ "f", "Zg==", "Zg" },
	{ "fo", "Zm8=", "Zm8" },
	{ "foo", "Zm9v", "Zm9v" },
	{ "foob", "Zm9vYg==", "Zm9vYg" },
	{ "fooba", "Zm9vYmE=", "Zm9vYmE" },
	{ "foobar", "Zm9vYmFy", "Zm9vYmFy" },
	{ "\xfb\xff\xbf", "+/+/", "-_-_" },
	{ "\xff\xef", "/+8=", "_-8" },
};

static const char *const bad_std[] = {
	/* padding that lacks, is surplus, alone, early or in the middle */
	"Zg", "Zg=", "Zg===", "Zg====", "Zm8", "Zm8==", "Zm9v=", "Zm9v==",
	"Zm9v====", "=", "==", "====", "Z===", "Z=", "=Zg=", "Z=g=", "Zg=v",
	"Zg==Zg==", "Zm8=Zm8=",
	/* a length that no bytes have */
	"Z", "Zm9vZ",
	/* bits that no byte uses */
	"Zh==", "Zo==", "Zm9=", "Zm+=",
	/* letters of nobody, of the other alphabet, and white space */
	"Zm9*", "Zm-v", "Zm_v", "Zm9v\n", " Zm9v", "Zm 9v", "Zm9v\r\n",
	"Zg==\n", "Zm9\xc3",
};

static const char *const bad_url[] = {
	"Zg==", "Zm8=", "Zg=", "=", "Z", "Zm9vZ", "Zh", "Zo", "Zm9", "Zm-",
	"Zm+v", "Zm/v", "Zm9v\n", " Zm9v", "Zm9v.",
};

static const char *text_of(const struct vector *v, enum b64_kind kind)
{
	return kind == B64_STD ? v->std : v->url;
}

static void encode_gives_the_vectors(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++)
		for (enum b64_kind k = B64_STD; k <= B64_URL; k++) {
			AUTO(buf_fini) struct buf out;

			buf_init(&out, 64);
			b64_encode(k, slice_str(vectors[i].bytes), &out);
			assert_int_equal(buf_error(&out), 0);
			assert_string_equal(buf_text(&out),
					    text_of(&vectors[i], k));
		}
}

static void decode_gives_the_vectors(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++)
		for (enum b64_kind k = B64_STD; k <= B64_URL; k++) {
			AUTO(buf_fini) struct buf out;
			struct slice text = slice_str(text_of(&vectors[i], k));

			buf_init(&out, 64);
			assert_int_equal(b64_decode(k, text, &out), 0);
			assert_string_equal(buf_text(&out), vectors[i].bytes);
		}
}

static void assert_refused(enum b64_kind kind, const char *text)
{
	AUTO(buf_fini) struct buf out;

	buf_init(&out, 64);
	buf_put_str(&out, "before");
	if (b64_decode(kind, slice_str(text), &out) != ERR_MALFORMED)
		fail_msg("accepted: \"%s\"", text);
	assert_string_equal(buf_text(&out), "before");
}

static void decode_refuses_other_spellings(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(bad_std); i++)
		assert_refused(B64_STD, bad_std[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad_url); i++)
		assert_refused(B64_URL, bad_url[i]);
	/* A NUL is no end of the text. */
	AUTO(buf_fini) struct buf out;

	buf_init(&out, 64);
	assert_int_equal(b64_decode(B64_URL, slice_of("Zm9v\0", 5), &out),
			 ERR_MALFORMED);
}

/* What is accepted is what encoding gives: for every text of two letters. */
static void one_text_for_one_value(void **state)
{
	for (unsigned n = 0; n < 256 * 256; n++) {
		AUTO(buf_fini) struct buf out, again;
		uint8_t text[2] = { (uint8_t)(n >> 8), (uint8_t)n };

		buf_init(&out, 8);
		buf_init(&again, 8);
		if (b64_decode(B64_URL, slice_of(text, 2), &out) != 0)
			continue;
		b64_encode(B64_URL, buf_slice(&out), &again);
		assert_true(slice_equal(buf_slice(&again), slice_of(text, 2)));
	}
}

/* Each byte at each place of four: the alphabet of the kind, nothing else. */
static void only_its_alphabet_is_read(void **state)
{
	static const char *const alphabet[] = {
		[B64_STD] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "abcdefghijklmnopqrstuvwxyz0123456789+/",
		[B64_URL] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "abcdefghijklmnopqrstuvwxyz0123456789-_",
	};

	for (unsigned n = 0; n < 2 * 4 * 256; n++) {
		AUTO(buf_fini) struct buf out;
		enum b64_kind k = n / 1024 == 0 ? B64_STD : B64_URL;
		char text[9] = "AAAAAAAA", c = (char)(n % 256);
		const char *at = c == '\0' ? NULL : strchr(alphabet[k], c);
		size_t place = n / 256 % 4;
		uint32_t bits;

		buf_init(&out, 16);
		text[place] = c;
		if (at == NULL) {
			assert_int_equal(b64_decode(k, slice_of(text, 8), &out),
					 ERR_MALFORMED);
			continue;
		}
		assert_int_equal(b64_decode(k, slice_of(text, 8), &out), 0);
		bits = (uint32_t)(at - alphabet[k]) << (18 - 6 * place);
		assert_int_equal(out.len, 6);
		assert_int_equal(out.ptr[0] << 16 | out.ptr[1] << 8 |
				 out.ptr[2], bits);
	}
}

static void every_byte_comes_back(void **state)
{
	uint8_t bytes[300];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 167 + 13);
	for (size_t len = 0; len <= sizeof(bytes); len++)
		for (enum b64_kind k = B64_STD; k <= B64_URL; k++) {
			AUTO(buf_fini) struct buf text, out;

			buf_init(&text, 512);
			buf_init(&out, sizeof(bytes));
			b64_encode(k, slice_of(bytes, len), &text);
			assert_int_equal(text.len, b64_encoded_len(k, len));
			assert_int_equal(b64_decode(k, buf_slice(&text), &out),
					 0);
			assert_true(slice_equal(buf_slice(&out),
						slice_of(bytes, len)));
		}
}

/* The result of text fed in the pieces [0,i) [i,j) [j,len). */
static int feed_three(enum b64_kind kind, struct slice text, size_t i, size_t j,
		      struct buf *out)
{
	struct b64_stream st = { .kind = kind };
	int r = b64_stream_feed(&st, slice_of(text.ptr, i), out);

	if (r == 0)
		r = b64_stream_feed(&st, slice_of(text.ptr + i, j - i), out);
	if (r == 0)
		r = b64_stream_feed(&st, slice_of(text.ptr + j, text.len - j),
				    out);
	return r == 0 ? b64_stream_finish(&st, out) : r;
}

static void pieces_equal_the_whole(void **state)
{
	for (size_t v = 0; v < ARRAY_LEN(vectors); v++)
		for (enum b64_kind k = B64_STD; k <= B64_URL; k++) {
			struct slice text = slice_str(text_of(&vectors[v], k));

			for (size_t j = 0; j <= text.len; j++)
				for (size_t i = 0; i <= j; i++) {
					AUTO(buf_fini) struct buf out;

					buf_init(&out, 64);
					assert_int_equal(feed_three(k, text, i,
								    j, &out),
							 0);
					assert_string_equal(buf_text(&out),
							    vectors[v].bytes);
				}
		}
}

static void no_split_makes_a_bad_text_good(void **state)
{
	for (size_t v = 0; v < ARRAY_LEN(bad_std); v++) {
		struct slice text = slice_str(bad_std[v]);

		for (size_t j = 0; j <= text.len; j++)
			for (size_t i = 0; i <= j; i++) {
				AUTO(buf_fini) struct buf out;

				buf_init(&out, 64);
				assert_int_equal(feed_three(B64_STD, text, i, j,
							    &out),
						 ERR_MALFORMED);
			}
	}
}

/* max bytes fit in a buffer of max, however they are padded and split. */
static void decode_fills_a_buffer_to_its_limit(void **state)
{
	for (size_t v = 1; v < ARRAY_LEN(vectors); v++)
		for (enum b64_kind k = B64_STD; k <= B64_URL; k++) {
			struct slice text = slice_str(text_of(&vectors[v], k));

			for (size_t i = 0; i <= text.len; i++) {
				AUTO(buf_fini) struct buf out;

				buf_init(&out, strlen(vectors[v].bytes));
				assert_int_equal(feed_three(k, text, i,
							    text.len, &out), 0);
				assert_string_equal(buf_text(&out),
						    vectors[v].bytes);
			}
		}
}

static void one_byte_more_is_too_large(void **state)
{
	for (size_t v = 1; v < ARRAY_LEN(vectors); v++)
		for (enum b64_kind k = B64_STD; k <= B64_URL; k++) {
			AUTO(buf_fini) struct buf out;
			struct slice text = slice_str(text_of(&vectors[v], k));

			buf_init(&out, strlen(vectors[v].bytes) - 1);
			assert_int_equal(b64_decode(k, text, &out),
					 ERR_TOO_LARGE);
			assert_int_equal(out.len, 0);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encode_gives_the_vectors),
		cmocka_unit_test(decode_gives_the_vectors),
		cmocka_unit_test(decode_refuses_other_spellings),
		cmocka_unit_test(one_text_for_one_value),
		cmocka_unit_test(only_its_alphabet_is_read),
		cmocka_unit_test(every_byte_comes_back),
		cmocka_unit_test(pieces_equal_the_whole),
		cmocka_unit_test(no_split_makes_a_bad_text_good),
		cmocka_unit_test(decode_fills_a_buffer_to_its_limit),
		cmocka_unit_test(one_byte_more_is_too_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
