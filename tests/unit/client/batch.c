/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit tests of src/client/order.c and signature.c: several items in a request,
 * and what comes back when all or only some of them were signed.
 */
#include "fake.h"

#include <jansson.h>

#include "base/limits.h"
#include "signet.h"

#define HEAD                                                                \
	"{\"id\":\"r-1\",\"state\":\"released\",\"key\":\"pkcs11:id=%01\"," \
	"\"algorithm\":\"ES256\",\"format\":\"cms\",\"detached\":true,"     \
	"\"certificates\":[\"bGVhZg==\"],"
#define BOTH "\"count\":2,\"signed\":2,\"items\":[" \
	"{\"signature\":\"b25l\"},{\"signature\":\"dHdv\"}]}"
#define BROKEN(members)                                                      \
	"{\"type\":\"urn:signet:problem:worker-lost\",\"title\":\"T\","      \
	"\"status\":424,\"code\":\"worker-lost\",\"detail\":\"D\","          \
	"\"request\":\"r-1\",\"retry\":false," members "}"
#define FIRST_OF_TWO                                                       \
	"\"key\":\"pkcs11:id=%01\",\"certificates\":[\"bGVhZg==\"],"       \
	"\"count\":2,\"signed\":1,\"items\":[{\"signature\":\"b25l\"}]"

struct exchange {
	struct fake fake;
	struct signet_client *client;
	char *answer;
	const char *answers[1];
};

static void start(struct exchange *x, const char *status, const char *body)
{
	x->answer = fake_answer(status, body);
	x->answers[0] = x->answer;
	fake_start(&x->fake, x->answers, 1);
	assert_int_equal(signet_client_new(&x->client), 0);
	assert_int_equal(signet_client_set_socket(x->client, x->fake.path), 0);
}

/* Ends it all; the JSON that was sent, for the caller to release. */
static json_t *stop(struct exchange *x)
{
	const char *text;
	json_t *sent = NULL;

	signet_client_free(x->client);
	fake_stop(&x->fake);
	text = strstr(buf_text(&x->fake.request), "\r\n\r\n");
	if (text != NULL)
		sent = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	buf_fini(&x->fake.request);
	free(x->answer);
	return sent;
}

static struct signet_request *two_items(void)
{
	struct signet_request *r;

	assert_int_equal(signet_request_new(&r), 0);
	assert_int_equal(signet_request_set_name(r, "a"), 0);
	signet_request_set_bytes(r, "hello", 5);
	assert_int_equal(signet_request_add(r), 0);
	assert_int_equal(signet_request_set_media_type(r, "text/plain"), 0);
	signet_request_set_bytes(r, "hi", 2);
	return r;
}

static int sign(struct exchange *x, const char *status, const char *body,
		struct signet_signature **out)
{
	struct signet_request *r = two_items();
	int result;

	start(x, status, body);
	result = signet_client_sign(x->client, r, out);
	signet_request_free(r);
	return result;
}

static void sends_the_items_in_order(void **state)
{
	json_t *want, *sent;
	struct signet_signature *s;
	struct exchange x;

	assert_int_equal(sign(&x, "201 Created", HEAD BOTH, &s), 0);
	signet_signature_free(s);
	sent = stop(&x);
	want = json_loads(
		"{\"format\":\"cms\",\"detached\":true,\"items\":["
		"{\"content\":{\"media_type\":\"application/octet-stream\","
		"\"name\":\"a\",\"data\":\"aGVsbG8=\"}},{\"content\":{"
		"\"media_type\":\"text/plain\",\"data\":\"aGk=\"}}]}", 0, NULL);
	assert_true(json_equal(sent, want));
	json_decref(sent);
	json_decref(want);
}

static void gives_each_signature(void **state)
{
	struct signet_signature *s;
	struct exchange x;
	size_t len;

	assert_int_equal(sign(&x, "201 Created", HEAD BOTH, &s), 0);
	assert_int_equal(signet_signature_count(s), 2);
	assert_int_equal(signet_signature_signed(s), 2);
	assert_memory_equal(signet_signature_item(s, 0, &len), "one", 3);
	assert_int_equal(len, 3);
	assert_memory_equal(signet_signature_item(s, 1, &len), "two", 3);
	assert_null(signet_signature_item(s, 2, &len));
	assert_int_equal(len, 0);
	assert_null(strstr(signet_signature_json(s), "items"));
	assert_null(signet_client_partial(x.client));
	signet_signature_free(s);
	json_decref(stop(&x));
}

static void refuses_answers_that_are_not_of_this_batch(void **state)
{
	static const char *const members[] = {
		"\"count\":2,\"signed\":1,\"items\":[{\"signature\":\"b25l\"}]",
		"\"count\":1,\"signed\":1,\"items\":[{\"signature\":\"b25l\"}]",
		"\"count\":1,\"items\":[{\"signature\":\"b25l\"},"
		"{\"signature\":\"b25l\"}]",
		"\"count\":2,\"items\":[{\"signature\":\"b25l\"},{}]",
		"\"count\":2,\"items\":[{\"signature\":\"b25l\"},7]",
		"\"count\":2,\"items\":[{\"signature\":\"*\"},"
		"{\"signature\":\"b25l\"}]",
		"\"items\":[]",
		"\"count\":-1,\"items\":[]",
		"\"signature\":\"b25l\"",
	};

	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		struct signet_signature *s;
		struct exchange x;
		char body[1024];

		snprintf(body, sizeof(body), "%s%s}", HEAD, members[i]);
		assert_int_equal(sign(&x, "201 Created", body, &s),
				 SIGNET_ERR_PROTOCOL);
		json_decref(stop(&x));
	}
}

static void keeps_what_was_signed_before_a_batch_broke_off(void **state)
{
	const struct signet_signature *s;
	const struct signet_error *e;
	struct signet_signature *none;
	struct exchange x;
	size_t len;

	assert_int_equal(sign(&x, "424 Failed Dependency",
			      BROKEN(FIRST_OF_TWO), &none),
			 SIGNET_ERR_WORKER_LOST);
	e = signet_client_error(x.client);
	assert_string_equal(signet_error_detail(e), "D");
	assert_false(signet_error_retry(e));
	assert_null(strstr(signet_error_json(e), "b25l"));
	s = signet_client_partial(x.client);
	assert_non_null(s);
	assert_int_equal(signet_signature_count(s), 2);
	assert_int_equal(signet_signature_signed(s), 1);
	assert_memory_equal(signet_signature_item(s, 0, &len), "one", 3);
	assert_null(signet_signature_item(s, 1, &len));
	assert_string_equal(signet_signature_id(s), "r-1");
	assert_string_equal(signet_signature_key(s), "pkcs11:id=%01");
	assert_non_null(signet_signature_certificate(s, 0, &len));
	assert_string_equal(signet_signature_json(s),
			    "{\"key\":\"pkcs11:id=%01\",\"certificates\":"
			    "[\"bGVhZg==\"],\"count\":2,\"signed\":1,"
			    "\"id\":\"r-1\",\"state\":\"failed\","
			    "\"format\":\"cms\"}");
	/* Until the next call. */
	assert_int_equal(signet_client_cancel(x.client, "?"),
			 SIGNET_ERR_NO_SUCH_REQUEST);
	assert_null(signet_client_partial(x.client));
	json_decref(stop(&x));
}

static void is_told_when_nothing_was_signed(void **state)
{
	static const char *const members[] = {
		"\"count\":2,\"signed\":0,\"items\":[]", "\"items\":null",
		"\"x\":1",
	};

	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		struct signet_signature *s;
		struct exchange x;
		char body[1024];

		snprintf(body, sizeof(body), BROKEN("%s"), members[i]);
		assert_int_equal(sign(&x, "424 Failed Dependency", body, &s),
				 SIGNET_ERR_WORKER_LOST);
		assert_null(signet_client_partial(x.client));
		json_decref(stop(&x));
	}
}

/* The failure that is told stays the first one. */
static void takes_no_broken_results(void **state)
{
	struct signet_signature *s;
	struct exchange x;

	assert_int_equal(sign(&x, "424 Failed Dependency",
			      BROKEN("\"count\":2,\"items\":[{}]"), &s),
			 SIGNET_ERR_WORKER_LOST);
	assert_null(signet_client_partial(x.client));
	assert_non_null(strstr(signet_error_detail(
		signet_client_error(x.client)), "cannot be read"));
	json_decref(stop(&x));
}

static void refuses_what_a_batch_cannot_be(void **state)
{
	struct signet_request *r = two_items();
	struct signet_signature *s;
	struct signet_client *c;
	char *half = calloc(1, LIMIT_CONTENT / 2 + 1);

	assert_int_equal(signet_client_new(&c), 0);
	assert_int_equal(signet_client_set_socket(c, "/nonexistent"), 0);
	signet_request_set_output(r, 1);
	assert_int_equal(signet_client_sign(c, r, &s), SIGNET_ERR_USAGE);
	signet_request_set_output(r, -1);
	assert_int_equal(signet_request_add(r), 0);
	assert_int_equal(signet_client_sign(c, r, &s), SIGNET_ERR_USAGE);
	assert_non_null(strstr(signet_error_detail(signet_client_error(c)),
			       "item 3"));
	signet_request_set_bytes(r, half, LIMIT_CONTENT / 2 + 1);
	assert_int_equal(signet_request_add(r), 0);
	signet_request_set_bytes(r, half, LIMIT_CONTENT / 2 + 1);
	assert_int_equal(signet_client_sign(c, r, &s), SIGNET_ERR_NO_DAEMON);
	signet_request_set_detached(r, false);
	assert_int_equal(signet_client_sign(c, r, &s), SIGNET_ERR_TOO_LARGE);
	for (size_t i = 4; i < LIMIT_BATCH; i++)
		assert_int_equal(signet_request_add(r), 0);
	assert_int_equal(signet_request_add(r), SIGNET_ERR_TOO_LARGE);
	/* Without those that have no content it is a batch again. */
	for (size_t i = 3; i < LIMIT_BATCH; i++)
		signet_request_drop(r);
	signet_request_set_detached(r, true);
	assert_int_equal(signet_client_sign(c, r, &s), SIGNET_ERR_NO_DAEMON);
	for (size_t i = 0; i < 4; i++)
		signet_request_drop(r);
	assert_int_equal(signet_client_sign(c, r, &s), SIGNET_ERR_USAGE);
	signet_client_free(c);
	signet_request_free(r);
	free(half);
}

/* --- payments ----------------------------------------------------------- */

static void sends_a_payment_as_one(void **state)
{
	static const char text[] = " { \"total\": {\"value\":\"1.00\"},"
				   " \"payee\": {\"name\":\"\\u00e4\"} } ";
	static const char canonical[] =
		"{\"payee\":{\"name\":\"\xc3\xa4\"},"
		"\"total\":{\"value\":\"1.00\"}}";
	struct signet_signature *s;
	struct signet_request *r;
	struct exchange x;
	json_t *sent, *want;
	size_t len;

	assert_int_equal(signet_request_new(&r), 0);
	assert_null(signet_request_payment(r, &len));
	assert_int_equal(signet_request_set_payment(r, text, strlen(text)), 0);
	assert_memory_equal(signet_request_payment(r, &len), canonical,
			    strlen(canonical));
	assert_int_equal(len, strlen(canonical));
	start(&x, "201 Created", HEAD "\"signature\":\"b25l\"}");
	assert_int_equal(signet_client_sign(x.client, r, &s), 0);
	assert_int_equal(signet_signature_signed(s), 1);
	signet_signature_free(s);
	signet_request_free(r);
	sent = stop(&x);
	want = json_loads("{\"format\":\"cms\",\"detached\":true,\"content\":{"
			  "\"media_type\":"
			  "\"application/vnd.signet.payment+json\","
			  "\"payment\":{\"payee\":{\"name\":\"\xc3\xa4\"},"
			  "\"total\":{\"value\":\"1.00\"}}}}", 0, NULL);
	assert_true(json_equal(sent, want));
	json_decref(sent);
	json_decref(want);
}

static void refuses_a_payment_that_is_none(void **state)
{
	static const char *const texts[] = {
		"", "[]", "7", "{", "{} {}", "{\"a\":1,\"a\":1}",
		"{\"a\":\"\xff\"}",
	};
	struct signet_request *r;
	char *large = malloc(LIMIT_PAYMENT + 1);

	assert_int_equal(signet_request_new(&r), 0);
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		assert_int_equal(signet_request_set_payment(
			r, texts[i], strlen(texts[i])), SIGNET_ERR_CONTENT);
	memset(large, ' ', LIMIT_PAYMENT + 1);
	assert_int_equal(signet_request_set_payment(r, large,
						    LIMIT_PAYMENT + 1),
			 SIGNET_ERR_TOO_LARGE);
	signet_request_free(r);
	free(large);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sends_the_items_in_order),
		cmocka_unit_test(gives_each_signature),
		cmocka_unit_test(refuses_answers_that_are_not_of_this_batch),
		cmocka_unit_test(
			keeps_what_was_signed_before_a_batch_broke_off),
		cmocka_unit_test(is_told_when_nothing_was_signed),
		cmocka_unit_test(takes_no_broken_results),
		cmocka_unit_test(refuses_what_a_batch_cannot_be),
		cmocka_unit_test(sends_a_payment_as_one),
		cmocka_unit_test(refuses_a_payment_that_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
