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
struct reader_record;

struct cli_evidence {
	struct cli_common common;
	const char *file, *config;
	/* verify */
	const char *checkpoint_key, *tsa_ca, *head;
	bool whole, stamped;
	/* list */
	int64_t since, until;
	bool has_since, has_until;
	const char *outcome, *key, *caller, *request;
	/* archive */
	bool has_before, has_keep;
	int64_t before;
	unsigned int keep;
	const char *out_dir;
	/* The words behind the options. */
	char **operands;
	int count;
	char path[CLI_PATH_MAX]; /* of the database */
};

/* Open the evidence; CLI_OK, or the exit status, and it has been told. */
int cli_evidence_open(const struct cli_evidence *args, struct reader **out)
	MUST_CHECK;

/* The record of this number; the same. */
int cli_evidence_find(struct reader *r, const char *number,
		      struct reader_record *rec) MUST_CHECK;

/* "2026-11-24", or RFC 3339. */
bool cli_evidence_time(const char *text, int64_t *out) MUST_CHECK;

int cli_evidence_archive(const struct cli_evidence *args);
int cli_evidence_export(const struct cli_evidence *args);
int cli_evidence_list(const struct cli_evidence *args);
int cli_evidence_show(const struct cli_evidence *args);
int cli_evidence_verify(const struct cli_evidence *args);

#endif
