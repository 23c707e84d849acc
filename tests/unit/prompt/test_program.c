/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_program: which pinentry, and with what environment.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "prompt/program.h"

static void only_what_a_pinentry_needs_is_kept(void **state)
{
	struct error e;

	clearenv();
	setenv("DISPLAY", ":7", 1);
	setenv("DISPLAYS", "x", 1);
	setenv("LC_TIME", "C", 1);
	setenv("LD_PRELOAD_NOT", "x", 1);
	setenv("GTK_MODULES", "x", 1);
	setenv("PATH", "/tmp", 1);
	assert_int_equal(prompt_program_environment(&e), 0);
	assert_string_equal(getenv("DISPLAY"), ":7");
	assert_string_equal(getenv("LC_TIME"), "C");
	assert_string_equal(getenv("PATH"), "/usr/local/bin:/usr/bin:/bin");
	assert_null(getenv("DISPLAYS"));
	assert_null(getenv("LD_PRELOAD_NOT"));
	assert_null(getenv("GTK_MODULES"));
}

static void what_is_named_is_taken(void **state)
{
	struct prompt_program p;
	struct error e;

	assert_int_equal(prompt_program_find(&p, "/bin/sh", &e), 0);
	assert_string_equal(p.path, "/bin/sh");
}

static void what_is_named_and_cannot_be_run(void **state)
{
	struct prompt_program p;
	struct error e;
	char path[PROMPT_PATH_MAX + 8];

	assert_int_equal(prompt_program_find(&p, "/nonexistent", &e),
			 ERR_PROMPT);
	assert_non_null(strstr(e.message, "prompt: pinentry"));
	assert_int_equal(prompt_program_find(&p, "/etc/passwd", &e),
			 ERR_PROMPT);
	memset(path, '/', sizeof(path));
	memcpy(path + sizeof(path) - 8, "/bin/sh", 8);
	assert_int_equal(prompt_program_find(&p, path, &e), ERR_PROMPT);
}

/* It runs in a session of its own, and is gone after the end. */
static void a_program_that_ignores_its_end_is_killed(void **state)
{
	struct prompt_program p;
	struct error e;
	pid_t pid;
	int fd;

	assert_int_equal(prompt_program_find(&p, "/bin/cat", &e), 0);
	assert_int_equal(prompt_program_start(&p, NULL, &fd, &e), 0);
	pid = p.pid;
	/* cat still has a reader and a writer: us. */
	prompt_program_end(&p);
	assert_int_equal(kill(pid, 0), -1);
	prompt_program_end(&p);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_a_pinentry_needs_is_kept),
		cmocka_unit_test(what_is_named_is_taken),
		cmocka_unit_test(what_is_named_and_cannot_be_run),
		cmocka_unit_test(a_program_that_ignores_its_end_is_killed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
