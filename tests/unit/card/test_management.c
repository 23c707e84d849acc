/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_management: who has the key is let in by both ways; who has not, or
 * plays an old answer again, is not.
 */
#include "tests/card/management.h"

#include <openssl/evp.h>

#include "tests/card/sw.h"
#include "tests/card/tlv.h"
#include "tests/unit/card/head.h"

static const uint8_t key[32] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
				 13, 14, 15, 16, 17, 18, 19, 20, 21, 22 };

/* What a host does with the same key. */
static void host(bool encrypt, const uint8_t in[16], uint8_t out[16])
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int len;

	assert_int_equal(EVP_CipherInit_ex(ctx, EVP_aes_128_ecb(), NULL, key,
					   NULL, encrypt), 1);
	EVP_CIPHER_CTX_set_padding(ctx, 0);
	assert_int_equal(EVP_CipherUpdate(ctx, out, &len, in, 16), 1);
	EVP_CIPHER_CTX_free(ctx);
}

static struct management new_management(void)
{
	struct management m = { 0 };

	assert_true(management_set(&m, MANAGEMENT_AES128, slice_of(key, 16)));
	return m;
}

/* One step; the block in the answer, under tag. */
static uint16_t step(struct management *m, struct slice content, uint32_t tag,
		     uint8_t block[16])
{
	AUTO(buf_fini) struct buf reply;
	struct slice value;
	uint16_t sw;

	buf_init(&reply, 256);
	sw = management_step(m, MANAGEMENT_AES128, content, &reply);
	if (sw == 0 && tag != 0) {
		assert_true(tlv_find(buf_slice(&reply), tag, &value));
		assert_int_equal(value.len, 16);
		memcpy(block, value.ptr, 16);
	}
	return sw;
}

/* The response 82 to a challenge. */
static uint16_t respond(struct management *m, const uint8_t block[16])
{
	AUTO(buf_fini) struct buf b;

	buf_init(&b, 64);
	tlv_put(&b, 0x82, slice_of(block, 16));
	return step(m, buf_slice(&b), 0, NULL);
}

static void a_right_response_lets_in(void **state)
{
	struct management m = new_management();
	uint8_t challenge[16], response[16];

	assert_int_equal(step(&m, BYTES("\x81\0"), 0x81, challenge), 0);
	host(true, challenge, response);
	assert_false(m.authenticated);
	assert_int_equal(respond(&m, response), 0);
	assert_true(m.authenticated);
	management_reset(&m);
	assert_false(m.authenticated);
}

static void a_response_counts_once_and_only_when_asked_for(void **state)
{
	struct management m = new_management();
	uint8_t challenge[16], response[16];

	assert_int_equal(step(&m, BYTES("\x81\0"), 0x81, challenge), 0);
	host(true, challenge, response);
	response[0] ^= 1;
	assert_int_equal(respond(&m, response), SW_SECURITY);
	response[0] ^= 1;
	assert_int_equal(respond(&m, response), SW_CONDITIONS);
	assert_int_equal(step(&m, BYTES("\x81\0"), 0x81, challenge), 0);
	assert_int_equal(respond(&m, response), SW_SECURITY);
	assert_false(m.authenticated);
}

static void both_sides_prove_it(void **state)
{
	struct management m = new_management();
	uint8_t hidden[16], witness[16], answer[16], expected[16];
	static const uint8_t challenge[16] = "a host's choice";
	AUTO(buf_fini) struct buf b;

	buf_init(&b, 64);
	assert_int_equal(step(&m, BYTES("\x80\0"), 0x80, hidden), 0);
	host(false, hidden, witness);
	tlv_put(&b, 0x80, slice_of(witness, 16));
	tlv_put(&b, 0x81, slice_of(challenge, 16));
	assert_int_equal(step(&m, buf_slice(&b), 0x82, answer), 0);
	host(true, challenge, expected);
	assert_memory_equal(answer, expected, 16);
	assert_true(m.authenticated);
}

static void what_is_no_step_lets_nobody_in(void **state)
{
	const struct slice bad[] = {
		BYTES(""),	    BYTES("\x80"),
		BYTES("\x82\0"),    BYTES("\x81\1a"),
		BYTES("\x80\1a"),   BYTES("\x80\1a\x81\1b"),
		BYTES("\x83\0"),    BYTES("\x82\x10" "0123456789abcdef"),
	};
	uint8_t block[16];

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct management m = new_management();

		assert_int_not_equal(step(&m, bad[i], 0, NULL), 0);
		assert_int_equal(step(&m, BYTES("\x80\0"), 0x80, block), 0);
		assert_int_not_equal(step(&m, bad[i], 0, NULL), 0);
		assert_false(m.authenticated);
	}
}

static void another_algorithm_is_refused(void **state)
{
	AUTO(buf_fini) struct buf reply;
	struct management m = new_management(), none = { 0 };

	buf_init(&reply, 64);
	assert_int_equal(management_step(&m, 0, BYTES("\x81\0"), &reply),
			 SW_P1P2);
	assert_int_equal(management_step(&none, MANAGEMENT_3DES,
					 BYTES("\x81\0"), &reply),
			 SW_REFERENCE);
	assert_false(management_set(&m, MANAGEMENT_AES256,
				    slice_of(key, 24)));
	assert_int_equal(management_algorithm(&m), MANAGEMENT_AES128);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_right_response_lets_in),
		cmocka_unit_test(
			a_response_counts_once_and_only_when_asked_for),
		cmocka_unit_test(both_sides_prove_it),
		cmocka_unit_test(what_is_no_step_lets_nobody_in),
		cmocka_unit_test(another_algorithm_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
