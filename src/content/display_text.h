/* SPDX-License-Identifier: Apache-2.0 */
/*
 * display_text: the XML that tokens with a display show before they sign.
 *
 *	<T><D><M><k>label:</k><v>value</v></M>...</D><E>...</E></T>
 *
 * D is displayed by such a token, E is signed unseen; Signet shows both.
 */
#ifndef SIGNET_CONTENT_DISPLAY_TEXT_H
#define SIGNET_CONTENT_DISPLAY_TEXT_H

#include "content/content.h"

/*
 * A line of the content's own label for each M of D, in order, and lines
 * "hidden" for what is in E: its text, or its k and v with a blank between.
 * ERR_CONTENT: any other element, an attribute, no D, a value above
 * LIMIT_VALUE.
 */
int content_display_text_read(struct content *c, const struct content_input *in,
			      struct error *e) MUST_CHECK;

/*
 * Append that XML for the lines of a content (look at buf_error(out)).  All
 * are in D: Signet has nothing that is signed unseen.  A colon is put behind
 * labels of our words; labels of the content stay as they are.
 */
void content_display_text_put(const struct content *c, struct buf *out);

#endif
