/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gate: may a caller that is a page speak to us at all?
 */
#include "api/gate.h"

#include <string.h>

#include "base/origin.h"
#include "broker/broker.h"

static bool gate_developed(const struct settings *s, const char *origin)
{
	for (unsigned i = 0; i < s->loopback.development_count; i++)
		if (strcmp(s->loopback.development[i], origin) == 0)
			return true;
	return false;
}

enum gate_page gate_page(const struct broker *b, const char *origin)
{
	const struct settings *s = b->settings;
	enum origin_kind kind = origin_kind(origin);

	if (kind == ORIGIN_NONE ||
	    (kind == ORIGIN_LOCALHOST && !gate_developed(s, origin)))
		return GATE_STRANGER;
	if (policy_knows_page(&s->policy, origin, false))
		return GATE_ALLOWED;
	return GATE_STRANGER;
}

bool gate_is_webhost(const struct broker *b, const struct caller *c)
{
	return b->settings->webhost != NULL && c->exe[0] != '\0' &&
	       strcmp(b->settings->webhost, c->exe) == 0;
}
