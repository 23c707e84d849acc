/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_fd: an owned descriptor is closed once, and a write is whole or an
 * error with its errno.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/fd.h"

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static int open_null(void)
{
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static void closep_closes_and_forgets(void **state)
{
	int fd = open_null(), was = fd;

	fd_closep(&fd);
	assert_int_equal(fd, -1);
	assert_false(is_open(was));
	fd_closep(&fd);
	assert_int_equal(fd, -1);
}

static void closep_keeps_errno(void **state)
{
	int bad = 1 << 20;

	errno = ENOSPC;
	fd_closep(&bad);
	assert_int_equal(errno, ENOSPC);
}

static void take_hands_the_descriptor_on(void **state)
{
	int fd = open_null(), was = fd;
	int taken = fd_take(&fd);

	assert_int_equal(taken, was);
	assert_int_equal(fd, -1);
	assert_true(is_open(taken));
	close(taken);
}

#define MANY (1024 * 1024)

static void *write_many(void *arg)
{
	const int *fd = arg;
	uint8_t *bytes = malloc(MANY);
	struct error e;
	int r;

	if (bytes == NULL)
		return NULL;
	for (size_t i = 0; i < MANY; i++)
		bytes[i] = (uint8_t)(i * 7 + (i >> 8));
	r = fd_write_all(*fd, slice_of(bytes, MANY), &e);
	free(bytes);
	close(*fd);
	return r == 0 ? arg : NULL;
}

/* A pipe takes 64 KiB at a time: many short writes. */
static void write_all_goes_on_after_short_writes(void **state)
{
	pthread_t thread;
	void *worked;
	uint8_t piece[5000];
	size_t seen = 0;
	ssize_t got;
	int fds[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(pthread_create(&thread, NULL, write_many, &fds[1]), 0);
	while ((got = read(fds[0], piece, sizeof(piece))) > 0)
		for (ssize_t i = 0; i < got; i++, seen++)
			assert_int_equal(piece[i],
					 (uint8_t)(seen * 7 + (seen >> 8)));
	pthread_join(thread, &worked);
	close(fds[0]);
	assert_non_null(worked);
	assert_int_equal(seen, MANY);
}

static void a_full_disk_is_an_error_with_errno(void **state)
{
	AUTO(fd_closep) int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct error e;

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, slice_str("x"), &e), ERR_IO);
	assert_int_equal(e.code, ERR_IO);
	assert_int_equal(e.errnum, ENOSPC);
}

static void writing_nothing_is_no_error(void **state)
{
	struct error e;

	assert_int_equal(fd_write_all(-1, slice_of(NULL, 0), &e), 0);
	assert_int_equal(fd_write_all(-1, slice_str("x"), &e), ERR_IO);
	assert_int_equal(e.errnum, EBADF);
}

static void sockets_are_told_by_their_type(void **state)
{
	int stream[2], packet[2], pipes[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
				    stream), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
				    packet), 0);
	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	assert_true(fd_is_socket(stream[0], SOCK_STREAM));
	assert_false(fd_is_socket(stream[0], SOCK_SEQPACKET));
	assert_true(fd_is_socket(packet[0], SOCK_SEQPACKET));
	assert_false(fd_is_socket(pipes[0], SOCK_STREAM));
	assert_false(fd_is_socket(-1, SOCK_STREAM));
	for (int i = 0; i < 2; i++) {
		close(stream[i]);
		close(packet[i]);
		close(pipes[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(closep_closes_and_forgets),
		cmocka_unit_test(closep_keeps_errno),
		cmocka_unit_test(take_hands_the_descriptor_on),
		cmocka_unit_test(write_all_goes_on_after_short_writes),
		cmocka_unit_test(a_full_disk_is_an_error_with_errno),
		cmocka_unit_test(writing_nothing_is_no_error),
		cmocka_unit_test(sockets_are_told_by_their_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
