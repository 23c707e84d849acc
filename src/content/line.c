/* SPDX-License-Identifier: Apache-2.0 */
/*
 * line: building a struct content.
 */
#include "content/line.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "content/sum.h"
#include "content/visible.h"

int content_line_no_memory(struct error *e)
{
	return error_set(e, ERR_NO_MEMORY, "no memory to read the content");
}

/* Room for one more element of an array, or NULL. */
static void *line_grow(void *array, size_t count, size_t *cap, size_t element)
{
	size_t more = *cap == 0 ? 16 : *cap * 2;
	void *grown = array;

	if (count == *cap) {
		grown = reallocarray(array, more, element);
		*cap = grown == NULL ? *cap : more;
	}
	return grown;
}

static char *line_visible(struct slice text)
{
	/* One byte becomes at most "<U+007F>". */
	struct buf b AUTO(buf_fini) = { .max = text.len * 8 };

	content_visible_put(text, &b);
	return buf_error(&b) != 0 ? NULL : strdup(buf_text(&b));
}

int content_line_add(struct content *c, const char *label, struct slice value,
		     bool own, struct error *e)
{
	struct content_line line = { .own = own };
	struct content_line *lines;

	if (c->lines_count >= LIMIT_LINES)
		return error_set(e, ERR_TOO_LARGE,
				 "the content has more than %u lines to show:"
				 " split it", LIMIT_LINES);
	lines = line_grow(c->lines, c->lines_count, &c->lines_cap,
			  sizeof(*lines));
	if (lines == NULL)
		return content_line_no_memory(e);
	c->lines = lines;
	line.label = line_visible(slice_str(label));
	line.value = line_visible(value);
	if (line.label == NULL || line.value == NULL) {
		free(line.label);
		free(line.value);
		return content_line_no_memory(e);
	}
	lines[c->lines_count++] = line;
	return 0;
}

int content_line_text(struct content *c, const char *label, const char *value,
		      struct error *e)
{
	return content_line_add(c, label, slice_str(value), false, e);
}

int content_line_amount(struct content *c, const char *label,
			const char *value, const char *currency,
			struct error *e)
{
	char text[CONTENT_SUM_SIZE + 8];
	int r = content_sum_count(&c->sums, &c->sums_count, currency, value, e);

	if (r != 0)
		return r;
	snprintf(text, sizeof(text), "%s %s", value, currency);
	return content_line_text(c, label, text, e);
}

int content_line_payee(struct content *c, const char *name,
		       const char *account, struct error *e)
{
	const char *between = name[0] != '\0' && account[0] != '\0' ? ", " : "";
	char **payees = line_grow(c->payees, c->payees_count, &c->payees_cap,
				  sizeof(*payees));
	char *payee;

	if (payees == NULL)
		return content_line_no_memory(e);
	c->payees = payees;
	if (asprintf(&payee, "%s%s%s", name, between, account) < 0)
		return content_line_no_memory(e);
	payees[c->payees_count++] = payee;
	return 0;
}

void content_line_to_front(struct content *c, size_t n)
{
	size_t first = c->lines_count - n;

	for (size_t i = 0; i < n; i++) {
		struct content_line line = c->lines[first + i];

		memmove(&c->lines[i + 1], &c->lines[i],
			first * sizeof(line));
		c->lines[i] = line;
	}
}

int content_line_take(struct content *c, struct content *from,
		      struct error *e)
{
	for (size_t i = 0; i < from->lines_count; i++) {
		const struct content_line *line = &from->lines[i];
		int r = content_line_add(c, line->label,
					 slice_str(line->value), line->own, e);

		if (r != 0)
			return r;
	}
	c->sums = from->sums;
	c->sums_count = from->sums_count;
	c->payees = from->payees;
	c->payees_count = from->payees_count;
	c->payees_cap = from->payees_cap;
	c->payments = from->payments;
	from->sums = NULL;
	from->payees = NULL;
	from->sums_count = from->payees_count = from->payees_cap = 0;
	return 0;
}
