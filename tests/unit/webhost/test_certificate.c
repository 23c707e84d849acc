/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_certificate: which key of a list Web eID means, and its algorithms.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/err.h"
#include "webhost/certificate.h"

/* 2026-11-23T12:00:00Z */
#define NOW 1795435200

static struct error e;

/* A key as GET /v1/keys has it, valid now. */
static json_t *key(const char *uri, const char *usages, const char *algorithms)
{
	json_t *usage = json_loads(usages, 0, NULL);
	json_t *algs = json_loads(algorithms, 0, NULL);

	return json_pack("{s:s, s:o, s:{s:s, s:s, s:s, s:O, s:o}}", "uri", uri,
			 "algorithms", algs, "certificate", "der", "AQID",
			 "not_before", "2026-01-01T00:00:00Z", "not_after",
			 "2027-01-01T00:00:00Z", "usages", usage,
			 "extended_usages", usage);
}

static json_t *list_of(json_t *a, json_t *b)
{
	return json_pack("[o,o]", a, b);
}

/* The one of the two that is taken has this URI; NULL: neither. */
static void chosen(json_t *a, json_t *b, const char *uri)
{
	json_t *list = list_of(a, b);
	const json_t *found;
	int r = certificate_choose(list, NOW, &found, &e);

	if (uri == NULL) {
		assert_int_equal(r, ERR_NO_SUCH_KEY);
	} else {
		assert_int_equal(r, 0);
		assert_string_equal(json_string_value(
			json_object_get(found, "uri")), uri);
	}
	json_decref(list);
}

#define SIGNS "[\"digitalSignature\",\"nonRepudiation\"]"
#define OTHER "[\"digitalSignature\"]"
#define SIGNS_IN "[\"nonRepudiation\",\"clientAuth\"]"
#define ES "[\"ES256\"]"

static void non_repudiation_comes_first(void **state)
{
	chosen(key("b", SIGNS, ES), key("a", OTHER, ES), "b");
	chosen(key("a", OTHER, ES), key("b", SIGNS, ES), "b");
	chosen(key("b", OTHER, ES), key("a", OTHER, ES), "a");
	chosen(key("a", SIGNS, ES), key("b", SIGNS, ES), "a");
}

static void some_are_never_taken(void **state)
{
	json_t *bare = key("a", SIGNS, ES);

	chosen(key("a", SIGNS_IN, ES), key("b", OTHER, ES), "b");
	chosen(key("a", SIGNS, "[\"EdDSA\"]"), key("b", OTHER, ES), "b");
	json_object_set_new(bare, "certificate", json_null());
	chosen(bare, key("a", SIGNS_IN, ES), NULL);
}

static void those_of_another_time_are_not_taken(void **state)
{
	json_t *old = key("a", SIGNS, ES), *coming = key("b", SIGNS, ES);

	json_object_set_new(json_object_get(old, "certificate"), "not_after",
			    json_string("2026-11-23T12:00:00Z"));
	json_object_set_new(json_object_get(coming, "certificate"),
			    "not_before", json_string("2026-11-23T12:00:01Z"));
	chosen(old, coming, NULL);
}

static void a_certificate_names_its_key(void **state)
{
	json_t *list = list_of(key("a", OTHER, ES), key("b", OTHER, ES));
	const json_t *found;

	assert_int_equal(certificate_find(list, slice_of("\1\2\3", 3), &found,
					  &e), 0);
	assert_int_equal(certificate_find(list, slice_of("\1\2\4", 3), &found,
					  &e), ERR_NO_SUCH_KEY);
	json_decref(list);
}

static void algorithms_are(const char *jose, const char *wanted)
{
	json_t *k = key("a", OTHER, jose);
	struct buf text = { .max = 1024 };
	struct writer j = writer_of(&text);

	certificate_put_algorithms(&j, k);
	assert_string_equal(buf_text(&text), wanted);
	buf_fini(&text);
	json_decref(k);
}

#define ALGORITHM(crypto, hash, padding)                                      \
	"{\"cryptoAlgorithm\":\"" crypto "\",\"hashFunction\":\"SHA-" hash     \
	"\",\"paddingScheme\":\"" padding "\"}"
#define SUPPORTED "\"supportedSignatureAlgorithms\":"

static void algorithms_are_those_of_the_key(void **state)
{
	algorithms_are("[\"ES384\"]",
		       SUPPORTED "[" ALGORITHM("ECC", "384", "NONE") "]");
	/* Nobody says which padding: the one that all can verify. */
	algorithms_are("[\"PS256\",\"RS256\",\"PS512\"]", SUPPORTED "["
		       ALGORITHM("RSA", "256", "PKCS1.5") ","
		       ALGORITHM("RSA", "512", "PSS") "]");
	algorithms_are("[\"EdDSA\"]", SUPPORTED "[]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(non_repudiation_comes_first),
		cmocka_unit_test(some_are_never_taken),
		cmocka_unit_test(those_of_another_time_are_not_taken),
		cmocka_unit_test(a_certificate_names_its_key),
		cmocka_unit_test(algorithms_are_those_of_the_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
