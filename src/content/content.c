/* SPDX-License-Identifier: Apache-2.0 */
/*
 * content: which reader reads what.
 */
#include "content/content.h"

#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "content/authentication.h"
#include "content/bank.h"
#include "content/blind.h"
#include "content/display_text.h"
#include "content/line.h"
#include "content/media_type.h"
#include "content/pain001.h"
#include "content/payment.h"
#include "content/text.h"
#include "content/visible.h"

static const struct content_type {
	const char *name;
	/* Says of itself what it is: never blind. */
	bool typed;
	int (*read)(struct content *c, const struct content_input *in,
		    struct error *e);
} types[] = {
	{ "text/plain", false, content_text_read },
	{ CONTENT_TYPE_PAYMENT, true, content_payment_read },
	{ CONTENT_TYPE_PAIN001, true, content_pain001_read },
	{ "application/xml", false, content_pain001_read_any },
	{ "text/xml", false, content_pain001_read_any },
	{ CONTENT_TYPE_DISPLAY_TEXT, true, content_display_text_read },
	{ CONTENT_TYPE_BANK_REQUEST, true, content_bank_read },
};

const char *content_kind_name(enum content_kind kind)
{
	static const char *const names[] = {
		[CONTENT_TEXT] = "text",
		[CONTENT_PAYMENT] = "payment",
		[CONTENT_PAIN001] = "pain.001",
		[CONTENT_DISPLAY_TEXT] = "display-text",
		[CONTENT_BANK_REQUEST] = "bank-request",
		[CONTENT_AUTHENTICATION] = "authentication",
		[CONTENT_DATA] = "data",
		[CONTENT_DIGEST] = "digest",
	};

	return (size_t)kind < ARRAY_LEN(names) ? names[kind] : "data";
}

static const struct content_type *type_find(const char *media_type)
{
	for (size_t i = 0; media_type != NULL && i < ARRAY_LEN(types); i++)
		if (content_media_type_is(media_type, types[i].name))
			return &types[i];
	return NULL;
}

/* A short text of the caller, which is no part of what is signed. */
static int copy_visible(char out[LIMIT_NAME + 1], const char *field,
			const char *text, struct error *e)
{
	struct buf b AUTO(buf_fini) = { .max = LIMIT_NAME };

	if (text == NULL)
		return 0;
	content_visible_put(slice_str(text), &b);
	if (buf_error(&b) == ERR_TOO_LARGE)
		return error_set(e, ERR_CONTENT,
				 "%s is longer than %u bytes, its invisible"
				 " characters written out", field, LIMIT_NAME);
	if (buf_error(&b) != 0)
		return content_line_no_memory(e);
	snprintf(out, LIMIT_NAME + 1, "%s", buf_text(&b));
	return 0;
}

static int read_data(struct content *c, const struct content_input *in,
		     struct error *e)
{
	const struct content_type *type = type_find(in->media_type);
	bool utf8 = type != NULL && content_media_type_utf8(in->media_type);
	bool large = in->data.len > LIMIT_SHOWN;

	if (type == NULL)
		return content_blind_data(c, in, CONTENT_BLIND_TYPE, e);
	if (utf8 && !large)
		return type->read(c, in, e);
	if (!type->typed)
		return content_blind_data(c, in,
					  large ? CONTENT_BLIND_LARGE :
						  CONTENT_BLIND_CHARSET, e);
	if (large)
		return error_set(e, ERR_TOO_LARGE,
				 "a content of type %s has at most %u bytes:"
				 " split it", type->name, LIMIT_SHOWN);
	return error_set(e, ERR_CONTENT,
			 "a content of type %s is in UTF-8, without another"
			 " charset", type->name);
}

/* Not even a digest is one: the policy trusts this type's name. */
static bool is_authentication(const struct content_input *in)
{
	return in->media_type != NULL &&
	       content_media_type_is(in->media_type,
				     CONTENT_TYPE_AUTHENTICATION);
}

static int read_input(struct content *c, const struct content_input *in,
		      struct error *e)
{
	if (in->authentication != NULL)
		return content_authentication_read(c, in, e);
	if (is_authentication(in))
		return content_authentication_refuse(e);
	if (in->payment.ptr != NULL)
		return content_payment_object(c, in, e);
	if (in->data.ptr == NULL && in->digest.len > 0)
		return content_blind_digest(c, in, e);
	return read_data(c, in, e);
}

void content_start(void)
{
	xmlInitParser();
}

int content_read(const struct content_input *in, struct content **out,
		 struct error *e)
{
	struct content *c AUTO(content_freep) = calloc(1, sizeof(*c));
	int r;

	if (c == NULL)
		return content_line_no_memory(e);
	buf_init(&c->canonical, LIMIT_PAYMENT);
	r = copy_visible(c->name, "name", in->name, e);
	if (r == 0)
		r = copy_visible(c->media_type, "media_type", in->media_type,
				 e);
	if (r == 0)
		r = read_input(c, in, e);
	if (r != 0)
		return r;
	*out = c;
	c = NULL;
	return 0;
}

void content_free(struct content *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->lines_count; i++) {
		free(c->lines[i].label);
		free(c->lines[i].value);
	}
	for (size_t i = 0; i < c->payees_count; i++)
		free(c->payees[i]);
	free(c->lines);
	free(c->payees);
	free(c->sums);
	buf_fini(&c->canonical);
	content_bank_free(c->bank);
	free(c);
}

void content_freep(struct content **c)
{
	content_free(*c);
}
