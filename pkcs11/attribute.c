/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attribute: C_GetAttributeValue into buffers of our own size.
 */
#include "pkcs11/attribute.h"

#include "pkcs11/ckr.h"
#include "pkcs11/session.h"

/* Answers that speak of some attributes, not of the object (2.40 5.7). */
static bool attribute_partial(CK_RV rv)
{
	return rv == CKR_ATTRIBUTE_TYPE_INVALID ||
	       rv == CKR_ATTRIBUTE_SENSITIVE || rv == CKR_BUFFER_TOO_SMALL;
}

static CK_RV attribute_call(struct p11_token *t, CK_OBJECT_HANDLE object,
			    CK_ATTRIBUTE *attrs, size_t count)
{
	return t->module->p11->C_GetAttributeValue(t->session, object, attrs,
						   (CK_ULONG)count);
}

/* Each alone: modules differ in what they fill in once one has failed. */
static CK_RV attribute_each(struct p11_token *t, CK_OBJECT_HANDLE object,
			    CK_ATTRIBUTE *attrs, const CK_ULONG *sizes,
			    size_t count)
{
	CK_RV rv;

	for (size_t i = 0; i < count; i++) {
		attrs[i].ulValueLen = sizes[i];
		rv = attribute_call(t, object, &attrs[i], 1);
		if (attribute_partial(rv))
			attrs[i].ulValueLen = CK_UNAVAILABLE_INFORMATION;
		else if (rv != CKR_OK)
			return rv;
	}
	return CKR_OK;
}

int p11_attribute_get(struct p11_token *t, CK_OBJECT_HANDLE object,
		      CK_ATTRIBUTE *attrs, size_t count, struct error *e)
{
	CK_ULONG sizes[P11_ATTRIBUTES_MAX];
	CK_RV rv;

	if (count > P11_ATTRIBUTES_MAX)
		return error_set(e, ERR_INTERNAL, "%zu attributes", count);
	for (size_t i = 0; i < count; i++)
		sizes[i] = attrs[i].ulValueLen;
	rv = attribute_call(t, object, attrs, count);
	if (attribute_partial(rv))
		rv = attribute_each(t, object, attrs, sizes, count);
	if (rv != CKR_OK)
		return p11_session_failed(t, "C_GetAttributeValue", rv, e);
	for (size_t i = 0; i < count; i++)
		if (attrs[i].ulValueLen != CK_UNAVAILABLE_INFORMATION &&
		    attrs[i].ulValueLen > sizes[i])
			return p11_ckr_lie(e, t->module->name,
					   "C_GetAttributeValue",
					   "%lu bytes of attribute 0x%lx where "
					   "%lu fit", attrs[i].ulValueLen,
					   attrs[i].type, sizes[i]);
	return 0;
}

struct slice p11_attribute_slice(const CK_ATTRIBUTE *attr)
{
	if (attr->ulValueLen == CK_UNAVAILABLE_INFORMATION)
		return slice_of(NULL, 0);
	return slice_of(attr->pValue, attr->ulValueLen);
}

bool p11_attribute_bool(const CK_ATTRIBUTE *attr, bool other)
{
	CK_BBOOL value;

	if (attr->ulValueLen != sizeof(value))
		return other;
	memcpy(&value, attr->pValue, sizeof(value));
	return value != CK_FALSE;
}

CK_ULONG p11_attribute_ulong(const CK_ATTRIBUTE *attr, CK_ULONG other)
{
	CK_ULONG value;

	if (attr->ulValueLen != sizeof(value))
		return other;
	memcpy(&value, attr->pValue, sizeof(value));
	return value;
}
