/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connections PORT NUMBER: so many connections to it, on which nothing is said.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct rlimit files;
	struct sockaddr_in to = { .sin_family = AF_INET };
	int count = argc == 3 ? atoi(argv[2]) : 0;

	if (count <= 0)
		return EXIT_FAILURE;
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	to.sin_port = htons((uint16_t)atoi(argv[1]));
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (int i = 0; i < count; i++) {
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
