/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pcscd-at: becomes a pcscd that listens on a socket of its own.
 *
 *	pcscd-at SOCKET CONFIGURATION-FOLDER
 *
 * As systemd starts it, with the socket as descriptor 3.  Clients find it by
 * PCSCLITE_CSOCK_NAME.  The socket is its only: when it ends, nobody listens.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LISTEN_FD 3

static void die(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

int main(int argc, char **argv)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	char pid[16];
	int fd;

	if (argc != 3 || strlen(argv[1]) >= sizeof(at.sun_path)) {
		fprintf(stderr, "usage: pcscd-at SOCKET FOLDER\n");
		return 2;
	}
	snprintf(at.sun_path, sizeof(at.sun_path), "%s", argv[1]);
	unlink(argv[1]);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
	    listen(fd, 16) != 0 || (fd != LISTEN_FD && dup2(fd, LISTEN_FD) < 0))
		die(argv[1]);
	/* dup2() to itself leaves close-on-exec as it is. */
	if (fd == LISTEN_FD && (fd = fcntl(fd, F_DUPFD_CLOEXEC, 10)) >= 0)
		dup2(fd, LISTEN_FD);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", "1", 1);
	execl("/usr/sbin/pcscd", "pcscd", "--foreground", "--info", "--config",
	      argv[2], (char *)NULL);
	die("pcscd");
}
