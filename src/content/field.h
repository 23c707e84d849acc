/* SPDX-License-Identifier: Apache-2.0 */
/*
 * field: checks of typed fields, all of one shape for tables.
 *
 * Each is content_visible_check() of the text first, and then its own rule;
 * ERR_CONTENT names the field.
 */
#ifndef SIGNET_CONTENT_FIELD_H
#define SIGNET_CONTENT_FIELD_H

#include "base/attr.h"
#include "base/slice.h"

struct error;

/* content_sum_check() and content_sum_check_currency(). */
int content_field_amount(const char *field, struct slice value,
			 struct error *e) MUST_CHECK;
int content_field_currency(const char *field, struct slice value,
			   struct error *e) MUST_CHECK;

/* A day of the calendar: 2026-11-23. */
int content_field_date(const char *field, struct slice value,
		       struct error *e) MUST_CHECK;

/*
 * An origin as browsers write it (RFC 6454): https://host or https://host:port
 * in lower case, other alphabets as xn--, without a path.
 */
int content_field_origin(const char *field, struct slice value,
			 struct error *e) MUST_CHECK;

#endif
