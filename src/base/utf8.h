/* SPDX-License-Identifier: Apache-2.0 */
/*
 * utf8: reading UTF-8 (RFC 3629), and text from outside made safe to show.
 */
#ifndef SIGNET_BASE_UTF8_H
#define SIGNET_BASE_UTF8_H

#include "base/buf.h"

/*
 * Length of the sequence at p, 0 when there is none (overlong forms and
 * surrogates are none); its code point goes to *c.  p < end.
 */
size_t utf8_decode(const uint8_t *p, const uint8_t *end, uint32_t *c);

/* Append one code point; what is none becomes U+FFFD. */
void utf8_put(struct buf *out, uint32_t c);

/*
 * True for what a screen does not show as itself: controls, line and
 * paragraph separators, marks that turn the direction of writing, characters
 * without width, private use, noncharacters.
 */
bool utf8_hidden(uint32_t c);

/*
 * Append text for people: hidden characters become <U+202E>, bytes that are
 * not UTF-8 become <0xFF>, a tab some blanks.  One line stays one line.
 */
void utf8_put_shown(struct buf *out, struct slice text);

#endif
