/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask: see ask.h.
 */
#include "tests/card/tools/ask.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "tests/card/control.h"
#include "tests/card/listen.h"

static int connect_card(const char *path, struct error *e)
{
	AUTO(fd_closep) int fd = -1;
	struct sockaddr_un to;
	int status = listen_address(path, &to, e);

	if (status != 0)
		return status;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		return error_set_errno(e, ERR_IO, errno, "%s", path);
	return fd_take(&fd);
}

static int send_words(int fd, char *const *words, struct error *e)
{
	AUTO(buf_fini) struct buf line;

	buf_init(&line, CONTROL_LINE_MAX);
	for (; *words != NULL; words++)
		buf_printf(&line, "%s%c", *words,
			   words[1] != NULL ? ' ' : '\n');
	if (buf_error(&line) != 0)
		return error_set(e, ERR_TOO_LARGE, "too long a command");
	return fd_write_all(fd, buf_slice(&line), e);
}

static int read_answer(int fd, struct buf *answer, struct error *e)
{
	char line[CONTROL_LINE_MAX] = "";
	size_t len = 0;
	ssize_t got;

	do {
		got = read(fd, line + len, sizeof(line) - 1 - len);
		len += got > 0 ? (size_t)got : 0;
	} while (got > 0);
	line[len] = '\0';
	if (strncmp(line, "ok", 2) != 0)
		return error_set(e, ERR_IO, "%s",
				 len > 0 ? line : "the card does not answer");
	buf_put_str(answer, line + 2);
	return buf_error(answer);
}

int ask_card(const char *socket, char *const *words, struct buf *answer,
	     struct error *e)
{
	AUTO(fd_closep) int fd = connect_card(socket, e);
	int status;

	if (fd < 0)
		return fd;
	status = send_words(fd, words, e);
	if (status != 0)
		return status;
	return read_answer(fd, answer, e);
}
