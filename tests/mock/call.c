/* SPDX-License-Identifier: Apache-2.0 */
/*
 * call.c - one call of a PKCS#11 function on its way through the mock
 *
 * Runs in whatever process loads the mock. The lock covers rules, counts and
 * the keys in use, never an effect or the real function of the call: a call
 * that hangs must not hang those of other threads.
 */
#include "call.h"

#include "effect.h"
#include "log.h"
#include "match.h"
#include "name.h"
#include "rules.h"

#include <pthread.h>

/* Sessions whose key is remembered; the oldest entry makes room. */
#define KEYS_MAX 256

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct {
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE key;
} keys[KEYS_MAX];
static size_t keys_next;

/*
 * C_Sign and its like name no key: it is the one of the session's last
 * operation that was started, which is kept here for `where key-label`.
 */
static void know_key(struct mock_call *call)
{
	bool starts = mock_name_traits(call->fn) & MOCK_KEY;
	size_t i;

	if (call->session == CK_INVALID_HANDLE)
		return;
	for (i = 0; i < KEYS_MAX; i++)
		if (keys[i].session == call->session)
			break;
	if (call->fn == MOCK_C_CloseSession) {
		if (i < KEYS_MAX)
			keys[i].session = CK_INVALID_HANDLE;
		return;
	}
	if (!starts) {
		if (i < KEYS_MAX && call->object == CK_INVALID_HANDLE)
			call->object = keys[i].key;
		return;
	}
	if (i == KEYS_MAX) {
		i = keys_next;
		keys_next = (keys_next + 1) % KEYS_MAX;
	}
	keys[i].session = call->session;
	keys[i].key = call->object;
}

/* Returns whether the rule file is fit to be used. */
static bool pick(struct mock_call *call)
{
	struct mock_rules *rules;
	bool usable;

	pthread_mutex_lock(&lock);
	rules = mock_rules_now();
	know_key(call);
	for (size_t i = 0; i < rules->count && !rules->broken; i++)
		if (mock_match_rule(&rules->rule[i], call))
			call->fired[call->fired_count++] = &rules->rule[i];
	usable = !rules->broken;
	pthread_mutex_unlock(&lock);
	return usable;
}

bool mock_call_begin(struct mock_call *call)
{
	if (!pick(call)) {
		call->rv = MOCK_CKR_BAD_RULES;
		call->skipped = true;
		return false;
	}
	for (size_t i = 0; i < call->fired_count; i++) {
		const struct mock_rule *rule = call->fired[i];

		mock_log_effect(call->fn, rule->effect->name);
		if (rule->effect->before && rule->effect->before(call, rule)) {
			call->skipped = true;
			return false;
		}
	}
	return true;
}

CK_RV mock_call_end(struct mock_call *call)
{
	for (size_t i = 0; i < call->fired_count && !call->skipped; i++) {
		const struct mock_rule *rule = call->fired[i];

		if (rule->effect->after)
			rule->effect->after(call, rule);
	}
	mock_log_answer(call->fn, call->rv);
	return call->rv;
}

bool mock_call_slot(const struct mock_call *call, CK_SLOT_ID *slot)
{
	CK_SESSION_INFO info;

	if (!mock_real)
		return false;
	if (call->has_slot) {
		*slot = call->slot;
		return true;
	}
	if (call->session == CK_INVALID_HANDLE ||
	    !mock_real->C_GetSessionInfo ||
	    mock_real->C_GetSessionInfo(call->session, &info) != CKR_OK)
		return false;
	*slot = info.slotID;
	return true;
}
