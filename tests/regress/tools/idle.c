/* SPDX-License-Identifier: Apache-2.0 */
/*
 * idle: opens many connections and keeps them, as clients do that have nothing
 * to say.
 *
 *	idle COUNT SOCKET [TEXT]
 *
 * Each sends TEXT (half a request, say) if there is one.  Prints "open" when
 * all are, waits for its standard input to end, prints how many the server has
 * closed meanwhile.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int connect_one(const char *path, const char *text)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	if (fd < 0 ||
	    connect(fd, (const struct sockaddr *)&un, sizeof(un)) != 0 ||
	    write(fd, text, strlen(text)) != (ssize_t)strlen(text)) {
		fprintf(stderr, "idle: %s\n", strerror(errno));
		exit(EXIT_FAILURE);
	}
	return fd;
}

static int closed(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char byte;

	return poll(&p, 1, 0) > 0 && recv(fd, &byte, 1, MSG_PEEK) <= 0;
}

int main(int argc, char **argv)
{
	struct rlimit files;
	unsigned long count, gone = 0;
	int *fds;

	if (argc < 3)
		return 2;
	count = strtoul(argv[1], NULL, 10);
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	fds = calloc(count, sizeof(*fds));
	if (fds == NULL)
		return EXIT_FAILURE;
	for (unsigned long i = 0; i < count; i++)
		fds[i] = connect_one(argv[2], argc > 3 ? argv[3] : "");
	puts("open");
	fflush(stdout);
	while (getchar() != EOF)
		;
	for (unsigned long i = 0; i < count; i++)
		gone += closed(fds[i]) != 0;
	printf("%lu closed\n", gone);
	free(fds);
	return EXIT_SUCCESS;
}
