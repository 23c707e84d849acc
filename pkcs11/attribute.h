/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attribute: C_GetAttributeValue into buffers of our own size.
 *
 * Runs in signet-worker.  No length of the module is believed, and no call
 * asks for one first.
 */
#ifndef SIGNET_PKCS11_ATTRIBUTE_H
#define SIGNET_PKCS11_ATTRIBUTE_H

#include "pkcs11/token.h"

/* Attributes in one call. */
#define P11_ATTRIBUTES_MAX 8

/*
 * Fill attrs[count], whose pValue and ulValueLen say where and how much.
 * Afterwards ulValueLen is the length of the value, or
 * CK_UNAVAILABLE_INFORMATION for one that the object does not have, does not
 * tell, or that does not fit.  ERR_MODULE when a length is beyond its buffer;
 * else as p11_session_failed().
 */
int p11_attribute_get(struct p11_token *t, CK_OBJECT_HANDLE object,
		      CK_ATTRIBUTE *attrs, size_t count, struct error *e)
	MUST_CHECK;

/* The value of an attribute as p11_attribute_get() left it; may be empty. */
struct slice p11_attribute_slice(const CK_ATTRIBUTE *attr);

/* The value of a CK_BBOOL or CK_ULONG; other is for one that is not there. */
bool p11_attribute_bool(const CK_ATTRIBUTE *attr, bool other);
CK_ULONG p11_attribute_ulong(const CK_ATTRIBUTE *attr, CK_ULONG other);

#endif
