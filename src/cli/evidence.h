/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence: what the command line of `signet evidence` asks for.
 *
 * All of it reads the file itself, beside a signetd that writes to it or where
 * there is none; signetd is not asked, so nobody has to believe it.
 */
#ifndef SIGNET_CLI_EVIDENCE_H
#define SIGNET_CLI_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "cli/option.h"
#include "cli/self.h"

struct error;
struct reader;

struct cli_evidence {
	struct cli_common common;
	const char *file, *config;
	/* verify */
	const char *checkpoint_key, *tsa_ca, *head;
	bool whole;
	/* The words behind the options. */
	char **operands;
	int count;
	char path[CLI_PATH_MAX]; /* of the database */
};

/* Open the evidence; CLI_OK, or the exit status, and it has been told. */
int cli_evidence_open(const struct cli_evidence *args, struct reader **out)
	MUST_CHECK;

int cli_evidence_verify(const struct cli_evidence *args);

#endif
