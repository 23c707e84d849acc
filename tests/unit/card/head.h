/* SPDX-License-Identifier: Apache-2.0 */
/*
 * head: what every test of the card includes.
 */
#ifndef TEST_CARD_HEAD_H
#define TEST_CARD_HEAD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

/* The bytes of a literal, which may have NULs inside. */
#define BYTES(text) slice_of((text), sizeof(text) - 1)

#endif
