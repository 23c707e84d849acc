/* SPDX-License-Identifier: Apache-2.0 */
/*
 * amount: exact decimals as text, compared digit by digit.
 */
#include "policy/amount.h"

#include <stddef.h>
#include <string.h>

static const char digits[] = "0123456789";

bool policy_amount_valid(const char *text)
{
	size_t whole, fraction = 0;

	if (text == NULL)
		return false;
	whole = strspn(text, digits);
	text += whole;
	if (whole == 0)
		return false;
	if (*text == '.') {
		fraction = strspn(text + 1, digits);
		if (fraction == 0)
			return false;
		text += 1 + fraction;
	}
	return *text == '\0' && whole + fraction <= POLICY_AMOUNT_DIGITS;
}

/* What comes behind the end of a fraction is 0. */
static int compare_fraction(const char *a, const char *b)
{
	while (*a != '\0' || *b != '\0') {
		char x = *a != '\0' ? *a++ : '0';
		char y = *b != '\0' ? *b++ : '0';

		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}

int policy_amount_compare(const char *a, const char *b)
{
	size_t len_a, len_b;
	int r;

	a += strspn(a, "0");
	b += strspn(b, "0");
	len_a = strspn(a, digits);
	len_b = strspn(b, digits);
	if (len_a != len_b)
		return len_a < len_b ? -1 : 1;
	r = strncmp(a, b, len_a);
	if (r != 0)
		return r;
	a += len_a;
	b += len_b;
	return compare_fraction(a + (*a == '.'), b + (*b == '.'));
}
