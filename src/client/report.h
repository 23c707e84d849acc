/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report: the verdict on a signature, as the users of the library see it.
 */
#ifndef SIGNET_CLIENT_REPORT_H
#define SIGNET_CLIENT_REPORT_H

#include <stdint.h>

#include "base/attr.h"
#include "signet.h"

struct error;
struct format_report;

/* Copies report; time is what it was judged as of.  ERR_NO_MEMORY. */
int client_report_new(enum signet_format format,
		      const struct format_report *report, int64_t time,
		      struct signet_report **out, struct error *e) MUST_CHECK;

#endif
