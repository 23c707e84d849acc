/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit tests of src/cli/doctor_connect.c: programs and sockets with a deadline.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/clock.h"
#include "cli/doctor.h"
#include "cli/doctor_connect.h"

static int sh(char *script, char *said, size_t size)
{
	char shell[] = "/bin/sh", option[] = "-c";
	char *argv[] = { shell, option, script, NULL };

	return doctor_program(argv, said, size);
}

static void a_program_says_something_and_ends(void **state)
{
	char script[] = "echo out; echo err >&2; exit 7", said[64];

	assert_int_equal(sh(script, said, sizeof(said)), 7);
	assert_string_equal(said, "out\nerr\n");
}

static void what_does_not_fit_is_dropped(void **state)
{
	char script[] = "seq 100000", said[8];

	assert_int_equal(sh(script, said, sizeof(said)), 0);
	assert_string_equal(said, "1\n2\n3\n4");
}

static void one_that_cannot_be_started_or_is_killed(void **state)
{
	char none[] = "/nonexistent", kill[] = "kill -KILL $$", said[8];
	char *argv[] = { none, NULL };
	int status = doctor_program(argv, said, sizeof(said));

	/* Under valgrind posix_spawn() cannot tell, and its child ends so. */
	assert_true(status == -1 || status == 127);
	assert_string_equal(said, "");
	assert_int_equal(sh(kill, said, sizeof(said)), -1);
}

static void one_that_stays_is_killed(void **state)
{
	char closed[] = "exec >&- 2>&-; exec sleep 60";
	char open[] = "exec sleep 60";
	char said[8];
	int64_t began = clock_mono_ns();

	assert_int_equal(sh(closed, said, sizeof(said)), -1);
	assert_int_equal(sh(open, said, sizeof(said)), -1);
	assert_true(clock_mono_ns() - began <
		    3 * DOCTOR_DEADLINE_MS * CLOCK_NS_PER_MS);
}

static void reading_ends_at_the_deadline_or_with_the_peer(void **state)
{
	int64_t soon = clock_mono_ns() + 50 * CLOCK_NS_PER_MS;
	char two[2];
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
				    pair), 0);
	assert_int_equal(write(pair[1], "x", 1), 1);
	assert_int_equal(doctor_read(pair[0], two, 2, soon), ETIMEDOUT);
	soon = clock_mono_ns() + 5 * CLOCK_NS_PER_S;
	assert_int_equal(doctor_write(pair[1], "xy", 2, soon), 0);
	assert_int_equal(doctor_read(pair[0], two, 2, soon), 0);
	assert_memory_equal(two, "xy", 2);
	close(pair[1]);
	assert_int_equal(doctor_read(pair[0], two, 1, soon), ECONNRESET);
	assert_int_equal(doctor_write(pair[0], two, 1, soon), ECONNRESET);
	close(pair[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_program_says_something_and_ends),
		cmocka_unit_test(what_does_not_fit_is_dropped),
		cmocka_unit_test(one_that_cannot_be_started_or_is_killed),
		cmocka_unit_test(one_that_stays_is_killed),
		cmocka_unit_test(reading_ends_at_the_deadline_or_with_the_peer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
