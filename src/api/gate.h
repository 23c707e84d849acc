/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gate: may a caller that is a page speak to us at all?
 *
 * Pages come by two ways, and who says which page it is differs: on the
 * loopback the browser, by the field Origin; on the unix socket signet-webhost,
 * whose extension has it from the browser, by the field Signet-Origin.  From
 * here on both are the same: a caller with an origin.
 *
 * Who is a stranger gets one answer whatever was asked (http_forbid()), and so
 * learns nothing of tokens, nor of Signet.
 */
#ifndef SIGNET_API_GATE_H
#define SIGNET_API_GATE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/attr.h"

struct broker;
struct caller;

/* Who says which page it is, on the unix socket. */
#define GATE_ORIGIN "Signet-Origin"

enum gate_page {
	GATE_STRANGER,
	GATE_CANDIDATE, /* a rule knows it if the user allows it */
	GATE_ALLOWED,	/* by a rule of the policy, or the user */
};

/*
 * The page of this origin, which may be any text, in that user's browser.
 * Pages that are not of https are strangers unless listed (loopback:
 * development:).
 */
enum gate_page gate_page(const struct broker *b, uid_t uid, const char *origin)
	MUST_CHECK;

/*
 * Is that the signet-webhost of this signetd?  Others may not name a page.  The
 * program that asks is then the browser, which has started it.
 */
bool gate_is_webhost(const struct broker *b, struct caller *c) MUST_CHECK;

#endif
