/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence_report: what signet evidence verify has found, in words and in JSON.
 */
#ifndef SIGNET_CLI_EVIDENCE_REPORT_H
#define SIGNET_CLI_EVIDENCE_REPORT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/writer.h"
#include "evidence/verify.h"

struct cli_evidence_report {
	bool json;
	struct buf failed; /* lines, or the elements of an array */
	struct writer writer;
	unsigned told;
};

void cli_evidence_report_init(struct cli_evidence_report *p, bool json);
void cli_evidence_report_fini(struct cli_evidence_report *p);

/* One more that is wrong. */
void cli_evidence_report_failure(struct cli_evidence_report *p,
				 const struct verify_failure *f);

/* All of it, to standard output. */
void cli_evidence_report_print(struct cli_evidence_report *p,
			       const struct verify_result *r);

#endif
