/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tokens, keys and certificates of the fixtures, made through the module's own
 * CK_FUNCTION_LIST. Part of fixture-keygen.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "fixture.h"

#define SLOTS_MAX 64

CK_FUNCTION_LIST *fixture_p11;

static CK_BBOOL yes = CK_TRUE;
static CK_BBOOL no = CK_FALSE;

/* OIDs of RFC 5480 section 2.1.1.1 and RFC 8410 section 3. */
static const struct fixture_type types[] = {
	{.name = "rsa2048",
	 .generate = CKM_RSA_PKCS_KEY_PAIR_GEN,
	 .sign = CKM_SHA256_RSA_PKCS,
	 .rsa_bits = 2048,
	 .signature_nid = NID_sha256WithRSAEncryption},
	{.name = "rsa3072",
	 .generate = CKM_RSA_PKCS_KEY_PAIR_GEN,
	 .sign = CKM_SHA256_RSA_PKCS,
	 .rsa_bits = 3072,
	 .signature_nid = NID_sha256WithRSAEncryption},
	{.name = "p256",
	 .generate = CKM_EC_KEY_PAIR_GEN,
	 .sign = CKM_ECDSA,
	 .params = {0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7},
	 .params_len = 10,
	 .group = "P-256",
	 .hash = "SHA256",
	 .signature_nid = NID_ecdsa_with_SHA256},
	{.name = "p384",
	 .generate = CKM_EC_KEY_PAIR_GEN,
	 .sign = CKM_ECDSA,
	 .params = {0x06, 5, 0x2b, 0x81, 0x04, 0, 0x22},
	 .params_len = 7,
	 .group = "P-384",
	 .hash = "SHA384",
	 .signature_nid = NID_ecdsa_with_SHA384},
	{.name = "ed25519",
	 .generate = CKM_EC_EDWARDS_KEY_PAIR_GEN,
	 .sign = CKM_EDDSA,
	 .params = {0x06, 3, 0x2b, 0x65, 0x70},
	 .params_len = 5,
	 .signature_nid = NID_ED25519},
};

const struct fixture_type *
fixture_type_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
	}
	fixture_die("unknown type of key: %s", name);
}

void
fixture_must(CK_RV rv, const char *call)
{
	if (rv != CKR_OK)
		fixture_die("%s: 0x%lx", call, rv);
}

void
fixture_module_load(const char *path)
{
	CK_C_GetFunctionList get_list;
	void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);

	if (module == NULL)
		fixture_die("%s", dlerror());
	get_list = (CK_C_GetFunctionList)dlsym(module, "C_GetFunctionList");
	if (get_list == NULL)
		fixture_die("%s is not a PKCS#11 module", path);
	fixture_must(get_list(&fixture_p11), "C_GetFunctionList");
	fixture_must(fixture_p11->C_Initialize(NULL), "C_Initialize");
}

/*
 * Finds the slot whose token has that serial, or, with NULL, the one that
 * SoftHSM keeps ready for a new token. Asking for the number of slots first is
 * what makes SoftHSM look for new ones.
 */
static CK_SLOT_ID
find_slot(const char *serial)
{
	CK_SLOT_ID slots[SLOTS_MAX];
	CK_ULONG i, count = 0;
	CK_TOKEN_INFO info;

	fixture_must(fixture_p11->C_GetSlotList(CK_TRUE, NULL, &count),
		     "C_GetSlotList");
	if (count > SLOTS_MAX)
		fixture_die("%lu slots are too many", count);
	fixture_must(fixture_p11->C_GetSlotList(CK_TRUE, slots, &count),
		     "C_GetSlotList");
	for (i = 0; i < count; i++) {
		fixture_must(fixture_p11->C_GetTokenInfo(slots[i], &info),
			     "C_GetTokenInfo");
		if (serial == NULL && !(info.flags & CKF_TOKEN_INITIALIZED))
			return slots[i];
		if (serial != NULL &&
		    strncmp(serial, (const char *)info.serialNumber,
			    sizeof(info.serialNumber)) == 0)
			return slots[i];
	}
	fixture_die("no slot for %s", serial != NULL ? serial : "a new token");
}

static void
open_session(struct fixture_token *token)
{
	fixture_must(fixture_p11->C_OpenSession(
			     token->slot, CKF_SERIAL_SESSION | CKF_RW_SESSION,
			     NULL, NULL, &token->session),
		     "C_OpenSession");
}

static void
login(const struct fixture_token *token, CK_USER_TYPE user, const char *pin)
{
	unsigned char bytes[FIXTURE_PIN_MAX];
	size_t len = strlen(pin);

	memcpy(bytes, pin, len);
	fixture_must(fixture_p11->C_Login(token->session, user, bytes, len),
		     "C_Login");
}

void
fixture_token_make(const char *label, const char *so_pin, const char *pin,
		   struct fixture_token *token)
{
	unsigned char bytes[FIXTURE_PIN_MAX], padded[32];
	CK_TOKEN_INFO info;

	token->slot = find_slot(NULL);
	memset(padded, ' ', sizeof(padded));
	memcpy(padded, label, strnlen(label, sizeof(padded)));
	memcpy(bytes, so_pin, strlen(so_pin));
	fixture_must(fixture_p11->C_InitToken(token->slot, bytes,
					      strlen(so_pin), padded),
		     "C_InitToken");
	open_session(token);
	login(token, CKU_SO, so_pin);
	memcpy(bytes, pin, strlen(pin));
	fixture_must(fixture_p11->C_InitPIN(token->session, bytes, strlen(pin)),
		     "C_InitPIN");
	fixture_must(fixture_p11->C_Logout(token->session), "C_Logout");
	login(token, CKU_USER, pin);
	fixture_must(fixture_p11->C_GetTokenInfo(token->slot, &info),
		     "C_GetTokenInfo");
	memcpy(token->serial, info.serialNumber, sizeof(info.serialNumber));
	token->serial[sizeof(info.serialNumber)] = '\0';
}

void
fixture_token_open(const char *serial, struct fixture_token *token)
{
	token->slot = find_slot(serial);
	open_session(token);
}

void
fixture_key_make(const struct fixture_token *token,
		 const struct fixture_type *type, const char *label,
		 const unsigned char *id, size_t id_len,
		 CK_OBJECT_HANDLE *public_key, CK_OBJECT_HANDLE *private_key)
{
	struct fixture_type params = *type;
	unsigned char exponent[] = {1, 0, 1}, id_copy[FIXTURE_WORD_MAX];
	char label_copy[FIXTURE_WORD_MAX];
	CK_MECHANISM mechanism = {.mechanism = type->generate};
	CK_ATTRIBUTE public_template[] = {
		{CKA_TOKEN, &yes, sizeof(yes)},
		{CKA_PRIVATE, &no, sizeof(no)},
		{CKA_VERIFY, &yes, sizeof(yes)},
		{CKA_ENCRYPT, &no, sizeof(no)},
		{CKA_WRAP, &no, sizeof(no)},
		{CKA_LABEL, label_copy, strlen(label)},
		{CKA_ID, id_copy, id_len},
		{CKA_EC_PARAMS, params.params, params.params_len},
		{CKA_PUBLIC_EXPONENT, exponent, sizeof(exponent)},
	};
	CK_ATTRIBUTE private_template[] = {
		{CKA_TOKEN, &yes, sizeof(yes)},
		{CKA_PRIVATE, &yes, sizeof(yes)},
		{CKA_SENSITIVE, &yes, sizeof(yes)},
		{CKA_EXTRACTABLE, &no, sizeof(no)},
		{CKA_SIGN, &yes, sizeof(yes)},
		{CKA_DECRYPT, &no, sizeof(no)},
		{CKA_UNWRAP, &no, sizeof(no)},
		{CKA_LABEL, label_copy, strlen(label)},
		{CKA_ID, id_copy, id_len},
	};
	CK_ULONG public_count = 8;

	if (type->rsa_bits != 0) {
		public_template[7] = (CK_ATTRIBUTE){CKA_MODULUS_BITS,
						    &params.rsa_bits,
						    sizeof(params.rsa_bits)};
		public_count = 9;
	}
	snprintf(label_copy, sizeof(label_copy), "%s", label);
	memcpy(id_copy, id, id_len);
	fixture_must(fixture_p11->C_GenerateKeyPair(
			     token->session, &mechanism, public_template,
			     public_count, private_template,
			     sizeof(private_template) /
				     sizeof(private_template[0]),
			     public_key, private_key),
		     "C_GenerateKeyPair");
}

static size_t
get_attribute(const struct fixture_token *token, CK_OBJECT_HANDLE object,
	      CK_ATTRIBUTE_TYPE type, unsigned char *bytes, size_t size)
{
	CK_ATTRIBUTE attribute = {type, bytes, size};

	fixture_must(fixture_p11->C_GetAttributeValue(token->session, object,
						      &attribute, 1),
		     "C_GetAttributeValue");
	return attribute.ulValueLen;
}

static EVP_PKEY *
key_from_params(const char *name, OSSL_PARAM *params)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, name, NULL);
	EVP_PKEY *pkey = NULL;

	if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
		fixture_die("the token's %s public key is not valid", name);
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

static EVP_PKEY *
export_rsa(const struct fixture_token *token, CK_OBJECT_HANDLE object)
{
	unsigned char bytes[512];
	size_t len;
	OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
	BIGNUM *n, *e;
	OSSL_PARAM *params;
	EVP_PKEY *pkey;

	len = get_attribute(token, object, CKA_MODULUS, bytes, sizeof(bytes));
	n = BN_bin2bn(bytes, (int)len, NULL);
	len = get_attribute(token, object, CKA_PUBLIC_EXPONENT, bytes,
			    sizeof(bytes));
	e = BN_bin2bn(bytes, (int)len, NULL);
	if (build == NULL || n == NULL || e == NULL ||
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) != 1 ||
	    OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e) != 1)
		fixture_die("out of memory");
	params = OSSL_PARAM_BLD_to_param(build);
	pkey = key_from_params("RSA", params);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(build);
	BN_free(n);
	BN_free(e);
	return pkey;
}

/* EC and Edwards keys: SoftHSM wraps the point in a DER OCTET STRING. */
static EVP_PKEY *
export_ec(const struct fixture_token *token, const struct fixture_type *type,
	  CK_OBJECT_HANDLE object)
{
	unsigned char bytes[256];
	const unsigned char *next = bytes;
	char group[16];
	OSSL_PARAM params[3];
	ASN1_OCTET_STRING *point;
	EVP_PKEY *pkey;
	size_t len;

	len = get_attribute(token, object, CKA_EC_POINT, bytes, sizeof(bytes));
	point = d2i_ASN1_OCTET_STRING(NULL, &next, (long)len);
	if (point == NULL || next != bytes + len)
		fixture_die("CKA_EC_POINT is not a DER OCTET STRING");
	if (type->group == NULL) {
		pkey = EVP_PKEY_new_raw_public_key(
			EVP_PKEY_ED25519, NULL, ASN1_STRING_get0_data(point),
			(size_t)ASN1_STRING_length(point));
		if (pkey == NULL)
			fixture_die("the token's Ed25519 key is not valid");
	} else {
		snprintf(group, sizeof(group), "%s", type->group);
		params[0] = OSSL_PARAM_construct_utf8_string(
			OSSL_PKEY_PARAM_GROUP_NAME, group, 0);
		params[1] = OSSL_PARAM_construct_octet_string(
			OSSL_PKEY_PARAM_PUB_KEY, point->data,
			(size_t)ASN1_STRING_length(point));
		params[2] = OSSL_PARAM_construct_end();
		pkey = key_from_params("EC", params);
	}
	ASN1_OCTET_STRING_free(point);
	return pkey;
}

EVP_PKEY *
fixture_key_export(const struct fixture_token *token,
		   const struct fixture_type *type, CK_OBJECT_HANDLE public_key)
{
	return type->rsa_bits != 0 ? export_rsa(token, public_key)
				   : export_ec(token, type, public_key);
}
