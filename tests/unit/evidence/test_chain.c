/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_chain: records follow each other as docs/PROTOCOL.evidence says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "evidence/chain.h"

/* The lines of section 8, without those that are empty. */
static char example[4][1024];

static int read_example(void **state)
{
	FILE *file = fopen("docs/PROTOCOL.evidence", "re");
	char line[1024];
	unsigned n = 0;

	if (file == NULL)
		return -1;
	while (fgets(line, sizeof(line), file) != NULL && n < 4) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "8. ", 3) == 0)
			n = 0;
		if (strncmp(line, "    ", 4) == 0 &&
		    (strstr(line, "2026-11-24T09:3") != NULL ||
		     strlen(line) == 4 + 64) && strstr(line, "...") == NULL)
			snprintf(example[n++], sizeof(example[0]), "%s",
				 line + 4);
	}
	fclose(file);
	return n == 4 ? 0 : -1;
}

static void the_example_is_what_is_written(void **state)
{
	struct buf out AUTO(buf_fini) = { .max = 4096 };
	struct chain at = { 0 }, next;
	char hash[2 * CHAIN_HASH + 1], *event, *end;

	for (int i = 0; i < 4; i += 2) {
		event = strstr(example[i], "{\"event\":") + 9;
		end = strstr(event, ",\"previous\"");
		assert_non_null(end);
		chain_put(&at, slice_of(event, (size_t)(end - event)),
			  i == 0 ? "2026-11-24T09:30:00.123Z" :
			  "2026-11-24T09:31:00.000Z", &out, &next);
		assert_string_equal(buf_text(&out), example[i]);
		hex_encode(slice_of(next.hash, CHAIN_HASH), hash);
		assert_string_equal(hash, example[i + 1]);
		at = next;
	}
	assert_int_equal(at.sequence, 2);
}

static void a_time_has_milliseconds(void **state)
{
	char time[CHAIN_TIME_SIZE];

	chain_time(INT64_C(1795512600123), time);
	assert_string_equal(time, "2026-11-24T09:30:00.123Z");
	chain_time(0, time);
	assert_string_equal(time, "1970-01-01T00:00:00.000Z");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_is_what_is_written),
		cmocka_unit_test(a_time_has_milliseconds),
	};

	return cmocka_run_group_tests(tests, read_example, NULL);
}
