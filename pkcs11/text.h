/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text: what a module calls UTF-8, made into UTF-8.
 *
 * Runs in signet-worker.  Pure.
 */
#ifndef SIGNET_PKCS11_TEXT_H
#define SIGNET_PKCS11_TEXT_H

#include <stddef.h>

#include "base/slice.h"

/*
 * A text of a module into out[size], NUL-terminated: ends at the first NUL,
 * loses the blanks at its end (PKCS#11 2.40 section 3.1 pads with them), each
 * byte that is not UTF-8 (RFC 3629) becomes U+FFFD, and what does not fit is
 * cut between two characters.
 */
void p11_text_clean(struct slice raw, char *out, size_t size);

#endif
