/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match.c - whether a rule fires for a call
 *
 * Runs in whatever process loads the mock, under the lock of the rules. Asks
 * the real module for labels, and only when a rule has a condition on them.
 */
#include "match.h"

#include "effect.h"
#include "log.h"
#include "name.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static bool slot_is(const struct mock_call *call, CK_SLOT_ID wanted)
{
	CK_SLOT_ID slot;

	return mock_call_slot(call, &slot) && slot == wanted;
}

/* Token labels are padded with blanks to 32 bytes (PKCS#11 2.40, 3.2). */
static bool token_is(const struct mock_call *call, const char *wanted)
{
	CK_TOKEN_INFO info;
	size_t len = sizeof(info.label);
	CK_SLOT_ID slot;

	if (!mock_call_slot(call, &slot) || !mock_real->C_GetTokenInfo ||
	    mock_real->C_GetTokenInfo(slot, &info) != CKR_OK)
		return false;
	while (len > 0 && info.label[len - 1] == ' ')
		len--;
	return len == strlen(wanted) && memcmp(info.label, wanted, len) == 0;
}

static bool key_is(const struct mock_call *call, const char *wanted)
{
	char label[MOCK_WORD_MAX];
	CK_ATTRIBUTE attr = { CKA_LABEL, label, sizeof(label) };

	if (call->object == CK_INVALID_HANDLE || !mock_real ||
	    !mock_real->C_GetAttributeValue ||
	    mock_real->C_GetAttributeValue(call->session, call->object,
					   &attr, 1) != CKR_OK)
		return false;
	return attr.ulValueLen == strlen(wanted) &&
	       memcmp(label, wanted, attr.ulValueLen) == 0;
}

static bool counts(struct mock_rule *rule)
{
	rule->seen++;
	switch (rule->when) {
	case MOCK_ALWAYS:
		return true;
	case MOCK_NTH:
		return rule->seen == rule->when_n;
	case MOCK_EVERY:
		return rule->seen % rule->when_n == 0;
	case MOCK_FROM:
		return rule->seen >= rule->when_n;
	}
	return false;
}

/* How long nobody called: a session that dies when it is not used. */
static bool was_idle(struct mock_rule *rule)
{
	unsigned long long before = rule->last_ms;
	struct timespec now;

	if (rule->idle_ms == 0)
		return true;
	clock_gettime(CLOCK_MONOTONIC, &now);
	rule->last_ms = (unsigned long long)now.tv_sec * 1000 +
			(unsigned long long)now.tv_nsec / 1000000;
	return before != 0 && rule->last_ms - before >= rule->idle_ms;
}

/* The file system decides who is first, across processes. */
static bool first_ever(const struct mock_rule *rule)
{
	int fd = open(rule->once, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		      0600);

	if (fd >= 0) {
		close(fd);
		return true;
	}
	if (errno != EEXIST)
		mock_log_complain(rule->line, "cannot make the once file");
	return false;
}

bool mock_match_rule(struct mock_rule *rule, const struct mock_call *call)
{
	unsigned wanted = rule->effect->need;

	if (rule->fn != MOCK_ANY && rule->fn != call->fn)
		return false;
	if (wanted && !(mock_name_traits(call->fn) & wanted))
		return false;
	if (rule->by_slot && !slot_is(call, rule->slot))
		return false;
	if (rule->token[0] && !token_is(call, rule->token))
		return false;
	if (rule->key[0] && !key_is(call, rule->key))
		return false;
	if (!was_idle(rule))
		return false;
	return counts(rule) && (!rule->once[0] || first_ever(rule));
}
