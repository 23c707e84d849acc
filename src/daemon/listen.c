/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listen: the unix socket of the API.
 */
#include "daemon/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
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
