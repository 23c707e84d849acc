/* SPDX-License-Identifier: Apache-2.0 */
/*
 * object: finding the objects of a token, and reading one.
 */
#include "pkcs11/object.h"

#include <stdlib.h>

#include "pkcs11/attribute.h"
#include "pkcs11/ckr.h"
#include "pkcs11/session.h"
#include "pkcs11/text.h"

/* Handles asked for in one C_FindObjects. */
#define FIND_BATCH 64

/* Labels longer than ours are cut; beyond this they are not read at all. */
#define LABEL_READ 1024

/* Longest CKA_EC_PARAMS and CKA_EC_POINT: explicit parameters do not fit. */
#define EC_READ 256

void p11_handles_fini(struct p11_handles *h)
{
	free(h->item);
	*h = (struct p11_handles){ .item = NULL };
}

static int object_take(struct p11_token *t, struct p11_handles *h,
		       const CK_OBJECT_HANDLE *batch, size_t count,
		       struct error *e)
{
	CK_OBJECT_HANDLE *more;

	if (count > FIND_BATCH)
		return p11_ckr_lie(e, t->module->name, "C_FindObjects",
				   "%zu handles where %d fit", count,
				   FIND_BATCH);
	if (h->count + count > LIMIT_KEYS)
		return p11_ckr_lie(e, t->module->name, "C_FindObjects",
				   "more than %u objects of one kind, or a "
				   "search without end", LIMIT_KEYS);
	more = reallocarray(h->item, h->count + FIND_BATCH, sizeof(*h->item));
	if (more == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for %zu handles",
				 h->count);
	h->item = more;
	memcpy(h->item + h->count, batch, count * sizeof(*batch));
	h->count += count;
	return 0;
}

static int object_batches(struct p11_token *t, struct p11_handles *h,
			  struct error *e)
{
	CK_OBJECT_HANDLE batch[FIND_BATCH];
	CK_ULONG found;
	CK_RV rv;
	int r;

	do {
		found = 0;
		rv = t->module->p11->C_FindObjects(t->session, batch,
						   FIND_BATCH, &found);
		if (rv != CKR_OK)
			return p11_session_failed(t, "C_FindObjects", rv, e);
		r = object_take(t, h, batch, found, e);
	} while (r == 0 && found > 0);
	return r;
}

int p11_object_find(struct p11_token *t, CK_ATTRIBUTE *template, size_t count,
		    struct p11_handles *out, struct error *e)
{
	struct p11_handles h = { .item = NULL };
	CK_RV rv;
	int r;

	rv = t->module->p11->C_FindObjectsInit(t->session, template,
					       (CK_ULONG)count);
	if (rv != CKR_OK)
		return p11_session_failed(t, "C_FindObjectsInit", rv, e);
	r = object_batches(t, &h, e);
	if (t->session != CK_INVALID_HANDLE)
		t->module->p11->C_FindObjectsFinal(t->session);
	if (r == 0)
		*out = h;
	else
		p11_handles_fini(&h);
	return r;
}

static int object_common(const CK_ATTRIBUTE *id, const CK_ATTRIBUTE *label,
			 struct p11_object *o, struct error *e)
{
	struct slice s = p11_attribute_slice(id);

	if (s.len > sizeof(o->id))
		return error_set(e, ERR_TOO_LARGE, "CKA_ID of %zu bytes",
				 s.len);
	if (s.len > 0)
		memcpy(o->id, s.ptr, s.len);
	o->id_len = s.len;
	p11_text_clean(p11_attribute_slice(label), o->label, sizeof(o->label));
	return 0;
}

int p11_object_key(struct p11_token *t, CK_OBJECT_HANDLE handle,
		   CK_ATTRIBUTE_TYPE use, struct p11_object *out,
		   struct error *e)
{
	struct p11_object o = { .handle = handle };
	uint8_t id[LABEL_READ], label[LABEL_READ];
	CK_KEY_TYPE type = 0;
	CK_BBOOL allowed = CK_FALSE, always = CK_FALSE;
	CK_ATTRIBUTE attrs[] = {
		{ CKA_KEY_TYPE, &type, sizeof(type) },
		{ CKA_ID, id, sizeof(id) },
		{ CKA_LABEL, label, sizeof(label) },
		{ use, &allowed, sizeof(allowed) },
		{ CKA_ALWAYS_AUTHENTICATE, &always, sizeof(always) },
	};
	/* A public key object does not have the last one. */
	size_t count = use == CKA_SIGN ? 5 : 4;
	int r = p11_attribute_get(t, handle, attrs, count, e);

	if (r == 0)
		r = object_common(&attrs[1], &attrs[2], &o, e);
	if (r != 0)
		return r;
	o.type = p11_attribute_ulong(&attrs[0], CK_UNAVAILABLE_INFORMATION);
	o.allowed = p11_attribute_bool(&attrs[3], true);
	o.always_auth = count == 5 && p11_attribute_bool(&attrs[4], false);
	*out = o;
	return 0;
}

static int object_rsa(struct p11_token *t, CK_OBJECT_HANDLE handle,
		      struct p11_public *out, struct error *e)
{
	uint8_t modulus[LIMIT_SIGNATURE + 1], exponent[LIMIT_SIGNATURE];
	CK_ATTRIBUTE attrs[] = {
		{ CKA_MODULUS, modulus, sizeof(modulus) },
		{ CKA_PUBLIC_EXPONENT, exponent, sizeof(exponent) },
	};
	int r = p11_attribute_get(t, handle, attrs, ARRAY_LEN(attrs), e);

	return r != 0 ? r : p11_public_rsa(p11_attribute_slice(&attrs[0]),
					   p11_attribute_slice(&attrs[1]), out,
					   e);
}

static int object_ec(struct p11_token *t, const struct p11_object *o,
		     struct p11_public *out, struct error *e)
{
	uint8_t params[EC_READ], point[EC_READ];
	CK_ATTRIBUTE attrs[] = {
		{ CKA_EC_PARAMS, params, sizeof(params) },
		{ CKA_EC_POINT, point, sizeof(point) },
	};
	struct slice p, q;
	int r = p11_attribute_get(t, o->handle, attrs, ARRAY_LEN(attrs), e);

	if (r != 0)
		return r;
	p = p11_attribute_slice(&attrs[0]);
	q = p11_attribute_slice(&attrs[1]);
	if (q.len == 0)
		return error_set(e, ERR_UNSUPPORTED,
				 "the object does not tell its public key");
	return o->type == CKK_EC ? p11_public_ec(p, q, out, e) :
				   p11_public_ed(p, q, out, e);
}

int p11_object_public(struct p11_token *t, const struct p11_object *object,
		      struct p11_public *out, struct error *e)
{
	if (object->type == CKK_RSA)
		return object_rsa(t, object->handle, out, e);
	if (object->type == CKK_EC || object->type == CKK_EC_EDWARDS)
		return object_ec(t, object, out, e);
	return error_set(e, ERR_UNSUPPORTED, "a key of type 0x%lx",
			 object->type);
}

int p11_object_certificate(struct p11_token *t, CK_OBJECT_HANDLE handle,
			   struct p11_object *out, struct buf *der,
			   struct error *e)
{
	struct p11_object o = { .handle = handle };
	uint8_t id[LABEL_READ], label[LABEL_READ];
	uint8_t value[LIMIT_CERTIFICATE];
	CK_ATTRIBUTE attrs[] = {
		{ CKA_ID, id, sizeof(id) },
		{ CKA_LABEL, label, sizeof(label) },
		{ CKA_VALUE, value, sizeof(value) },
	};
	int r = p11_attribute_get(t, handle, attrs, ARRAY_LEN(attrs), e);

	if (r == 0)
		r = object_common(&attrs[0], &attrs[1], &o, e);
	if (r != 0)
		return r;
	buf_init(der, LIMIT_CERTIFICATE);
	buf_put_slice(der, p11_attribute_slice(&attrs[2]));
	if (buf_error(der) != 0)
		return error_set(e, buf_error(der), "no room for a "
				 "certificate");
	*out = o;
	return 0;
}
