/* SPDX-License-Identifier: Apache-2.0 */
/*
 * visible: what a person can see of a text, judged in one place.
 *
 * Two ways.  Text that is only shown is made visible: a character that cannot
 * be seen, or changes how others are seen, is written as its number
 * ("<U+202E>").  The fields of a payment are refused when they have one, or
 * letters that pass for others.
 */
#ifndef SIGNET_CONTENT_VISIBLE_H
#define SIGNET_CONTENT_VISIBLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"

struct error;

/*
 * The first code point of text (RFC 3629: no overlong form, no surrogate) and
 * its length; 0 when there is none.
 */
size_t content_visible_decode(struct slice text, uint32_t *code);

/* Is all of it UTF-8?  If not, *at is the offset of the first wrong byte. */
bool content_visible_utf8(struct slice text, size_t *at) MUST_CHECK;

/*
 * Append text in its visible form (look at buf_error(out)).  Tabs stay; bytes
 * that are no UTF-8 become "<0xFF>".  Doing it twice changes nothing more.
 * A text may spell "<U+202E>" itself; that looks the same and does no harm.
 */
void content_visible_put(struct slice text, struct buf *out);

/*
 * A field of a payment: 1 to LIMIT_VALUE bytes of UTF-8, no blank at its ends,
 * nothing that content_visible_put() would have to write out, no tab, no
 * full-width or mathematical letter or digit, no overlay, and no word of Latin
 * mixed with Cyrillic, Greek or another alphabet that looks like it.
 * ERR_CONTENT names the field and the character.  A whole word in another
 * alphabet passes: a name may be Greek.
 */
int content_visible_check(const char *field, struct slice value,
			  struct error *e) MUST_CHECK;

/* The same for what is never but ASCII: an account, an identifier. */
int content_visible_check_ascii(const char *field, struct slice value,
				struct error *e) MUST_CHECK;

#endif
