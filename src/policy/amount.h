/* SPDX-License-Identifier: Apache-2.0 */
/*
 * amount: exact decimals as text, such as "1234.00".
 *
 * Internal to src/policy.  Pure.
 */
#ifndef SIGNET_POLICY_AMOUNT_H
#define SIGNET_POLICY_AMOUNT_H

#include <stdbool.h>

#include "base/attr.h"

/* Digits, and in a fraction too: more than any currency of any state needs. */
#define POLICY_AMOUNT_DIGITS 30

/*
 * Digits, then perhaps a point and digits; no sign, no exponent, at most
 * POLICY_AMOUNT_DIGITS digits in all.  NULL is none.
 */
bool policy_amount_valid(const char *text) MUST_CHECK;

/* <0, 0, >0 as a is less, equal, more.  Both have to be valid. */
int policy_amount_compare(const char *a, const char *b);

#endif
