/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sw: status words of ISO 7816-4 that a PIV card answers (SP 800-73-4 part 2).
 */
#ifndef CARD_SW_H
#define CARD_SW_H

#include <stdint.h>

#define SW_OK 0x9000u
#define SW_MORE 0x6100u /* low byte: bytes that GET RESPONSE can fetch */
#define SW_TRIES 0x63c0u /* low digit: tries that are left */
#define SW_FAULT 0x6f00u
#define SW_LENGTH 0x6700u
#define SW_CHAIN 0x6883u /* the last command of a chain was expected */
#define SW_CHAINING 0x6884u
#define SW_SECURITY 0x6982u
#define SW_BLOCKED 0x6983u
#define SW_CONDITIONS 0x6985u
#define SW_DATA 0x6a80u
#define SW_NOT_FOUND 0x6a82u
#define SW_NO_SPACE 0x6a84u
#define SW_P1P2 0x6a86u
#define SW_REFERENCE 0x6a88u
#define SW_INS 0x6d00u
#define SW_CLA 0x6e00u

#endif
