/* SPDX-License-Identifier: Apache-2.0 */
/*
 * uri: PKCS#11 URIs of tokens and keys, by p11-kit's parser.
 */
#include "broker/uri.h"

#include <p11-kit/uri.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"

/* p11-kit's P11KitUri under a name of ours. */
struct uri;

static P11KitUri *kit(const struct uri *u)
{
	return (P11KitUri *)(uintptr_t)u;
}

static bool uri_has_query(P11KitUri *u)
{
	return p11_kit_uri_get_pin_value(u) != NULL ||
	       p11_kit_uri_get_pin_source(u) != NULL ||
	       p11_kit_uri_get_module_name(u) != NULL ||
	       p11_kit_uri_get_module_path(u) != NULL;
}

int uri_parse(const char *text, struct uri **out, struct error *e)
{
	P11KitUri *u;
	int r;

	if (strlen(text) > LIMIT_URI)
		return error_set(e, ERR_MALFORMED,
				 "a PKCS#11 URI is at most %u bytes long",
				 LIMIT_URI);
	u = p11_kit_uri_new();
	if (u == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for a URI");
	r = p11_kit_uri_parse(text, P11_KIT_URI_FOR_ANY, u);
	if (r == P11_KIT_URI_OK && !uri_has_query(u) &&
	    !p11_kit_uri_any_unrecognized(u)) {
		*out = (struct uri *)u;
		return 0;
	}
	p11_kit_uri_free(u);
	if (r == P11_KIT_URI_OK)
		return error_set(e, ERR_MALFORMED,
				 "a key or token is named by token=, serial=,"
				 " id=, object= and the like only; PIN and"
				 " module are not the caller's to choose");
	return error_set(e, ERR_MALFORMED, "not a PKCS#11 URI (RFC 7512): %s",
			 p11_kit_uri_message(r));
}

void uri_free(struct uri *u)
{
	p11_kit_uri_free(kit(u));
}

void uri_freep(struct uri **u)
{
	uri_free(*u);
	*u = NULL;
}

/* CK_TOKEN_INFO texts are padded with blanks and have no end. */
static void pad(unsigned char *field, size_t size, const char *text)
{
	size_t len = strlen(text);

	memset(field, ' ', size);
	memcpy(field, text, len < size ? len : size);
}

static CK_TOKEN_INFO token_info(const struct wire_token *t)
{
	CK_TOKEN_INFO info = { .flags = 0 };

	pad(info.label, sizeof(info.label), t->label);
	pad(info.serialNumber, sizeof(info.serialNumber), t->serial);
	pad(info.manufacturerID, sizeof(info.manufacturerID),
	    t->manufacturer);
	pad(info.model, sizeof(info.model), t->model);
	return info;
}

bool uri_matches_token(const struct uri *u, const struct wire_token *t)
{
	CK_TOKEN_INFO info = token_info(t);

	return p11_kit_uri_match_token_info(kit(u), &info) != 0;
}

static CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, struct slice s)
{
	return (CK_ATTRIBUTE){ type, (void *)(uintptr_t)s.ptr, s.len };
}

bool uri_matches_key(const struct uri *u, struct slice id, const char *label)
{
	CK_ATTRIBUTE attrs[] = {
		attribute(CKA_ID, id),
		attribute(CKA_LABEL, slice_str(label)),
	};

	return p11_kit_uri_match_attributes(kit(u), attrs,
					    ARRAY_LEN(attrs)) != 0;
}

static int uri_text(P11KitUri *u, P11KitUriType type, char *out, size_t size,
		    struct error *e)
{
	char *text = NULL;
	int r = 0, n;

	if (p11_kit_uri_format(u, type, &text) != P11_KIT_URI_OK)
		return error_set(e, ERR_NO_MEMORY, "no memory for a URI");
	n = snprintf(out, size, "%s", text);
	if (n < 0 || (size_t)n >= size)
		r = error_set(e, ERR_TOO_LARGE, "a URI of %d bytes", n);
	free(text);
	return r;
}

int uri_of_token(const struct wire_token *t, char *out, size_t size,
		 struct error *e)
{
	P11KitUri *u = p11_kit_uri_new();
	int r;

	if (u == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for a URI");
	*p11_kit_uri_get_token_info(u) = token_info(t);
	r = uri_text(u, P11_KIT_URI_FOR_TOKEN, out, size, e);
	p11_kit_uri_free(u);
	return r;
}

static bool set_attribute(P11KitUri *u, CK_ATTRIBUTE_TYPE type, struct slice s)
{
	CK_ATTRIBUTE a = attribute(type, s);

	return s.len == 0 ||
	       p11_kit_uri_set_attribute(u, &a) == P11_KIT_URI_OK;
}

int uri_of_key(const struct wire_token *t, struct slice id, const char *label,
	       char *out, size_t size, struct error *e)
{
	const CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	P11KitUri *u = p11_kit_uri_new();
	int r;

	if (u == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for a URI");
	*p11_kit_uri_get_token_info(u) = token_info(t);
	if (set_attribute(u, CKA_ID, id) &&
	    set_attribute(u, CKA_LABEL, slice_str(label)) &&
	    set_attribute(u, CKA_CLASS, slice_of(&class, sizeof(class))))
		r = uri_text(u, P11_KIT_URI_FOR_OBJECT_ON_TOKEN, out, size, e);
	else
		r = error_set(e, ERR_NO_MEMORY, "no memory for a URI");
	p11_kit_uri_free(u);
	return r;
}
