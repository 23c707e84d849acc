/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit tests of src/client/verifier.c, file.c and report.c: files in, formats
 * told apart, the report out.  The verdicts themselves are src/format's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/attr.h"
#include "base/buf.h"
#include "client/file.h"
#include "signet.h"

static const char content[] = "pay 12.00";

struct files {
	char dir[32], key[64], content[64];
	unsigned char signature[128];
	size_t len;
};

static void write_file(const char *path, const void *bytes, size_t len)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

/* A public key, a content, and a raw ES256 signature of it in DER. */
static int make_files(void **state)
{
	struct files *f = calloc(1, sizeof(*f));
	EVP_PKEY *key = EVP_EC_gen("P-256");
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	FILE *pem;

	snprintf(f->dir, sizeof(f->dir), "/tmp/signet-test-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->key, sizeof(f->key), "%s/key.pem", f->dir);
	snprintf(f->content, sizeof(f->content), "%s/content", f->dir);
	pem = fopen(f->key, "we");
	assert_int_equal(PEM_write_PUBKEY(pem, key), 1);
	fclose(pem);
	write_file(f->content, content, strlen(content));
	f->len = sizeof(f->signature);
	assert_int_equal(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key),
			 1);
	assert_int_equal(EVP_DigestSign(ctx, f->signature, &f->len,
					(const unsigned char *)content,
					strlen(content)), 1);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	*state = f;
	return 0;
}

static int remove_files(void **state)
{
	struct files *f = *state;

	unlink(f->key);
	unlink(f->content);
	rmdir(f->dir);
	free(f);
	return 0;
}

static struct signet_verifier *verifier_of(const struct files *f)
{
	struct signet_verifier *v;

	assert_int_equal(signet_verifier_new(&v), 0);
	assert_int_equal(signet_verifier_set_certificate_file(v, f->key), 0);
	assert_int_equal(signet_verifier_set_content_file(v, f->content), 0);
	return v;
}

static void expect_member(const struct signet_report *r, const char *name,
			  const char *want)
{
	json_t *j = json_loads(signet_report_json(r), 0, NULL);

	assert_string_equal(json_string_value(json_object_get(j, name)), want);
	json_decref(j);
}

/* Nobody says which algorithm, and nobody vouches for the key. */
static void finds_the_algorithm_of_a_raw_signature(void **state)
{
	const struct files *f = *state;
	struct signet_verifier *v = verifier_of(f);
	struct signet_report *r;

	signet_verifier_set_time(v, 1795435200);
	assert_int_equal(signet_verify_bytes(v, f->signature, f->len, &r), 0);
	assert_int_equal(signet_report_format(r), SIGNET_RAW);
	assert_string_equal(signet_report_algorithm(r), "ES256");
	assert_string_not_equal(signet_report_verdict(r), "TOTAL-FAILED");
	assert_string_equal(signet_report_signer(r), "");
	assert_string_equal(signet_report_signing_time(r), "");
	expect_member(r, "format", "raw");
	expect_member(r, "judged_as_of", "2026-11-23T12:00:00Z");
	expect_member(r, "verdict", signet_report_verdict(r));
	signet_report_free(r);
	signet_verifier_free(v);
}

static void fails_a_raw_signature_of_something_else(void **state)
{
	const struct files *f = *state;
	struct signet_verifier *v = verifier_of(f);
	struct signet_report *r;

	assert_int_equal(signet_verifier_set_content_file(v, f->key), 0);
	assert_int_equal(signet_verify_bytes(v, f->signature, f->len, &r), 0);
	assert_false(signet_report_passed(r));
	assert_string_equal(signet_report_verdict(r), "TOTAL-FAILED");
	assert_string_equal(signet_report_sub(r), "SIG_CRYPTO_FAILURE");
	signet_report_free(r);
	signet_verifier_free(v);
}

static void refuses_raw_without_content(void **state)
{
	const struct files *f = *state;
	struct signet_verifier *v;
	struct signet_report *r;

	assert_int_equal(signet_verifier_new(&v), 0);
	assert_int_equal(signet_verify_bytes(v, f->signature, f->len, &r),
			 SIGNET_ERR_USAGE);
	signet_verifier_free(v);
}

static void tells_formats_apart(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		enum signet_format format;
	} cases[] = {
		{ "eyJhbGciOiJ4In0.AA.AA\n", 22, SIGNET_JWS },
		{ "eyJhbGciOiJ4In0.AA", 18, SIGNET_RAW },
		{ "\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", 13,
		  SIGNET_CMS },
		{ "\x30\x06\x02\x01\x01\x02\x01\x01", 8, SIGNET_RAW },
		{ "-----BEGIN CMS-----\nMAsGCSqGSIb3DQEHAg==\n"
		  "-----END CMS-----\n", 59, SIGNET_CMS },
	};
	struct signet_verifier *v = verifier_of(*state);

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct signet_report *r;

		assert_int_equal(signet_verify_bytes(v, cases[i].bytes,
						     cases[i].len, &r), 0);
		assert_int_equal(signet_report_format(r), cases[i].format);
		assert_false(signet_report_passed(r));
		signet_report_free(r);
	}
	signet_verifier_free(v);
}

static void tells_about_files_it_cannot_use(void **state)
{
	const struct files *f = *state;
	struct signet_verifier *v = verifier_of(f);
	struct signet_report *r;

	assert_int_equal(signet_verifier_add_ca_file(v, "/nonexistent"),
			 SIGNET_ERR_IO);
	assert_non_null(strstr(signet_error_detail(signet_verifier_error(v)),
			       "/nonexistent"));
	assert_int_equal(signet_verifier_add_crl_file(v, f->dir),
			 SIGNET_ERR_IO);
	assert_int_equal(signet_verify_file(v, "/nonexistent", &r),
			 SIGNET_ERR_IO);
	assert_int_equal(signet_verifier_set_algorithm(v, "none"),
			 SIGNET_ERR_UNSUPPORTED);
	signet_verifier_free(v);
}

static void puts_der_into_pem_and_back(void **state)
{
	unsigned char der[100] = { 0x30 };
	struct buf pem, back;

	buf_init(&pem, 1000);
	buf_init(&back, 1000);
	client_file_pem(slice_of(der, sizeof(der)), "X509 CRL", &pem);
	assert_non_null(strstr(buf_text(&pem), "-----BEGIN X509 CRL-----\n"));
	assert_true(client_file_is_pem(buf_slice(&pem)));
	assert_int_equal(client_file_der(buf_slice(&pem), &back, NULL), 0);
	assert_int_equal(back.len, sizeof(der));
	assert_memory_equal(back.ptr, der, sizeof(der));
	buf_fini(&pem);
	buf_fini(&back);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_algorithm_of_a_raw_signature),
		cmocka_unit_test(fails_a_raw_signature_of_something_else),
		cmocka_unit_test(refuses_raw_without_content),
		cmocka_unit_test(tells_formats_apart),
		cmocka_unit_test(tells_about_files_it_cannot_use),
		cmocka_unit_test(puts_der_into_pem_and_back),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
