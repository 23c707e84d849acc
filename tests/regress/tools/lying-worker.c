/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lying-worker: a signet-worker that breaks the worker protocol.
 *
 * Put beside a copy of signetd.  The file "lie" beside it says how: the bytes
 * (as hexadecimal text) that it answers to whatever comes first; then it keeps
 * silent.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORKER_FD 3

static size_t read_lie(unsigned char *out, size_t max)
{
	char path[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 8);
	unsigned byte;
	size_t n = 0;
	FILE *f;

	if (len <= 0)
		exit(EXIT_FAILURE);
	path[len] = '\0';
	snprintf(strrchr(path, '/') + 1, sizeof("lie"), "lie");
	f = fopen(path, "re");
	if (f == NULL)
		exit(EXIT_FAILURE);
	while (n < max && fscanf(f, "%2x", &byte) == 1)
		out[n++] = (unsigned char)byte;
	fclose(f);
	return n;
}

int main(void)
{
	unsigned char asked[4096], lie[4096];
	size_t len = read_lie(lie, sizeof(lie));

	if (read(WORKER_FD, asked, sizeof(asked)) <= 0)
		return EXIT_FAILURE;
	if (write(WORKER_FD, lie, len) != (ssize_t)len)
		return EXIT_FAILURE;
	for (;;)
		pause();
}
