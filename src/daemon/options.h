/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options: the command line of signetd (signetd(8)).
 */
#ifndef SIGNET_DAEMON_OPTIONS_H
#define SIGNET_DAEMON_OPTIONS_H

#include <stdbool.h>

#include "base/limits.h"

/* Of --explain, whose 1 is a no. */
#define OPTIONS_EXIT_NO_CONFIG 3

struct options {
	char config[LIMIT_PATH]; /* "" when there is none to be found */
	char socket[LIMIT_PATH];
	bool check_config;
	bool explain;
	bool evidence_file;
	bool json; /* what the two print */
	bool quiet;
	bool debug;
	int ready_fd; /* -1: nobody waits */
};

/* Fills o; on --help, --version or a mistake it prints and exits (0 or 2). */
void options_parse(struct options *o, int argc, char **argv);

#endif
