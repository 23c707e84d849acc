/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_peer: the daemon's user and root are admitted, others by their group.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/peer.h"
#include "base/err.h"
#include "base/fd.h"

/* Some uid that is neither ours nor root's, nor in any group. */
#define STRANGER 4000000u

static void the_kernel_says_who_it_is(void **state)
{
	struct caller c;
	struct error e;
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
				    pair), 0);
	assert_int_equal(peer_identify(pair[0], &c, &e), 0);
	assert_int_equal(c.uid, geteuid());
	assert_int_equal(c.gid, getegid());
	assert_int_equal(c.pid, getpid());
	assert_int_equal(c.exe[0], '/');
	fd_closep(&pair[0]);
	fd_closep(&pair[1]);
}

static void what_is_no_socket_is_nobody(void **state)
{
	struct caller c;
	struct error e;
	int pipes[2];

	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	assert_int_equal(peer_identify(pipes[0], &c, &e), ERR_CALLER_UNKNOWN);
	fd_closep(&pipes[0]);
	fd_closep(&pipes[1]);
}

static void our_user_and_root_are_admitted(void **state)
{
	struct caller c = { .uid = geteuid(), .gid = STRANGER };
	struct error e;

	assert_int_equal(peer_admit(&c, NULL, &e), 0);
	c.uid = 0;
	assert_int_equal(peer_admit(&c, NULL, &e), 0);
}

static void strangers_are_refused(void **state)
{
	const struct caller c = { .uid = STRANGER, .gid = STRANGER };
	struct error e;

	assert_int_equal(peer_admit(&c, NULL, &e), ERR_CALLER_UNKNOWN);
	assert_int_equal(peer_admit(&c, "daemon", &e), ERR_CALLER_UNKNOWN);
	assert_int_equal(peer_admit(&c, "no-such-group", &e),
			 ERR_CALLER_UNKNOWN);
}

/* Group 1 is "daemon" on every Debian. */
static void the_group_is_admitted(void **state)
{
	const struct caller c = { .uid = STRANGER, .gid = 1 };
	struct error e;

	assert_int_equal(peer_admit(&c, "daemon", &e), 0);
	assert_int_equal(peer_admit(&c, NULL, &e), ERR_CALLER_UNKNOWN);
}

/* By whatever name it is called. */
static void it_runs_the_file_that_it_runs(void **state)
{
	struct caller c = { .pid = getpid() };

	assert_true(peer_runs(&c, "/proc/self/exe"));
	assert_false(peer_runs(&c, "/bin/sh"));
	assert_false(peer_runs(&c, "/no/such/file"));
	c.pid = 0;
	assert_false(peer_runs(&c, "/proc/self/exe"));
}

static void its_parent_takes_its_place(void **state)
{
	struct caller c = { .pid = getpid(), .exe = "/bin/child" };

	peer_take_parent(&c);
	assert_int_equal(c.pid, getppid());
	assert_string_not_equal(c.exe, "/bin/child");
	c.pid = 0;
	peer_take_parent(&c);
	assert_int_equal(c.pid, 0);
	assert_string_equal(c.exe, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kernel_says_who_it_is),
		cmocka_unit_test(what_is_no_socket_is_nobody),
		cmocka_unit_test(our_user_and_root_are_admitted),
		cmocka_unit_test(strangers_are_refused),
		cmocka_unit_test(the_group_is_admitted),
		cmocka_unit_test(it_runs_the_file_that_it_runs),
		cmocka_unit_test(its_parent_takes_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
