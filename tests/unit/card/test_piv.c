/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_piv: the application by its APDUs: who may do what, and what hostile
 * commands come to.
 */
#include "tests/card/piv.h"

#include "tests/card/key.h"
#include "tests/card/sw.h"
#include "tests/card/tlv.h"
#include "tests/unit/card/head.h"

static EVP_PKEY *signer; /* of 9C and 9E, made once */

static int open_card(void **state)
{
	static const uint8_t guid[OBJECT_GUID_SIZE] = { 7 };
	static struct piv p;

	piv_init(&p);
	assert_true(objects_put_standard(&p.objects, guid));
	assert_true(pin_set_text(&p.pin, BYTES("123456")));
	assert_true(pin_set_text(&p.puk, BYTES("12345678")));
	p.pin.tries = p.pin.tries_max = 3;
	p.puk.tries = p.puk.tries_max = 3;
	if (signer == NULL)
		signer = key_generate(KEY_P256);
	for (size_t i = 0; i < PIV_SLOTS; i++)
		if (p.slots[i].id != 0x9d && EVP_PKEY_up_ref(signer) == 1)
			p.slots[i].key = signer;
	*state = &p;
	return 0;
}

static int close_card(void **state)
{
	piv_fini(*state);
	return 0;
}

/* Send a command; the status word, and what came before it into *out. */
static uint16_t send_to(struct piv *p, struct slice raw, struct buf *out)
{
	uint16_t sw;

	buf_reset(out);
	piv_transmit(p, raw, out);
	assert_true(out->len >= 2);
	sw = (uint16_t)(out->ptr[out->len - 2] << 8 | out->ptr[out->len - 1]);
	out->len -= 2;
	return sw;
}

static uint16_t sends(struct piv *p, struct slice raw)
{
	AUTO(buf_fini) struct buf out;

	buf_init(&out, APDU_MAX);
	return send_to(p, raw, &out);
}

#define SELECT BYTES("\0\xa4\4\0\5\xa0\0\0\3\x8\0")
#define LOGIN BYTES("\0\x20\0\x80\x8" "123456\xff\xff")
#define LOGIN_WRONG BYTES("\0\x20\0\x80\x8" "654321\xff\xff")
#define LOGIN_STATE BYTES("\0\x20\0\x80")
#define LOGOUT BYTES("\0\x20\xff\x80")
#define DIGEST "0123456789abcdef0123456789abcdef"
#define SIGN(slot) \
	BYTES("\0\x87\x11" slot "\x26\x7c\x24\x82\0\x81\x20" DIGEST "\0")
#define GET_CHUID BYTES("\0\xcb\x3f\xff\5\x5c\3\x5f\xc1\2\0")

static void nothing_works_before_select(void **state)
{
	assert_int_equal(sends(*state, LOGIN), SW_CONDITIONS);
	assert_int_equal(sends(*state, GET_CHUID), SW_CONDITIONS);
	assert_int_equal(sends(*state, SELECT), SW_OK);
	assert_int_equal(sends(*state, GET_CHUID), SW_OK);
}

static void select_tells_what_it_is(void **state)
{
	AUTO(buf_fini) struct buf out;
	struct slice properties, value;

	buf_init(&out, 512);
	assert_int_equal(send_to(*state, SELECT, &out), SW_OK);
	assert_true(tlv_find(buf_slice(&out), 0x61, &properties));
	assert_true(tlv_find(properties, 0x79, &value));
	assert_true(slice_equal(value, BYTES("\x4f\5\xa0\0\0\3\x8")));
	assert_int_equal(sends(*state,
			       BYTES("\0\xa4\4\0\5\xa0\0\0\3\x9\0")),
			 SW_NOT_FOUND);
	assert_int_equal(sends(*state, BYTES("\0\xa4\4\0\1\xa0\0")),
			 SW_NOT_FOUND);
}

static void the_pin_is_asked_for_where_it_must_be(void **state)
{
	struct piv *p = *state;

	assert_int_equal(sends(p, SELECT), SW_OK);
	assert_int_equal(sends(p, SIGN("\x9e")), SW_OK);
	assert_int_equal(sends(p, SIGN("\x9a")), SW_SECURITY);
	assert_int_equal(sends(p, LOGIN), SW_OK);
	assert_int_equal(sends(p, SIGN("\x9a")), SW_OK);
	assert_int_equal(sends(p, SIGN("\x9a")), SW_OK);
	assert_int_equal(sends(p, LOGOUT), SW_OK);
	assert_int_equal(sends(p, SIGN("\x9a")), SW_SECURITY);
	assert_int_equal(sends(p, LOGIN), SW_OK);
	piv_reset(p);
	assert_int_equal(sends(p, SELECT), SW_OK);
	assert_int_equal(sends(p, SIGN("\x9a")), SW_SECURITY);
}

static void slot_9c_wants_the_pin_just_before(void **state)
{
	struct piv *p = *state;

	assert_int_equal(sends(p, SELECT), SW_OK);
	assert_int_equal(sends(p, LOGIN), SW_OK);
	assert_int_equal(sends(p, SIGN("\x9c")), SW_OK);
	assert_int_equal(sends(p, SIGN("\x9c")), SW_SECURITY);
	assert_int_equal(sends(p, LOGIN), SW_OK);
	assert_int_equal(sends(p, GET_CHUID), SW_OK);
	assert_int_equal(sends(p, SIGN("\x9c")), SW_SECURITY);
}

static void a_signature_is_that_of_the_key(void **state)
{
	AUTO(buf_fini) struct buf out;
	struct slice template, der;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(signer, NULL);

	buf_init(&out, 512);
	assert_int_equal(sends(*state, SELECT), SW_OK);
	for (int corrupt = 0; corrupt < 2; corrupt++) {
		((struct piv *)*state)->corrupt = corrupt == 1;
		assert_int_equal(send_to(*state, SIGN("\x9e"), &out), SW_OK);
		assert_true(tlv_find(buf_slice(&out), 0x7c, &template));
		assert_true(tlv_find(template, 0x82, &der));
		assert_int_equal(EVP_PKEY_verify_init(ctx), 1);
		assert_int_equal(
			EVP_PKEY_verify(ctx, der.ptr, der.len,
					(const uint8_t *)DIGEST, 32) == 1,
			corrupt == 0);
	}
	EVP_PKEY_CTX_free(ctx);
}

static void status_and_tries_are_told(void **state)
{
	struct piv *p = *state;

	assert_int_equal(sends(p, SELECT), SW_OK);
	assert_int_equal(sends(p, LOGIN_STATE), 0x63c3);
	assert_int_equal(sends(p, LOGIN), SW_OK);
	assert_int_equal(sends(p, LOGIN_STATE), SW_OK);
	assert_int_equal(sends(p, LOGIN_WRONG), 0x63c2);
	/* A wrong PIN ends the login that was. */
	assert_int_equal(sends(p, LOGIN_STATE), 0x63c2);
	assert_int_equal(sends(p, LOGIN_WRONG), 0x63c1);
	assert_int_equal(sends(p, LOGIN_WRONG), SW_BLOCKED);
	assert_int_equal(sends(p, BYTES("\0\x2c\0\x80\x10" "12345678"
					"123456\xff\xff")), SW_OK);
	assert_int_equal(sends(p, LOGIN), SW_OK);
}

static void without_the_management_key_nothing_is_written(void **state)
{
	const struct slice writes[] = {
		BYTES("\0\x47\0\x9e\5\xac\3\x80\1\x11\0"),
		BYTES("\0\xdb\x3f\xff\x8\x5c\3\x5f\xc1\2\x53\1a"),
		BYTES("\0\xfa\3\3"),
		BYTES("\0\xfe\x11\x9a\3\6\1\1"),
		BYTES("\0\xff\xff\xff\4\3\x9b\1\1"),
	};

	assert_int_equal(sends(*state, SELECT), SW_OK);
	assert_int_equal(sends(*state, LOGIN), SW_OK);
	for (size_t i = 0; i < ARRAY_LEN(writes); i++)
		assert_int_equal(sends(*state, writes[i]), SW_SECURITY);
}

/* The challenge of management was tried elsewhere: here it is opened. */
static void who_manages_generates_and_writes(void **state)
{
	AUTO(buf_fini) struct buf out;
	struct piv *p = *state;
	struct slice public, point;

	buf_init(&out, 512);
	assert_int_equal(sends(p, SELECT), SW_OK);
	p->management.authenticated = true;
	assert_int_equal(
		send_to(p, BYTES("\0\x47\0\x9d\5\xac\3\x80\1\x11\0"), &out),
		SW_OK);
	assert_true(tlv_find(buf_slice(&out), 0x7f49, &public));
	assert_true(tlv_find(public, 0x86, &point));
	assert_int_equal(point.len, 65);
	assert_int_equal(
		sends(p, BYTES("\0\xdb\x3f\xff\x8\x5c\3\x5f\xc1\2\x53\1a")),
		SW_OK);
	assert_int_equal(send_to(p, GET_CHUID, &out), SW_OK);
	assert_true(slice_equal(buf_slice(&out), BYTES("\x53\1a")));
}

static void keys_that_are_none_are_not_imported(void **state)
{
	const struct slice bad[] = {
		BYTES("\0\xfe\x11\x9a"),	    /* nothing */
		BYTES("\0\xfe\x11\x9a\3\6\1\0"),    /* zero */
		BYTES("\0\xfe\x11\x9a\2\6\x20"),    /* cut off */
		BYTES("\0\xfe\7\x9a\6\1\1\3\2\1\5"), /* tiny primes */
		BYTES("\0\xfe\x99\x9a\3\6\1\1"),    /* no such algorithm */
		BYTES("\0\xfe\x11\x9b\3\6\1\1"),    /* no such slot */
	};
	struct piv *p = *state;

	assert_int_equal(sends(p, SELECT), SW_OK);
	p->management.authenticated = true;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_not_equal(sends(p, bad[i]), SW_OK);
	assert_ptr_equal(p->slots[0].key, signer);
	assert_int_equal(sends(p, BYTES("\0\xfe\x11\x9a\3\6\1\1")), SW_OK);
}

static void templates_that_are_none_are_refused(void **state)
{
	const struct slice bad[] = {
		BYTES("\0\x87\x11\x9e"),
		BYTES("\0\x87\x11\x9e\2\x7c\0"),
		BYTES("\0\x87\x11\x9e\2\x7c\x7f"),
		BYTES("\0\x87\x11\x9e\4\x7c\2\x81\0"),
		BYTES("\0\x87\x11\x9e\4\x7c\2\x81\x20"),
		BYTES("\0\x87\x11\x9e\4\x7c\2\x85\0"),
		BYTES("\0\x87\x11\x9e\5\x7c\3\x85\1\4"),
		BYTES("\0\x87\7\x9e\5\x7c\3\x81\1a"),
		BYTES("\0\x87\x11\x9d\5\x7c\3\x81\1a"),
		BYTES("\0\x87\x11\0\5\x7c\3\x81\1a"),
		BYTES("\0\xcb\x3f\xff\1\x5c"),
		BYTES("\0\xcb\x3f\xff\2\x5c\0"),
		BYTES("\0\xcb\x3f\xff\6\x5c\4\1\2\3\4"),
		BYTES("\0\xcb\0\0\5\x5c\3\x5f\xc1\2"),
		BYTES("\0\x24\0\x80\x8" "123456\xff\xff"),
		BYTES("\0\x2c\0\x81\x10" "12345678" "12345678"),
		BYTES("\x80\x20\0\x80"),
		BYTES("\0\x99\0\0"),
	};

	assert_int_equal(sends(*state, SELECT), SW_OK);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_not_equal(sends(*state, bad[i]), SW_OK);
	assert_int_equal(((struct piv *)*state)->pin.tries, 3);
	assert_int_equal(((struct piv *)*state)->puk.tries, 3);
}

/* Numbers of a known sequence, so that a failure can be had again. */
static void no_noise_does_harm(void **state)
{
	static const uint8_t known[] = { 0x20, 0x24, 0x2c, 0x47, 0x87, 0xa4,
					 0xc0, 0xcb, 0xdb, 0xf7, 0xf8, 0xfa,
					 0xfd, 0xfe, 0xff };
	AUTO(buf_fini) struct buf out;
	uint32_t seed = 20261124;
	uint8_t raw[64];

	buf_init(&out, APDU_MAX);
	for (unsigned n = 0; n < 20000; n++) {
		size_t len;

		for (size_t i = 0; i < sizeof(raw); i++) {
			seed = seed * 1664525u + 1013904223u;
			raw[i] = (uint8_t)(seed >> 24);
		}
		len = raw[63] % sizeof(raw);
		raw[0] &= 0x10;
		raw[1] = known[raw[1] % sizeof(known)];
		if (n % 2 == 0)
			raw[4] = (uint8_t)(len > 5 ? len - 5 : 0);
		/* A new key each time would be slow. */
		if (raw[1] == PIV_GENERATE)
			raw[3] = 0;
		((struct piv *)*state)->selected = true;
		((struct piv *)*state)->management.authenticated = true;
		send_to(*state, slice_of(raw, len), &out);
	}
}

#define card_test(f) cmocka_unit_test_setup_teardown(f, open_card, close_card)

static int free_signer(void **state)
{
	EVP_PKEY_free(signer);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		card_test(nothing_works_before_select),
		card_test(select_tells_what_it_is),
		card_test(the_pin_is_asked_for_where_it_must_be),
		card_test(slot_9c_wants_the_pin_just_before),
		card_test(a_signature_is_that_of_the_key),
		card_test(status_and_tries_are_told),
		card_test(without_the_management_key_nothing_is_written),
		card_test(who_manages_generates_and_writes),
		card_test(keys_that_are_none_are_not_imported),
		card_test(templates_that_are_none_are_refused),
		card_test(no_noise_does_harm),
	};

	return cmocka_run_group_tests(tests, NULL, free_signer);
}
