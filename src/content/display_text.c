/* SPDX-License-Identifier: Apache-2.0 */
/*
 * display_text: the XML that tokens with a display show.
 */
#include "content/display_text.h"

#include "base/err.h"
#include "content/line.h"
#include "content/xml.h"

struct display {
	struct content *c;
	struct buf label; /* of the M that is open */
	struct buf value;
	bool has_label, has_value;
	bool has_shown;	 /* D was there */
	bool has_hidden; /* E was there */
};

static int refuse(const char *path, struct error *e)
{
	return error_set(e, ERR_CONTENT,
			 "%s has no place in a display text:"
			 " <T><D><M><k>label</k><v>value</v></M></D><E></E>"
			 "</T>", path);
}

static int display_open(void *arg, const char *path, const char *uri,
			struct error *e)
{
	static const char *const known[] = {
		"T", "T/D", "T/D/M", "T/D/M/k", "T/D/M/v",
		"T/E", "T/E/M", "T/E/M/k", "T/E/M/v",
	};
	struct display *d = arg;
	size_t i = 0;

	while (i < ARRAY_LEN(known) && strcmp(known[i], path) != 0)
		i++;
	if (i == ARRAY_LEN(known) ||
	    (strcmp(path, "T/D") == 0 && d->has_shown) ||
	    (strcmp(path, "T/E") == 0 && d->has_hidden))
		return refuse(path, e);
	d->has_shown = d->has_shown || strcmp(path, "T/D") == 0;
	d->has_hidden = d->has_hidden || strcmp(path, "T/E") == 0;
	if (path[strlen(path) - 1] == 'M') {
		d->has_label = d->has_value = false;
		buf_reset(&d->label);
		buf_reset(&d->value);
	}
	return 0;
}

static int keep(struct buf *out, bool *has, const char *path,
		struct slice text, struct error *e)
{
	if (*has)
		return refuse(path, e);
	*has = true;
	if (text.len > LIMIT_VALUE)
		return error_set(e, ERR_CONTENT,
				 "%s is longer than %u bytes", path,
				 LIMIT_VALUE);
	buf_put_slice(out, text);
	return buf_error(out) == 0 ? 0 : content_line_no_memory(e);
}

static int display_leaf(void *arg, const char *path, struct slice text,
			struct error *e)
{
	struct display *d = arg;
	char last = path[strlen(path) - 1];

	if (strchr(path, '@') != NULL)
		return refuse(path, e);
	if (last == 'k' && !d->has_value)
		return keep(&d->label, &d->has_label, path, text, e);
	if (last == 'v' && d->has_label)
		return keep(&d->value, &d->has_value, path, text, e);
	if (text.len > LIMIT_VALUE)
		return error_set(e, ERR_CONTENT,
				 "%s is longer than %u bytes", path,
				 LIMIT_VALUE);
	if (strcmp(path, "T/E") == 0)
		return text.len == 0 ? 0 :
		       content_line_add(d->c, "hidden", text, false, e);
	return text.len == 0 ? 0 : refuse(path, e);
}

static int display_close(void *arg, const char *path, struct error *e)
{
	struct display *d = arg;
	size_t len = strlen(path);

	if (path[len - 1] != 'M')
		return 0;
	if (!d->has_value)
		return error_set(e, ERR_CONTENT,
				 "%s has not one k and then one v", path);
	if (path[2] == 'D')
		return content_line_add(d->c, buf_text(&d->label),
					buf_slice(&d->value), true, e);
	buf_put_str(&d->label, " ");
	buf_put_slice(&d->label, buf_slice(&d->value));
	if (buf_error(&d->label) != 0)
		return content_line_no_memory(e);
	return content_line_add(d->c, "hidden", buf_slice(&d->label), false,
				e);
}

int content_display_text_read(struct content *c, const struct content_input *in,
			      struct error *e)
{
	static const struct content_xml walk = { display_open, display_leaf,
						 display_close };
	struct display d = { .c = c };
	int r;

	buf_init(&d.label, 2 * LIMIT_VALUE + 1);
	buf_init(&d.value, LIMIT_VALUE);
	r = content_xml_walk(in->data, &walk, &d, e);
	buf_fini(&d.label);
	buf_fini(&d.value);
	if (r == 0 && (!d.has_shown || c->lines_count == 0))
		r = error_set(e, ERR_CONTENT,
			      "the display text has nothing to display: D is"
			      " missing or empty");
	c->kind = c->inner = CONTENT_DISPLAY_TEXT;
	return r;
}

void content_display_text_put(const struct content *c, struct buf *out)
{
	buf_put_str(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?><T><D>");
	for (size_t i = 0; i < c->lines_count; i++) {
		const struct content_line *line = &c->lines[i];

		buf_put_str(out, "<M><k>");
		content_xml_put(slice_str(line->label), out);
		buf_put_str(out, line->own ? "</k><v>" : ":</k><v>");
		content_xml_put(slice_str(line->value), out);
		buf_put_str(out, "</v></M>");
	}
	buf_put_str(out, "</D><E></E></T>");
}
