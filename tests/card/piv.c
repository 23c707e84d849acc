/* SPDX-License-Identifier: Apache-2.0 */
/*
 * piv: see piv.h.  SELECT, GET DATA, PUT DATA, and the table of all commands.
 */
#include "tests/card/piv.h"

#include "tests/card/command.h"
#include "tests/card/sw.h"
#include "tests/card/tlv.h"

#define TAG_LIST 0x5cu
#define TAG_DATA 0x53u

static const uint8_t aid[] = { 0xa0, 0x00, 0x00, 0x03, 0x08, 0x00,
			       0x00, 0x10, 0x00, 0x01, 0x00 };
#define RID_LEN 5u

static const struct {
	uint8_t ins;
	bool managed; /* wants the management key */
	command_fn *run;
} commands[] = {
	{ PIV_SELECT, false, command_select },
	{ PIV_GET_DATA, false, command_get_data },
	{ PIV_VERIFY, false, command_verify },
	{ PIV_CHANGE, false, command_change },
	{ PIV_RESET_COUNTER, false, command_reset_counter },
	{ PIV_AUTHENTICATE, false, command_authenticate },
	{ PIV_GENERATE, true, command_generate },
	{ PIV_PUT_DATA, true, command_put_data },
	{ 0xf7, false, command_metadata },
	{ 0xf8, false, command_serial },
	{ 0xfa, true, command_set_retries },
	{ 0xfd, false, command_version },
	{ 0xfe, true, command_import },
	{ 0xff, true, command_set_management },
};

void piv_init(struct piv *p)
{
	static const struct piv_slot slots[PIV_SLOTS] = {
		{ 0x9a, PIV_USE_PIN, NULL },
		{ 0x9c, PIV_USE_PIN_ALWAYS, NULL },
		{ 0x9d, PIV_USE_PIN, NULL },
		{ 0x9e, PIV_USE_FREE, NULL },
	};

	memset(p, 0, sizeof(*p));
	memcpy(p->slots, slots, sizeof(slots));
	apdu_channel_init(&p->channel);
}

void piv_fini(struct piv *p)
{
	for (size_t i = 0; i < PIV_SLOTS; i++)
		EVP_PKEY_free(p->slots[i].key);
	objects_fini(&p->objects);
	apdu_channel_fini(&p->channel);
}

void piv_reset(struct piv *p)
{
	apdu_channel_reset(&p->channel);
	management_reset(&p->management);
	p->selected = p->verified = p->fresh = false;
}

struct piv_slot *piv_slot_of(struct piv *p, uint8_t id)
{
	for (size_t i = 0; i < PIV_SLOTS; i++)
		if (p->slots[i].id == id)
			return &p->slots[i];
	return NULL;
}

/* The application property template (part 2 table 3). */
static void put_properties(struct buf *reply)
{
	AUTO(buf_fini) struct buf all;
	AUTO(buf_fini) struct buf authority;

	buf_init(&all, 128);
	buf_init(&authority, 32);
	tlv_put(&all, 0x4f, slice_of(aid + RID_LEN, sizeof(aid) - RID_LEN));
	tlv_put(&authority, 0x4f, slice_of(aid, RID_LEN));
	tlv_put(&all, 0x79, buf_slice(&authority));
	tlv_put(&all, 0x50, slice_str("Signet test card"));
	tlv_put(reply, 0x61, buf_slice(&all));
}

uint16_t command_select(struct piv *p, const struct apdu *a,
			struct buf *reply)
{
	if (a->p1 != 0x04 || a->p2 != 0x00)
		return SW_P1P2;
	if (a->data.len < RID_LEN || a->data.len > sizeof(aid) ||
	    memcmp(a->data.ptr, aid, a->data.len) != 0)
		return SW_NOT_FOUND;
	/* Who selects it again stays logged in (part 2 section 3.1.1). */
	p->selected = true;
	put_properties(reply);
	return SW_OK;
}

/* The tag in a tag list of one element; 0 for anything else. */
static uint32_t listed_tag(struct slice list)
{
	uint32_t tag = 0;

	if (list.len < 1 || list.len > 3)
		return 0;
	for (size_t i = 0; i < list.len; i++)
		tag = tag << 8 | list.ptr[i];
	return tag;
}

uint16_t command_get_data(struct piv *p, const struct apdu *a,
			  struct buf *reply)
{
	const struct object *o;
	struct slice list;

	if (a->p1 != 0x3f || a->p2 != 0xff)
		return SW_P1P2;
	if (!tlv_find(a->data, TAG_LIST, &list) || listed_tag(list) == 0)
		return SW_DATA;
	o = objects_get(&p->objects, listed_tag(list));
	if (o == NULL)
		return SW_NOT_FOUND;
	object_emit(o, reply);
	return SW_OK;
}

uint16_t command_put_data(struct piv *p, const struct apdu *a,
			  struct buf *reply)
{
	struct slice list, value;
	uint32_t tag;

	if (a->p1 != 0x3f || a->p2 != 0xff)
		return SW_P1P2;
	if (!tlv_find(a->data, TAG_LIST, &list) ||
	    !tlv_find(a->data, TAG_DATA, &value))
		return SW_DATA;
	tag = listed_tag(list);
	if (tag == 0 || tag == OBJECT_DISCOVERY)
		return SW_DATA;
	return objects_put(&p->objects, tag, value) ? SW_OK : SW_NO_SPACE;
}

static uint16_t run(struct piv *p, const struct apdu *a, struct buf *reply)
{
	if ((a->cla & ~APDU_CLA_CHAIN) != 0)
		return SW_CLA;
	if (a->ins != PIV_SELECT && !p->selected)
		return SW_CONDITIONS;
	if (a->ins != PIV_VERIFY && a->ins != PIV_AUTHENTICATE)
		p->fresh = false;
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (commands[i].ins != a->ins)
			continue;
		if (commands[i].managed && !p->management.authenticated)
			return SW_SECURITY;
		return commands[i].run(p, a, reply);
	}
	return SW_INS;
}

static void run_whole(struct piv *p, const struct apdu *a)
{
	struct apdu_channel *ch = &p->channel;

	ch->sw = run(p, a, &ch->reply);
	if (ch->sw == SW_OK && buf_error(&ch->reply) != 0)
		ch->sw = SW_FAULT;
	if (ch->sw != SW_OK)
		buf_reset(&ch->reply);
}

void piv_transmit(struct piv *p, struct slice raw, struct buf *out)
{
	struct apdu a;
	uint16_t sw = apdu_feed(&p->channel, raw, &a);

	if (sw != 0) {
		buf_put_u16(out, sw);
		return;
	}
	if (a.ins != APDU_GET_RESPONSE)
		run_whole(p, &a);
	/* Hosts leave Le out where T=1 would want it, as YubiKeys allow. */
	apdu_emit(&p->channel, a.le == 0 ? 256 : a.le, out);
}
