/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_harden: what a child has given up.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/harden.h"

static bool is_null(int fd)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && stat("/dev/null", &b) == 0 &&
	       a.st_rdev == b.st_rdev;
}

/* The first thing that is not as it must be, or 0. */
static int harden_and_look(int fd, int last)
{
	struct rlimit core;
	struct error e;

	if (harden_child(fd, last, &e) != 0)
		return 1;
	if (!is_null(STDIN_FILENO) || !is_null(STDOUT_FILENO))
		return 2;
	for (int i = fd; i <= last; i++)
		if (fcntl(i, F_GETFD) != FD_CLOEXEC)
			return 3;
	if (fcntl(last + 1, F_GETFD) != -1 || errno != EBADF)
		return 4;
	if (prctl(PR_GET_DUMPABLE) != 0 || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0,
						 0) != 1)
		return 5;
	if (getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_max != 0)
		return 6;
	return (umask(0) == 077) ? 0 : 7;
}

/* As a child, with the socket at 10 and something open behind each. */
static int child(int last)
{
	int pair[2], status = -1;
	pid_t pid;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
				    pair), 0);
	pid = fork();
	if (pid == 0) {
		dup2(pair[1], 10);
		dup2(pair[1], 11);
		dup2(pair[1], 12);
		_exit(harden_and_look(10, last));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(pair[0]);
	close(pair[1]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void one_descriptor_is_left(void **state)
{
	assert_int_equal(child(10), 0);
}

static void two_are_left(void **state)
{
	assert_int_equal(child(11), 0);
}

static void a_descriptor_that_must_be_is_not(void **state)
{
	assert_int_equal(child(13), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_descriptor_is_left),
		cmocka_unit_test(two_are_left),
		cmocka_unit_test(a_descriptor_that_must_be_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
