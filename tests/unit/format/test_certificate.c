/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_certificate: a certificate as plain values, names that are safe to
 * show, and nothing malformed accepted.
 */
#include "token.h"

#include "format/certificate.h"
#include "format/name.h"

static struct token ca, leaf;

static int set_up(void **state)
{
	token_init(&ca, WIRE_KEY_EC, "P-256", "Test CA", NULL);
	token_init(&leaf, WIRE_KEY_EC, "P-256", "Zoë Šimůnková", &ca);
	return 0;
}

static int tear_down(void **state)
{
	token_fini(&ca);
	token_fini(&leaf);
	return 0;
}

static struct format_certificate parsed(struct slice der)
{
	struct format_certificate c;
	struct error e;

	error_clear(&e);
	if (format_certificate_parse(der, &c, &e) != 0)
		fail_msg("%s", e.message);
	return c;
}

static void a_leaf_says_what_it_is(void **state)
{
	struct format_certificate c = parsed(leaf.fk.certificate);
	uint8_t hash[32];
	char serial[32];

	assert_string_equal(c.subject, "CN=Zoë Šimůnková,O=Test Bank");
	assert_string_equal(c.common_name, "Zoë Šimůnková");
	assert_string_equal(c.issuer, "CN=Test CA,O=Test Bank");
	snprintf(serial, sizeof(serial), "%04lx", (unsigned long)
		 ASN1_INTEGER_get(X509_get0_serialNumber(leaf.x509)));
	assert_string_equal(c.serial, serial);
	assert_int_equal(c.not_after - c.not_before, 366 * TOKEN_DAY);
	assert_true(c.not_before < time(NULL));
	assert_true(c.not_before > time(NULL) - 2 * TOKEN_DAY);
	assert_false(c.ca);
	assert_false(c.self_issued);
	EVP_Q_digest(NULL, "SHA256", NULL, leaf.fk.certificate.ptr,
		     leaf.fk.certificate.len, hash, NULL);
	assert_memory_equal(c.sha256, hash, 32);
	assert_true(slice_equal(c.spki, leaf.fk.spki));
}

static void usages_have_the_names_of_the_rfc(void **state)
{
	struct format_certificate c = parsed(leaf.fk.certificate);

	assert_int_equal(c.key_usage_len, 2);
	assert_string_equal(c.key_usage[0], "digitalSignature");
	assert_string_equal(c.key_usage[1], "nonRepudiation");
	assert_int_equal(c.ext_usage_len, 3);
	assert_string_equal(c.ext_usage[0], "emailProtection");
	assert_string_equal(c.ext_usage[1], "clientAuth");
	assert_string_equal(c.ext_usage[2], "1.2.3.4.5");
	c = parsed(ca.fk.certificate);
	assert_true(c.ca);
	assert_true(c.self_issued);
	assert_string_equal(c.key_usage[0], "keyCertSign");
	assert_int_equal(c.ext_usage_len, 0);
}

static void issuers_are_known_by_name_and_key(void **state)
{
	struct format_certificate a = parsed(ca.fk.certificate);
	struct format_certificate c = parsed(leaf.fk.certificate), other;
	struct token renewed;

	assert_true(format_certificate_issued(&a, &c));
	assert_true(format_certificate_issued(&a, &a));
	assert_false(format_certificate_issued(&c, &a));
	assert_false(format_certificate_issued(&c, &c));
	/* The same name, another key. */
	token_init(&renewed, WIRE_KEY_EC, "P-256", "Test CA", NULL);
	other = parsed(renewed.fk.certificate);
	assert_string_equal(other.subject, a.subject);
	assert_false(format_certificate_issued(&other, &c));
	/* The same name and key, but no CA. */
	a.ca = false;
	assert_false(format_certificate_issued(&a, &c));
	token_fini(&renewed);
}

static void only_a_whole_certificate_is_one(void **state)
{
	struct format_certificate c;
	struct format_certificate_parts parts;
	struct error e;
	struct slice der = leaf.fk.certificate;
	static uint8_t copy[LIMIT_CERTIFICATE + 8];

	for (size_t len = 0; len < der.len; len++) {
		assert_int_equal(format_certificate_parse(
			slice_of(der.ptr, len), &c, &e), ERR_BAD_CERTIFICATE);
		assert_int_equal(e.code, ERR_BAD_CERTIFICATE);
	}
	memcpy(copy, der.ptr, der.len);
	assert_int_equal(format_certificate_parse(slice_of(copy, der.len + 1),
						  &c, &e), ERR_BAD_CERTIFICATE);
	assert_int_equal(format_certificate_split(slice_of(copy, der.len + 1),
						  &parts, &e),
			 ERR_BAD_CERTIFICATE);
	assert_int_equal(format_certificate_split(slice_of(copy, sizeof(copy)),
						  &parts, &e),
			 ERR_BAD_CERTIFICATE);
	assert_int_equal(format_certificate_split(slice_of(NULL, 0), &parts,
						  &e), ERR_BAD_CERTIFICATE);
}

/* Any one byte changed: refused, or read without harm. */
static void changed_bytes_do_no_harm(void **state)
{
	struct format_certificate c;
	struct slice der = leaf.fk.certificate;
	uint8_t *copy = malloc(der.len);
	size_t refused = 0;
	struct error e;

	assert_non_null(copy);
	for (size_t i = 0; i < 2 * der.len; i++) {
		memcpy(copy, der.ptr, der.len);
		copy[i / 2] ^= i % 2 ? 0x80 : 0x01;
		if (format_certificate_parse(slice_of(copy, der.len), &c, &e) !=
		    0) {
			assert_int_equal(e.code, ERR_BAD_CERTIFICATE);
			refused++;
		}
	}
	assert_true(refused > der.len / 4);
	free(copy);
}

static void parts_are_where_they_are(void **state)
{
	struct format_certificate_parts p;
	struct error e;
	uint8_t *name = NULL;
	int len;

	assert_int_equal(format_certificate_split(leaf.fk.certificate, &p, &e),
			 0);
	assert_true(slice_equal(p.spki, leaf.fk.spki));
	len = i2d_X509_NAME(X509_get_issuer_name(leaf.x509), &name);
	assert_true(slice_equal(p.issuer, slice_of(name, (size_t)len)));
	assert_int_equal(p.serial.len, 2);
	OPENSSL_free(name);
	assert_true(format_certificate_same_key(p.spki, leaf.fk.spki));
	assert_false(format_certificate_same_key(p.spki, ca.fk.spki));
	assert_false(format_certificate_same_key(p.spki, slice_of(NULL, 0)));
}

/* An EC key with its point compressed is the same key. */
static void a_key_is_the_same_however_encoded(void **state)
{
	EVP_PKEY *copy = EVP_PKEY_dup(leaf.key);
	uint8_t *der = NULL;
	int len;

	assert_int_equal(EVP_PKEY_set_utf8_string_param(
		copy, "point-format", "compressed"), 1);
	len = i2d_PUBKEY(copy, &der);
	assert_true((size_t)len < leaf.fk.spki.len);
	assert_true(format_certificate_same_key(leaf.fk.spki,
						slice_of(der, (size_t)len)));
	OPENSSL_free(der);
	EVP_PKEY_free(copy);
}

static const struct {
	const char *in, *subject, *common;
} names[] = {
	{ "Plain", "CN=Plain", "Plain" },
	{ "Smith, John+x", "CN=Smith\\, John\\+x", "Smith, John+x" },
	{ "two\nlines\x1b[2J", "CN=two\\0Alines\\1B[2J",
	  "two\\0Alines\\1B[2J" },
	/* U+202E, right-to-left override; U+0085, next line; U+2067 */
	{ "pay\xe2\x80\xae""001", "CN=pay\\E2\\80\\AE001",
	  "pay\\E2\\80\\AE001" },
	{ "a\xc2\x85""b", "CN=a\\C2\\85b", "a\\C2\\85b" },
	{ "a\xe2\x81\xa7", "CN=a\\E2\\81\\A7", "a\\E2\\81\\A7" },
	{ "\xe2\x82\xac\xf0\x9f\x92\xb3", "CN=\xe2\x82\xac\xf0\x9f\x92\xb3",
	  "\xe2\x82\xac\xf0\x9f\x92\xb3" },
};

static void names_are_safe_to_show(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		X509_NAME *name = X509_NAME_new();
		char text[256];

		assert_int_equal(X509_NAME_add_entry_by_txt(
			name, "CN", MBSTRING_UTF8,
			(const uint8_t *)names[i].in, -1, -1, 0), 1);
		assert_int_equal(format_name_text(name, text, sizeof(text)), 0);
		assert_string_equal(text, names[i].subject);
		assert_int_equal(format_name_common(name, text, sizeof(text)),
				 0);
		assert_string_equal(text, names[i].common);
		X509_NAME_free(name);
	}
}

static void a_long_name_is_cut_at_a_character(void **state)
{
	X509_NAME *name = X509_NAME_new();
	char text[16];

	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
				   (const uint8_t *)"ččččččččč",
				   -1, -1, 0);
	assert_int_equal(format_name_text(name, text, sizeof(text)), 0);
	assert_string_equal(text, "CN=čččč...");
	assert_int_equal(format_name_common(name, text, sizeof(text)), 0);
	assert_string_equal(text, "čččččč...");
	X509_NAME_free(name);
	name = X509_NAME_new();
	assert_int_equal(format_name_common(name, text, sizeof(text)), 0);
	assert_string_equal(text, "");
	X509_NAME_free(name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_leaf_says_what_it_is),
		cmocka_unit_test(usages_have_the_names_of_the_rfc),
		cmocka_unit_test(issuers_are_known_by_name_and_key),
		cmocka_unit_test(only_a_whole_certificate_is_one),
		cmocka_unit_test(changed_bytes_do_no_harm),
		cmocka_unit_test(parts_are_where_they_are),
		cmocka_unit_test(a_key_is_the_same_however_encoded),
		cmocka_unit_test(names_are_safe_to_show),
		cmocka_unit_test(a_long_name_is_cut_at_a_character),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
