/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doctor_connect: others' sockets and programs, with a deadline.
 */
#ifndef SIGNET_CLI_DOCTOR_CONNECT_H
#define SIGNET_CLI_DOCTOR_CONNECT_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/*
 * Connect to a unix socket without waiting.  0 and a non-blocking, owned
 * descriptor; else an errno value: EAGAIN says that nobody accepts.
 */
int doctor_connect(const char *path, int *out) MUST_CHECK;

/*
 * Read or write all of len bytes of a non-blocking descriptor before the
 * deadline (clock_mono_ns()).  0, or an errno value: ETIMEDOUT, and ECONNRESET
 * when the other end has closed.
 */
int doctor_read(int fd, void *bytes, size_t len, int64_t until) MUST_CHECK;
int doctor_write(int fd, const void *bytes, size_t len, int64_t until)
	MUST_CHECK;

/*
 * Run a program without input; the beginning of what it says on standard
 * output or error goes to said[size].  It is killed when it takes longer than
 * DOCTOR_DEADLINE_MS.  Its exit status; -1: it could not be started, was
 * killed, or ended by a signal.
 */
int doctor_program(char *const *argv, char *said, size_t size);

#endif
