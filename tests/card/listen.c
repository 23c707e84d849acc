/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listen: see listen.h.
 */
#include "tests/card/listen.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

#define BACKLOG 16

int listen_address(const char *path, struct sockaddr_un *out, struct error *e)
{
	*out = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof(out->sun_path))
		return error_set(e, ERR_TOO_LARGE, "%s", path);
	memcpy(out->sun_path, path, strlen(path));
	return 0;
}

int listen_unix(const char *path, int type, struct error *e)
{
	AUTO(fd_closep) int fd = -1;
	struct sockaddr_un to;
	int status = listen_address(path, &to, e);

	if (status != 0)
		return status;
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return error_set_errno(e, ERR_IO, errno, "socket");
	unlink(path);
	if (bind(fd, (struct sockaddr *)&to, sizeof(to)) != 0 ||
	    listen(fd, BACKLOG) != 0)
		return error_set_errno(e, ERR_IO, errno, "%s", path);
	return fd_take(&fd);
}
