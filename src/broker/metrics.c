/* SPDX-License-Identifier: Apache-2.0 */
/*
 * metrics: what was counted since the start.
 */
#include "broker/metrics.h"

static const char *const outcome_names[METRICS_OUTCOMES] = {
	[METRICS_RELEASED] = "released",   [METRICS_REFUSED] = "refused",
	[METRICS_DECLINED] = "declined",   [METRICS_FAILED] = "failed",
	[METRICS_CANCELLED] = "cancelled", [METRICS_REPEATED] = "repeated",
};

const char *metrics_outcome_name(enum metrics_outcome outcome)
{
	return outcome_names[outcome];
}
