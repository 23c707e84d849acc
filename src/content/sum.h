/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sum: exact decimals as text, such as "1234.00".  No float ever sees money.
 *
 * A decimal is 1 to 21 digits, without a zero in front that is not needed,
 * then perhaps a point and 1 to 17 digits; no sign, no exponent, no blank.
 */
#ifndef SIGNET_CONTENT_SUM_H
#define SIGNET_CONTENT_SUM_H

#include "content/content.h"

bool content_sum_valid(const char *text) MUST_CHECK;

/*
 * An amount of money: a decimal above zero of at most 18 digits, 5 of them
 * after the point (ISO 20022, ActiveOrHistoricCurrencyAndAmount).
 * ERR_CONTENT names the field.
 */
int content_sum_check(const char *field, const char *text, struct error *e)
	MUST_CHECK;

/* Three capitals (ISO 4217).  ERR_CONTENT names the field. */
int content_sum_check_currency(const char *field, const char *text,
			       struct error *e) MUST_CHECK;

/*
 * Below, equal or above zero as a is less than, equal to or more than b:
 * "1.5" is "1.50".  What is no decimal is more than every decimal, so that a
 * broken amount is never within a limit.
 */
int content_sum_compare(const char *a, const char *b) MUST_CHECK;

/*
 * value += more; keeps the larger number of digits after the point.
 * ERR_CONTENT when it has no room or one of them is no decimal; value is then
 * as it was.
 */
int content_sum_add(char value[CONTENT_SUM_SIZE], const char *more,
		    struct error *e) MUST_CHECK;

/*
 * Add an amount to the sum of its currency in an array, which grows.
 * ERR_CONTENT also above LIMIT_CURRENCIES.
 */
int content_sum_count(struct content_sum **sums, size_t *count,
		      const char *currency, const char *value,
		      struct error *e) MUST_CHECK;

#endif
