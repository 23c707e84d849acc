/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connections PORT NUMBER: so many connections to it, on which nothing is said.
 */
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* 0: no number from 1 to most. */
static long number(const char *text, long most)
{
	char *end;
	long n = strtol(text, &end, 10);

	return *end == '\0' && n > 0 && n <= most ? n : 0;
}

int main(int argc, char **argv)
{
	struct rlimit files;
	struct sockaddr_in to = { .sin_family = AF_INET };
	long port = argc == 3 ? number(argv[1], UINT16_MAX) : 0;
	long count = argc == 3 ? number(argv[2], 100000) : 0;

	if (port == 0 || count == 0)
		return EXIT_FAILURE;
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	to.sin_port = htons((uint16_t)port);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (long i = 0; i < count; i++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC |
				SOCK_NONBLOCK, 0);

		if (fd < 0)
			return EXIT_FAILURE;
		/* Those that the kernel lets wait are wanted, too. */
		if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0)
			continue;
	}
	pause();
	return EXIT_SUCCESS;
}
