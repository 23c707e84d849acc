/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way of a key to its certificate: the request (RFC 2986), signed on the
 * token as a card's owner would, and the certificate stored beside the key.
 * Part of fixture-keygen.
 */
#include <stdio.h>
#include <string.h>

#include <openssl/ecdsa.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "fixture.h"

#define SIGNATURE_MAX 512

/* C_Sign gives r || s; a request has them in a SEQUENCE (RFC 3279 2.2.3). */
static size_t
ecdsa_to_der(const unsigned char *raw, size_t len, unsigned char *der)
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(raw, (int)(len / 2), NULL);
	BIGNUM *s = BN_bin2bn(raw + len / 2, (int)(len / 2), NULL);
	int der_len;

	if (sig == NULL || r == NULL || s == NULL ||
	    ECDSA_SIG_set0(sig, r, s) != 1)
		fixture_die("out of memory");
	der_len = i2d_ECDSA_SIG(sig, &der);
	if (der_len <= 0)
		fixture_die("cannot encode a signature");
	ECDSA_SIG_free(sig);
	return (size_t)der_len;
}

/* Signs as the type wants it; returns the length of @signature. */
static size_t
sign(const struct fixture_token *token, const struct fixture_type *type,
     CK_OBJECT_HANDLE private_key, unsigned char *data, size_t len,
     unsigned char signature[SIGNATURE_MAX])
{
	CK_MECHANISM mechanism = {.mechanism = type->sign};
	unsigned char digest[EVP_MAX_MD_SIZE], raw[SIGNATURE_MAX];
	CK_ULONG raw_len = sizeof(raw);

	if (type->hash != NULL) {
		if (EVP_Q_digest(NULL, type->hash, NULL, data, len, digest,
				 &len) != 1)
			fixture_die("cannot hash with %s", type->hash);
		data = digest;
	}
	fixture_must(fixture_p11->C_SignInit(token->session, &mechanism,
					     private_key),
		     "C_SignInit");
	fixture_must(fixture_p11->C_Sign(token->session, data, len, raw,
					 &raw_len),
		     "C_Sign");
	if (type->sign == CKM_ECDSA)
		return ecdsa_to_der(raw, raw_len, signature);
	memcpy(signature, raw, raw_len);
	return raw_len;
}

static X509_REQ *
new_request(EVP_PKEY *public_key, const char *name)
{
	X509_REQ *req = X509_REQ_new();
	X509_NAME *subject = X509_NAME_new();

	if (req == NULL || subject == NULL ||
	    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
				       (const unsigned char *)name, -1, -1,
				       0) != 1 ||
	    X509_REQ_set_version(req, X509_REQ_VERSION_1) != 1 ||
	    X509_REQ_set_subject_name(req, subject) != 1 ||
	    X509_REQ_set_pubkey(req, public_key) != 1)
		fixture_die("cannot make a request for %s", name);
	X509_NAME_free(subject);
	return req;
}

static void
put_signature(X509_REQ *req, const struct fixture_type *type,
	      unsigned char *bytes, size_t len)
{
	X509_ALGOR *algorithm = X509_ALGOR_new();
	ASN1_BIT_STRING *signature = ASN1_BIT_STRING_new();
	int parameter = type->rsa_bits != 0 ? V_ASN1_NULL : V_ASN1_UNDEF;

	if (algorithm == NULL || signature == NULL ||
	    X509_ALGOR_set0(algorithm, OBJ_nid2obj(type->signature_nid),
			    parameter, NULL) != 1 ||
	    ASN1_BIT_STRING_set(signature, bytes, (int)len) != 1 ||
	    X509_REQ_set1_signature_algo(req, algorithm) != 1)
		fixture_die("out of memory");
	/* All bits count: without this, trailing zero bits would be cut. */
	signature->flags &= ~0x07L;
	signature->flags |= ASN1_STRING_FLAG_BITS_LEFT;
	X509_REQ_set0_signature(req, signature);
	X509_ALGOR_free(algorithm);
}

void
fixture_request_write(const struct fixture_token *token,
		      const struct fixture_type *type, EVP_PKEY *public_key,
		      CK_OBJECT_HANDLE private_key, const char *name,
		      const char *path)
{
	X509_REQ *req = new_request(public_key, name);
	unsigned char signature[SIGNATURE_MAX], *tbs = NULL;
	size_t len;
	FILE *file;
	int tbs_len = i2d_re_X509_REQ_tbs(req, &tbs);

	if (tbs_len <= 0)
		fixture_die("cannot encode a request for %s", name);
	len = sign(token, type, private_key, tbs, (size_t)tbs_len, signature);
	put_signature(req, type, signature, len);
	if (X509_REQ_verify(req, public_key) != 1)
		fixture_die("the token signed %s with another key", name);
	file = fopen(path, "we");
	if (file == NULL || PEM_write_X509_REQ(file, req) != 1 ||
	    fclose(file) != 0)
		fixture_die("cannot write %s", path);
	OPENSSL_free(tbs);
	X509_REQ_free(req);
}

static X509 *
read_certificate(const char *path)
{
	FILE *file = fopen(path, "re");
	X509 *cert;

	if (file == NULL)
		fixture_die("cannot read %s", path);
	cert = PEM_read_X509(file, NULL, NULL, NULL);
	if (cert == NULL)
		fixture_die("%s is not a certificate", path);
	fclose(file);
	return cert;
}

/* Fills an attribute with what OpenSSL just encoded; freed by the caller. */
static CK_ATTRIBUTE
encoded(CK_ATTRIBUTE_TYPE type, unsigned char *der, int len)
{
	if (der == NULL || len <= 0)
		fixture_die("cannot encode a certificate's parts");
	return (CK_ATTRIBUTE){type, der, (CK_ULONG)len};
}

void
fixture_certificate_store(const struct fixture_token *token, const char *path,
			  const char *label, const unsigned char *id,
			  size_t id_len)
{
	X509 *cert = read_certificate(path);
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_CERTIFICATE_TYPE x509 = CKC_X_509;
	CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	char label_copy[FIXTURE_WORD_MAX];
	unsigned char id_copy[FIXTURE_WORD_MAX];
	unsigned char *value = NULL, *subject = NULL;
	unsigned char *issuer = NULL, *serial = NULL;
	int value_len = i2d_X509(cert, &value);
	int subject_len = i2d_X509_NAME(X509_get_subject_name(cert), &subject);
	int issuer_len = i2d_X509_NAME(X509_get_issuer_name(cert), &issuer);
	int serial_len = i2d_ASN1_INTEGER(X509_get_serialNumber(cert), &serial);
	CK_ATTRIBUTE template[] = {
		{CKA_CLASS, &class, sizeof(class)},
		{CKA_CERTIFICATE_TYPE, &x509, sizeof(x509)},
		{CKA_TOKEN, &yes, sizeof(yes)},
		{CKA_PRIVATE, &no, sizeof(no)},
		{CKA_LABEL, label_copy, strlen(label)},
		{CKA_ID, id_copy, id_len},
		encoded(CKA_VALUE, value, value_len),
		encoded(CKA_SUBJECT, subject, subject_len),
		encoded(CKA_ISSUER, issuer, issuer_len),
		encoded(CKA_SERIAL_NUMBER, serial, serial_len),
	};
	CK_OBJECT_HANDLE object;

	snprintf(label_copy, sizeof(label_copy), "%s", label);
	memcpy(id_copy, id, id_len);
	fixture_must(fixture_p11->C_CreateObject(
			     token->session, template,
			     sizeof(template) / sizeof(template[0]), &object),
		     "C_CreateObject");
	OPENSSL_free(value);
	OPENSSL_free(subject);
	OPENSSL_free(issuer);
	OPENSSL_free(serial);
	X509_free(cert);
}
