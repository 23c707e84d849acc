/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log.c - the call log and complaints about rules
 *
 * Runs in whatever process loads the mock. The log is opened for each line:
 * close-fds would take a descriptor that is kept, and tests rotate the file.
 */
#include "log.h"

#include "name.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_MAX_BYTES 256

/* What is lost here is a line of a test's log; there is nobody to tell. */
static void write_line(int fd, const char *line, int len)
{
	size_t count = (size_t)len;

	if (len <= 0)
		return;
	if (count >= LINE_MAX_BYTES)
		count = LINE_MAX_BYTES - 1;
	if (write(fd, line, count) < 0)
		return;
}

static void append(enum mock_fn fn, const char *what)
{
	const char *path = getenv("SIGNET_MOCK_LOG");
	char line[LINE_MAX_BYTES];
	int saved = errno;
	int fd;

	if (!path || !*path)
		return;
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0) {
		write_line(fd, line,
			   snprintf(line, sizeof(line), "%ld %s %s\n",
				    (long)getpid(), mock_name_of_fn(fn),
				    what));
		close(fd);
	}
	errno = saved;
}

void mock_log_answer(enum mock_fn fn, CK_RV rv)
{
	const char *name = mock_name_of_rv(rv);
	char number[2 + 2 * sizeof(rv) + 1];

	snprintf(number, sizeof(number), "0x%lx", rv);
	append(fn, name ? name : number);
}

void mock_log_effect(enum mock_fn fn, const char *what)
{
	char text[64];

	snprintf(text, sizeof(text), "!%s", what);
	append(fn, text);
}

void mock_log_number(enum mock_fn fn, const char *what, long number)
{
	char text[64];

	snprintf(text, sizeof(text), "!%s %ld", what, number);
	append(fn, text);
}

void mock_log_complain(unsigned line, const char *what)
{
	char text[LINE_MAX_BYTES];
	int len;

	if (line > 0)
		len = snprintf(text, sizeof(text),
			       "signet-mock: rules line %u: %s\n", line, what);
	else
		len = snprintf(text, sizeof(text), "signet-mock: %s\n", what);
	write_line(STDERR_FILENO, text, len);
}
