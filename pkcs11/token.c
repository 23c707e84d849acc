/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token: the tokens of the module, numbered for the life of this process.
 */
#include "pkcs11/token.h"

#include <string.h>

#include "base/log.h"
#include "pkcs11/ckr.h"
#include "pkcs11/pins.h"
#include "pkcs11/session.h"
#include "pkcs11/text.h"

/* Slots of one module, with or without a token: readers times applications. */
#define SLOTS_MAX 256
/* Bytes of slotDescription. */
#define SLOT_NAME 64

/* CK_ULONG is 64 bits here; lengths in the protocol are 32. */
static uint32_t token_length(CK_ULONG n)
{
	return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

#define CLEAN(field, out) \
	p11_text_clean(slice_of(field, sizeof(field)), out, sizeof(out))

void p11_token_info(const CK_TOKEN_INFO *info, const CK_SLOT_INFO *slot,
		    struct wire_token *out)
{
	out->flags = info->flags;
	out->min_pin_len = token_length(info->ulMinPinLen);
	out->max_pin_len = token_length(info->ulMaxPinLen);
	CLEAN(info->label, out->label);
	CLEAN(info->serialNumber, out->serial);
	CLEAN(info->manufacturerID, out->manufacturer);
	CLEAN(info->model, out->model);
	CLEAN(slot->slotDescription, out->slot);
}

bool p11_token_open(const struct p11_token *t)
{
	return t->logged_in || (t->info.flags & CKF_LOGIN_REQUIRED) == 0;
}

static int token_ask(const struct p11_module *m, CK_SLOT_ID slot_id,
		     struct wire_token *out, struct error *e)
{
	CK_TOKEN_INFO info = { .flags = 0 };
	CK_SLOT_INFO slot = { .flags = 0 };
	CK_RV rv = m->p11->C_GetTokenInfo(slot_id, &info);

	if (rv != CKR_OK)
		return p11_ckr_set(e, m->name, "C_GetTokenInfo", rv);
	rv = m->p11->C_GetSlotInfo(slot_id, &slot);
	if (rv != CKR_OK)
		return p11_ckr_set(e, m->name, "C_GetSlotInfo", rv);
	memset(out, 0, sizeof(*out));
	out->slot_id = slot_id;
	p11_token_info(&info, &slot, out);
	return 0;
}

static bool token_same(const struct wire_token *a, const struct wire_token *b)
{
	return a->slot_id == b->slot_id && strcmp(a->serial, b->serial) == 0 &&
	       strcmp(a->label, b->label) == 0 &&
	       strcmp(a->manufacturer, b->manufacturer) == 0;
}

int p11_token_refresh(struct p11_token *t, struct error *e)
{
	struct wire_token now;
	int r = token_ask(t->module, (CK_SLOT_ID)t->info.slot_id, &now, e);

	if (r != 0)
		return r;
	now.token = t->info.token;
	if (!token_same(&now, &t->info))
		return error_set(e, ERR_TOKEN_GONE,
				 "%s: another token is in the slot now",
				 t->module->name);
	t->info = now;
	return 0;
}

int p11_token_renew(struct p11_token *t, struct error *e)
{
	uint32_t number = t->info.token;
	int r = token_ask(t->module, (CK_SLOT_ID)t->info.slot_id, &t->info, e);

	t->info.token = number;
	return r;
}

void p11_token_reflag(struct p11_token *t)
{
	CK_TOKEN_INFO info = { .flags = 0 };

	if (t->module->p11->C_GetTokenInfo((CK_SLOT_ID)t->info.slot_id,
					   &info) == CKR_OK)
		t->info.flags = info.flags;
}

/* The number a token had before, or a new one. */
static struct p11_token *token_place(struct p11_tokens *tokens,
				     const struct p11_module *m,
				     const struct wire_token *info)
{
	struct p11_token *t;

	for (size_t i = 0; i < tokens->count; i++)
		if (token_same(&tokens->item[i].info, info))
			return &tokens->item[i];
	if (tokens->count == LIMIT_TOKENS)
		return NULL;
	t = &tokens->item[tokens->count];
	memset(t, 0, sizeof(*t));
	t->module = m;
	t->session = CK_INVALID_HANDLE;
	t->pins = -1;
	t->info.token = (uint32_t)tokens->count++;
	return t;
}

/*
 * Modules give their slots the names of the readers, as far as 64 bytes go
 * (PKCS#11 2.40, 3.2).
 */
bool p11_token_in(const char *slot, const char *reader)
{
	size_t len = strlen(slot);

	return reader[0] == '\0' ||
	       (len > 0 && strncmp(slot, reader, len) == 0 &&
		(reader[len] == '\0' || len >= SLOT_NAME - 1));
}

/* Is this slot of our reader?  One that does not say is looked at. */
static bool token_ours(const struct p11_tokens *tokens,
		       const struct p11_module *m, CK_SLOT_ID slot)
{
	CK_SLOT_INFO info = { .flags = 0 };
	char name[LIMIT_LABEL];

	if (tokens->reader[0] == '\0' ||
	    m->p11->C_GetSlotInfo(slot, &info) != CKR_OK)
		return true;
	p11_text_clean(slice_of(info.slotDescription,
				sizeof(info.slotDescription)),
		       name, sizeof(name));
	return p11_token_in(name, tokens->reader);
}

static void token_note(struct p11_tokens *tokens, const struct p11_module *m,
		       CK_SLOT_ID slot)
{
	struct wire_token info;
	struct p11_token *t;
	struct error e;

	if (!token_ours(tokens, m, slot))
		return;
	if (token_ask(m, slot, &info, &e) != 0) {
		log_failure(LOG_WARNING, NULL, "a slot is left out", &e);
		return;
	}
	t = token_place(tokens, m, &info);
	if (t == NULL) {
		log_write(LOG_WARNING, NULL, "%s: token %s is left out: more "
			  "than %u tokens", m->name, info.label, LIMIT_TOKENS);
		return;
	}
	info.token = t->info.token;
	t->info = info;
	t->present = true;
}

/*
 * The first call, without a list, is what makes OpenSC and ykcs11 look for
 * new readers; the second always gets the whole array, so that no count of
 * the module is ever believed.
 */
static int token_slots(const struct p11_module *m, CK_SLOT_ID *slots,
		       CK_ULONG *count, struct error *e)
{
	CK_ULONG n = 0;
	CK_RV rv = m->p11->C_GetSlotList(CK_TRUE, NULL, &n);

	if (rv != CKR_OK)
		return p11_ckr_set(e, m->name, "C_GetSlotList", rv);
	if (n == 0) {
		*count = 0;
		return 0;
	}
	n = SLOTS_MAX;
	rv = m->p11->C_GetSlotList(CK_TRUE, slots, &n);
	if (rv == CKR_BUFFER_TOO_SMALL || (rv == CKR_OK && n > SLOTS_MAX))
		return p11_ckr_lie(e, m->name, "C_GetSlotList",
				   "%lu slots where %d fit", n, SLOTS_MAX);
	if (rv != CKR_OK)
		return p11_ckr_set(e, m->name, "C_GetSlotList", rv);
	*count = n;
	return 0;
}

int p11_tokens_refresh(struct p11_tokens *tokens, const struct p11_module *m,
		       struct error *e)
{
	CK_SLOT_ID slots[SLOTS_MAX];
	CK_ULONG count = 0;
	int r = token_slots(m, slots, &count, e);

	if (r != 0)
		return r;
	for (size_t i = 0; i < tokens->count; i++)
		tokens->item[i].present = false;
	for (CK_ULONG i = 0; i < count; i++)
		token_note(tokens, m, slots[i]);
	for (size_t i = 0; i < tokens->count; i++)
		if (!tokens->item[i].present) {
			p11_session_lost(&tokens->item[i]);
			p11_pins_drop(&tokens->item[i]);
		}
	return 0;
}

int p11_tokens_find(struct p11_tokens *tokens, uint32_t number,
		    struct p11_token **out, struct error *e)
{
	if (number >= tokens->count)
		return error_set(e, ERR_NO_SUCH_TOKEN, "no token number %u",
				 number);
	if (!tokens->item[number].present)
		return error_set(e, ERR_TOKEN_GONE, "token %s was taken out",
				 tokens->item[number].info.label);
	*out = &tokens->item[number];
	return 0;
}
