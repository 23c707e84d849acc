/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit tests of src/client/pin.c, and of the tokens that it is for.
 */
#include "fake.h"

#include "signet.h"

#define PIN                                                               \
	"{\"operation\":\"change\",\"token\":\"pkcs11:serial=1\","        \
	"\"label\":\"L\",\"pin\":\"final-try\",\"so_pin\":\"count-low\"," \
	"\"pinpad\":true,\"min\":4,\"max\":8}"

struct setup {
	struct fake fake;
	struct signet_client *client;
	char *answer;
	const char *answers[1];
};

static void start(struct setup *s, const char *status, const char *body)
{
	s->answer = body == NULL ? NULL : fake_answer(status, body);
	s->answers[0] = s->answer;
	fake_start(&s->fake, s->answers, 1);
	assert_int_equal(signet_client_new(&s->client), 0);
	assert_int_equal(signet_client_set_socket(s->client, s->fake.path), 0);
}

/* Ends it all; text has to be in what was sent. */
static void stop(struct setup *s, const char *text)
{
	signet_client_free(s->client);
	fake_stop(&s->fake);
	assert_non_null(strstr(buf_text(&s->fake.request), text));
	buf_fini(&s->fake.request);
	free(s->answer);
}

static void gives_what_is_answered(void **state)
{
	struct signet_pin *p;
	struct setup s;

	start(&s, "200 OK", PIN);
	assert_int_equal(signet_client_pin(s.client, SIGNET_PIN_CHANGE, NULL,
					   NULL, &p), 0);
	assert_string_equal(signet_pin_token(p), "pkcs11:serial=1");
	assert_string_equal(signet_pin_label(p), "L");
	assert_string_equal(signet_pin_state(p), "final-try");
	assert_string_equal(signet_pin_so_state(p), "count-low");
	assert_true(signet_pin_pinpad(p));
	assert_int_equal(signet_pin_min(p), 4);
	assert_int_equal(signet_pin_max(p), 8);
	assert_string_equal(signet_pin_json(p), PIN);
	signet_pin_free(p);
	stop(&s, "\r\n\r\n{\"operation\":\"change\"}");
}

static void sends_token_and_label(void **state)
{
	struct signet_pin *p;
	struct setup s;

	start(&s, "200 OK", "{\"operation\":\"initialize\",\"token\":null,"
	      "\"label\":\"New\",\"pin\":\"ok\",\"so_pin\":\"ok\","
	      "\"pinpad\":false,\"min\":4,\"max\":255}");
	assert_int_equal(signet_client_pin(s.client, SIGNET_PIN_INITIALIZE,
					   "pkcs11:serial=1", "New", &p), 0);
	assert_null(signet_pin_token(p));
	signet_pin_free(p);
	stop(&s, "{\"operation\":\"initialize\",\"token\":\"pkcs11:serial=1\","
		 "\"label\":\"New\"}");
}

static void refuses_shapes_that_are_wrong(void **state)
{
	static const char *const bodies[] = {
		"", "[]", "{}",
		"{\"label\":\"L\",\"pin\":\"ok\",\"so_pin\":\"ok\","
		"\"pinpad\":1,\"min\":4,\"max\":8}",
		"{\"label\":\"L\",\"pin\":7,\"so_pin\":\"ok\","
		"\"pinpad\":true,\"min\":4,\"max\":8}",
	};

	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		struct signet_pin *p;
		struct setup s;

		start(&s, "200 OK", bodies[i]);
		assert_int_equal(signet_client_pin(s.client, SIGNET_PIN_STATUS,
						   NULL, NULL, &p),
				 SIGNET_ERR_PROTOCOL);
		stop(&s, "POST /v1/pin-operations");
	}
}

static void tells_a_refusal(void **state)
{
	struct signet_pin *p;
	struct setup s;

	start(&s, "403 Forbidden", "{\"code\":\"pin-wrong\",\"detail\":\"2"
	      " tries left\",\"retry\":false}");
	assert_int_equal(signet_client_pin(s.client, SIGNET_PIN_UNBLOCK, NULL,
					   NULL, &p), SIGNET_ERR_PIN_WRONG);
	assert_string_equal(signet_error_detail(signet_client_error(s.client)),
			    "2 tries left");
	stop(&s, "\"unblock\"");
}

/* A time limit that somebody sets holds where a person is asked, too. */
static void keeps_a_time_limit(void **state)
{
	const char *const answers[] = { "HTTP/1.1 200 OK\r\n" };
	struct signet_client *c;
	struct signet_pin *p;
	struct fake f;

	fake_start(&f, answers, 1);
	assert_int_equal(signet_client_new(&c), 0);
	assert_int_equal(signet_client_set_socket(c, f.path), 0);
	signet_client_set_timeout(c, 50);
	assert_int_equal(signet_client_pin(c, SIGNET_PIN_CHANGE, NULL, NULL,
					   &p), SIGNET_ERR_DEADLINE);
	signet_client_free(c);
	fake_stop(&f);
	buf_fini(&f.request);
}

static void lists_blank_tokens_when_asked(void **state)
{
	const struct signet_token *t;
	struct signet_tokens *ts;
	struct setup s;

	start(&s, "200 OK",
	      "{\"tokens\":[{\"uri\":\"pkcs11:serial=\",\"label\":\"\","
	      "\"serial\":\"\",\"manufacturer\":\"M\",\"model\":\"N\","
	      "\"slot\":\"Reader 1\",\"module\":\"soft\","
	      "\"state\":\"uninitialized\",\"login_required\":true,"
	      "\"pinpad\":false,\"pin\":\"uninitialized\","
	      "\"unattended\":false,\"keys\":0,\"error\":null}]}");
	assert_int_equal(signet_client_all_tokens(s.client, &ts), 0);
	t = signet_tokens_at(ts, 0);
	assert_string_equal(signet_token_state(t), "uninitialized");
	assert_string_equal(signet_token_slot(t), "Reader 1");
	signet_tokens_free(ts);
	stop(&s, "GET /v1/tokens?uninitialized=true ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_what_is_answered),
		cmocka_unit_test(sends_token_and_label),
		cmocka_unit_test(refuses_shapes_that_are_wrong),
		cmocka_unit_test(tells_a_refusal),
		cmocka_unit_test(keeps_a_time_limit),
		cmocka_unit_test(lists_blank_tokens_when_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
