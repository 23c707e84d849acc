/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key: PKCS#11 URIs in rules, by p11-kit's parser.
 */
#include "policy/key.h"

#include <p11-kit/uri.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "policy/policy.h"

static void key_freep(P11KitUri **u)
{
	p11_kit_uri_free(*u);
}

static P11KitUri *key_parse(const char *text)
{
	P11KitUri *u = p11_kit_uri_new();

	if (u == NULL || strlen(text) > LIMIT_URI ||
	    p11_kit_uri_parse(text, P11_KIT_URI_FOR_ANY, u) !=
		    P11_KIT_URI_OK) {
		p11_kit_uri_free(u);
		return NULL;
	}
	return u;
}

/* What a rule may not say: it chooses keys, not how one gets at them. */
static bool key_has_more(P11KitUri *u)
{
	const CK_INFO *library = p11_kit_uri_get_module_info(u);

	return p11_kit_uri_any_unrecognized(u) ||
	       p11_kit_uri_get_pin_value(u) != NULL ||
	       p11_kit_uri_get_pin_source(u) != NULL ||
	       p11_kit_uri_get_module_name(u) != NULL ||
	       p11_kit_uri_get_module_path(u) != NULL ||
	       p11_kit_uri_get_slot_id(u) != (CK_SLOT_ID)-1 ||
	       p11_kit_uri_get_slot_info(u)->slotDescription[0] != '\0' ||
	       p11_kit_uri_get_slot_info(u)->manufacturerID[0] != '\0' ||
	       library->libraryDescription[0] != '\0' ||
	       library->manufacturerID[0] != '\0' ||
	       library->libraryVersion.major != (CK_BYTE)-1;
}

static bool key_names_something(P11KitUri *u)
{
	const CK_TOKEN_INFO *t = p11_kit_uri_get_token_info(u);

	return t->label[0] != '\0' || t->serialNumber[0] != '\0' ||
	       t->manufacturerID[0] != '\0' || t->model[0] != '\0' ||
	       p11_kit_uri_get_attribute(u, CKA_ID) != NULL ||
	       p11_kit_uri_get_attribute(u, CKA_LABEL) != NULL;
}

/* A rule is about private keys, whether it says so or not. */
static bool key_is_private(P11KitUri *u)
{
	const CK_ATTRIBUTE *a = p11_kit_uri_get_attribute(u, CKA_CLASS);
	CK_OBJECT_CLASS class;

	if (a == NULL)
		return true;
	if (a->ulValueLen != sizeof(class))
		return false;
	memcpy(&class, a->pValue, sizeof(class));
	return class == CKO_PRIVATE_KEY;
}

int policy_key_check(const char *text, struct error *e)
{
	AUTO(key_freep) P11KitUri *u = key_parse(text);

	if (u == NULL)
		return error_set(e, ERR_CONFIG,
				 "not a PKCS#11 URI (RFC 7512): %s", text);
	if (key_has_more(u) || !key_is_private(u))
		return error_set(e, ERR_CONFIG,
				 "a rule names private keys by token, serial,"
				 " manufacturer, model, object and id only:"
				 " %s", text);
	if (!key_names_something(u))
		return error_set(e, ERR_CONFIG,
				 "this URI is that of every key; leave it out"
				 " instead: %s", text);
	return 0;
}

/* CK_TOKEN_INFO texts are padded with blanks and have no end. */
static void key_pad(unsigned char *field, size_t size, const char *text)
{
	size_t len = text == NULL ? 0 : strlen(text);

	memset(field, ' ', size);
	if (len > 0)
		memcpy(field, text, len < size ? len : size);
}

static bool key_on_token(P11KitUri *u, const struct policy_question *q)
{
	CK_TOKEN_INFO info = { .flags = 0 };

	key_pad(info.label, sizeof(info.label), q->token.label);
	key_pad(info.serialNumber, sizeof(info.serialNumber),
		q->token.serial);
	key_pad(info.manufacturerID, sizeof(info.manufacturerID),
		q->token.manufacturer);
	key_pad(info.model, sizeof(info.model), q->token.model);
	return p11_kit_uri_match_token_info(u, &info) != 0;
}

static CK_ATTRIBUTE key_attribute(CK_ATTRIBUTE_TYPE type, struct slice s)
{
	return (CK_ATTRIBUTE){ type, (void *)(uintptr_t)s.ptr, s.len };
}

bool policy_key_matches(const char *uri, const struct policy_question *q)
{
	AUTO(key_freep) P11KitUri *u = key_parse(uri);
	CK_OBJECT_CLASS private = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE attributes[] = {
		key_attribute(CKA_ID, q->key.id),
		key_attribute(CKA_LABEL, slice_str(q->key.label != NULL ?
						   q->key.label : "")),
		{ CKA_CLASS, &private, sizeof(private) },
	};

	return u != NULL && key_on_token(u, q) &&
	       p11_kit_uri_match_attributes(u, attributes,
					    ARRAY_LEN(attributes)) != 0;
}

/* In a URI, what is not given is empty. */
static bool key_agrees(const unsigned char *a, const unsigned char *b,
		       size_t size)
{
	return a[0] == '\0' || b[0] == '\0' || memcmp(a, b, size) == 0;
}

bool policy_key_same_token(const char *a, const char *b)
{
	AUTO(key_freep) P11KitUri *u = key_parse(a);
	AUTO(key_freep) P11KitUri *v = key_parse(b);
	const CK_TOKEN_INFO *x, *y;

	if (u == NULL || v == NULL)
		return false;
	x = p11_kit_uri_get_token_info(u);
	y = p11_kit_uri_get_token_info(v);
	return key_agrees(x->label, y->label, sizeof(x->label)) &&
	       key_agrees(x->serialNumber, y->serialNumber,
			  sizeof(x->serialNumber)) &&
	       key_agrees(x->manufacturerID, y->manufacturerID,
			  sizeof(x->manufacturerID)) &&
	       key_agrees(x->model, y->model, sizeof(x->model));
}

static void key_unpad(const unsigned char *field, size_t size, char *out)
{
	memcpy(out, field, size);
	out[size] = '\0';
	while (size > 0 && out[size - 1] == ' ')
		out[--size] = '\0';
}

static int key_bytes(P11KitUri *u, CK_ATTRIBUTE_TYPE type, void *out,
		     size_t max, size_t *len)
{
	const CK_ATTRIBUTE *a = p11_kit_uri_get_attribute(u, type);

	*len = 0;
	if (a == NULL)
		return 0;
	if (a->ulValueLen > max)
		return ERR_CONFIG;
	*len = a->ulValueLen;
	if (*len > 0)
		memcpy(out, a->pValue, *len);
	return 0;
}

int policy_key_read(const char *text, struct policy_key_names *out,
		    struct error *e)
{
	AUTO(key_freep) P11KitUri *u = NULL;
	const CK_TOKEN_INFO *t;
	size_t len;
	int r = policy_key_check(text, e);

	if (r != 0)
		return r;
	u = key_parse(text);
	if (u == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for a URI");
	memset(out, 0, sizeof(*out));
	t = p11_kit_uri_get_token_info(u);
	key_unpad(t->label, sizeof(t->label), out->token);
	key_unpad(t->serialNumber, sizeof(t->serialNumber), out->serial);
	key_unpad(t->manufacturerID, sizeof(t->manufacturerID),
		  out->manufacturer);
	key_unpad(t->model, sizeof(t->model), out->model);
	if (key_bytes(u, CKA_ID, out->id, sizeof(out->id), &out->id_len) != 0 ||
	    key_bytes(u, CKA_LABEL, out->object, LIMIT_LABEL, &len) != 0)
		return error_set(e, ERR_CONFIG, "object or id is too long: %s",
				 text);
	return 0;
}
