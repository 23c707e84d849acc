/* SPDX-License-Identifier: Apache-2.0 */
/*
 * payment: the typed fields of a payment.
 */
#include "content/payment.h"

#include <jansson.h>
#include <stdio.h>

#include "base/err.h"
#include "content/field.h"
#include "content/jcs.h"
#include "content/line.h"
#include "content/media_type.h"
#include "content/sum.h"
#include "content/visible.h"

/* The members, in the order in which they are shown. */
static const struct payment_field {
	const char *group; /* the object a member is in, NULL: the payment */
	const char *member;
	const char *label;
	bool required;
	int (*check)(const char *field, struct slice value, struct error *e);
} fields[] = {
	{ "payee", "name", "payee.name", true, content_visible_check },
	{ "payee", "account", "payee.account", true,
	  content_visible_check_ascii },
	{ "payee", "bank", "payee.bank", false, content_visible_check },
	{ "total", "value", "total.value", true, content_field_amount },
	{ "total", "currency", "total.currency", true,
	  content_field_currency },
	{ "payer", "name", "payer.name", false, content_visible_check },
	{ "payer", "account", "payer.account", false,
	  content_visible_check_ascii },
	{ NULL, "reference", "reference", false, content_visible_check },
	{ NULL, "purpose", "purpose", false, content_visible_check },
	{ NULL, "due", "due", false, content_field_date },
	{ NULL, "nonce", "nonce", false, content_visible_check_ascii },
	{ NULL, "origin", "origin", false, content_field_origin },
	{ "instrument", "displayName", "instrument.displayName", false,
	  content_visible_check },
};

#define FIELDS ARRAY_LEN(fields)

static bool is_group(const char *name)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (fields[i].group != NULL &&
		    strcmp(fields[i].group, name) == 0)
			return true;
	return false;
}

static const struct payment_field *field_find(const char *group,
					      const char *member)
{
	for (size_t i = 0; i < FIELDS; i++) {
		const char *in = fields[i].group;

		if (strcmp(fields[i].member, member) == 0 &&
		    (in == NULL ? group == NULL :
		     group != NULL && strcmp(in, group) == 0))
			return &fields[i];
	}
	return NULL;
}

static int unknown_member(const char *group, const char *member,
			  struct error *e)
{
	struct buf name AUTO(buf_fini) = { .max = 256 };

	content_visible_put(slice_str(member), &name);
	return error_set(e, ERR_CONTENT,
			 "%s%s%s is no member of a payment: leave it out",
			 group == NULL ? "" : group, group == NULL ? "" : ".",
			 buf_error(&name) != 0 ? "(a long name)" :
						 buf_text(&name));
}

static int take_value(const char *group, const char *member, json_t *value,
		      const char *values[FIELDS], struct error *e)
{
	const struct payment_field *field = field_find(group, member);
	const char *text = json_string_value(value);

	if (field == NULL)
		return unknown_member(group, member, e);
	if (text == NULL)
		return error_set(e, ERR_CONTENT,
				 "%s is no text: write it in quotes",
				 field->label);
	values[field - fields] = text;
	return field->check(field->label, slice_str(text), e);
}

static int take_group(const char *group, json_t *object,
		      const char *values[FIELDS], struct error *e)
{
	const char *member;
	json_t *value;
	int r;

	if (!json_is_object(object))
		return error_set(e, ERR_CONTENT, "%s is no object", group);
	if (json_object_size(object) == 0)
		return error_set(e, ERR_CONTENT, "%s is empty: leave it out",
				 group);
	json_object_foreach(object, member, value) {
		r = take_value(group, member, value, values, e);
		if (r != 0)
			return r;
	}
	return 0;
}

/* The values of the fields, borrowed from root; NULL where there is none. */
static int take_fields(json_t *root, const char *values[FIELDS],
		       struct error *e)
{
	const char *member;
	json_t *value;
	int r;

	json_object_foreach(root, member, value) {
		if (is_group(member))
			r = take_group(member, value, values, e);
		else
			r = take_value(NULL, member, value, values, e);
		if (r != 0)
			return r;
	}
	for (size_t i = 0; i < FIELDS; i++)
		if (fields[i].required && values[i] == NULL)
			return error_set(e, ERR_CONTENT, "%s is missing",
					 fields[i].label);
	return 0;
}

static const char *value_of(const char *const values[FIELDS],
			    const char *label)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (strcmp(fields[i].label, label) == 0)
			return values[i];
	return NULL;
}

/* Amount and currency are one line; every other field is one. */
static int add_lines(struct content *c, const char *const values[FIELDS],
		     struct error *e)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < FIELDS; i++) {
		if (values[i] == NULL || fields[i].check ==
					 content_field_currency)
			continue;
		if (fields[i].check == content_field_amount)
			r = content_line_amount(c, "amount", values[i],
						value_of(values,
							 "total.currency"), e);
		else
			r = content_line_text(c, fields[i].label, values[i],
					      e);
	}
	c->kind = c->inner = CONTENT_PAYMENT;
	c->payments = 1;
	if (r != 0)
		return r;
	return content_line_payee(c, value_of(values, "payee.name"),
				  value_of(values, "payee.account"), e);
}

/* Parses, checks and makes the canonical form; c may be NULL. */
static int payment_read(struct slice text, struct content *c, struct buf *out,
			struct error *e)
{
	const char *values[FIELDS] = { NULL };
	json_t *root AUTO(json_decrefp) = NULL;
	int r;

	if (text.len > LIMIT_PAYMENT)
		return error_set(e, ERR_TOO_LARGE,
				 "a payment has at most %u bytes",
				 LIMIT_PAYMENT);
	r = content_jcs_load(text, "the payment", ERR_CONTENT, &root, e);
	if (r == 0)
		r = take_fields(root, values, e);
	if (r == 0)
		r = content_jcs_put(root, out, e);
	if (r == 0 && c != NULL)
		r = add_lines(c, values, e);
	return r;
}

int content_payment_canonical(struct slice json_text, struct buf *out,
			      struct error *e)
{
	return payment_read(json_text, NULL, out, e);
}

int content_payment_read(struct content *c, const struct content_input *in,
			 struct error *e)
{
	struct buf canonical AUTO(buf_fini) = { .max = LIMIT_PAYMENT };
	int r = payment_read(in->data, c, &canonical, e);

	if (r != 0 || slice_equal(in->data, buf_slice(&canonical)))
		return r;
	return error_set(e, ERR_CONTENT,
			 "the payment is not in canonical form (RFC 8785),"
			 " %zu bytes instead of %zu: send it as \"payment\","
			 " and Signet makes it", in->data.len, canonical.len);
}

int content_payment_object(struct content *c, const struct content_input *in,
			   struct error *e)
{
	if (in->media_type == NULL ||
	    !content_media_type_is(in->media_type, CONTENT_TYPE_PAYMENT) ||
	    !content_media_type_utf8(in->media_type))
		return error_set(e, ERR_CONTENT,
				 "the media type of a payment is "
				 CONTENT_TYPE_PAYMENT);
	c->canonical_made = true;
	return payment_read(in->payment, c, &c->canonical, e);
}
