/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_announce: which events come of what is there, and only once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "broker/announce.h"
#include "broker/broker.h"
#include "broker/events.h"

#define NOW INT64_C(1800000000)
#define DAY INT64_C(86400)

/* A broker with one module, one token and one key; no worker is needed. */
struct world {
	struct broker broker;
	struct settings_module config;
	struct module module;
	struct token token;
	struct key key;
	struct key *keys[1];
	struct format_certificate certificate;
	struct events_subscriber s;
};

static void woken(struct events_subscriber *s)
{
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct error e;

	TAILQ_INIT(&w->broker.modules);
	if (events_new(&w->broker.events, &e) != 0)
		return -1;
	w->config.name = (char *)(uintptr_t)"m";
	w->module.config = &w->config;
	TAILQ_INIT(&w->module.tokens);
	TAILQ_INSERT_TAIL(&w->broker.modules, &w->module, entry);
	w->token.module = &w->module;
	snprintf(w->token.uri, sizeof(w->token.uri), "pkcs11:token=T");
	TAILQ_INSERT_TAIL(&w->module.tokens, &w->token, entry);
	w->key.token = &w->token;
	w->key.wire.flags = WIRE_KEY_SIGN;
	w->key.certificate = &w->certificate;
	w->certificate.not_after = NOW + 400 * DAY;
	w->keys[0] = &w->key;
	w->token.keys = w->keys;
	w->token.keys_count = 1;
	w->s.types = EVENTS_ALL_TYPES;
	w->s.wake = woken;
	*state = w;
	return events_subscribe(w->broker.events, &w->s, &e);
}

static int teardown(void **state)
{
	struct world *w = *state;

	events_unsubscribe(w->broker.events, &w->s);
	events_free(w->broker.events);
	free(w);
	return 0;
}

/* The next event has these two texts. */
static bool hears(struct world *w, const char *type, const char *text)
{
	struct slice event = events_next(w->broker.events, &w->s);
	char head[64];

	snprintf(head, sizeof(head), "\nevent: %s\n", type);
	return event.len > 0 &&
	       memmem(event.ptr, event.len, head, strlen(head)) != NULL &&
	       memmem(event.ptr, event.len, text, strlen(text)) != NULL;
}

static bool silent(struct world *w)
{
	return events_next(w->broker.events, &w->s).len == 0;
}

static void a_token_comes_and_goes(void **state)
{
	struct world *w = *state;

	announce_changes(&w->broker);
	assert_true(silent(w));
	w->token.state = TOKEN_READY;
	announce_changes(&w->broker);
	announce_changes(&w->broker);
	assert_true(hears(w, "token-inserted", "\"token\":\"pkcs11:token=T\""));
	assert_true(silent(w));
	w->token.state = TOKEN_ABSENT;
	announce_changes(&w->broker);
	assert_true(hears(w, "token-removed", "\"module\":\"m\""));
	w->token.state = TOKEN_UNINITIALIZED;
	announce_changes(&w->broker);
	assert_true(silent(w));
}

static void other_keys_are_told(void **state)
{
	struct world *w = *state;

	w->token.state = TOKEN_READY;
	announce_changes(&w->broker);
	assert_true(hears(w, "token-inserted", "T"));
	w->key.wire.identity[0] ^= 1;
	announce_changes(&w->broker);
	assert_true(hears(w, "keys-changed", "T"));
	w->certificate.sha256[31] ^= 1;
	announce_changes(&w->broker);
	assert_true(hears(w, "keys-changed", "T"));
	w->token.keys_count = 0;
	announce_changes(&w->broker);
	assert_true(hears(w, "keys-changed", "T"));
	error_set(&w->token.error, ERR_PIN_WRONG, "the PIN is wrong");
	w->token.state = TOKEN_FAILED;
	announce_changes(&w->broker);
	assert_true(hears(w, "keys-changed", "\"code\":\"pin-wrong\""));
	announce_changes(&w->broker);
	assert_true(silent(w));
}

static void a_module_fails_and_recovers(void **state)
{
	struct world *w = *state;

	error_set(&w->module.last_error, ERR_WORKER_LOST, "it crashed");
	announce_changes(&w->broker);
	announce_changes(&w->broker);
	assert_true(hears(w, "module-failed", "it crashed"));
	assert_true(silent(w));
	error_clear(&w->module.last_error);
	announce_changes(&w->broker);
	assert_true(hears(w, "module-recovered", "\"module\":\"m\""));
	assert_true(silent(w));
}

static void a_token_that_went_is_no_fault_of_its_module(void **state)
{
	struct world *w = *state;

	error_set(&w->module.last_error, ERR_TOKEN_GONE, "pulled");
	announce_changes(&w->broker);
	assert_true(silent(w));
}

static void with_its_module_a_token_goes(void **state)
{
	struct world *w = *state;

	w->token.state = TOKEN_READY;
	error_set(&w->module.last_error, ERR_WORKER_LOST, "it crashed");
	announce_changes(&w->broker);
	assert_true(hears(w, "module-failed", "m"));
	assert_true(hears(w, "token-inserted", "T"));
	announce_module_gone(&w->broker, &w->module);
	assert_true(hears(w, "token-removed", "T"));
	assert_true(hears(w, "module-recovered", "m"));
	assert_true(silent(w));
}

static void a_certificate_that_ends_is_told_once_a_day(void **state)
{
	struct world *w = *state;

	w->token.state = TOKEN_READY;
	announce_changes(&w->broker);
	assert_true(hears(w, "token-inserted", "T"));
	announce_tick(&w->broker, NOW);
	assert_true(silent(w));
	w->certificate.not_after = NOW + 30 * DAY;
	announce_tick(&w->broker, NOW + 1);
	assert_true(silent(w)); /* looked at each hour */
	announce_tick(&w->broker, NOW + 3600);
	assert_true(hears(w, "certificate-expiring", "\"days\":29"));
	announce_tick(&w->broker, NOW + DAY);
	assert_true(silent(w));
	announce_tick(&w->broker, NOW + DAY + 3600);
	assert_true(hears(w, "certificate-expiring", "\"days\":28"));
	announce_tick(&w->broker, NOW + 31 * DAY);
	assert_true(silent(w)); /* it has ended */
}

static void certificates_alone_are_not_told(void **state)
{
	struct world *w = *state;

	w->token.state = TOKEN_READY;
	w->key.wire.flags = 0; /* of a CA: there for chains */
	w->certificate.not_after = NOW + DAY;
	announce_changes(&w->broker);
	assert_true(hears(w, "token-inserted", "T"));
	announce_tick(&w->broker, NOW);
	assert_true(silent(w));
}

static void readers_and_cards_are_told(void **state)
{
	struct world *w = *state;

	announce_reader(&w->broker, "Reader \"1\"\n 00 00", true);
	assert_true(hears(w, "reader-added", "Reader \\\"1\\\"\\n 00 00"));
	announce_card(&w->broker, "R", slice_of("\x3b\xff", 2), true);
	assert_true(hears(w, "card-inserted", "\"atr\":\"3bff\""));
	announce_card(&w->broker, "R", slice_of(NULL, 0), false);
	assert_true(hears(w, "card-removed", "\"atr\":null"));
	announce_reader(&w->broker, "R", false);
	assert_true(hears(w, "reader-removed", "\"reader\":\"R\""));
	assert_true(silent(w));
}

static void a_snapshot_is_what_was_told(void **state)
{
	static const struct caller program = { .uid = 7 };
	struct world *w = *state;
	AUTO(buf_fini) struct buf out;

	buf_init(&out, 65536);
	w->token.state = TOKEN_READY;
	announce_present(&w->broker, &w->s, &program, &out);
	assert_int_equal(out.len, 0); /* its event is still to come */
	announce_changes(&w->broker);
	announce_present(&w->broker, &w->s, &program, &out);
	assert_non_null(strstr(buf_text(&out), "event: token-inserted\n"));
	assert_non_null(strstr(buf_text(&out), "\"snapshot\":true"));
	assert_null(strstr(buf_text(&out), "id: "));
	buf_reset(&out);
	w->s.types = UINT32_C(1) << EVENTS_TOKEN_REMOVED;
	announce_present(&w->broker, &w->s, &program, &out);
	assert_int_equal(out.len, 0);
}

static void states_that_last_are_told_to_their_user(void **state)
{
	struct world *w = *state;
	static struct request r;

	r.broker = &w->broker;
	r.caller.uid = 7;
	snprintf(r.id, sizeof(r.id), "abc");
	r.state = REQUEST_AUTHORISED;
	r.verdict.outcome = POLICY_ALLOW;
	announce_request(&r);
	assert_true(silent(w));
	r.verdict.outcome = POLICY_ASK;
	announce_request(&r);
	assert_true(hears(w, "request-state", "\"state\":\"authorised\""));
	r.state = REQUEST_CHECKED;
	announce_request(&r);
	assert_true(silent(w));
	r.verdict.outcome = POLICY_ALLOW;
	r.state = REQUEST_RELEASED;
	announce_request(&r);
	assert_true(hears(w, "request-state", "\"request\":\"abc\""));
	w->s.uid = 8;
	announce_request(&r);
	assert_true(silent(w));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_token_comes_and_goes),
		TEST(other_keys_are_told),
		TEST(a_module_fails_and_recovers),
		TEST(a_token_that_went_is_no_fault_of_its_module),
		TEST(with_its_module_a_token_goes),
		TEST(a_certificate_that_ends_is_told_once_a_day),
		TEST(certificates_alone_are_not_told),
		TEST(readers_and_cards_are_told),
		TEST(a_snapshot_is_what_was_told),
		TEST(states_that_last_are_told_to_their_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
