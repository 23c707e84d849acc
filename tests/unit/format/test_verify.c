/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_verify: the verdict on good signatures of every format, and on each way
 * of spoiling one.
 */
#include "verdict.h"

static void the_vectors_of_the_rfcs_are_intact(void **state)
{
	static const char *const jws[] = { "rfc7515-a.2", "rfc7515-a.3",
					   "rfc8037-a.4" };
	static const char *const algs[] = { "RS256", "ES256", "EdDSA" };

	for (size_t i = 0; i < ARRAY_LEN(jws); i++) {
		struct buf text AUTO(buf_fini) = { .max = 4096 };
		struct buf key AUTO(buf_fini) = { .max = 4096 };
		struct format_trust trust = { .time = now };
		struct format_report r;
		char name[64];

		snprintf(name, sizeof(name), "%s.pem", jws[i]);
		trust.signer = vector_key(name, &key);
		snprintf(name, sizeof(name), "%s.jws", jws[i]);
		vector_read(name, &text);
		r = verified(FORMAT_JWS, NULL, buf_slice(&text), NULL, &trust);
		assert_verdict(r, "INDETERMINATE",
			       "NO_CERTIFICATE_CHAIN_FOUND");
		assert_string_equal(r.algorithm, algs[i]);
		assert_false(r.has_certificate);
		text.ptr[text.len - 5] ^= 1;
		r = verified(FORMAT_JWS, NULL, buf_slice(&text), NULL, &trust);
		assert_verdict(r, "TOTAL-FAILED", "SIG_CRYPTO_FAILURE");
	}
}

/* Every format and algorithm, attached and detached. */
static void what_we_make_passes(void **state)
{
	struct slice content = slice_str(CONTENT), other = slice_str("other");

	for (size_t i = 0; i < ARRAY_LEN(kinds) * 4; i++) {
		struct buf out AUTO(buf_fini) = { .max = 65536 };
		enum format_kind kind = i % 2 ? FORMAT_JWS : FORMAT_CMS;
		bool detached = i / 2 % 2;
		struct format_trust trust = trusted();
		struct format_report r;

		make(kind, i / 4, detached, &out);
		r = verified(kind, NULL, buf_slice(&out),
			     detached ? &content : NULL, &trust);
		assert_verdict(r, "TOTAL-PASSED", "");
		assert_string_equal(r.algorithm, kinds[i / 4].alg);
		assert_string_equal(r.issuer, "CN=Issuing CA,O=Test Bank");
		assert_non_null(strstr(r.signer, ",O=Test Bank"));
		assert_true(r.has_certificate);
		assert_int_equal(r.has_signing_time, kind == FORMAT_CMS);
		if (kind == FORMAT_CMS)
			assert_int_equal(r.signing_time, 1795000000);
		r = verified(kind, NULL, buf_slice(&out), &content, &trust);
		assert_verdict(r, "TOTAL-PASSED", "");
		r = verified(kind, NULL, buf_slice(&out), &other, &trust);
		assert_verdict(r,
		"TOTAL-FAILED", kind == FORMAT_JWS && detached ?
			       "SIG_CRYPTO_FAILURE" : "HASH_FAILURE");
	}
}

static void raw_passes_by_certificate_and_by_key(void **state)
{
	struct slice content = slice_str(CONTENT), other = slice_str("other");

	for (size_t i = 0; i < ARRAY_LEN(kinds) * 2; i++) {
		struct buf out AUTO(buf_fini) = { .max = 65536 };
		const struct token *t = kinds[i / 2].token;
		const char *alg = kinds[i / 2].alg;
		struct format_input in = { .kind = FORMAT_RAW,
					   .alg = format_alg_by_name(alg),
					   .ecdsa_der = i % 2,
					   .content = content };
		struct format_trust trust = trusted();
		struct format_report r;

		token_make(t, &in, &out);
		trust.untrusted = buf_slice(&ca_pem);
		trust.signer = t->fk.certificate;
		r = verified(FORMAT_RAW, alg, buf_slice(&out), &content,
			     &trust);
		assert_verdict(r, "TOTAL-PASSED", "");
		r = verified(FORMAT_RAW, alg, buf_slice(&out), &other, &trust);
		assert_verdict(r, "TOTAL-FAILED", "SIG_CRYPTO_FAILURE");
		trust.signer = t->fk.spki;
		r = verified(FORMAT_RAW, alg, buf_slice(&out), &content,
			     &trust);
		assert_verdict(r, "INDETERMINATE",
			       "NO_CERTIFICATE_CHAIN_FOUND");
		trust.signer = ca.fk.certificate;
		r = verified(FORMAT_RAW, alg, buf_slice(&out), &content,
			     &trust);
		assert_verdict(r, "TOTAL-FAILED", "SIG_CRYPTO_FAILURE");
		trust.signer = slice_of(NULL, 0);
		r = verified(FORMAT_RAW, alg, buf_slice(&out), &content,
			     &trust);
		assert_verdict(r, "INDETERMINATE",
			       "NO_SIGNING_CERTIFICATE_FOUND");
	}
}

/*
 * The versions, and the digestAlgorithms of SignedData, which help a reader to
 * hash while it reads (RFC 5652 5.1): nothing signs them, and nobody relies on
 * them.
 */
static bool is_a_hint(enum format_kind kind, const struct buf *out, size_t i)
{
	static const uint8_t version[] = { 0x02, 0x01 };
	static const uint8_t set[] = { 0x31, 0x0d, 0x30, 0x0b };
	const uint8_t *found = memmem(out->ptr, 64, set, sizeof(set));
	const uint8_t *at = out->ptr + i;

	if (kind != FORMAT_CMS || found == NULL || i < 2)
		return false;
	if (at >= found + 6 && at < found + 15)
		return true;
	return memcmp(at - 2, version, 2) == 0 &&
	       (at[1] == 0x30 || at[1] == 0x31);
}

/* No byte of a signature can be changed and pass. */
static void any_changed_byte_is_noticed(void **state)
{
	struct slice content = slice_str(CONTENT);
	struct format_trust trust = trusted();

	for (int k = 0; k < 4; k++) {
		struct buf out AUTO(buf_fini) = { .max = 65536 };
		enum format_kind kind = k % 2 ? FORMAT_JWS : FORMAT_CMS;
		bool detached = k / 2;

		make(kind, 6, detached, &out);
		for (size_t i = 0; i < out.len; i++) {
			struct format_report r;

			out.ptr[i] ^= 1;
			r = verified(kind, NULL, buf_slice(&out),
				     detached ? &content : NULL, &trust);
			if (r.verdict == FORMAT_TOTAL_PASSED &&
			    !is_a_hint(kind, &out, i))
				fail_msg("byte %zu of %zu, format %d", i,
					 out.len, kind);
			out.ptr[i] ^= 1;
		}
	}
}

static void a_cut_signature_is_no_signature(void **state)
{
	struct slice content = slice_str(CONTENT);
	struct format_trust trust = trusted();

	for (int k = 0; k < 2; k++) {
		struct buf out AUTO(buf_fini) = { .max = 65536 };
		enum format_kind kind = k ? FORMAT_JWS : FORMAT_CMS;

		make(kind, 6, true, &out);
		for (size_t len = 0; len < out.len; len += 7) {
			struct format_report r = verified(
				kind, NULL, slice_of(out.ptr, len), &content,
				&trust);

			assert_string_equal(format_verdict_name(r.verdict),
					    "TOTAL-FAILED");
		}
		buf_put_u8(&out, 0);
		assert_verdict(verified(kind, NULL, buf_slice(&out), &content,
					&trust),
			       "TOTAL-FAILED", "FORMAT_FAILURE");
	}
}

static void without_content_nothing_is_said(void **state)
{
	struct format_trust trust = trusted();

	for (int k = 0; k < 2; k++) {
		struct buf out AUTO(buf_fini) = { .max = 65536 };
		enum format_kind kind = k ? FORMAT_JWS : FORMAT_CMS;

		make(kind, 6, true, &out);
		assert_verdict(verified(kind, NULL, buf_slice(&out), NULL,
					&trust),
			       "INDETERMINATE", "SIGNED_DATA_NOT_FOUND");
	}
}

static void trust_that_cannot_be_read_is_an_error(void **state)
{
	struct buf out AUTO(buf_fini) = { .max = 65536 };
	struct slice content = slice_str(CONTENT);
	struct format_report r = { .sub = "untouched" };
	struct error e;

	make(FORMAT_CMS, 6, true, &out);
	for (int i = 0; i < 3; i++) {
		struct format_trust trust = trusted();

		if (i == 0)
			trust.anchors = slice_str("not PEM");
		else if (i == 1)
			trust.crls = buf_slice(&root_pem);
		else
			trust.untrusted = slice_str(
			"-----BEGIN CERTIFICATE-----"
						    "\nAAAA\n");
		assert_int_equal(format_verify_cms(buf_slice(&out), &content,
						   &trust, &r, &e),
				 ERR_BAD_CERTIFICATE);
		assert_string_equal(r.sub, "untouched");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vectors_of_the_rfcs_are_intact),
		cmocka_unit_test(what_we_make_passes),
		cmocka_unit_test(raw_passes_by_certificate_and_by_key),
		cmocka_unit_test(any_changed_byte_is_noticed),
		cmocka_unit_test(a_cut_signature_is_no_signature),
		cmocka_unit_test(without_content_nothing_is_said),
		cmocka_unit_test(trust_that_cannot_be_read_is_an_error),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
