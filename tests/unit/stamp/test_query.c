/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_query: only a stamp of just this query, by whom we trust, is taken.
 *
 * The authority is OpenSSL's; tests/regress/stamps.bats has one over HTTP.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"
#include "stamp/query.h"

#define POLICY "1.2.3.4.1"
#define OTHER_POLICY "1.2.3.4.2"

struct authority {
	EVP_PKEY *key;
	X509 *cert; /* signed by itself */
	char ca[32]; /* file */
};

static struct authority ours, foreign;

static void authority_extension(X509 *x, int nid, const char *value)
{
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	assert_non_null(ext);
	assert_int_equal(X509_add_ext(x, ext, -1), 1);
	X509_EXTENSION_free(ext);
}

static void authority_make(struct authority *a, const char *name)
{
	X509 *x = X509_new();
	X509_NAME *subject = X509_get_subject_name(x);
	FILE *f;

	a->key = EVP_EC_gen("P-256");
	assert_non_null(a->key);
	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	X509_gmtime_adj(X509_getm_notBefore(x), -60);
	X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	X509_set_pubkey(x, a->key);
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
				   (const uint8_t *)name, -1, -1, 0);
	X509_set_issuer_name(x, subject);
	authority_extension(x, NID_ext_key_usage, "critical,timeStamping");
	assert_true(X509_sign(x, a->key, EVP_sha256()) > 0);
	a->cert = x;
	snprintf(a->ca, sizeof(a->ca), "/tmp/ca.XXXXXX");
	f = fdopen(mkstemp(a->ca), "w");
	assert_non_null(f);
	assert_int_equal(PEM_write_X509(f, x), 1);
	fclose(f);
}

static void authority_free(struct authority *a)
{
	unlink(a->ca);
	X509_free(a->cert);
	EVP_PKEY_free(a->key);
}

static ASN1_INTEGER *serial_number(TS_RESP_CTX *ctx, void *arg)
{
	ASN1_INTEGER *n = ASN1_INTEGER_new();

	ASN1_INTEGER_set(n, 4711);
	return n;
}

/* What this authority says to a query; by that digest, as openssl ts. */
static void authority_answer(const struct authority *a, const struct query *q,
			     const EVP_MD *takes, struct buf *out)
{
	struct slice der = query_der(q);
	BIO *in = BIO_new_mem_buf(der.ptr, (int)der.len);
	TS_RESP_CTX *ctx = TS_RESP_CTX_new();
	ASN1_OBJECT *policy = OBJ_txt2obj(POLICY, 1);
	TS_RESP *resp;
	uint8_t *bytes = NULL;
	int len;

	TS_RESP_CTX_set_serial_cb(ctx, serial_number, NULL);
	assert_int_equal(TS_RESP_CTX_set_signer_cert(ctx, a->cert), 1);
	assert_int_equal(TS_RESP_CTX_set_signer_key(ctx, a->key), 1);
	assert_int_equal(TS_RESP_CTX_set_def_policy(ctx, policy), 1);
	assert_int_equal(TS_RESP_CTX_set_signer_digest(ctx, EVP_sha256()), 1);
	assert_int_equal(TS_RESP_CTX_add_md(ctx, takes), 1);
	resp = TS_RESP_create_response(ctx, in);
	assert_non_null(resp);
	len = i2d_TS_RESP(resp, &bytes);
	assert_true(len > 0);
	buf_reset(out);
	buf_put(out, bytes, (size_t)len);
	OPENSSL_free(bytes);
	TS_RESP_free(resp);
	ASN1_OBJECT_free(policy);
	TS_RESP_CTX_free(ctx);
	BIO_free(in);
}

/* One query, an answer to it, and room for a stamp. */
struct trial {
	struct query *q;
	struct buf answer;
	struct buf stamp;
	struct error e;
};

static int setup(void **state)
{
	struct trial *t = calloc(1, sizeof(*t));

	buf_init(&t->answer, LIMIT_STAMP);
	buf_init(&t->stamp, LIMIT_STAMP);
	*state = t;
	return query_new(slice_str("signature"), "", &t->q, &t->e);
}

static int teardown(void **state)
{
	struct trial *t = *state;

	query_free(t->q);
	buf_fini(&t->answer);
	buf_fini(&t->stamp);
	free(t);
	return 0;
}

static int accepted(struct trial *t, const char *ca)
{
	return query_accept(t->q, buf_slice(&t->answer), ca, &t->stamp, &t->e);
}

static void refused(struct trial *t, const char *why)
{
	assert_int_equal(accepted(t, ours.ca), ERR_TIME_STAMP);
	assert_int_equal(t->e.code, ERR_TIME_STAMP);
	if (strstr(t->e.message, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", t->e.message, why);
	assert_int_equal(t->stamp.len, 0);
}

static void a_good_answer_has_the_stamp(void **state)
{
	struct trial *t = *state;
	const unsigned char *at;
	PKCS7 *token;

	authority_answer(&ours, t->q, EVP_sha256(), &t->answer);
	assert_int_equal(accepted(t, ours.ca), 0);
	at = t->stamp.ptr;
	token = d2i_PKCS7(NULL, &at, (long)t->stamp.len);
	assert_non_null(token);
	assert_ptr_equal(at, t->stamp.ptr + t->stamp.len);
	PKCS7_free(token);
}

static void an_answer_to_another_query_is_none(void **state)
{
	struct trial *t = *state;
	struct query *same, *other;

	assert_int_equal(query_new(slice_str("signature"), "", &same, &t->e),
			 0);
	authority_answer(&ours, same, EVP_sha256(), &t->answer);
	refused(t, "nonce mismatch");
	assert_int_equal(query_new(slice_str("other"), "", &other, &t->e), 0);
	authority_answer(&ours, other, EVP_sha256(), &t->answer);
	refused(t, "message imprint mismatch");
	query_free(same);
	query_free(other);
}

static void whom_nobody_vouches_for_is_refused(void **state)
{
	struct trial *t = *state;

	authority_answer(&foreign, t->q, EVP_sha256(), &t->answer);
	refused(t, "certificate verify error");
	assert_int_equal(accepted(t, foreign.ca), 0);
}

static void a_refusal_is_told_with_its_reason(void **state)
{
	struct trial *t = *state;

	authority_answer(&ours, t->q, EVP_sha512(), &t->answer);
	refused(t, "badAlg");
}

static void the_policy_that_was_asked_for_is_wanted(void **state)
{
	struct trial *t = *state;
	struct query *any = t->q;

	assert_int_equal(query_new(slice_str("signature"), OTHER_POLICY, &t->q,
				   &t->e), 0);
	authority_answer(&ours, t->q, EVP_sha256(), &t->answer);
	refused(t, "unacceptedPolicy");
	authority_answer(&ours, any, EVP_sha256(), &t->answer);
	refused(t, "policy mismatch");
	query_free(any);
}

/* But for the few bytes beside the token that nobody signs. */
static void an_answer_that_was_changed_is_refused(void **state)
{
	struct trial *t = *state;
	size_t tried = 0, taken = 0;

	authority_answer(&ours, t->q, EVP_sha256(), &t->answer);
	for (size_t i = 0; i < t->answer.len; i += 3, tried++) {
		t->answer.ptr[i] ^= 0x10;
		if (accepted(t, ours.ca) == 0)
			taken++;
		else
			assert_int_equal(t->e.code, ERR_TIME_STAMP);
		t->answer.ptr[i] ^= 0x10;
		buf_reset(&t->stamp);
	}
	assert_true(tried > 200);
	assert_in_range(taken, 0, tried / 20);
}

static void no_answer_breaks_off(void **state)
{
	struct trial *t = *state;
	size_t whole;

	authority_answer(&ours, t->q, EVP_sha256(), &t->answer);
	whole = t->answer.len;
	for (t->answer.len = 0; t->answer.len < whole; t->answer.len++)
		refused(t, "no TimeStampResp");
	buf_put_u8(&t->answer, 0);
	refused(t, "no TimeStampResp");
}

static void a_file_without_certificates_is_told(void **state)
{
	struct trial *t = *state;

	authority_answer(&ours, t->q, EVP_sha256(), &t->answer);
	assert_int_equal(accepted(t, "/nowhere/ca.pem"), ERR_TIME_STAMP);
	assert_non_null(strstr(t->e.message, "/nowhere/ca.pem"));
	assert_int_equal(accepted(t, "/dev/null"), ERR_TIME_STAMP);
}

static void a_stamp_that_has_no_room_is_none(void **state)
{
	struct trial *t = *state;

	authority_answer(&ours, t->q, EVP_sha256(), &t->answer);
	buf_init(&t->stamp, 100);
	assert_int_equal(accepted(t, ours.ca), ERR_TIME_STAMP);
	assert_non_null(strstr(t->e.message, "more than 100 bytes"));
}

static int group_setup(void **state)
{
	authority_make(&ours, "ours");
	authority_make(&foreign, "foreign");
	return 0;
}

static int group_teardown(void **state)
{
	authority_free(&ours);
	authority_free(&foreign);
	return 0;
}

#define TRIAL(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TRIAL(a_good_answer_has_the_stamp),
		TRIAL(an_answer_to_another_query_is_none),
		TRIAL(whom_nobody_vouches_for_is_refused),
		TRIAL(a_refusal_is_told_with_its_reason),
		TRIAL(the_policy_that_was_asked_for_is_wanted),
		TRIAL(an_answer_that_was_changed_is_refused),
		TRIAL(no_answer_breaks_off),
		TRIAL(a_file_without_certificates_is_told),
		TRIAL(a_stamp_that_has_no_room_is_none),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
