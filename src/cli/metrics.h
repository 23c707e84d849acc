/* SPDX-License-Identifier: Apache-2.0 */
/*
 * metrics: the figures of GET /metrics, read again.
 *
 * The text format of Prometheus 0.0.4, as far as signetd writes it.
 */
#ifndef SIGNET_CLI_METRICS_H
#define SIGNET_CLI_METRICS_H

#include <stdbool.h>
#include <stddef.h>

struct cli_sample {
	const char *name;
	const char *labels; /* as they stand between the braces; may be "" */
	double value;
};

struct cli_metrics {
	char *text; /* heap; what the samples point into */
	struct cli_sample *samples;
	size_t count;
};

/*
 * Read text; lines that are no samples are left out.  Without memory there are
 * none.
 */
void cli_metrics_read(struct cli_metrics *m, const char *text);
void cli_metrics_fini(struct cli_metrics *m); /* zeroed is allowed */

/* The value of a sample; 0 when it is not there.  labels: all of them. */
double cli_metrics_value(const struct cli_metrics *m, const char *name,
			 const char *labels);

/* The sum over all samples of that name. */
double cli_metrics_sum(const struct cli_metrics *m, const char *name);

/* The i-th sample of that name; NULL behind the end. */
const struct cli_sample *cli_metrics_at(const struct cli_metrics *m,
					const char *name, size_t i);

/* The value of one label, without its escapes, into out; "" if none. */
void cli_metrics_label(const char *labels, const char *label, char *out,
		       size_t size);

/*
 * The part (0.5: the median) of what a histogram got between two readings, in
 * seconds, as the upper bound of its bucket: infinite above the last one,
 * negative when it got nothing.
 */
double cli_metrics_quantile(const struct cli_metrics *now,
			    const struct cli_metrics *before,
			    const char *histogram, const char *labels,
			    double part);

#endif
