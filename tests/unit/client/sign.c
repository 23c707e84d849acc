/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit tests of src/client/sign.c and request.c: what is sent for a signature,
 * and what is taken from the answer.
 */
#include "fake.h"

#include <jansson.h>
#include <sys/mman.h>

#include "base/b64.h"
#include "signet.h"

#define ANSWER                                                             \
	"{\"id\":\"r-1\",\"state\":\"released\",\"key\":\"pkcs11:id=%01\"," \
	"\"algorithm\":\"ES256\",\"format\":\"raw\",\"detached\":true,"    \
	"\"signature\":\"c2lnbmF0dXJl\",\"certificates\":[\"bGVhZg==\","   \
	"\"Y2E=\"]}"

/* One signature; the request's JSON, if wanted, and the signature. */
static int sign(const struct signet_request *r, const char *status,
		const char *body, json_t **sent, struct signet_signature **out)
{
	char *answer = fake_answer(status, body);
	const char *const answers[] = { answer };
	struct signet_client *c;
	struct fake f;
	int result;

	fake_start(&f, answers, 1);
	assert_int_equal(signet_client_new(&c), 0);
	assert_int_equal(signet_client_set_socket(c, f.path), 0);
	result = signet_client_sign(c, r, out);
	signet_client_free(c);
	fake_stop(&f);
	if (sent != NULL) {
		const char *text = strstr(buf_text(&f.request), "\r\n\r\n");

		assert_non_null(text);
		*sent = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(*sent);
	}
	buf_fini(&f.request);
	free(answer);
	return result;
}

static void expect_sent(const struct signet_request *r, const char *want)
{
	json_t *sent, *wanted = json_loads(want, 0, NULL);
	struct signet_signature *s;
	char *text;

	assert_non_null(wanted);
	assert_int_equal(sign(r, "201 Created", ANSWER, &sent, &s), 0);
	text = json_dumps(sent, JSON_COMPACT);
	if (!json_equal(sent, wanted))
		assert_string_equal(text, want);
	/* Whoever reads it as it comes knows all the rest before that. */
	assert_non_null(strstr(text, "\"content\":"));
	assert_null(strstr(strstr(text, "\"content\":"), "\"format\":"));
	free(text);
	json_decref(sent);
	json_decref(wanted);
	signet_signature_free(s);
}

static struct signet_request *request_of(const char *content)
{
	struct signet_request *r;

	assert_int_equal(signet_request_new(&r), 0);
	signet_request_set_bytes(r, content, strlen(content));
	return r;
}

static void sends_the_least(void **state)
{
	struct signet_request *r = request_of("hello");

	expect_sent(r, "{\"format\":\"cms\",\"detached\":true,\"content\":{"
		       "\"media_type\":\"application/octet-stream\","
		       "\"data\":\"aGVsbG8=\"}}");
	signet_request_free(r);
}

static void sends_everything(void **state)
{
	struct signet_request *r = request_of("");

	signet_request_set_format(r, SIGNET_RAW);
	signet_request_set_p1363(r, true);
	assert_int_equal(signet_request_set_key(r, "pkcs11:id=%02"), 0);
	assert_int_equal(signet_request_set_algorithm(r, "ES384"), 0);
	assert_int_equal(signet_request_set_media_type(r, "text/plain"), 0);
	assert_int_equal(signet_request_set_name(r, "a \"b\"\n\xc3\xa4"), 0);
	signet_request_set_expires(r, 1795435200);
	expect_sent(r, "{\"key\":\"pkcs11:id=%02\",\"algorithm\":\"ES384\","
		       "\"format\":\"raw\",\"encoding\":\"p1363\","
		       "\"expires\":\"2026-11-23T12:00:00Z\",\"content\":{"
		       "\"media_type\":\"text/plain\",\"name\":"
		       "\"a \\\"b\\\"\\n\xc3\xa4\",\"data\":\"\"}}");
	signet_request_free(r);
}

static void sends_a_digest(void **state)
{
	struct signet_request *r = request_of("");

	signet_request_set_format(r, SIGNET_JWS);
	assert_int_equal(signet_request_set_digest(r, "sha-256", "\1\2\3", 3),
			 0);
	expect_sent(r, "{\"format\":\"jws\",\"detached\":false,\"content\":{"
		       "\"digest\":{\"algorithm\":\"sha-256\",\"value\":"
		       "\"AQID\"}}}");
	signet_request_free(r);
}

static void refuses_no_content_and_no_text(void **state)
{
	struct signet_request *r;
	struct signet_client *c;
	struct signet_signature *s;

	assert_int_equal(signet_request_new(&r), 0);
	assert_int_equal(signet_client_new(&c), 0);
	assert_int_equal(signet_client_set_socket(c, "/nonexistent"), 0);
	assert_int_equal(signet_client_sign(c, r, &s), SIGNET_ERR_USAGE);
	signet_request_set_bytes(r, "x", 1);
	assert_int_equal(signet_request_set_name(r, "\xff\xfe"), 0);
	assert_int_equal(signet_client_sign(c, r, &s), SIGNET_ERR_USAGE);
	signet_client_free(c);
	signet_request_free(r);
}

static void gives_the_answer(void **state)
{
	struct signet_request *r = request_of("hello");
	struct signet_signature *s;
	size_t len;

	assert_int_equal(sign(r, "201 Created", ANSWER, NULL, &s), 0);
	assert_string_equal(signet_signature_id(s), "r-1");
	assert_string_equal(signet_signature_state(s), "released");
	assert_string_equal(signet_signature_key(s), "pkcs11:id=%01");
	assert_string_equal(signet_signature_algorithm(s), "ES256");
	assert_string_equal(signet_signature_format(s), "raw");
	assert_memory_equal(signet_signature_bytes(s, &len), "signature", 9);
	assert_int_equal(len, 9);
	assert_memory_equal(signet_signature_certificate(s, 0, &len), "leaf",
			    4);
	assert_int_equal(len, 4);
	assert_memory_equal(signet_signature_certificate(s, 1, &len), "ca", 2);
	assert_null(signet_signature_certificate(s, 2, &len));
	assert_int_equal(len, 0);
	assert_string_equal(signet_signature_json(s), ANSWER);
	signet_signature_free(s);
	signet_request_free(r);
}

static void writes_the_signature_to_the_output(void **state)
{
	struct signet_request *r = request_of("hello");
	struct signet_signature *s;
	char written[16] = "";
	size_t len;
	int fd = memfd_create("output", MFD_CLOEXEC);

	signet_request_set_output(r, fd);
	assert_int_equal(sign(r, "201 Created", ANSWER, NULL, &s), 0);
	assert_null(signet_signature_bytes(s, &len));
	assert_int_equal(len, 9);
	assert_int_equal(pread(fd, written, sizeof(written), 0), 9);
	assert_string_equal(written, "signature");
	assert_null(strstr(signet_signature_json(s), "\"signature\""));
	signet_signature_free(s);
	signet_request_free(r);
	close(fd);
}

static void keeps_the_output_clean_of_a_problem(void **state)
{
	struct signet_request *r = request_of("hello");
	struct signet_signature *s;
	int fd = memfd_create("output", MFD_CLOEXEC);

	signet_request_set_output(r, fd);
	assert_int_equal(sign(r, "422 Unprocessable Content",
			      "{\"code\":\"ambiguous\",\"detail\":\"two\","
			      "\"signature\":\"aGVsbG8=\"}", NULL, &s),
			 SIGNET_ERR_AMBIGUOUS);
	assert_int_equal(lseek(fd, 0, SEEK_END), 0);
	signet_request_free(r);
	close(fd);
}

static void takes_an_answer_that_is_not_released_yet(void **state)
{
	struct signet_request *r = request_of("hello");
	struct signet_signature *s;
	size_t len;

	signet_request_set_async(r, true);
	assert_int_equal(sign(r, "202 Accepted",
			      "{\"id\":\"r-2\",\"state\":\"received\"}", NULL,
			      &s), 0);
	assert_string_equal(signet_signature_state(s), "received");
	assert_null(signet_signature_bytes(s, &len));
	assert_string_equal(signet_signature_key(s), "");
	signet_signature_free(s);
	signet_request_free(r);
}

static void refuses_released_without_a_signature(void **state)
{
	struct signet_request *r = request_of("hello");
	struct signet_signature *s;

	assert_int_equal(sign(r, "201 Created",
			      "{\"id\":\"r\",\"state\":\"released\"}", NULL,
			      &s), SIGNET_ERR_PROTOCOL);
	assert_int_equal(sign(r, "201 Created",
			      "{\"id\":\"r\",\"state\":\"released\","
			      "\"signature\":\"*\"}", NULL, &s),
			 SIGNET_ERR_PROTOCOL);
	signet_request_free(r);
}

/* The connection dies behind the request: it may have been signed. */
static void never_sends_a_request_twice(void **state)
{
	char *answer = fake_answer("201 Created", ANSWER);
	const char *const answers[] = { answer, NULL, answer };
	struct signet_request *r = request_of("hello");
	struct signet_signature *s;
	struct signet_client *c;
	struct fake f;

	fake_start(&f, answers, 3);
	assert_int_equal(signet_client_new(&c), 0);
	assert_int_equal(signet_client_set_socket(c, f.path), 0);
	assert_int_equal(signet_client_sign(c, r, &s), 0);
	signet_signature_free(s);
	assert_int_equal(signet_client_sign(c, r, &s), SIGNET_ERR_PROTOCOL);
	assert_int_equal(f.requests, 2);
	/* ... but the next one is a new one. */
	assert_int_equal(signet_client_sign(c, r, &s), 0);
	signet_signature_free(s);
	signet_client_free(c);
	fake_stop(&f);
	buf_fini(&f.request);
	signet_request_free(r);
	free(answer);
}

/* A file through the body and, as an attached signature, back. */
static void carries_large_contents_both_ways(void **state)
{
	const size_t len = 5u * 1024 * 1024 + 1;
	struct buf content, text;
	struct signet_request *r;
	struct signet_signature *s;
	int in = memfd_create("in", MFD_CLOEXEC);
	int out = memfd_create("out", MFD_CLOEXEC);
	json_t *sent;
	uint8_t *back = malloc(len);

	buf_init(&content, len);
	buf_init(&text, 2 * len);
	memset(buf_reserve(&content, len), 0xa5, len);
	buf_commit(&content, len);
	assert_int_equal(fd_write_all(in, buf_slice(&content), NULL), 0);
	buf_put_str(&text, "{\"id\":\"r\",\"state\":\"released\","
			   "\"signature\":\"");
	b64_encode(B64_STD, buf_slice(&content), &text);
	buf_put_str(&text, "\"}");
	assert_int_equal(signet_request_new(&r), 0);
	assert_int_equal(signet_request_set_fd(r, in), 0);
	signet_request_set_output(r, out);
	assert_int_equal(sign(r, "201 Created", buf_text(&text), &sent, &s), 0);
	assert_int_equal(pread(out, back, len, 0), len);
	assert_memory_equal(back, content.ptr, len);
	assert_int_equal(json_string_length(json_object_get(
		json_object_get(sent, "content"), "data")),
		b64_encoded_len(B64_STD, len));
	json_decref(sent);
	signet_signature_free(s);
	signet_request_free(r);
	buf_fini(&content);
	buf_fini(&text);
	free(back);
	close(in);
	close(out);
}

static void asks_for_a_request_by_its_id(void **state)
{
	char *answer = fake_answer("200 OK", ANSWER);
	const char *const answers[] = { answer };
	struct signet_signature *s;
	struct signet_client *c;
	struct fake f;

	fake_start(&f, answers, 1);
	assert_int_equal(signet_client_new(&c), 0);
	assert_int_equal(signet_client_set_socket(c, f.path), 0);
	assert_int_equal(signet_client_signature(c, "r-1", &s), 0);
	signet_signature_free(s);
	assert_int_equal(signet_client_cancel(c, "r-1"), 0);
	assert_int_equal(signet_client_cancel(c, "../keys"),
			 SIGNET_ERR_NO_SUCH_REQUEST);
	signet_client_free(c);
	fake_stop(&f);
	assert_int_equal(f.requests, 2);
	assert_non_null(strstr(buf_text(&f.request),
			       "DELETE /v1/signatures/r-1 HTTP/1.1"));
	buf_fini(&f.request);
	free(answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sends_the_least),
		cmocka_unit_test(sends_everything),
		cmocka_unit_test(sends_a_digest),
		cmocka_unit_test(refuses_no_content_and_no_text),
		cmocka_unit_test(gives_the_answer),
		cmocka_unit_test(writes_the_signature_to_the_output),
		cmocka_unit_test(keeps_the_output_clean_of_a_problem),
		cmocka_unit_test(takes_an_answer_that_is_not_released_yet),
		cmocka_unit_test(refuses_released_without_a_signature),
		cmocka_unit_test(never_sends_a_request_twice),
		cmocka_unit_test(carries_large_contents_both_ways),
		cmocka_unit_test(asks_for_a_request_by_its_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
