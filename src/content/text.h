/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text: text/plain in UTF-8, line by line.
 */
#ifndef SIGNET_CONTENT_TEXT_H
#define SIGNET_CONTENT_TEXT_H

#include "content/content.h"

/*
 * A line "text" for each line (ended by LF or CR LF); what is longer than
 * LIMIT_VALUE goes on in lines "text.more".  More than LIMIT_LINES of them are
 * blind: nobody reads them, and a policy decides.  Made visible, never
 * refused for its characters; but ERR_CONTENT when it is no UTF-8.
 */
int content_text_read(struct content *c, const struct content_input *in,
		      struct error *e) MUST_CHECK;

#endif
