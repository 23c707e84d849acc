/* SPDX-License-Identifier: Apache-2.0 */
/*
 * harden: what a process gives up before it touches a PIN or a module.
 */
#include "base/harden.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

static int harden_descriptors(int fd, int last, struct error *e)
{
	AUTO(fd_closep) int null = -1;

	/* Some tools (valgrind) keep descriptors of their own: no failure. */
	close_range((unsigned)last + 1, ~0u, 0);
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(null, STDOUT_FILENO) < 0)
		return error_set_errno(e, ERR_IO, errno, "/dev/null");
	if (null <= STDERR_FILENO)
		fd_take(&null);
	for (; fd <= last; fd++)
		if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
			return error_set_errno(e, ERR_IO, errno,
					       "descriptor %d", fd);
	return 0;
}

static int harden_process(struct error *e)
{
	struct rlimit none = { .rlim_cur = 0, .rlim_max = 0 };

	umask(077);
	signal(SIGPIPE, SIG_IGN);
	if (setrlimit(RLIMIT_CORE, &none) != 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
		return error_set_errno(e, ERR_IO, errno, "prctl");
	return 0;
}

int harden_child(int fd, int last, struct error *e)
{
	struct pollfd p = { .fd = fd, .events = 0 };
	int r = harden_descriptors(fd, last, e);

	if (r == 0)
		r = harden_process(e);
	if (r != 0)
		return r;
	/* PR_SET_PDEATHSIG comes too late for a parent that has ended. */
	if (poll(&p, 1, 0) < 0 || (p.revents & (POLLHUP | POLLERR)) != 0)
		return error_set(e, ERR_IO, "signetd has ended");
	return 0;
}
