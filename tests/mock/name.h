/* SPDX-License-Identifier: Apache-2.0 */
/*
 * name.h - names of functions, return values and flags, both ways
 *
 * Runs in whatever process loads the mock. Pure.
 */
#ifndef MOCK_NAME_H
#define MOCK_NAME_H

#include "call.h"

#pragma GCC visibility push(hidden)

/* "C_Sign" for MOCK_C_Sign; "*" for MOCK_ANY. Static text. */
const char *mock_name_of_fn(enum mock_fn fn);

/* The traits (MOCK_LENGTH...) of FN, 0 for MOCK_ANY. */
unsigned mock_name_traits(enum mock_fn fn);

/* "C_Sign", "dlopen" or "*" to its number; false if there is none. */
bool mock_name_to_fn(const char *name, enum mock_fn *fn);

/* "CKR_OK" for 0; NULL for a value without a name here. Static text. */
const char *mock_name_of_rv(CK_RV rv);

/* "CKR_OK", "0x30" or "48" to its value; false if it is none of them. */
bool mock_name_to_rv(const char *name, CK_RV *rv);

/* "CKF_LOGIN_REQUIRED" or a number to its value; false if neither. */
bool mock_name_to_flag(const char *name, CK_FLAGS *flag);

/* Decimal or 0x number, nothing before or after it; false otherwise. */
bool mock_name_to_number(const char *text, unsigned long *number);

#pragma GCC visibility pop

#endif
