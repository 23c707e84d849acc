/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doctor_atr: what card an ATR is of.
 */
#ifndef SIGNET_CLI_DOCTOR_ATR_H
#define SIGNET_CLI_DOCTOR_ATR_H

#include <stddef.h>

/*
 * A name for the card of this ATR (ISO/IEC 7816-3), such as "YubiKey"; NULL
 * when the table, which is small, has none.  Reads only len bytes.
 */
const char *doctor_atr_name(const unsigned char *atr, size_t len);

#endif
