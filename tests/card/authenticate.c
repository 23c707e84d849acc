/* SPDX-License-Identifier: Apache-2.0 */
/*
 * authenticate: GENERAL AUTHENTICATE and GENERATE ASYMMETRIC KEY PAIR
 * (SP 800-73-4 part 2 sections 3.2.4 and 3.3.2).
 */
#include "tests/card/command.h"
#include "tests/card/key.h"
#include "tests/card/sw.h"
#include "tests/card/tlv.h"

#define TAG_TEMPLATE 0x7cu
#define TAG_CHALLENGE 0x81u
#define TAG_RESPONSE 0x82u
#define TAG_EXPONENTIATION 0x85u

#define TAG_CONTROL 0xacu
#define TAG_ALGORITHM 0x80u

#define RESULT_MAX 1024u

static bool may_use(const struct piv *p, const struct piv_slot *s)
{
	switch (s->use) {
	case PIV_USE_FREE:
		return true;
	case PIV_USE_PIN:
		return p->verified;
	default:
		return p->fresh;
	}
}

static bool compute(EVP_PKEY *key, struct slice content, struct buf *result)
{
	struct slice input;

	if (tlv_find(content, TAG_CHALLENGE, &input))
		return key_sign(key, input, result);
	if (tlv_find(content, TAG_EXPONENTIATION, &input))
		return key_agree(key, input, result);
	return false;
}

static uint16_t use_key(struct piv *p, const struct apdu *a,
			struct slice content, struct buf *reply)
{
	AUTO(buf_fini) struct buf result;
	struct piv_slot *s = piv_slot_of(p, a->p2);

	buf_init(&result, RESULT_MAX);
	if (s == NULL || s->key == NULL)
		return SW_REFERENCE;
	if (a->p1 != key_algorithm(s->key))
		return SW_P1P2;
	if (!may_use(p, s))
		return SW_SECURITY;
	if (!compute(s->key, content, &result))
		return SW_DATA;
	if (p->corrupt)
		result.ptr[result.len - 1] ^= 1;
	p->corrupt = false;
	tlv_put(reply, TAG_RESPONSE, buf_slice(&result));
	return 0;
}

uint16_t command_authenticate(struct piv *p, const struct apdu *a,
			      struct buf *reply)
{
	AUTO(buf_fini) struct buf inner;
	struct slice content;
	uint16_t sw;

	buf_init(&inner, RESULT_MAX);
	if (!tlv_find(a->data, TAG_TEMPLATE, &content))
		sw = SW_DATA;
	else if (a->p2 == PIV_KEY_MANAGEMENT)
		sw = management_step(&p->management, a->p1, content, &inner);
	else
		sw = use_key(p, a, content, &inner);
	p->fresh = false;
	if (sw != 0)
		return sw;
	if (inner.len > 0)
		tlv_put(reply, TAG_TEMPLATE, buf_slice(&inner));
	return SW_OK;
}

uint16_t command_generate(struct piv *p, const struct apdu *a,
			  struct buf *reply)
{
	struct piv_slot *s = piv_slot_of(p, a->p2);
	struct slice control, algorithm;
	EVP_PKEY *key;

	if (a->p1 != 0)
		return SW_P1P2;
	if (s == NULL)
		return SW_REFERENCE;
	if (!tlv_find(a->data, TAG_CONTROL, &control) ||
	    !tlv_find(control, TAG_ALGORITHM, &algorithm) ||
	    algorithm.len != 1)
		return SW_DATA;
	key = key_generate(algorithm.ptr[0]);
	if (key == NULL)
		return SW_DATA;
	EVP_PKEY_free(s->key);
	s->key = key;
	return key_put_public(key, reply) ? SW_OK : SW_FAULT;
}
