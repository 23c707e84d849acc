/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit tests of src/client/status.c, tokens.c, keys.c and list.c.
 */
#include "fake.h"

#include "signet.h"

#define PROBLEM                                                             \
	"{\"type\":\"urn:signet:problem:module-failed\",\"title\":\"T\","   \
	"\"code\":\"module-failed\",\"detail\":\"D\"}"

#define STATUS                                                              \
	"{\"version\":\"1.2.3\",\"uptime_seconds\":90061,"                  \
	"\"state\":\"ready\",\"modules\":[{\"name\":\"soft\","              \
	"\"path\":\"/m.so\",\"state\":\"ready\",\"description\":\"S\","     \
	"\"version\":\"2.6\","                                             \
	"\"workers\":[{\"pid\":1,\"state\":\"ready\",\"restarts\":2},"      \
	"{\"pid\":2,\"state\":\"ready\",\"restarts\":3}],"                  \
	"\"last_error\":null},{\"name\":\"bad\",\"path\":\"/b.so\","        \
	"\"state\":\"failed\",\"description\":null,\"workers\":[],"        \
	"\"last_error\":" PROBLEM "}],"                                     \
	"\"health\":{\"status\":\"unhealthy\",\"reasons\":[\"A\",\"B\"]},"  \
	"\"tokens\":3,\"queue\":4,\"limits\":{\"content\":67108864},"       \
	"\"new\":1}"

#define TOKENS                                                              \
	"{\"tokens\":[{\"uri\":\"pkcs11:serial=1\",\"label\":\"L\","        \
	"\"serial\":\"1\",\"manufacturer\":\"M\",\"model\":\"N\","          \
	"\"slot\":7,\"module\":\"soft\",\"state\":\"ready\","               \
	"\"login_required\":true,\"pinpad\":false,\"pin\":\"final-try\","   \
	"\"unattended\":true,\"keys\":5,\"error\":null}]}"

#define KEYS                                                                \
	"{\"keys\":[{\"uri\":\"pkcs11:id=%01\",\"token\":\"pkcs11:serial=1\","\
	"\"label\":\"pay\",\"id\":\"01\",\"type\":\"EC\",\"size\":256,"     \
	"\"curve\":\"P-256\",\"algorithms\":[\"ES256\",\"X\"],"             \
	"\"always_authenticate\":true,\"public_key\":\"c3BraQ==\","         \
	"\"certificate\":{\"der\":\"ZGVy\",\"subject\":\"CN=s\","           \
	"\"issuer\":\"CN=i\",\"serial\":\"0a\","                            \
	"\"not_before\":\"2026-01-01T00:00:00Z\","                          \
	"\"not_after\":\"2027-01-01T00:00:00Z\","                           \
	"\"usages\":[\"digitalSignature\"],"                                \
	"\"extended_usages\":[\"clientAuth\"],\"x5t#S256\":\"tp\"},"        \
	"\"warnings\":[\"expires\"]},"                                      \
	"{\"uri\":\"pkcs11:id=%02\",\"token\":\"pkcs11:serial=1\","         \
	"\"label\":\"bare\",\"id\":\"02\",\"type\":\"RSA\",\"size\":2048,"  \
	"\"curve\":null,\"algorithms\":[],\"always_authenticate\":false,"   \
	"\"public_key\":\"c3BraQ==\",\"certificate\":null,\"warnings\":[]}]}"

#define ORIGINS                                                             \
	"{\"origins\":[{\"origin\":\"https://a.example\","                  \
	"\"by\":\"page\",\"since\":\"2026-01-01T00:00:00Z\"}]}"

struct setup {
	struct fake fake;
	struct signet_client *client;
	char *answer;
	const char *answers[1];
};

static void start(struct setup *s, const char *body)
{
	s->answer = fake_answer("200 OK", body);
	s->answers[0] = s->answer;
	fake_start(&s->fake, s->answers, 1);
	assert_int_equal(signet_client_new(&s->client), 0);
	assert_int_equal(signet_client_set_socket(s->client, s->fake.path), 0);
}

static void stop(struct setup *s)
{
	signet_client_free(s->client);
	fake_stop(&s->fake);
	buf_fini(&s->fake.request);
	free(s->answer);
}

static void reads_a_status(void **state)
{
	const struct signet_module *m;
	struct signet_status *st;
	struct setup s;

	start(&s, STATUS);
	assert_int_equal(signet_client_status(s.client, &st), 0);
	assert_string_equal(signet_status_version(st), "1.2.3");
	assert_string_equal(signet_status_state(st), "ready");
	assert_int_equal(signet_status_uptime(st), 90061);
	assert_string_equal(signet_status_reason(st, 0), "A");
	assert_string_equal(signet_status_reason(st, 1), "B");
	assert_null(signet_status_reason(st, 2));
	assert_int_equal(signet_status_tokens(st), 3);
	assert_int_equal(signet_status_queue(st), 4);
	assert_int_equal(signet_status_limit(st, "content"), 67108864);
	assert_int_equal(signet_status_limit(st, "other"), -1);
	assert_string_equal(signet_status_json(st), STATUS);
	m = signet_status_module(st, 0);
	assert_string_equal(signet_module_name(m), "soft");
	assert_string_equal(signet_module_path(m), "/m.so");
	assert_string_equal(signet_module_state(m), "ready");
	assert_string_equal(signet_module_description(m), "S");
	assert_string_equal(signet_module_version(m), "2.6");
	assert_int_equal(signet_module_workers(m), 2);
	assert_int_equal(signet_module_restarts(m), 5);
	assert_null(signet_module_error(m));
	m = signet_status_module(st, 1);
	assert_string_equal(signet_module_description(m), "");
	assert_string_equal(signet_module_version(m), "");
	assert_string_equal(signet_module_error(m), "D");
	assert_null(signet_status_module(st, 2));
	signet_status_free(st);
	stop(&s);
}

static void reads_tokens(void **state)
{
	const struct signet_token *t;
	struct signet_tokens *ts;
	struct setup s;

	start(&s, TOKENS);
	assert_int_equal(signet_client_tokens(s.client, &ts), 0);
	t = signet_tokens_at(ts, 0);
	assert_string_equal(signet_token_uri(t), "pkcs11:serial=1");
	assert_string_equal(signet_token_label(t), "L");
	assert_string_equal(signet_token_serial(t), "1");
	assert_string_equal(signet_token_manufacturer(t), "M");
	assert_string_equal(signet_token_model(t), "N");
	assert_string_equal(signet_token_module(t), "soft");
	assert_string_equal(signet_token_state(t), "ready");
	assert_string_equal(signet_token_pin(t), "final-try");
	assert_true(signet_token_login_required(t));
	assert_false(signet_token_pinpad(t));
	assert_true(signet_token_unattended(t));
	assert_int_equal(signet_token_keys(t), 5);
	assert_null(signet_token_error(t));
	assert_null(signet_tokens_at(ts, 1));
	assert_string_equal(signet_tokens_json(ts), TOKENS);
	signet_tokens_free(ts);
	stop(&s);
}

static void reads_pages(void **state)
{
	const struct signet_origin *o;
	struct signet_origins *os;
	struct setup s;

	start(&s, ORIGINS);
	assert_int_equal(signet_client_origins(s.client, &os), 0);
	o = signet_origins_at(os, 0);
	assert_string_equal(signet_origin_name(o), "https://a.example");
	assert_string_equal(signet_origin_by(o), "page");
	assert_string_equal(signet_origin_since(o), "2026-01-01T00:00:00Z");
	assert_null(signet_origins_at(os, 1));
	assert_string_equal(signet_origins_json(os), ORIGINS);
	signet_origins_free(os);
	stop(&s);
}

/* The last request had this text. */
static void stop_and_see(struct setup *s, const char *text)
{
	signet_client_free(s->client);
	fake_stop(&s->fake);
	assert_non_null(strstr(buf_text(&s->fake.request), text));
	buf_fini(&s->fake.request);
	free(s->answer);
}

static void allows_a_page_and_takes_it_back(void **state)
{
	struct setup s;

	start(&s, "{\"origin\":\"o\"}");
	assert_int_equal(signet_client_origin_allow(s.client, "https://a\""),
			 0);
	stop_and_see(&s, "{\"origin\":\"https://a\\\"\"}");
	start(&s, "{\"origin\":\"o\"}");
	assert_int_equal(signet_client_origin_revoke(s.client,
						     "https://a:1&b=c"), 0);
	stop_and_see(&s, "DELETE /v1/origins?origin=https%3A%2F%2Fa%3A1%26b%3Dc"
		     " HTTP/1.1");
}

static void check_certificate(const struct signet_key *k)
{
	size_t len;

	assert_memory_equal(signet_key_certificate(k, &len), "der", 3);
	assert_int_equal(len, 3);
	assert_string_equal(signet_key_subject(k), "CN=s");
	assert_string_equal(signet_key_issuer(k), "CN=i");
	assert_string_equal(signet_key_serial(k), "0a");
	assert_string_equal(signet_key_not_before(k), "2026-01-01T00:00:00Z");
	assert_string_equal(signet_key_not_after(k), "2027-01-01T00:00:00Z");
	assert_string_equal(signet_key_thumbprint(k), "tp");
	assert_string_equal(signet_key_usage(k, 0), "digitalSignature");
	assert_null(signet_key_usage(k, 1));
	assert_string_equal(signet_key_extended_usage(k, 0), "clientAuth");
}

static void reads_keys(void **state)
{
	const struct signet_key *k;
	struct signet_keys *ks;
	struct setup s;
	size_t len;

	start(&s, KEYS);
	assert_int_equal(signet_client_keys(s.client, "pkcs11:serial=1", NULL,
					    "clientAuth", &ks), 0);
	k = signet_keys_at(ks, 0);
	assert_string_equal(signet_key_uri(k), "pkcs11:id=%01");
	assert_string_equal(signet_key_token(k), "pkcs11:serial=1");
	assert_string_equal(signet_key_label(k), "pay");
	assert_string_equal(signet_key_id(k), "01");
	assert_string_equal(signet_key_type(k), "EC");
	assert_int_equal(signet_key_size(k), 256);
	assert_string_equal(signet_key_curve(k), "P-256");
	assert_string_equal(signet_key_algorithm(k, 1), "X");
	assert_null(signet_key_algorithm(k, 2));
	assert_true(signet_key_always_authenticate(k));
	assert_memory_equal(signet_key_public_key(k, &len), "spki", 4);
	assert_string_equal(signet_key_warning(k, 0), "expires");
	check_certificate(k);
	k = signet_keys_at(ks, 1);
	assert_null(signet_key_curve(k));
	assert_null(signet_key_subject(k));
	assert_null(signet_key_certificate(k, &len));
	assert_int_equal(len, 0);
	assert_null(signet_keys_at(ks, 2));
	assert_string_equal(signet_keys_json(ks), KEYS);
	signet_keys_free(ks);
	stop(&s);
	assert_int_equal(s.fake.requests, 1);
}

static void sends_the_query(void **state)
{
	struct signet_keys *ks;
	struct setup s;

	start(&s, KEYS);
	assert_int_equal(signet_client_keys(s.client, "pkcs11:a=b", "CN=x y",
					    NULL, &ks), 0);
	signet_keys_free(ks);
	signet_client_free(s.client);
	s.client = NULL;
	fake_stop(&s.fake);
	assert_non_null(strstr(buf_text(&s.fake.request),
			       "GET /v1/keys?token=pkcs11%3Aa%3Db&"
			       "issuer=CN%3Dx%20y HTTP/1.1"));
	buf_fini(&s.fake.request);
	free(s.answer);
}

/* Each answer lacks something or has it wrong; all is released all the same. */
static void refuses_shapes_that_are_wrong(void **state)
{
	static const char *const bodies[] = {
		"{}", "[]", "{\"keys\":[1]}", "{\"keys\":[{}]}",
		"{\"keys\":[{\"uri\":\"u\",\"token\":\"t\",\"label\":\"l\","
		"\"id\":\"01\",\"type\":\"EC\",\"size\":1,\"algorithms\":[],"
		"\"always_authenticate\":true,\"public_key\":\"***\"}]}",
		"{\"keys\":[{\"uri\":\"u\",\"token\":\"t\",\"label\":\"l\","
		"\"id\":\"01\",\"type\":\"EC\",\"size\":1,\"algorithms\":[],"
		"\"always_authenticate\":true,\"public_key\":\"AAAA\","
		"\"certificate\":{\"der\":\"AAAA\"}}]}",
	};

	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		struct signet_keys *ks;
		struct setup s;

		start(&s, bodies[i]);
		assert_int_equal(signet_client_keys(s.client, NULL, NULL, NULL,
						    &ks), SIGNET_ERR_PROTOCOL);
		stop(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_status),
		cmocka_unit_test(reads_tokens),
		cmocka_unit_test(reads_keys),
		cmocka_unit_test(reads_pages),
		cmocka_unit_test(allows_a_page_and_takes_it_back),
		cmocka_unit_test(sends_the_query),
		cmocka_unit_test(refuses_shapes_that_are_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
