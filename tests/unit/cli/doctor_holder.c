/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit tests of src/cli/doctor_holder.c: who has a socket or a file.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/attr.h"
#include "cli/doctor_holder.h"

struct place {
	char dir[32];
	struct sockaddr_un un;
	int listener;
	pid_t child;
};

/* A process called "holder" that has what open() gives. */
static void hold(struct place *p, bool file)
{
	int ends[2];
	char c;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	p->child = fork();
	if (p->child == 0) {
		int fd = file ? open(p->un.sun_path, O_RDONLY | O_CREAT, 0600) :
				socket(AF_UNIX, SOCK_STREAM, 0);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, "holder");
		if (fd < 0 || (!file && connect(fd,
				(struct sockaddr *)&p->un, sizeof(p->un)) != 0))
			_exit(1);
		if (write(ends[1], "x", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &c, 1), 1);
	close(ends[0]);
}

static int set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	snprintf(p->dir, sizeof(p->dir), "/tmp/signet.XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	p->un.sun_family = AF_UNIX;
	snprintf(p->un.sun_path, sizeof(p->un.sun_path), "%s/held", p->dir);
	p->listener = -1;
	*state = p;
	return 0;
}

static int tear_down(void **state)
{
	struct place *p = *state;

	if (p->child > 0) {
		kill(p->child, SIGKILL);
		waitpid(p->child, NULL, 0);
	}
	if (p->listener >= 0)
		close(p->listener);
	unlink(p->un.sun_path);
	rmdir(p->dir);
	free(p);
	return 0;
}

static void listen_at(struct place *p)
{
	p->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(p->listener, (struct sockaddr *)&p->un,
			      sizeof(p->un)), 0);
	assert_int_equal(listen(p->listener, 4), 0);
}

static void finds_the_client_of_a_socket(void **state)
{
	struct place *p = *state;
	struct doctor_holders h;
	char text[128], want[64];
	int served;

	listen_at(p);
	assert_int_equal(doctor_holders_of_socket(p->un.sun_path, &h), 0);
	assert_int_equal(h.count + h.hidden, 0);
	hold(p, false);
	served = accept4(p->listener, NULL, NULL, SOCK_CLOEXEC);
	assert_true(served >= 0);
	assert_int_equal(doctor_holders_of_socket(p->un.sun_path, &h), 0);
	assert_int_equal(h.count, 1);
	assert_int_equal(h.hidden, 0);
	doctor_holders_text(&h, text, sizeof(text));
	snprintf(want, sizeof(want), "holder (%d)", (int)p->child);
	assert_string_equal(text, want);
	close(served);
}

static void other_sockets_and_itself_are_none(void **state)
{
	struct place *p = *state;
	struct doctor_holders h;
	char other[sizeof(p->un.sun_path) + 8];
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), served;

	listen_at(p);
	assert_int_equal(connect(fd, (struct sockaddr *)&p->un,
				 sizeof(p->un)), 0);
	served = accept4(p->listener, NULL, NULL, SOCK_CLOEXEC);
	assert_int_equal(doctor_holders_of_socket(p->un.sun_path, &h), 0);
	assert_int_equal(h.count + h.hidden, 0);
	snprintf(other, sizeof(other), "%s2", p->un.sun_path);
	assert_int_equal(doctor_holders_of_socket(other, &h), 0);
	assert_int_equal(h.count + h.hidden, 0);
	close(fd);
	close(served);
}

static void finds_who_has_a_file_open(void **state)
{
	struct place *p = *state;
	struct doctor_holders h;

	doctor_holders_of_file(p->un.sun_path, &h);
	assert_int_equal(h.count, 0);
	hold(p, true);
	doctor_holders_of_file(p->un.sun_path, &h);
	assert_int_equal(h.count, 1);
	assert_int_equal(h.list[0].pid, p->child);
	assert_string_equal(h.list[0].name, "holder");
}

static void a_text_that_does_not_fit_is_cut(void **state)
{
	struct doctor_holders h = { .count = 3,
		.list = { { 1, "one" }, { 2, "two" }, { 3, "three" } } };
	char text[12];

	doctor_holders_text(&h, text, sizeof(text));
	assert_string_equal(text, "one (1), tw");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(finds_the_client_of_a_socket,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			other_sockets_and_itself_are_none, set_up, tear_down),
		cmocka_unit_test_setup_teardown(finds_who_has_a_file_open,
						set_up, tear_down),
		cmocka_unit_test(a_text_that_does_not_fit_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
