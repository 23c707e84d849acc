/* SPDX-License-Identifier: Apache-2.0 */
/*
 * output: a file that is there whole or not at all.
 *
 * Written beside its place under another name, then renamed.  A signal that
 * ends the program takes the unfinished ones away.
 */
#ifndef SIGNET_CLI_OUTPUT_H
#define SIGNET_CLI_OUTPUT_H

#include <stdbool.h>

#include "base/attr.h"
#include "cli/self.h"

struct error;

#define CLI_OUTPUT_MAX 64 /* open at a time */

struct cli_output {
	const char *path; /* borrowed; NULL: standard output */
	char temporary[CLI_PATH_MAX];
	int fd;
	int slot; /* where the signal handler finds it; -1: nowhere */
};

/*
 * Open for path; NULL is standard output.  ERR_IO: the folder cannot be
 * written; or, unless force, the file is there already.
 */
int cli_output_open(struct cli_output *o, const char *path, bool force,
		    struct error *e) MUST_CHECK;

/*
 * Put it in its place.  Without force a file that has appeared there in the
 * meantime is kept: ERR_IO.  o is closed in any case.
 */
int cli_output_commit(struct cli_output *o, bool force, struct error *e)
	MUST_CHECK;

/* Close and remove it; nothing when it was committed.  For AUTO(). */
void cli_output_abort(struct cli_output *o);

/* An output that is not open. */
#define CLI_OUTPUT_NONE ((struct cli_output){ .fd = -1, .slot = -1 })

/* Remove what is unfinished when SIGINT, SIGTERM, SIGHUP or SIGPIPE comes. */
void cli_output_catch_signals(void);

#endif
