/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answer.c - effects on what the caller is told
 *
 * Runs in whatever process loads the mock. Lies about an answer are told only
 * where the real function succeeded; they never write outside what the caller
 * gave, they only say so.
 */
#include "effect.h"

#include "log.h"

#include <stdatomic.h>
#include <string.h>

bool mock_answer_return(struct mock_call *call, const struct mock_rule *rule)
{
	call->rv = rule->arg.number;
	return true;
}

void mock_answer_return_after(struct mock_call *call,
			      const struct mock_rule *rule)
{
	call->rv = rule->arg.number;
}

static void lie(CK_ULONG *length, const struct mock_arg *arg)
{
	*length = arg->relative ? *length + arg->number : arg->number;
}

void mock_answer_wrong_length(struct mock_call *call,
			      const struct mock_rule *rule)
{
	if (call->rv != CKR_OK)
		return;
	if (call->out_len)
		lie(call->out_len, &rule->arg);
	for (CK_ULONG i = 0; call->templ && i < call->templ_count; i++)
		lie(&call->templ[i].ulValueLen, &rule->arg);
}

void mock_answer_huge_list(struct mock_call *call,
			   const struct mock_rule *rule)
{
	if (call->rv != CKR_OK || !call->out_len)
		return;
	if (call->list)
		*call->out_len = call->list_max;
	*call->out_len += rule->arg.number;
}

void mock_answer_endless_list(struct mock_call *call,
			      const struct mock_rule *rule)
{
	static _Atomic CK_OBJECT_HANDLE last = 1;
	CK_ULONG found;

	(void)rule;
	if (call->rv != CKR_OK || !call->list || !call->out_len)
		return;
	found = *call->out_len;
	if (found > 0)
		atomic_store(&last, call->list[found - 1]);
	for (; found < call->list_max; found++)
		call->list[found] = atomic_load(&last);
	*call->out_len = call->list_max;
}

void mock_answer_no_such_object(struct mock_call *call,
				const struct mock_rule *rule)
{
	(void)rule;
	if (call->rv == CKR_OK && call->out_len)
		*call->out_len = 0;
}

/* The lowest bit of each byte: right length, plausible numbers, wrong. */
void mock_answer_garbage(struct mock_call *call, const struct mock_rule *rule)
{
	(void)rule;
	if (call->rv != CKR_OK || !call->out || !call->out_len)
		return;
	for (CK_ULONG i = 0; i < *call->out_len; i++)
		call->out[i] ^= 1;
}

void mock_answer_flags(struct mock_call *call, const struct mock_rule *rule)
{
	if (call->rv != CKR_OK || !call->flags)
		return;
	*call->flags |= rule->arg.add;
	*call->flags &= ~rule->arg.remove;
}

static bool find_key(CK_SESSION_HANDLE session, const struct mock_word *label,
		     CK_OBJECT_HANDLE *key)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	char text[MOCK_WORD_MAX];
	CK_ATTRIBUTE templ[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_LABEL, text, label->len },
	};
	CK_OBJECT_HANDLE found = CK_INVALID_HANDLE;
	CK_ULONG count = 0;

	memcpy(text, label->text, label->len);
	if (mock_real->C_FindObjectsInit(session, templ, 2) != CKR_OK)
		return false;
	if (mock_real->C_FindObjects(session, &found, 1, &count) != CKR_OK)
		count = 0;
	mock_real->C_FindObjectsFinal(session);
	if (count == 0)
		return false;
	*key = found;
	return true;
}

/* In a session of its own: the caller's may be in the midst of a search. */
bool mock_answer_other_key(struct mock_call *call,
			   const struct mock_rule *rule)
{
	CK_SESSION_HANDLE session;
	CK_SLOT_ID slot;
	bool found;

	if (!mock_call_slot(call, &slot) ||
	    mock_real->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL,
				     &session) != CKR_OK)
		return false;
	found = find_key(session, &rule->arg.text, &call->object);
	mock_real->C_CloseSession(session);
	if (!found) {
		mock_log_complain(rule->line, "no private key of that label");
		call->rv = MOCK_CKR_BAD_RULES;
	}
	return !found;
}
