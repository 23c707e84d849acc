/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit tests of src/client/http.c, error.c and client.c: what becomes of the
 * answers and non-answers of signetd.
 */
#include "fake.h"

#include "client/error.h"
#include "client/http.h"
#include "signet.h"

#define EMPTY_TOKENS "{\"tokens\":[]}"

static struct signet_client *connect_to(const struct fake *f)
{
	struct signet_client *c;

	assert_int_equal(signet_client_new(&c), 0);
	assert_int_equal(signet_client_set_socket(c, f->path), 0);
	return c;
}

/* Asks for the tokens once; the error, if any, is compared. */
static void expect(const char *answer, int code, const char *detail)
{
	const char *const answers[] = { answer };
	struct signet_tokens *t = NULL;
	struct signet_client *c;
	struct fake f;

	fake_start(&f, answers, 1);
	c = connect_to(&f);
	assert_int_equal(signet_client_tokens(c, &t), code);
	assert_int_equal(signet_error_code(signet_client_error(c)), code);
	if (detail != NULL)
		assert_string_equal(
			signet_error_detail(signet_client_error(c)), detail);
	signet_tokens_free(t);
	signet_client_free(c);
	fake_stop(&f);
	buf_fini(&f.request);
}

static void expect_body(const char *status, const char *body, int code,
			const char *detail)
{
	char *answer = fake_answer(status, body);

	expect(answer, code, detail);
	free(answer);
}

static void keeps_one_connection(void **state)
{
	char *answer = fake_answer("200 OK", EMPTY_TOKENS);
	const char *const answers[] = { answer };
	struct signet_tokens *t;
	struct signet_client *c;
	struct fake f;

	fake_start(&f, answers, 1);
	c = connect_to(&f);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(signet_client_tokens(c, &t), 0);
		assert_null(signet_tokens_at(t, 0));
		assert_string_equal(signet_tokens_json(t), EMPTY_TOKENS);
		signet_tokens_free(t);
	}
	signet_client_free(c);
	fake_stop(&f);
	assert_int_equal(f.connections, 1);
	assert_int_equal(f.requests, 5);
	assert_non_null(strstr(buf_text(&f.request),
			       "GET /v1/tokens HTTP/1.1\r\n"
			       "Host: localhost\r\n"));
	buf_fini(&f.request);
	free(answer);
}

static void tells_what_a_problem_document_says(void **state)
{
	static const char problem[] =
		"{\"type\":\"urn:signet:problem:module-failed\","
		"\"title\":\"T\","
		"\"status\":424,\"code\":\"module-failed\",\"detail\":\"D\","
		"\"ckr\":\"CKR_DEVICE_ERROR\",\"request\":\"r-1\","
		"\"retry\":false}";
	char *answer = fake_answer("424 Failed Dependency", problem);
	const char *const answers[] = { answer };
	const struct signet_error *e;
	struct signet_tokens *t;
	struct signet_client *c;
	struct fake f;

	fake_start(&f, answers, 1);
	c = connect_to(&f);
	assert_int_equal(signet_client_tokens(c, &t), SIGNET_ERR_MODULE);
	e = signet_client_error(c);
	assert_int_equal(signet_error_kind(e), SIGNET_FAULT);
	assert_string_equal(signet_error_word(e), "module-failed");
	assert_string_equal(signet_error_title(e), "T");
	assert_string_equal(signet_error_detail(e), "D");
	assert_string_equal(signet_error_ckr(e), "CKR_DEVICE_ERROR");
	assert_string_equal(signet_error_request(e), "r-1");
	assert_false(signet_error_retry(e));
	assert_string_equal(signet_error_json(e), problem);
	signet_client_free(c);
	fake_stop(&f);
	buf_fini(&f.request);
	free(answer);
}

static void takes_the_word_of_a_newer_signetd(void **state)
{
	expect_body("403 Forbidden",
		    "{\"code\":\"brand-new\",\"detail\":\"D\"}",
		    SIGNET_ERR_INTERNAL, "D");
}

static void refuses_what_is_no_answer_of_ours(void **state)
{
	expect_body("200 OK", "<html>", SIGNET_ERR_PROTOCOL, NULL);
	expect_body("200 OK", "{\"tokens\":{}}", SIGNET_ERR_PROTOCOL, NULL);
	expect_body("200 OK", "{\"tokens\":[{\"uri\":7}]}", SIGNET_ERR_PROTOCOL,
		    NULL);
	expect_body("200 OK", "{\"tokens\":[],\"tokens\":[]}",
		    SIGNET_ERR_PROTOCOL, NULL);
	expect_body("500 Oops", "<html>", SIGNET_ERR_PROTOCOL, NULL);
	expect("garbage\r\n\r\n", SIGNET_ERR_PROTOCOL, NULL);
}

static void notices_a_connection_that_closes(void **state)
{
	expect(NULL, SIGNET_ERR_PROTOCOL, NULL);
}

static void says_that_nobody_listens(void **state)
{
	struct signet_tokens *t;
	struct signet_client *c;

	assert_int_equal(signet_client_new(&c), 0);
	assert_int_equal(signet_client_set_socket(c, "/nonexistent/sock"), 0);
	assert_int_equal(signet_client_tokens(c, &t), SIGNET_ERR_NO_DAEMON);
	assert_true(signet_error_retry(signet_client_error(c)));
	assert_non_null(strstr(signet_error_json(signet_client_error(c)),
			       "\"type\":\"urn:signet:problem:no-daemon\""));
	signet_client_free(c);
}

static void ends_at_the_time_limit(void **state)
{
	const char *const answers[] = { "HTTP/1.1 200 OK\r\n" };
	struct signet_tokens *t;
	struct signet_client *c;
	struct fake f;

	fake_start(&f, answers, 1);
	c = connect_to(&f);
	signet_client_set_timeout(c, 50);
	assert_int_equal(signet_client_tokens(c, &t), SIGNET_ERR_DEADLINE);
	signet_client_free(c);
	fake_stop(&f);
	buf_fini(&f.request);
}

static void uses_no_proxy(void **state)
{
	char *answer = fake_answer("200 OK", EMPTY_TOKENS);

	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("all_proxy", "http://127.0.0.1:1", 1);
	expect(answer, 0, NULL);
	unsetenv("http_proxy");
	unsetenv("all_proxy");
	free(answer);
}

static void refuses_a_socket_path_that_cannot_be(void **state)
{
	char path[200];
	struct signet_client *c;

	assert_int_equal(signet_client_new(&c), 0);
	memset(path, 'x', sizeof(path) - 1);
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(signet_client_set_socket(c, path), SIGNET_ERR_CONFIG);
	assert_int_equal(signet_client_set_socket(c, "relative"),
			 SIGNET_ERR_CONFIG);
	signet_client_free(c);
}

static void encodes_a_query(void **state)
{
	struct buf path;

	buf_init(&path, 200);
	buf_put_str(&path, "/v1/keys");
	client_http_query(&path, "a", NULL);
	client_http_query(&path, "token", "pkcs11:serial=1;x=\xc3\xa4&b c%20");
	client_http_query(&path, "b", "");
	assert_string_equal(buf_text(&path),
			    "/v1/keys?token=pkcs11%3Aserial%3D1%3Bx%3D%C3%A4"
			    "%26b%20c%2520&b=");
	buf_fini(&path);
}

/* signet.h repeats src/base/err.def, which it cannot include. */
static void numbers_are_those_of_the_list(void **state)
{
#define ERR(name, number, code, http, kind, retry, title) \
	assert_int_equal(SIGNET_ERR_##name, number);
#include "base/err.def"
#undef ERR
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_one_connection),
		cmocka_unit_test(tells_what_a_problem_document_says),
		cmocka_unit_test(takes_the_word_of_a_newer_signetd),
		cmocka_unit_test(refuses_what_is_no_answer_of_ours),
		cmocka_unit_test(notices_a_connection_that_closes),
		cmocka_unit_test(says_that_nobody_listens),
		cmocka_unit_test(ends_at_the_time_limit),
		cmocka_unit_test(uses_no_proxy),
		cmocka_unit_test(refuses_a_socket_path_that_cannot_be),
		cmocka_unit_test(encodes_a_query),
		cmocka_unit_test(numbers_are_those_of_the_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
