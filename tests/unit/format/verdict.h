/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verdict: the signers, trust and helpers that the tests of src/format/verify*
 * share.
 */
#ifndef SIGNET_TEST_FORMAT_VERDICT_H
#define SIGNET_TEST_FORMAT_VERDICT_H

#include "vector.h"

#include <openssl/cms.h>

#include "base/b64.h"
#include "base/clock.h"
#include "format/verify.h"

#define CONTENT "<Document>order 17</Document>"

static struct token root, ca, rsa, p256, p384, p521, ed;
static struct buf root_pem, ca_pem;
static int64_t now;

static const struct {
	const struct token *token;
	const char *alg;
} kinds[] UNUSED = {
	{ &rsa, "RS256" },  { &rsa, "RS384" },	{ &rsa, "RS512" },
	{ &rsa, "PS256" },  { &rsa, "PS384" },	{ &rsa, "PS512" },
	{ &p256, "ES256" }, { &p384, "ES384" }, { &p521, "ES512" },
	{ &ed, "EdDSA" },
};

/* For cmocka_run_group_tests(). */
static inline int set_up(void **state)
{
	now = clock_unix();
	token_init(&root, WIRE_KEY_EC, "P-256", "Root CA", NULL);
	token_init(&ca, WIRE_KEY_EC, "P-256", "Issuing CA", &root);
	token_init(&rsa, WIRE_KEY_RSA, "", "rsa", &ca);
	token_init(&p256, WIRE_KEY_EC, "P-256", "p256", &ca);
	token_init(&p384, WIRE_KEY_EC, "P-384", "p384", &ca);
	token_init(&p521, WIRE_KEY_EC, "P-521", "p521", &ca);
	token_init(&ed, WIRE_KEY_ED, "Ed25519", "ed", &ca);
	buf_init(&root_pem, 65536);
	buf_init(&ca_pem, 65536);
	token_pem(root.x509, &root_pem);
	token_pem(ca.x509, &ca_pem);
	return 0;
}

static inline int tear_down(void **state)
{
	token_fini(&root);
	token_fini(&ca);
	token_fini(&rsa);
	token_fini(&p256);
	token_fini(&p384);
	token_fini(&p521);
	token_fini(&ed);
	buf_fini(&root_pem);
	buf_fini(&ca_pem);
	return 0;
}

static inline struct format_trust trusted(void)
{
	return (struct format_trust){ .anchors = buf_slice(&root_pem),
				      .time = now };
}

/* Any of the three; alg is of the raw signature. */
static inline struct format_report verified(enum format_kind kind,
					    const char *alg,
					    struct slice signature,
					    const struct slice *content,
					    const struct format_trust *trust)
{
	struct format_report r;
	struct error e;
	int status;

	memset(&r, 0xff, sizeof(r));
	error_clear(&e);
	if (kind == FORMAT_CMS)
		status = format_verify_cms(signature, content, trust, &r, &e);
	else if (kind == FORMAT_JWS)
		status = format_verify_jws(signature, content, trust, &r, &e);
	else
		status = format_verify_raw(signature, format_alg_by_name(alg),
					   *content, trust, &r, &e);
	if (status != 0)
		fail_msg("no verdict: %s", e.message);
	assert_true(r.text[0] != '\0');
	return r;
}

#define assert_verdict(r, is, why) \
	do { \
		struct format_report got = (r); \
		assert_string_equal(got.sub, why); \
		assert_string_equal(format_verdict_name(got.verdict), is); \
	} while (0)

static inline void make(enum format_kind kind, size_t i, bool detached,
		 struct buf *out)
{
	struct format_input in = { .kind = kind, .detached = detached,
				   .alg = format_alg_by_name(kinds[i].alg),
				   .signing_time = 1795000000,
				   .content = slice_str(CONTENT) };

	token_make(kinds[i].token, &in, out);
}

#endif
