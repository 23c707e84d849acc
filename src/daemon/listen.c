/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listen: the unix socket of the API.
 */
#include "daemon/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/limits.h"

#define LISTEN_BACKLOG 1024

static int listen_folder(const char *path, struct error *e)
{
	char folder[LIMIT_PATH];
	char *slash;

	snprintf(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	if (slash == NULL || slash == folder)
		return 0;
	*slash = '\0';
	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		return error_set_errno(e, ERR_IO, errno, "cannot make %s",
				       folder);
	return 0;
}

static int listen_lock(const char *path, int *out, struct error *e)
{
	char name[LIMIT_PATH];
	AUTO(fd_closep) int fd = -1;

	snprintf(name, sizeof(name), "%s.lock", path);
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return error_set_errno(e, ERR_IO, errno, "%s", name);
	if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		return error_set(e, ERR_IO, "another signetd serves %s", path);
	*out = fd_take(&fd);
	return 0;
}

static int listen_group(const char *path, const char *group, struct error *e)
{
	const struct group *gr;

	if (group == NULL)
		return 0;
	gr = getgrnam(group);
	if (gr == NULL)
		return error_set(e, ERR_CONFIG, "there is no group %s", group);
	if (chown(path, (uid_t)-1, gr->gr_gid) != 0 || chmod(path, 0660) != 0)
		return error_set_errno(e, ERR_IO, errno,
				       "cannot give %s to group %s", path,
				       group);
	return 0;
}

static int listen_bind(int fd, const char *path, const char *group,
		       struct error *e)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	mode_t old;
	int r;

	memcpy(un.sun_path, path, strlen(path) + 1);
	if (unlink(path) != 0 && errno != ENOENT)
		return error_set_errno(e, ERR_IO, errno, "%s", path);
	/* Never wider than this, not even between bind and chmod. */
	old = umask(0177);
	r = bind(fd, (const struct sockaddr *)&un, sizeof(un));
	umask(old);
	if (r != 0)
		return error_set_errno(e, ERR_IO, errno, "%s", path);
	r = listen_group(path, group, e);
	if (r == 0 && listen(fd, LISTEN_BACKLOG) != 0)
		r = error_set_errno(e, ERR_IO, errno, "listen");
	return r;
}

int listen_open(const char *path, const char *group, int *fd, int *lock,
		struct error *e)
{
	AUTO(fd_closep) int sock = -1, held = -1;
	struct sockaddr_un un;
	int r;

	if (path[0] != '/' || strlen(path) >= sizeof(un.sun_path))
		return error_set(e, ERR_CONFIG,
				 "the socket needs an absolute path of less"
				 " than %zu characters: %s",
				 sizeof(un.sun_path), path);
	r = listen_folder(path, e);
	if (r == 0)
		r = listen_lock(path, &held, e);
	if (r != 0)
		return r;
	sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (sock < 0)
		return error_set_errno(e, ERR_IO, errno, "socket");
	r = listen_bind(sock, path, group, e);
	if (r != 0)
		return r;
	*fd = fd_take(&sock);
	*lock = fd_take(&held);
	return 0;
}

/* --- the loopback ------------------------------------------------------- */

#define LISTEN_PAGES 128 /* that wait; more come again */

static int loopback_bind(int fd, int family, unsigned port)
{
	const struct sockaddr_in four = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	const struct sockaddr_in6 six = {
		.sin6_family = AF_INET6,
		.sin6_port = htons((uint16_t)port),
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};
	int on = 1;

	/* After a restart; not while somebody else listens. */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0)
		return -1;
	if (family == AF_INET)
		return bind(fd, (const struct sockaddr *)&four, sizeof(four));
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) != 0)
		return -1;
	return bind(fd, (const struct sockaddr *)&six, sizeof(six));
}

/* fd is -1, and 0 returned, where there is no such family here. */
static int loopback_open(int family, unsigned port, int *fd, struct error *e)
{
	AUTO(fd_closep) int sock = socket(
		family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	*fd = -1;
	if (sock < 0 && errno == EAFNOSUPPORT && family == AF_INET6)
		return 0;
	if (sock >= 0 && loopback_bind(sock, family, port) == 0 &&
	    listen(sock, LISTEN_PAGES) == 0) {
		*fd = fd_take(&sock);
		return 0;
	}
	if (errno == EADDRNOTAVAIL && family == AF_INET6)
		return 0;
	return error_set_errno(e, ERR_IO, errno, "loopback: port %u of %s%s",
			       port, family == AF_INET ? "127.0.0.1" : "::1",
			       errno == EADDRINUSE ? " is another program's;"
			       " end that, or take another port" : "");
}

int listen_loopback(unsigned port, int fd[2], struct error *e)
{
	AUTO(fd_closep) int four = -1, six = -1;
	int r = loopback_open(AF_INET, port, &four, e);

	if (r == 0)
		r = loopback_open(AF_INET6, port, &six, e);
	if (r != 0)
		return r;
	fd[0] = fd_take(&four);
	fd[1] = fd_take(&six);
	return 0;
}
