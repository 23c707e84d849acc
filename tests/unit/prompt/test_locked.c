/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_locked: memory for a line with a PIN in it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prompt/locked.h"
#include "tests/unit/base/wiped.h"

/* The flags of the mapping that p is in, as the kernel tells them. */
static void flags_of(const void *p, char *flags, size_t size)
{
	FILE *f = fopen("/proc/self/smaps", "re");
	unsigned long from, to, at = (unsigned long)p;
	char line[400];
	bool here = false;

	assert_non_null(f);
	flags[0] = '\0';
	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			here = at >= from && at < to;
		if (here && strncmp(line, "VmFlags:", 8) == 0)
			snprintf(flags, size, "%s", line);
	}
	fclose(f);
}

static void it_is_locked_and_in_no_core(void **state)
{
	char flags[512];
	void *p = prompt_locked_new(5000);

	assert_non_null(p);
	flags_of(p, flags, sizeof(flags));
	/* AddressSanitizer makes mlock() a call that does nothing. */
#ifndef __SANITIZE_ADDRESS__
	assert_non_null(strstr(flags, " lo"));
#endif
	assert_non_null(strstr(flags, " dd"));
	assert_non_null(strstr(flags, " wf"));
	prompt_locked_free(p);
}

static void it_keeps_what_is_in_it(void **state)
{
	char *p = prompt_locked_resize(NULL, 10);

	memcpy(p, "123456789", 10);
	p = prompt_locked_resize(p, 100000);
	assert_string_equal(p, "123456789");
	p[99999] = 'x';
	p = prompt_locked_resize(p, 5);
	assert_memory_equal(p, "12345", 5);
	prompt_locked_free(p);
	prompt_locked_free(NULL);
}

static void what_is_released_is_wiped(void **state)
{
	char *p = prompt_locked_new(100);

	wiped_count = 0;
	p = prompt_locked_resize(p, 200);
	assert_int_equal(wiped_count, 1);
	assert_int_equal(wiped[0].len, 100);
	prompt_locked_free(p);
	assert_ptr_equal(wiped[1].ptr, p);
	assert_int_equal(wiped[1].len, 200);
}

static void too_much_is_none(void **state)
{
	assert_null(prompt_locked_new(SIZE_MAX - 8));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_locked_and_in_no_core),
		cmocka_unit_test(it_keeps_what_is_in_it),
		cmocka_unit_test(what_is_released_is_wiped),
		cmocka_unit_test(too_much_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
