/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_events: who gets which event, and what is forgotten.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "broker/events.h"

struct listener {
	struct events_subscriber s;
	unsigned woken;
};

static void woken(struct events_subscriber *s)
{
	((struct listener *)s)->woken++;
}

static int setup(void **state)
{
	struct events *ev;
	struct error e;

	if (events_new(&ev, &e) != 0)
		return -1;
	*state = ev;
	return 0;
}

static int teardown(void **state)
{
	events_free(*state);
	return 0;
}

static void listen_as(struct events *ev, struct listener *l, uid_t uid,
		      uint32_t types)
{
	struct error e;

	memset(l, 0, sizeof(*l));
	l->s.uid = uid;
	l->s.types = types;
	l->s.wake = woken;
	assert_int_equal(events_subscribe(ev, &l->s, &e), 0);
}

static void happens(struct events *ev, enum events_type type, uid_t uid,
		    const char *what)
{
	struct writer j = events_begin(ev, type);

	writer_text(&j, "what", what);
	events_publish(ev, &j, uid);
}

/* The member "what" of the next event into out, its id given; 0: none. */
static uint64_t next(struct events *ev, struct listener *l, char *out)
{
	struct slice text = events_next(ev, &l->s);
	json_t *j;
	uint64_t id;
	const char *data;

	out[0] = '\0';
	if (text.len == 0)
		return 0;
	data = memmem(text.ptr, text.len, "\ndata: ", 7);
	assert_non_null(data);
	data += 7;
	assert_memory_equal(text.ptr + text.len - 2, "\n\n", 2);
	j = json_loadb(data, text.len - 2 -
		       (size_t)(data - (const char *)text.ptr), 0, NULL);
	assert_non_null(j);
	id = (uint64_t)json_integer_value(json_object_get(j, "id"));
	snprintf(out, 32, "%s", json_string_value(json_object_get(j, "what")));
	json_decref(j);
	return id;
}

#define HEARS(ev, l, expected)                     \
	do {                                       \
		char what_[32];                    \
		next((ev), (l), what_);            \
		assert_string_equal(what_, expected); \
	} while (0)

static void ids_increase_over_both_rings(void **state)
{
	struct events *ev = *state;
	struct listener l;
	uint64_t first, second, third;
	char what[32];

	listen_as(ev, &l, 7, EVENTS_ALL_TYPES);
	happens(ev, EVENTS_REQUEST_STATE, 7, "a");
	happens(ev, EVENTS_TOKEN_INSERTED, EVENTS_EVERYONE, "b");
	happens(ev, EVENTS_REQUEST_STATE, 7, "c");
	assert_int_equal(l.woken, 3);
	first = next(ev, &l, what);
	assert_string_equal(what, "a");
	second = next(ev, &l, what);
	assert_string_equal(what, "b");
	third = next(ev, &l, what);
	assert_string_equal(what, "c");
	assert_true(first < second && second < third);
	HEARS(ev, &l, "");
	events_unsubscribe(ev, &l.s);
}

static void a_text_of_many_lines_is_one_line(void **state)
{
	struct events *ev = *state;
	struct listener l;

	listen_as(ev, &l, 7, EVENTS_ALL_TYPES);
	happens(ev, EVENTS_TOKEN_INSERTED, EVENTS_EVERYONE,
		"a\n\nevent: forged\r");
	HEARS(ev, &l, "a\n\nevent: forged\r");
	HEARS(ev, &l, "");
	events_unsubscribe(ev, &l.s);
}

static void others_requests_are_not_told(void **state)
{
	struct events *ev = *state;
	struct listener mine, other, root;

	listen_as(ev, &mine, 7, EVENTS_ALL_TYPES);
	listen_as(ev, &other, 8, EVENTS_ALL_TYPES);
	listen_as(ev, &root, 0, EVENTS_ALL_TYPES);
	happens(ev, EVENTS_REQUEST_STATE, 7, "mine");
	assert_int_equal(mine.woken, 1);
	assert_int_equal(other.woken, 0);
	assert_int_equal(root.woken, 1);
	HEARS(ev, &mine, "mine");
	HEARS(ev, &other, "");
	HEARS(ev, &root, "mine");
	events_unsubscribe(ev, &mine.s);
	events_unsubscribe(ev, &other.s);
	events_unsubscribe(ev, &root.s);
}

static void only_wanted_types_are_told(void **state)
{
	struct events *ev = *state;
	struct listener l;
	uint32_t types;
	struct error e;

	assert_int_equal(events_types_parse("card-removed,module-failed",
					    &types, &e), 0);
	listen_as(ev, &l, 7, types);
	happens(ev, EVENTS_CARD_INSERTED, EVENTS_EVERYONE, "no");
	happens(ev, EVENTS_CARD_REMOVED, EVENTS_EVERYONE, "yes");
	assert_int_equal(l.woken, 1);
	HEARS(ev, &l, "yes");
	HEARS(ev, &l, "");
	events_unsubscribe(ev, &l.s);
}

static void words_that_are_no_types_are_refused(void **state)
{
	static const char *const bad[] = {
		"", ",", "card-removed,", ",card-removed", "card",
		"CARD-REMOVED", "card-removed card-inserted", "live",
	};
	char many[4096];
	uint32_t types;
	struct error e;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_int_equal(events_types_parse(bad[i], &types, &e),
				 ERR_MALFORMED);
	memset(many, 'x', sizeof(many) - 1);
	many[sizeof(many) - 1] = '\0';
	assert_int_equal(events_types_parse(many, &types, &e), ERR_MALFORMED);
}

static void every_type_has_a_name_that_is_read(void **state)
{
	uint32_t types;
	struct error e;

	for (unsigned i = 0; i < EVENTS_TYPES; i++) {
		assert_int_equal(events_types_parse(
			events_type_name((enum events_type)i), &types, &e), 0);
		assert_int_equal(types, UINT32_C(1) << i);
	}
}

static bool rewinds(struct events *ev, struct listener *l, uint64_t id)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, id);
	return events_rewind(ev, &l->s, text);
}

static void the_last_id_is_where_it_goes_on(void **state)
{
	struct events *ev = *state;
	struct listener l;
	uint64_t id;
	char what[32];

	listen_as(ev, &l, 7, EVENTS_ALL_TYPES);
	happens(ev, EVENTS_CARD_INSERTED, EVENTS_EVERYONE, "a");
	happens(ev, EVENTS_CARD_REMOVED, EVENTS_EVERYONE, "b");
	id = next(ev, &l, what);
	events_unsubscribe(ev, &l.s);
	listen_as(ev, &l, 7, EVENTS_ALL_TYPES);
	assert_true(rewinds(ev, &l, id));
	HEARS(ev, &l, "b");
	assert_true(rewinds(ev, &l, id - 1));
	HEARS(ev, &l, "a");
	/* The last one: nothing was missed. */
	assert_true(rewinds(ev, &l, id + 1));
	HEARS(ev, &l, "");
	events_unsubscribe(ev, &l.s);
}

static void ids_of_another_signetd_are_lost(void **state)
{
	static const char *const bad[] = { "", "0", "1", "-1", "x", "1x",
					   "99999999999999999999", " 5",
					   "18446744073709551615" };
	struct events *ev = *state;
	struct listener l;
	uint64_t id;
	char what[32];

	listen_as(ev, &l, 7, EVENTS_ALL_TYPES);
	happens(ev, EVENTS_CARD_INSERTED, EVENTS_EVERYONE, "a");
	id = next(ev, &l, what);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(events_rewind(ev, &l.s, bad[i]));
	assert_false(rewinds(ev, &l, id + 1));
	assert_false(rewinds(ev, &l, id - 2));
	HEARS(ev, &l, "");
	events_unsubscribe(ev, &l.s);
}

/* Started anew within the same second, too. */
static void a_new_signetd_knows_no_earlier_id(void **state)
{
	struct events *ev = *state, *young;
	struct listener l;
	struct error e;
	uint64_t id;
	char what[32];

	listen_as(ev, &l, 7, EVENTS_ALL_TYPES);
	happens(ev, EVENTS_CARD_INSERTED, EVENTS_EVERYONE, "a");
	id = next(ev, &l, what);
	events_unsubscribe(ev, &l.s);
	assert_int_equal(events_new(&young, &e), 0);
	listen_as(young, &l, 7, EVENTS_ALL_TYPES);
	happens(young, EVENTS_CARD_INSERTED, EVENTS_EVERYONE, "b");
	happens(young, EVENTS_CARD_INSERTED, EVENTS_EVERYONE, "c");
	assert_false(rewinds(young, &l, id));
	events_unsubscribe(young, &l.s);
	events_free(young);
}

static void many(struct events *ev, unsigned n, enum events_type type,
		 uid_t uid)
{
	for (unsigned i = 0; i < n; i++)
		happens(ev, type, uid, "many");
}

static void who_does_not_read_is_overrun(void **state)
{
	struct events *ev = *state;
	struct listener slow, quick;

	listen_as(ev, &slow, 7, EVENTS_ALL_TYPES);
	listen_as(ev, &quick, 7, EVENTS_ALL_TYPES);
	many(ev, LIMIT_EVENTS, EVENTS_CARD_INSERTED, EVENTS_EVERYONE);
	assert_false(slow.s.overrun);
	HEARS(ev, &quick, "many");
	happens(ev, EVENTS_CARD_REMOVED, EVENTS_EVERYONE, "last");
	assert_true(slow.s.overrun);
	assert_false(quick.s.overrun);
	for (unsigned i = 1; i < LIMIT_EVENTS; i++)
		HEARS(ev, &quick, "many");
	HEARS(ev, &quick, "last");
	events_unsubscribe(ev, &slow.s);
	events_unsubscribe(ev, &quick.s);
}

static void what_one_may_not_see_overruns_nobody(void **state)
{
	struct events *ev = *state;
	struct listener other, cards;
	uint64_t id;
	char what[32];

	listen_as(ev, &other, 8, EVENTS_ALL_TYPES);
	listen_as(ev, &cards, 7, UINT32_C(1) << EVENTS_CARD_INSERTED);
	happens(ev, EVENTS_CARD_INSERTED, EVENTS_EVERYONE, "before");
	many(ev, LIMIT_USER_EVENTS + 1, EVENTS_REQUEST_STATE, 7);
	assert_false(other.s.overrun);
	assert_false(cards.s.overrun);
	/* ... and pushes out nothing that is for all. */
	HEARS(ev, &other, "before");
	id = next(ev, &cards, what);
	assert_string_equal(what, "before");
	assert_true(rewinds(ev, &cards, id - 1));
	HEARS(ev, &cards, "before");
	/* One who wants requests as well could have missed some. */
	assert_false(rewinds(ev, &other, id));
	events_unsubscribe(ev, &other.s);
	events_unsubscribe(ev, &cards.s);
}

static void an_event_that_is_too_long_is_no_silence(void **state)
{
	struct events *ev = *state;
	struct listener l, other;
	struct writer j;

	listen_as(ev, &l, 7, EVENTS_ALL_TYPES);
	listen_as(ev, &other, 8, EVENTS_ALL_TYPES);
	j = events_begin(ev, EVENTS_REQUEST_STATE);
	for (unsigned i = 0; i < LIMIT_EVENT / 8; i++)
		writer_text(&j, "what", "too much");
	events_publish(ev, &j, 7);
	assert_true(l.s.overrun);
	assert_false(other.s.overrun);
	happens(ev, EVENTS_CARD_INSERTED, EVENTS_EVERYONE, "next");
	HEARS(ev, &other, "next");
	events_unsubscribe(ev, &l.s);
	events_unsubscribe(ev, &other.s);
}

static void no_more_than_so_many_may_listen(void **state)
{
	static struct listener all[LIMIT_SUBSCRIBERS + 1];
	struct events *ev = *state;
	struct listener *l = &all[LIMIT_SUBSCRIBERS];
	struct error e;

	for (unsigned i = 0; i < LIMIT_SUBSCRIBERS; i++) {
		*l = all[i];
		if (i == LIMIT_SUBSCRIBERS_USER) {
			l->s.uid = 0;
			l->s.wake = woken;
			assert_int_equal(events_subscribe(ev, &l->s, &e),
					 ERR_QUOTA);
		}
		listen_as(ev, &all[i], i / LIMIT_SUBSCRIBERS_USER,
			  EVENTS_ALL_TYPES);
	}
	l->s.uid = 9999;
	assert_int_equal(events_subscribe(ev, &l->s, &e), ERR_QUOTA);
	events_unsubscribe(ev, &all[0].s);
	listen_as(ev, l, 9999, EVENTS_ALL_TYPES);
	events_unsubscribe(ev, &l->s);
	for (unsigned i = 1; i < LIMIT_SUBSCRIBERS; i++)
		events_unsubscribe(ev, &all[i].s);
}

static void at_the_end_all_are_woken_and_nobody_comes(void **state)
{
	struct events *ev = *state;
	struct listener l, late = { .s = { .wake = woken } };
	struct error e;

	listen_as(ev, &l, 7, EVENTS_ALL_TYPES);
	events_close(ev);
	assert_int_equal(l.woken, 1);
	assert_true(events_closed(ev));
	assert_int_equal(events_subscribe(ev, &late.s, &e),
			 ERR_SHUTTING_DOWN);
	events_unsubscribe(ev, &l.s);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ids_increase_over_both_rings),
		TEST(a_text_of_many_lines_is_one_line),
		TEST(others_requests_are_not_told),
		TEST(only_wanted_types_are_told),
		TEST(words_that_are_no_types_are_refused),
		TEST(every_type_has_a_name_that_is_read),
		TEST(the_last_id_is_where_it_goes_on),
		TEST(ids_of_another_signetd_are_lost),
		TEST(a_new_signetd_knows_no_earlier_id),
		TEST(who_does_not_read_is_overrun),
		TEST(what_one_may_not_see_overruns_nobody),
		TEST(an_event_that_is_too_long_is_no_silence),
		TEST(no_more_than_so_many_may_listen),
		TEST(at_the_end_all_are_woken_and_nobody_comes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
