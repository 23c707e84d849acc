/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit tests of src/cli/watch_text.c: events in words, whatever they hold.
 */
#include "tests/unit/client/fake.h"

#include "base/attr.h"
#include "cli/watch_text.h"
#include "signet.h"

#define HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"

/* The words of an event, by way of a signetd that tells it. */
static enum cli_colour words_of(const char *json, char *out)
{
	const struct signet_event *ev;
	struct signet_events *e = NULL;
	enum cli_colour colour;
	struct signet_client *c;
	const char *answers[1];
	char *answer = NULL;
	struct fake f;

	assert_true(asprintf(&answer, HEAD "data: %s\n\n", json) > 0);
	answers[0] = answer;
	fake_start(&f, answers, 1);
	assert_int_equal(signet_client_new(&c), 0);
	assert_int_equal(signet_client_set_socket(c, f.path), 0);
	assert_int_equal(signet_events_open(c, NULL, NULL, &e), 0);
	assert_int_equal(signet_events_next(e, 5000, &ev), 0);
	colour = cli_watch_text(ev, out);
	signet_events_close(e);
	signet_client_free(c);
	fake_stop(&f);
	buf_fini(&f.request);
	free(answer);
	return colour;
}

static void expect(const char *json, const char *words)
{
	char out[CLI_WATCH_TEXT];

	words_of(json, out);
	assert_string_equal(out, words);
}

static void every_type_has_words(void **state)
{
	static const char *const told[][2] = {
		{ "{\"type\":\"reader-added\",\"reader\":\"R\"}",
		  "reader R was connected" },
		{ "{\"type\":\"reader-added\",\"reader\":\"R\","
		  "\"snapshot\":true}", "reader R is there" },
		{ "{\"type\":\"reader-removed\",\"reader\":\"R\"}",
		  "reader R is gone" },
		{ "{\"type\":\"card-inserted\",\"reader\":\"R\"}",
		  "a card was put into R" },
		{ "{\"type\":\"card-inserted\",\"reader\":\"R\","
		  "\"snapshot\":true}", "there is a card in R" },
		{ "{\"type\":\"card-removed\",\"reader\":\"R\"}",
		  "the card was taken out of R" },
		{ "{\"type\":\"token-inserted\",\"label\":\"L\","
		  "\"serial\":\"5\",\"snapshot\":true}",
		  "token L (5) is there" },
		{ "{\"type\":\"token-inserted\",\"label\":\"L\","
		  "\"serial\":\"5\",\"error\":{\"detail\":\"no PIN\"}}",
		  "token L (5) has come: no PIN" },
		{ "{\"type\":\"token-removed\",\"label\":\"L\"}",
		  "token L is gone" },
		{ "{\"type\":\"keys-changed\",\"label\":\"L\"}",
		  "the keys of token L have changed" },
		{ "{\"type\":\"module-failed\",\"module\":\"m\","
		  "\"error\":{\"title\":\"t\"}}", "module m has failed: t" },
		{ "{\"type\":\"module-recovered\",\"module\":\"m\"}",
		  "module m works again" },
		{ "{\"type\":\"certificate-expiring\",\"subject\":\"CN=a\","
		  "\"not_after\":\"2026\",\"days\":1}",
		  "the certificate of CN=a ends at 2026, in 1 day" },
		{ "{\"type\":\"certificate-expiring\",\"subject\":\"CN=a\","
		  "\"not_after\":\"2026\",\"days\":0}",
		  "the certificate of CN=a ends at 2026, in 0 days" },
		{ "{\"type\":\"request-state\",\"request\":\"0123456789\","
		  "\"program\":\"/usr/bin/p\",\"state\":\"refused\","
		  "\"error\":{\"detail\":\"d\"}}",
		  "request 01234567 of p: refused: d" },
		{ "{\"type\":\"dialog-opened\",\"label\":\"L\"}",
		  "a dialog asks about token L" },
		{ "{\"type\":\"dialog-opened\",\"label\":null,"
		  "\"purpose\":\"allow-page\",\"origin\":\"https://O\"}",
		  "a dialog asks whether to allow https://O" },
		{ "{\"type\":\"dialog-closed\",\"label\":null,"
		  "\"purpose\":\"allow-page\",\"origin\":\"https://O\"}",
		  "the dialog about https://O has closed" },
		{ "{\"type\":\"dialog-closed\",\"label\":\"L\"}",
		  "the dialog about token L has closed" },
		{ "{\"type\":\"disconnected\"}",
		  "signetd has gone; waiting for it" },
		{ "{\"type\":\"live\"}", "" },
		{ "{\"type\":\"of-tomorrow\"}", "of-tomorrow" },
	};

	for (size_t i = 0; i < ARRAY_LEN(told); i++)
		expect(told[i][0], told[i][1]);
}

static void what_steers_a_terminal_does_not_pass(void **state)
{
	expect("{\"type\":\"token-removed\",\"label\":\"a\\u001b[31mb\\n\"}",
	       "token a?[31mb? is gone");
	expect("{\"type\":\"module-failed\",\"module\":\"m\","
	       "\"error\":{\"detail\":\"x\\ry\"}}",
	       "module m has failed: x?y");
	expect("{\"type\":\"\\u001bc\"}", "?c");
}

static void members_may_be_missing_or_of_another_kind(void **state)
{
	expect("{\"type\":\"request-state\"}", "request ? of ?: ?");
	expect("{\"type\":\"reader-added\",\"reader\":5}",
	       "reader ? was connected");
	expect("{\"type\":\"module-failed\",\"module\":null,\"error\":[]}",
	       "module ? has failed");
}

static void long_members_are_cut(void **state)
{
	char json[60000], out[CLI_WATCH_TEXT], member[9000];

	memset(member, 'x', sizeof(member) - 1);
	member[sizeof(member) - 1] = '\0';
	snprintf(json, sizeof(json), "{\"type\":\"token-inserted\",\"label\":"
		 "\"%s\",\"serial\":\"%s\",\"error\":{\"detail\":\"%s\"}}",
		 member, member, member);
	words_of(json, out);
	assert_true(strlen(out) < CLI_WATCH_TEXT);
}

static void failures_are_red(void **state)
{
	char out[CLI_WATCH_TEXT];

	assert_int_equal(words_of("{\"type\":\"module-failed\"}", out),
			 CLI_RED);
	assert_int_equal(words_of("{\"type\":\"module-recovered\"}", out),
			 CLI_GREEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_has_words),
		cmocka_unit_test(what_steers_a_terminal_does_not_pass),
		cmocka_unit_test(members_may_be_missing_or_of_another_kind),
		cmocka_unit_test(long_members_are_cut),
		cmocka_unit_test(failures_are_red),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
