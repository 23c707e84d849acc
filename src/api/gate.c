/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gate: may a caller that is a page speak to us at all?
 */
#include "api/gate.h"

#include <string.h>

#include "api/peer.h"
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

bool gate_is_webhost(const struct broker *b, struct caller *c)
{
	const char *webhost = b->settings->webhost;

	if (c->webhost)
		return true;
	if (webhost == NULL || !peer_runs(c, webhost))
		return false;
	c->webhost = true;
	peer_take_parent(c);
	return true;
}
