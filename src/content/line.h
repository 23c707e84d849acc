/* SPDX-License-Identifier: Apache-2.0 */
/*
 * line: building a struct content, line by line; for the readers of this
 * folder.
 */
#ifndef SIGNET_CONTENT_LINE_H
#define SIGNET_CONTENT_LINE_H

#include "content/content.h"

/*
 * Append a line.  The value, and an own label, is made visible and copied.
 * ERR_TOO_LARGE above LIMIT_LINES, ERR_NO_MEMORY.
 */
int content_line_add(struct content *c, const char *label, struct slice value,
		     bool own, struct error *e) MUST_CHECK;

/* The same of a text with a label of our own words. */
int content_line_text(struct content *c, const char *label, const char *value,
		      struct error *e) MUST_CHECK;

/* "1234.00 CNY": adds the line and counts it in the sums of c. */
int content_line_amount(struct content *c, const char *label,
			const char *value, const char *currency,
			struct error *e) MUST_CHECK;

/* Who is paid: "NAME, ACCOUNT", or the one that there is; "" is none. */
int content_line_payee(struct content *c, const char *name,
		       const char *account, struct error *e) MUST_CHECK;

/* Move the last n lines to the front, in their order. */
void content_line_to_front(struct content *c, size_t n);

/* Take the lines, sums and payees of another content, which loses them. */
int content_line_take(struct content *c, struct content *from,
		      struct error *e) MUST_CHECK;

/* ERR_NO_MEMORY. */
int content_line_no_memory(struct error *e);

#endif
