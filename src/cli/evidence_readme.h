/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence_readme: the commands that verify an exported record without Signet.
 */
#ifndef SIGNET_CLI_EVIDENCE_README_H
#define SIGNET_CLI_EVIDENCE_README_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define CLI_EVIDENCE_APPROVALS 2u

/* What is in the folder. */
struct cli_evidence_readme {
	int64_t sequence, first, last;
	bool before, checkpoint, stamp, certificate;
	char format[8];
	char signer[16];    /* JOSE name; "": nothing is signed */
	char algorithm[16]; /* of the checkpoint; "": Ed25519 */
	unsigned approvals;
	struct {
		int64_t number;
		char algorithm[16];
	} approval[CLI_EVIDENCE_APPROVALS];
};

/* Lines that begin with four blanks are the commands. */
void cli_evidence_readme(const struct cli_evidence_readme *r, struct buf *out);

#endif
