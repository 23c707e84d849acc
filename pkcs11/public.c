/* SPDX-License-Identifier: Apache-2.0 */
/*
 * public: a public key as DER SubjectPublicKeyInfo, made of what PKCS#11 has.
 */
#include "pkcs11/public.h"

#include <openssl/asn1.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/param_build.h>

#include "base/limits.h"

#define BYTES(text) { (const uint8_t *)(text), sizeof(text) - 1 }

/* The curves we serve.  point: bytes of an uncompressed point (SEC 1 2.3.3). */
static const struct curve {
	int nid;
	struct slice params;
	uint32_t bits;
	size_t point;
	const char *name;
} curves[] = {
	{ NID_X9_62_prime256v1,
	  BYTES("\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"), 256, 65, "P-256" },
	{ NID_secp384r1, BYTES("\x06\x05\x2b\x81\x04\x00\x22"), 384, 97,
	  "P-384" },
	{ NID_secp521r1, BYTES("\x06\x05\x2b\x81\x04\x00\x23"), 521, 133,
	  "P-521" },
};

/* Forms of an Ed25519 key: its parameters, and what stands before a point. */
static const struct slice ed_params[] = {
	BYTES("\x06\x03\x2b\x65\x70"),
	BYTES("\x13\x0c" "edwards25519"),
};
static const struct slice ed_heads[] = {
	BYTES(""), BYTES("\x04\x20"), BYTES("\x03\x21\x00"),
};
#define ED_BITS 256
#define ED_POINT 32

void p11_public_fini(struct p11_public *p)
{
	buf_fini(&p->spki);
}

/* Fill in what follows from the DER: n bytes at *der, which are freed. */
static int public_done(struct p11_public *p, unsigned char **der, int n,
		       struct p11_public *out, struct error *e)
{
	if (n <= 0)
		return error_set(e, ERR_CRYPTO, "a public key has no DER form");
	buf_init(&p->spki, LIMIT_SPKI);
	buf_put(&p->spki, *der, (size_t)n);
	OPENSSL_free(*der);
	if (buf_error(&p->spki) != 0)
		return error_set(e, buf_error(&p->spki), "a public key of %d "
				 "bytes", n);
	if (EVP_Digest(p->spki.ptr, p->spki.len, p->identity, NULL,
		       EVP_sha256(), NULL) != 1) {
		p11_public_fini(p);
		return error_set(e, ERR_CRYPTO, "SHA-256 failed");
	}
	*out = *p;
	return 0;
}

static void bld_freep(OSSL_PARAM_BLD **p)
{
	OSSL_PARAM_BLD_free(*p);
}

static void params_freep(OSSL_PARAM **p)
{
	OSSL_PARAM_free(*p);
}

static void bn_freep(BIGNUM **p)
{
	BN_free(*p);
}

static void ctx_freep(EVP_PKEY_CTX **p)
{
	EVP_PKEY_CTX_free(*p);
}

static void pkey_freep(EVP_PKEY **p)
{
	EVP_PKEY_free(*p);
}

static EVP_PKEY *public_rsa_key(struct slice modulus, struct slice exponent)
{
	AUTO(bn_freep) BIGNUM *n = BN_bin2bn(modulus.ptr, (int)modulus.len,
					     NULL);
	AUTO(bn_freep) BIGNUM *x = BN_bin2bn(exponent.ptr, (int)exponent.len,
					     NULL);
	AUTO(bld_freep) OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	AUTO(ctx_freep) EVP_PKEY_CTX *ctx =
		EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	AUTO(params_freep) OSSL_PARAM *params = NULL;
	EVP_PKEY *key = NULL;

	if (n == NULL || x == NULL || bld == NULL || ctx == NULL ||
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, n) != 1 ||
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, x) != 1)
		return NULL;
	params = OSSL_PARAM_BLD_to_param(bld);
	if (params == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		return NULL;
	return key;
}

int p11_public_rsa(struct slice modulus, struct slice exponent,
		   struct p11_public *out, struct error *e)
{
	struct p11_public p = { .type = WIRE_KEY_RSA, .curve = "" };
	AUTO(pkey_freep) EVP_PKEY *key = NULL;
	unsigned char *der = NULL;

	if (modulus.len == 0 || exponent.len == 0 ||
	    modulus.len > LIMIT_SIGNATURE + 1 ||
	    exponent.len > LIMIT_SIGNATURE)
		return error_set(e, ERR_MALFORMED,
				 "an RSA key with a modulus of %zu and an "
				 "exponent of %zu bytes", modulus.len,
				 exponent.len);
	key = public_rsa_key(modulus, exponent);
	if (key == NULL)
		return error_set(e, ERR_MALFORMED, "this is no RSA key");
	p.bits = (uint32_t)EVP_PKEY_get_bits(key);
	return public_done(&p, &der, i2d_PUBKEY(key, &der), out, e);
}

/*
 * The encoding only: whether the point is on the curve is found by whoever
 * verifies with the key, and is too slow for 1,000 keys here.
 */
static int public_encode(int algorithm, int curve, struct slice point,
			 struct p11_public *p, struct p11_public *out,
			 struct error *e)
{
	X509_PUBKEY *pub = X509_PUBKEY_new();
	unsigned char *copy = OPENSSL_memdup(point.ptr, point.len);
	ASN1_OBJECT *params = curve == NID_undef ? NULL : OBJ_nid2obj(curve);
	unsigned char *der = NULL;
	int n = -1;

	if (pub != NULL && copy != NULL &&
	    X509_PUBKEY_set0_param(pub, OBJ_nid2obj(algorithm),
				   params == NULL ? V_ASN1_UNDEF :
						    V_ASN1_OBJECT,
				   params, copy, (int)point.len) == 1) {
		copy = NULL;
		n = i2d_X509_PUBKEY(pub, &der);
	}
	OPENSSL_free(copy);
	X509_PUBKEY_free(pub);
	return public_done(p, &der, n, out, e);
}

/* The point without the OCTET STRING around it, where there is one. */
static struct slice public_point(struct slice point, size_t len)
{
	size_t head = len < 0x80 ? 2 : 3;

	if (point.len == len + head && point.ptr[0] == 0x04 &&
	    point.ptr[head - 1] == len && (head == 2 || point.ptr[1] == 0x81)) {
		point.ptr += head;
		point.len -= head;
	}
	return point;
}

static const struct curve *curve_by_nid(int nid)
{
	for (size_t i = 0; i < ARRAY_LEN(curves); i++)
		if (curves[i].nid == nid)
			return &curves[i];
	return NULL;
}

/* A curve may be written out (RFC 3279 2.3.5), as ykcs11 does it. */
static const struct curve *curve_written_out(struct slice params)
{
	const unsigned char *at = params.ptr;
	EC_GROUP *group;
	int nid = NID_undef;

	if (params.len == 0 || params.len > LIMIT_SPKI || at[0] != 0x30)
		return NULL;
	group = d2i_ECPKParameters(NULL, &at, (long)params.len);
	if (group != NULL && at == params.ptr + params.len)
		nid = EC_GROUP_check_named_curve(group, 0, NULL);
	EC_GROUP_free(group);
	return curve_by_nid(nid);
}

static const struct curve *curve_of(struct slice params)
{
	for (size_t i = 0; i < ARRAY_LEN(curves); i++)
		if (slice_equal(curves[i].params, params))
			return &curves[i];
	return curve_written_out(params);
}

int p11_public_ec(struct slice params, struct slice point,
		  struct p11_public *out, struct error *e)
{
	struct p11_public p = { .type = WIRE_KEY_EC };
	const struct curve *c = curve_of(params);

	if (c == NULL)
		return error_set(e, ERR_UNSUPPORTED, "a key on another curve "
				 "than P-256, P-384 and P-521");
	point = public_point(point, c->point);
	if (point.len != c->point || point.ptr[0] != 0x04)
		return error_set(e, ERR_MALFORMED, "a point of %zu bytes that "
				 "is no uncompressed one of %s", point.len,
				 c->name);
	p.bits = c->bits;
	p.curve = c->name;
	return public_encode(NID_X9_62_id_ecPublicKey, c->nid, point, &p, out,
			     e);
}

int p11_public_ed(struct slice params, struct slice point,
		  struct p11_public *out, struct error *e)
{
	struct p11_public p = { .type = WIRE_KEY_ED, .bits = ED_BITS,
				.curve = "Ed25519" };
	bool known = false;

	for (size_t i = 0; i < ARRAY_LEN(ed_params); i++)
		known = known || slice_equal(ed_params[i], params);
	if (!known)
		return error_set(e, ERR_UNSUPPORTED,
				 "an Edwards key that is not Ed25519");
	for (size_t i = 0; i < ARRAY_LEN(ed_heads); i++) {
		size_t head = ed_heads[i].len;

		if (point.len == head + ED_POINT &&
		    slice_equal(slice_of(point.ptr, head), ed_heads[i]))
			return public_encode(NID_ED25519, NID_undef,
					     slice_of(point.ptr + head,
						      ED_POINT), &p, out, e);
	}
	return error_set(e, ERR_MALFORMED, "an Ed25519 point of %zu bytes",
			 point.len);
}

static const struct curve *public_group(EVP_PKEY *key)
{
	char name[64];

	if (EVP_PKEY_get_group_name(key, name, sizeof(name), NULL) != 1)
		return NULL;
	return curve_by_nid(OBJ_txt2nid(name));
}

int p11_public_x509(const X509 *certificate, struct p11_public *out,
		    struct error *e)
{
	struct p11_public p = { .curve = "" };
	EVP_PKEY *key = X509_get0_pubkey(certificate);
	int kind = key == NULL ? EVP_PKEY_NONE : EVP_PKEY_get_base_id(key);
	const struct curve *c = NULL;
	unsigned char *der = NULL;

	if (kind == EVP_PKEY_RSA)
		p.type = WIRE_KEY_RSA;
	else if (kind == EVP_PKEY_ED25519)
		p.type = WIRE_KEY_ED;
	else if (kind == EVP_PKEY_EC && (c = public_group(key)) != NULL)
		p.type = WIRE_KEY_EC;
	else
		return error_set(e, ERR_UNSUPPORTED,
				 "a certificate for another kind of key than "
				 "RSA, P-256, P-384, P-521 and Ed25519");
	p.bits = c != NULL ? c->bits : (uint32_t)EVP_PKEY_get_bits(key);
	if (kind == EVP_PKEY_ED25519)
		p.bits = ED_BITS;
	if (kind != EVP_PKEY_RSA)
		p.curve = c != NULL ? c->name : "Ed25519";
	return public_done(&p, &der,
			   i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate),
					   &der), out, e);
}
