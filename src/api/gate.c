/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gate: may a caller that is a page speak to us at all?
 */
#include "api/gate.h"

#include "api/peer.h"
#include "base/origin.h"
#include "broker/broker.h"
#include "broker/pairing.h"

enum gate_page gate_page(const struct broker *b, uid_t uid, const char *origin)
{
	const struct settings *s = b->settings;
	enum origin_kind kind = origin_kind(origin);

	if (kind == ORIGIN_NONE ||
	    (kind == ORIGIN_LOCALHOST && !settings_develops(s, origin)))
		return GATE_STRANGER;
	if (policy_knows_page(&s->policy, origin, false))
		return GATE_ALLOWED;
	if (!policy_knows_page(&s->policy, origin, true))
		return GATE_STRANGER;
	return pairing_stands(b, uid, origin) ? GATE_ALLOWED : GATE_CANDIDATE;
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
