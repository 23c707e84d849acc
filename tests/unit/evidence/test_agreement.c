/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_agreement: each way in which what a person signed to agree may be
 * another one than the record says.
 */
#include "../format/verdict.h"

#include <jansson.h>

#include "evidence/agreement.h"
#include "evidence/chain.h"

#define DIGEST "5891b5b522d5df086d0ff0b110fbd9d2" \
	"1bb4fc7163af34d08286a2e846f6be03"

/* What this token signs of this request and these contents. */
static void agreed(const struct token *t, const char *request,
		   const char *digest, struct buf *out)
{
	char text[256];
	int n = snprintf(text, sizeof(text), "{\"items\":[{\"digest\":\"%s\"}],"
			 "\"request\":\"%s\"}", digest, request);
	struct format_input in = { .kind = FORMAT_JWS,
				   .alg = format_alg_by_name("ES256"),
				   .content = slice_of(text, (size_t)n) };

	token_make(t, &in, out);
}

static json_t *event_of(const char *request, const char *digest)
{
	return json_pack("{s:s, s:[{s:s}]}", "request", request, "items",
			 "content", digest);
}

static json_t *recorded(struct slice signature, struct slice certificate)
{
	char hex[2][2 * CHAIN_HASH + 1];
	uint8_t hash[CHAIN_HASH];

	chain_hash(signature, hash);
	hex_encode(slice_of(hash, sizeof(hash)), hex[0]);
	chain_hash(certificate, hash);
	hex_encode(slice_of(hash, sizeof(hash)), hex[1]);
	return json_pack("{s:s, s:s}", "signature", hex[0], "certificate",
			 hex[1]);
}

/* jws is there, and stated is what the record says of it; NULL: it is good. */
static void assert_told(const json_t *event, struct slice jws,
			struct slice stated, struct slice certificate,
			const char *why)
{
	json_t *approval = recorded(stated, certificate);
	struct error e;
	int r = agreement_check(event, approval, jws, &e);

	json_decref(approval);
	assert_int_equal(r, why == NULL ? 0 : ERR_BAD_SIGNATURE);
	if (why != NULL)
		assert_string_equal(e.message, why);
}

/* ECDSA gives another signature each time: all else of it is right. */
static void one_that_the_same_key_made_of_the_same_is_another(void **state)
{
	struct buf first AUTO(buf_fini) = { .max = 65536 };
	struct buf second AUTO(buf_fini) = { .max = 65536 };
	json_t *event = event_of("r1", DIGEST);
	struct slice cert = p256.fk.certificate;

	agreed(&p256, "r1", DIGEST, &first);
	agreed(&p256, "r1", DIGEST, &second);
	assert_told(event, buf_slice(&first), buf_slice(&first), cert, NULL);
	assert_told(event, buf_slice(&second), buf_slice(&second), cert, NULL);
	assert_told(event, buf_slice(&second), buf_slice(&first), cert,
		    "it is not the one that was recorded");
	json_decref(event);
}

static void what_is_signed_and_by_whom_is_as_recorded(void **state)
{
	struct buf jws AUTO(buf_fini) = { .max = 65536 };
	json_t *request = event_of("r2", DIGEST), *content;
	json_t *same = event_of("r1", DIGEST);

	content = event_of("r1", "00" DIGEST);
	agreed(&p256, "r1", DIGEST, &jws);
	assert_told(same, buf_slice(&jws), buf_slice(&jws),
		    ca.fk.certificate, "it is by another certificate");
	assert_told(request, buf_slice(&jws), buf_slice(&jws),
		    p256.fk.certificate, "it is of another request");
	assert_told(content, buf_slice(&jws), buf_slice(&jws),
		    p256.fk.certificate, "it is of other contents");
	jws.ptr[jws.len - 5] = jws.ptr[jws.len - 5] == 'A' ? 'B' : 'A';
	assert_told(same, buf_slice(&jws), buf_slice(&jws),
		    p256.fk.certificate,
		    "its signature is not one by its certificate");
	json_decref(request);
	json_decref(content);
	json_decref(same);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			one_that_the_same_key_made_of_the_same_is_another),
		cmocka_unit_test(what_is_signed_and_by_whom_is_as_recorded),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
