/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit tests of src/client/events.c: a stream of events, and what becomes of
 * one that breaks off.
 */
#include "fake.h"

#include "base/clock.h"
#include "signet.h"

#define HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
#define LIVE "id: 10\nevent: live\n" \
	     "data: {\"type\":\"live\",\"id\":10,\"time\":\"x\"}\n\n"

static struct signet_client *connect_to(const struct fake *f)
{
	struct signet_client *c;

	assert_int_equal(signet_client_new(&c), 0);
	assert_int_equal(signet_client_set_socket(c, f->path), 0);
	signet_client_set_timeout(c, 5000);
	return c;
}

/* Opens; the client is not needed any more. */
static int open_events(const struct fake *f, const char *types,
		       const char *after, struct signet_events **out)
{
	struct signet_client *c = connect_to(f);
	int r = signet_events_open(c, types, after, out);

	assert_int_equal(signet_error_code(signet_client_error(c)), r);
	signet_client_free(c);
	return r;
}

static const struct signet_event *next(struct signet_events *e)
{
	const struct signet_event *ev = NULL;

	assert_int_equal(signet_events_next(e, 5000, &ev), 0);
	return ev;
}

static void next_is(struct signet_events *e, const char *type)
{
	assert_string_equal(signet_event_type(next(e)), type);
}

static void stop(struct fake *f, struct signet_events *e)
{
	signet_events_close(e);
	fake_stop(f);
}

static void events_are_read(void **state)
{
	static const char *const answers[] = {
		HEAD "Connection: close\r\n\r\nretry: 1000\n\n"
		"data: {\"type\":\"token-inserted\",\"snapshot\":true,"
		"\"label\":\"T\"}\n\n" LIVE ":\n\n"
		"id: 11\ndata: {\"type\":\"module-failed\",\"id\":11,"
		"\"days\":5,\"error\":{\"title\":\"t\",\"detail\":\"d\"}}\n\n"
	};
	const struct signet_event *ev;
	struct signet_events *e;
	struct fake f;

	fake_start(&f, answers, 1);
	assert_int_equal(open_events(&f, NULL, NULL, &e), 0);
	ev = next(e);
	assert_string_equal(signet_event_type(ev), "token-inserted");
	assert_true(signet_event_snapshot(ev));
	assert_null(signet_event_id(ev));
	assert_string_equal(signet_event_text(ev, "label"), "T");
	assert_null(signet_event_text(ev, "serial"));
	assert_null(signet_event_error(ev));
	next_is(e, "live");
	ev = next(e);
	assert_false(signet_event_snapshot(ev));
	assert_string_equal(signet_event_id(ev), "11");
	assert_int_equal(signet_event_number(ev, "days"), 5);
	assert_int_equal(signet_event_number(ev, "type"), -1);
	assert_string_equal(signet_event_error(ev), "d");
	assert_non_null(strstr(signet_event_json(ev), "\"module-failed\""));
	stop(&f, e);
	buf_fini(&f.request);
}

/* Each answer says how long it is: the fake's connection stays. */
static void a_stream_that_ends_is_taken_up_again(void **state)
{
	char *first = NULL, *second = NULL;
	const char *const live = "id: 12\ndata: {\"type\":\"live\",\"id\":12}"
				 "\n\n";
	const char *answers[2];
	struct signet_events *e;
	struct fake f;

	assert_true(asprintf(&first, HEAD "Content-Length: %zu\r\n\r\n" LIVE,
			     strlen(LIVE)) > 0);
	assert_true(asprintf(&second, HEAD "Content-Length: %zu\r\n\r\n%s",
			     strlen(live), live) > 0);
	answers[0] = first;
	answers[1] = second;
	fake_start(&f, answers, 2);
	assert_int_equal(open_events(&f, "token-inserted,live", NULL, &e), 0);
	next_is(e, "live");
	next_is(e, "disconnected");
	next_is(e, "live");
	stop(&f, e);
	assert_non_null(strcasestr(buf_text(&f.request),
				   "Last-Event-ID: 10\r\n"));
	assert_non_null(strstr(buf_text(&f.request), "GET /v1/events?types="
			       "token-inserted%2Clive HTTP/1.1\r\n"));
	buf_fini(&f.request);
	free(first);
	free(second);
}

static void nobody_listens(void **state)
{
	struct signet_client *c;
	struct signet_events *e = NULL;

	assert_int_equal(signet_client_new(&c), 0);
	assert_int_equal(signet_client_set_socket(c, "/nonexistent/s"), 0);
	assert_int_equal(signet_events_open(c, NULL, NULL, &e),
			 SIGNET_ERR_NO_DAEMON);
	assert_null(e);
	signet_client_free(c);
}

static void a_refusal_is_told(void **state)
{
	char *answer = fake_answer("400 Bad Request",
		"{\"type\":\"urn:signet:problem:malformed\",\"status\":400,"
		"\"title\":\"t\",\"code\":\"malformed\",\"detail\":\"no such"
		" type\",\"retry\":false}");
	const char *const answers[] = { answer };
	struct signet_client *c;
	struct signet_events *e = NULL;
	struct fake f;

	fake_start(&f, answers, 1);
	c = connect_to(&f);
	assert_int_equal(signet_events_open(c, "x", NULL, &e),
			 SIGNET_ERR_MALFORMED);
	assert_string_equal(signet_error_detail(signet_client_error(c)),
			    "no such type");
	signet_client_free(c);
	fake_stop(&f);
	buf_fini(&f.request);
	free(answer);
}

static void an_id_is_no_way_into_the_header(void **state)
{
	static const char *const answers[] = { NULL };
	static const char *const bad[] = { "1\r\nX: y", "x", "1 ", "-1" };
	struct signet_events *e;
	struct fake f;

	fake_start(&f, answers, 1);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(open_events(&f, NULL, bad[i], &e),
				 SIGNET_ERR_MALFORMED);
	fake_stop(&f);
	assert_int_equal(f.requests, 0);
	buf_fini(&f.request);
}

static void expect_protocol(const char *answer)
{
	const char *const answers[] = { answer };
	struct signet_events *e;
	struct fake f;

	fake_start(&f, answers, 1);
	assert_int_equal(open_events(&f, NULL, NULL, &e), SIGNET_ERR_PROTOCOL);
	fake_stop(&f);
	buf_fini(&f.request);
}

static void what_is_no_event_is_refused(void **state)
{
	expect_protocol(HEAD "\r\ndata: {\n\n");
	expect_protocol(HEAD "\r\ndata: []\n\n");
	expect_protocol(HEAD "\r\ndata: {\"type\":5}\n\n");
	expect_protocol(HEAD "\r\ndata: \"\xff\"\n\n");
}

static void silence_has_a_limit(void **state)
{
	static const char *const answers[] = { HEAD "\r\n" LIVE };
	const struct signet_event *ev;
	struct signet_events *e;
	struct fake f;
	int64_t began;

	fake_start(&f, answers, 1);
	assert_int_equal(open_events(&f, NULL, NULL, &e), 0);
	next_is(e, "live");
	began = clock_mono_ns();
	assert_int_equal(signet_events_next(e, 100, &ev),
			 SIGNET_ERR_DEADLINE);
	assert_int_equal(signet_error_code(signet_events_error(e)),
			 SIGNET_ERR_DEADLINE);
	assert_true(clock_mono_ns() - began >= 100 * CLOCK_NS_PER_MS);
	assert_true(clock_mono_ns() - began < 4 * CLOCK_NS_PER_S);
	stop(&f, e);
	buf_fini(&f.request);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_are_read),
		cmocka_unit_test(a_stream_that_ends_is_taken_up_again),
		cmocka_unit_test(nobody_listens),
		cmocka_unit_test(a_refusal_is_told),
		cmocka_unit_test(an_id_is_no_way_into_the_header),
		cmocka_unit_test(what_is_no_event_is_refused),
		cmocka_unit_test(silence_has_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
