/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doctor_holder: which processes hold a socket's connections or a device.
 *
 * By /proc, which shows an ordinary user the files of his own processes only;
 * what is left over is counted.
 */
#ifndef SIGNET_CLI_DOCTOR_HOLDER_H
#define SIGNET_CLI_DOCTOR_HOLDER_H

#include <stddef.h>
#include <sys/types.h>

#include "base/attr.h"

#define DOCTOR_HOLDERS_MAX 16
#define DOCTOR_COMM_MAX 32

struct doctor_holder {
	pid_t pid;
	char name[DOCTOR_COMM_MAX]; /* as the kernel has it */
};

struct doctor_holders {
	struct doctor_holder list[DOCTOR_HOLDERS_MAX];
	unsigned int count;
	unsigned int hidden; /* connections whose process cannot be seen */
};

/*
 * The clients connected to the unix socket of that path (sock_diag(7)), but
 * this process.  -1: the kernel does not tell.
 */
int doctor_holders_of_socket(const char *path, struct doctor_holders *out)
	MUST_CHECK;

/* The processes that have this file open. */
void doctor_holders_of_file(const char *path, struct doctor_holders *out);

/* "firefox (1234), scdaemon (99)" */
void doctor_holders_text(const struct doctor_holders *h, char *out,
			 size_t size);

#endif
