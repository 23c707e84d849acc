/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sum: exact decimals, digit by digit.
 */
#include "content/sum.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"

#define SUM_INTEGER 21
#define SUM_FRACTION 17
#define SUM_DIGITS (SUM_INTEGER + SUM_FRACTION)

/* The digits around a point that stands behind the first SUM_INTEGER. */
struct decimal {
	uint8_t digits[SUM_DIGITS];
	size_t integer;	 /* digits of the text before the point */
	size_t fraction; /* and after it */
};

_Static_assert(SUM_DIGITS + 2 == CONTENT_SUM_SIZE, "a point and a NUL");

static size_t digits_of(const char *text)
{
	return strspn(text, "0123456789");
}

static bool decimal_parse(const char *text, struct decimal *d)
{
	const char *fraction = "";

	*d = (struct decimal){ .integer = digits_of(text) };
	if (text[d->integer] == '.') {
		fraction = text + d->integer + 1;
		d->fraction = digits_of(fraction);
		if (d->fraction == 0)
			return false;
	}
	if (d->integer == 0 || d->integer > SUM_INTEGER ||
	    d->fraction > SUM_FRACTION || (text[0] == '0' && d->integer > 1))
		return false;
	if (*fraction == '\0' ? text[d->integer] != '\0' :
				fraction[d->fraction] != '\0')
		return false;
	for (size_t i = 0; i < d->integer; i++)
		d->digits[SUM_INTEGER - d->integer + i] =
			(uint8_t)(text[i] - '0');
	for (size_t i = 0; i < d->fraction; i++)
		d->digits[SUM_INTEGER + i] = (uint8_t)(fraction[i] - '0');
	return true;
}

static void decimal_print(const struct decimal *d, char *out)
{
	size_t first = 0;

	while (first < SUM_INTEGER - 1 && d->digits[first] == 0)
		first++;
	for (size_t i = first; i < SUM_INTEGER + d->fraction; i++) {
		if (i == SUM_INTEGER)
			*out++ = '.';
		*out++ = (char)('0' + d->digits[i]);
	}
	*out = '\0';
}

static bool decimal_is_zero(const struct decimal *d)
{
	for (size_t i = 0; i < SUM_DIGITS; i++)
		if (d->digits[i] != 0)
			return false;
	return true;
}

bool content_sum_valid(const char *text)
{
	struct decimal d;

	return decimal_parse(text, &d);
}

int content_sum_check(const char *field, const char *text, struct error *e)
{
	struct decimal d;

	if (!decimal_parse(text, &d))
		return error_set(e, ERR_CONTENT,
				 "%s is no decimal such as 1234.00: digits,"
				 " and perhaps a point and digits", field);
	if (d.integer + d.fraction > 18 || d.fraction > 5)
		return error_set(e, ERR_CONTENT,
				 "%s has more than 18 digits, or more than 5"
				 " after the point", field);
	if (decimal_is_zero(&d))
		return error_set(e, ERR_CONTENT,
				 "%s is zero: there is nothing to pay", field);
	return 0;
}

int content_sum_check_currency(const char *field, const char *text,
			       struct error *e)
{
	static const char capitals[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	if (strlen(text) == 3 && strspn(text, capitals) == 3)
		return 0;
	return error_set(e, ERR_CONTENT,
			 "%s is no currency of three capitals, such as CNY",
			 field);
}

int content_sum_compare(const char *a, const char *b)
{
	struct decimal x, y;
	bool is_a = decimal_parse(a, &x), is_b = decimal_parse(b, &y);

	if (!is_a || !is_b)
		return (int)is_b - (int)is_a;
	return memcmp(x.digits, y.digits, sizeof(x.digits));
}

int content_sum_add(char value[CONTENT_SUM_SIZE], const char *more,
		    struct error *e)
{
	struct decimal sum, d;
	uint8_t carry = 0;

	if (!decimal_parse(value, &sum) || !decimal_parse(more, &d))
		return error_set(e, ERR_CONTENT, "an amount is no decimal");
	for (size_t i = SUM_DIGITS; i-- > 0;) {
		uint8_t n = (uint8_t)(sum.digits[i] + d.digits[i] + carry);

		carry = n >= 10;
		sum.digits[i] = (uint8_t)(carry ? n - 10 : n);
	}
	if (carry)
		return error_set(e, ERR_CONTENT,
				 "the sum has more than %d digits",
				 SUM_INTEGER);
	if (d.fraction > sum.fraction)
		sum.fraction = d.fraction;
	decimal_print(&sum, value);
	return 0;
}

int content_sum_count(struct content_sum **sums, size_t *count,
		      const char *currency, const char *value,
		      struct error *e)
{
	struct content_sum *grown;

	for (size_t i = 0; i < *count; i++)
		if (strcmp((*sums)[i].currency, currency) == 0)
			return content_sum_add((*sums)[i].value, value, e);
	if (*count >= LIMIT_CURRENCIES)
		return error_set(e, ERR_CONTENT,
				 "more than %u currencies: split it",
				 LIMIT_CURRENCIES);
	grown = reallocarray(*sums, *count + 1, sizeof(*grown));
	if (grown == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for a sum");
	*sums = grown;
	grown += *count;
	snprintf(grown->currency, sizeof(grown->currency), "%s", currency);
	snprintf(grown->value, sizeof(grown->value), "0");
	++*count;
	return content_sum_add(grown->value, value, e);
}
