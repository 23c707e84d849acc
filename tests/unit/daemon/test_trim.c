/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_trim: pages of files and free memory go back, and nothing else is lost.
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
#include <openssl/sha.h>

#include "base/err.h"
#include "daemon/trim.h"

/* KiB of a line of /proc/self/status. */
static long kib(const char *name)
{
	char line[256];
	long n = -1;
	FILE *f = fopen("/proc/self/status", "re");

	assert_non_null(f);
	while (n < 0 && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			n = strtol(line + strlen(name), NULL, 10);
	fclose(f);
	assert_true(n >= 0);
	return n;
}

/* valgrind and sanitizers have a malloc of their own, and much else. */
static void skip_if_watched(void)
{
	const char *preload = getenv("LD_PRELOAD");

#ifdef __SANITIZE_ADDRESS__
	skip();
#endif
	if (preload != NULL && strstr(preload, "vgpreload") != NULL)
		skip();
}

static const char digest_of_abc[] =
	"\xba\x78\x16\xbf\x8f\x01\xcf\xea\x41\x41\x40\xde\x5d\xae\x22\x23"
	"\xb0\x03\x61\xa3\x96\x17\x7a\x9c\xb4\x10\xff\x61\xf2\x00\x15\xad";

static void works(void)
{
	uint8_t md[SHA256_DIGEST_LENGTH];

	SHA256((const uint8_t *)"abc", 3, md);
	assert_memory_equal(md, digest_of_abc, sizeof(md));
	assert_string_equal(err_info(ERR_NO_MEMORY)->code, "no-memory");
}

static void pages_of_files_go_and_come_back(void **state)
{
	long before;

	skip_if_watched();
	works();
	before = kib("RssFile:");
	trim_now();
	assert_in_range(kib("RssFile:"), 0, (uintmax_t)before * 3 / 4);
	works();
}

/* The table is relocated: its pages are not those of the file. */
static int (*const volatile relocated[])(const char *) = { puts, atoi };
static int written = 1;

static void what_was_written_stays(void **state)
{
	written = 7;
	trim_now();
	assert_int_equal(written, 7);
	assert_ptr_equal(relocated[1], atoi);
	assert_int_equal(relocated[1]("12"), 12);
}

/* Pieces below a last one that is kept: free() alone keeps their pages. */
static void free_memory_goes_back(void **state)
{
	enum { PIECES = 4000, PIECE = 4000 };
	static char *pieces[PIECES];
	char *last;
	long before;

	skip_if_watched();
	for (int i = 0; i < PIECES; i++) {
		pieces[i] = malloc(PIECE);
		assert_non_null(pieces[i]);
		memset(pieces[i], 1, PIECE);
	}
	last = malloc(PIECE);
	for (int i = 0; i < PIECES; i++)
		free(pieces[i]);
	before = kib("RssAnon:");
	trim_now();
	assert_in_range(kib("RssAnon:"), 0, (uintmax_t)before - 10000);
	free(last);
}

static void it_starts_and_stops(void **state)
{
	struct event_base *base = event_base_new();
	struct trim *t;
	struct error e;

	assert_int_equal(trim_start(base, &t, &e), 0);
	trim_stop(t);
	trim_stop(NULL);
	event_base_free(base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_of_files_go_and_come_back),
		cmocka_unit_test(what_was_written_stays),
		cmocka_unit_test(free_memory_goes_back),
		cmocka_unit_test(it_starts_and_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
