/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log: one line a message on standard error, as journald and people read it.
 *
 * Programs log, libraries do not.  Control characters are made visible: no
 * peer can forge a line.  No PIN can reach it: secrets are no strings.
 */
#ifndef SIGNET_BASE_LOG_H
#define SIGNET_BASE_LOG_H

#include "base/attr.h"

struct error;

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/* Name of the program in front of each line, and the least level shown. */
void log_open(const char *program, enum log_level level);

/*
 * request is the id of the request the line is about, or NULL.  Under
 * systemd (JOURNAL_STREAM set) each line starts with its <priority>.
 */
void log_write(enum log_level level, const char *request, const char *format,
	       ...) PRINTF_LIKE(3, 4);

/* The same for a failure that is dropped here: "what: code: message". */
void log_failure(enum log_level level, const char *request, const char *what,
		 const struct error *e);

#endif
