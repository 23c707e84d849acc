/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock: the two clocks, and RFC 3339 text.
 */
#ifndef SIGNET_BASE_CLOCK_H
#define SIGNET_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

/*
 * Nanoseconds of CLOCK_MONOTONIC: the same in every process of the machine,
 * so that a deadline can be sent to a worker.
 */
int64_t clock_mono_ns(void);

/* Seconds since 1970 in UTC. */
int64_t clock_unix(void);

#define CLOCK_NS_PER_MS INT64_C(1000000)
#define CLOCK_NS_PER_S INT64_C(1000000000)

/* "2026-11-23T12:00:00Z" and its NUL. */
#define CLOCK_RFC3339_SIZE 32

/* Seconds since 1970 as RFC 3339 in UTC, into out[CLOCK_RFC3339_SIZE]. */
void clock_format(int64_t unix_time, char *out);

/*
 * Parse RFC 3339 ("2026-11-23T12:00:00Z", fraction and offset allowed, the
 * fraction is dropped).  ERR_MALFORMED for anything else.
 */
int clock_parse(const char *text, int64_t *out) MUST_CHECK;

#endif
