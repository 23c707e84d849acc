/* SPDX-License-Identifier: Apache-2.0 */
/*
 * idn: host names of web pages in their two forms (RFC 5890, RFC 3492).
 */
#ifndef SIGNET_PROMPT_IDN_H
#define SIGNET_PROMPT_IDN_H

#include "base/buf.h"

/*
 * Append host with every label "xn--..." decoded.  False, and out as it was,
 * when none is there or one cannot be decoded.  Nothing is said of whether the
 * name is a lawful one: show it beside host, never instead.
 */
bool prompt_idn_decode(struct slice host, struct buf *out);

#endif
