/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_readers: what GET /v1/status tells of readers.  The signet-reader is
 * this program, started with FAKE in its environment.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <event2/event.h>
#include <jansson.h>
#include <sys/wait.h>
#include <unistd.h>

#include "api/readers.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/writer.h"
#include "broker/readers.h"
#include "broker/worker.h"

#define WAIT_NS (10 * CLOCK_NS_PER_S)

static void fake_put(struct buf *out, const struct wire_readers_more *m)
{
	size_t at = wire_frame_begin(out, WIRE_READERS, WIRE_MORE, 1);

	wire_readers_more_put(out, m);
	wire_frame_end(out, at);
}

static _Noreturn void fake(void)
{
	const struct wire_readers_more all[] = {
		{ .about = WIRE_READERS_SERVICE,
		  .service = { .state = WIRE_SERVICE_RUNNING } },
		{ .about = WIRE_READERS_READER,
		  .reader = { .name = "Reader \"A\"", .events = 1,
			      .state = WIRE_READER_PRESENT,
			      .atr = slice_str(";\x01") } },
		{ .about = WIRE_READERS_READER,
		  .reader = { .name = "B", .state = WIRE_READER_MUTE } },
		{ .about = WIRE_READERS_COMPLETE },
	};
	struct buf out;
	struct error e;
	char byte;

	buf_init(&out, 4096);
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		fake_put(&out, &all[i]);
	for (int i = 0; i < 16; i++)
		if (read(3, &byte, 1) != 1)
			_exit(8);
	if (fd_write_all(3, buf_slice(&out), &e) == 0)
		while (read(3, &byte, 1) > 0)
			;
	_exit(0);
}

static json_t *status(const struct readers *r)
{
	AUTO(buf_fini) struct buf text;
	struct writer j = writer_of(&text);
	json_t *root;

	buf_init(&text, 65536);
	writer_open(&j, NULL, '{');
	api_readers_put(&j, r, NULL);
	writer_close(&j, '}');
	root = json_loadb((const char *)text.ptr, text.len,
			  JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(root);
	return root;
}

static struct event_base *base;
static const struct readers_owner nobody = { .arg = NULL };

static void test_nobody_watches(void **state)
{
	json_auto_t *root = status(NULL);

	assert_true(json_is_null(json_object_get(root, "pcsc")));
}

static void test_no_pcsc(void **state)
{
	char *environment[] = { NULL };
	const char *word, *advice;
	struct readers *r;
	json_t *list;
	struct error e;

	assert_int_equal(readers_new(base, NULL, environment, &nobody, &r, &e),
			 0);
	json_auto_t *root = status(r);
	assert_int_equal(json_unpack(root, "{s:{s:s, s:s, s:b, s:o}}", "pcsc",
				     "state", &word, "advice", &advice,
				     "complete", &(int){ 0 }, "readers",
				     &list), 0);
	assert_string_equal(word, "failed");
	assert_non_null(strstr(advice, "no PC/SC here"));
	assert_int_equal(json_array_size(list), 0);
	readers_free(r);
}

static void check_card(json_t *list)
{
	const char *name, *word, *atr, *since;
	json_t *advice;

	assert_int_equal(json_unpack(json_array_get(list, 0),
				     "{s:s, s:s, s:s, s:s, s:o}", "name",
				     &name, "state", &word, "atr", &atr,
				     "since", &since, "advice", &advice), 0);
	assert_string_equal(name, "Reader \"A\"");
	assert_string_equal(word, "present");
	assert_string_equal(atr, "3b01");
	assert_int_equal(strlen(since), 20);
	assert_true(json_is_null(advice));
}

static void check_mute(json_t *list)
{
	const char *word, *advice;
	json_t *atr;

	assert_int_equal(json_unpack(json_array_get(list, 1),
				     "{s:s, s:o, s:s}", "state", &word, "atr",
				     &atr, "advice", &advice), 0);
	assert_string_equal(word, "mute");
	assert_true(json_is_null(atr));
	assert_non_null(strstr(advice, "take it out"));
}

static void test_readers(void **state)
{
	char fake_variable[] = "FAKE=1", *environment[] = { fake_variable,
							    NULL };
	char program[512] = "";
	const struct timeval tick = { 0, 5000 };
	int64_t end = clock_mono_ns() + WAIT_NS;
	struct readers *r;
	struct error e;
	json_t *list;

	assert_true(readlink("/proc/self/exe", program,
			     sizeof(program) - 1) > 0);
	assert_int_equal(readers_new(base, program, environment, &nobody, &r,
				     &e), 0);
	while (!readers_complete(r) && clock_mono_ns() < end) {
		event_base_loopexit(base, &tick);
		event_base_loop(base, EVLOOP_ONCE);
	}
	json_auto_t *root = status(r);
	list = json_object_get(json_object_get(root, "pcsc"), "readers");
	assert_int_equal(json_array_size(list), 2);
	check_card(list);
	check_mute(list);
	readers_free(r);
	worker_wait_all(5000);
}

static int setup(void **state)
{
	base = event_base_new();
	return base == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	event_base_free(base);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nobody_watches),
		cmocka_unit_test(test_no_pcsc),
		cmocka_unit_test(test_readers),
	};

	if (getenv("FAKE") != NULL)
		fake();
	return cmocka_run_group_tests(tests, setup, teardown);
}
