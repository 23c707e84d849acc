/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yubikey: the commands beyond PIV that ykcs11 and yubico-piv-tool send, as
 * far as they need them (Yubico's "PIV extensions").
 */
#include "tests/card/command.h"
#include "tests/card/key.h"
#include "tests/card/sw.h"
#include "tests/card/tlv.h"

#define TAG_ALGORITHM 0x01u
#define TAG_POLICY 0x02u
#define TAG_ORIGIN 0x03u
#define TAG_PUBLIC 0x04u
#define TAG_DEFAULT 0x05u
#define TAG_TRIES 0x06u

#define DEFAULT_PIN "123456"
#define DEFAULT_PUK "12345678"

/* 5.4.3: the last whose management key is 3DES from the factory. */
uint16_t command_version(struct piv *p, const struct apdu *a,
			 struct buf *reply)
{
	buf_put(reply, "\5\4\3", 3);
	return SW_OK;
}

uint16_t command_serial(struct piv *p, const struct apdu *a,
			struct buf *reply)
{
	buf_put_u32(reply, p->serial);
	return SW_OK;
}

static uint16_t pin_metadata(const struct pin *pin, struct buf *reply)
{
	const uint8_t tries[2] = { (uint8_t)pin->tries_max,
				   (uint8_t)pin->tries };

	tlv_put(reply, TAG_ALGORITHM, slice_of("\xff", 1));
	tlv_put(reply, TAG_DEFAULT, slice_of("\0", 1));
	tlv_put(reply, TAG_TRIES, slice_of(tries, sizeof(tries)));
	return SW_OK;
}

static uint16_t management_metadata(const struct piv *p, struct buf *reply)
{
	uint8_t algorithm = management_algorithm(&p->management);

	tlv_put(reply, TAG_ALGORITHM, slice_of(&algorithm, 1));
	tlv_put(reply, TAG_POLICY, slice_of("\0\1", 2));
	tlv_put(reply, TAG_DEFAULT, slice_of("\0", 1));
	return SW_OK;
}

/* PIN: never 1, once 2, always 3; touch: never 1; origin: imported 2. */
static uint16_t key_metadata(const struct piv_slot *s, struct buf *reply)
{
	AUTO(buf_fini) struct buf public;
	uint8_t algorithm = key_algorithm(s->key);
	uint8_t policy[2] = { 2, 1 };

	buf_init(&public, 1024);
	if (s->use != PIV_USE_PIN)
		policy[0] = s->use == PIV_USE_FREE ? 1 : 3;
	if (!key_put_public_parts(s->key, &public))
		return SW_FAULT;
	tlv_put(reply, TAG_ALGORITHM, slice_of(&algorithm, 1));
	tlv_put(reply, TAG_POLICY, slice_of(policy, sizeof(policy)));
	tlv_put(reply, TAG_ORIGIN, slice_of("\2", 1));
	tlv_put(reply, TAG_PUBLIC, buf_slice(&public));
	return SW_OK;
}

uint16_t command_metadata(struct piv *p, const struct apdu *a,
			  struct buf *reply)
{
	const struct piv_slot *s = piv_slot_of(p, a->p2);

	if (a->p1 != 0)
		return SW_P1P2;
	if (a->p2 == 0x80)
		return pin_metadata(&p->pin, reply);
	if (a->p2 == 0x81)
		return pin_metadata(&p->puk, reply);
	if (a->p2 == PIV_KEY_MANAGEMENT)
		return management_metadata(p, reply);
	if (s == NULL || s->key == NULL)
		return SW_REFERENCE;
	return key_metadata(s, reply);
}

/* Algorithm, 9B, length, key. */
uint16_t command_set_management(struct piv *p, const struct apdu *a,
				struct buf *reply)
{
	struct cursor c = cursor_of(a->data);
	uint8_t algorithm = cursor_u8(&c);
	uint8_t id = cursor_u8(&c);
	struct slice key = cursor_bytes(&c, cursor_u8(&c));

	if (a->p1 != 0xff)
		return SW_P1P2;
	if (!cursor_done(&c) || id != PIV_KEY_MANAGEMENT ||
	    !management_set(&p->management, algorithm, key))
		return SW_DATA;
	return SW_OK;
}

/* Both counters; PIN and PUK become those of the factory. */
uint16_t command_set_retries(struct piv *p, const struct apdu *a,
			     struct buf *reply)
{
	if (!p->verified)
		return SW_SECURITY;
	if (a->p1 == 0 || a->p1 > 15 || a->p2 == 0 || a->p2 > 15)
		return SW_DATA;
	if (!pin_set_text(&p->pin, slice_str(DEFAULT_PIN)) ||
	    !pin_set_text(&p->puk, slice_str(DEFAULT_PUK)))
		return SW_FAULT;
	p->pin.tries = p->pin.tries_max = a->p1;
	p->puk.tries = p->puk.tries_max = a->p2;
	return SW_OK;
}

static EVP_PKEY *imported(uint8_t algorithm, struct slice data)
{
	struct slice p, q, scalar;

	if (algorithm == KEY_RSA2048) {
		if (!tlv_find(data, 0x01, &p) || !tlv_find(data, 0x02, &q))
			return NULL;
		return key_import_rsa(p, q);
	}
	if (!tlv_find(data, 0x06, &scalar))
		return NULL;
	return key_import_ec(algorithm, scalar);
}

/* The rest of what is sent for RSA follows from the primes. */
uint16_t command_import(struct piv *p, const struct apdu *a,
			struct buf *reply)
{
	struct piv_slot *s = piv_slot_of(p, a->p2);
	EVP_PKEY *key;

	if (s == NULL)
		return SW_REFERENCE;
	key = imported(a->p1, a->data);
	if (key == NULL)
		return SW_DATA;
	EVP_PKEY_free(s->key);
	s->key = key;
	return SW_OK;
}
