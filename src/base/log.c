/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log: one line a message on standard error.
 */
#include "base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"

#define LOG_LINE_MAX 2048

static const char *log_program = "signet";
static enum log_level log_least = LOG_INFO;
static bool log_journal;

static const char *const level_names[] = {
	"error", "warning", "info", "debug"
};
/* syslog(3) priorities, which sd-daemon(3) reads from the line's start. */
static const char *const level_priority[] = { "<3>", "<4>", "<6>", "<7>" };

void log_open(const char *program, enum log_level level)
{
	log_program = program;
	log_least = level;
	log_journal = getenv("JOURNAL_STREAM") != NULL;
}

static size_t log_head(char *line, size_t size, enum log_level level,
		       const char *request)
{
	int n = snprintf(line, size, "%s%s: %s: %s%s",
			 log_journal ? level_priority[level] : "", log_program,
			 level_names[level], request == NULL ? "" : request,
			 request == NULL ? "" : ": ");

	if (n < 0)
		return 0;
	return (size_t)n < size ? (size_t)n : size - 1;
}

/*
 * Control characters become visible, those of the upper half (U+0080 to U+009F:
 * one of them ends a line, one starts an escape sequence) too.
 */
static void log_defuse(char *line, size_t len)
{
	unsigned char before = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)line[i];

		if (before == 0xc2 && c >= 0x80 && c <= 0x9f)
			line[i - 1] = line[i] = '?';
		else if (c < ' ' || c == 0x7f)
			line[i] = '?';
		before = c;
	}
}

void log_write(enum log_level level, const char *request, const char *format,
	       ...)
{
	char line[LOG_LINE_MAX];
	size_t len;
	va_list ap;
	int n;

	if (level > log_least)
		return;
	len = log_head(line, sizeof(line) - 1, level, request);
	va_start(ap, format);
	n = vsnprintf(line + len, sizeof(line) - 1 - len, format, ap);
	va_end(ap);
	if (n > 0)
		len += (size_t)n;
	if (len > sizeof(line) - 2)
		len = sizeof(line) - 2;
	log_defuse(line, len);
	line[len++] = '\n';
	/* One write a line; a log that cannot be written stops nothing. */
	if (write(STDERR_FILENO, line, len) < 0)
		return;
}

void log_failure(enum log_level level, const char *request, const char *what,
		 const struct error *e)
{
	log_write(level, request, "%s: %s: %s", what, err_info(e->code)->code,
		  e->message);
}
