/* SPDX-License-Identifier: Apache-2.0 */
/*
 * service: pcscd as a whole: is it there, and what is wrong with it.
 */
#ifndef SIGNET_PKCS11_READER_SERVICE_H
#define SIGNET_PKCS11_READER_SERVICE_H

#include <winscard.h>

#include "wire/readers.h"

/*
 * What a result of a PC/SC call other than SCARD_S_SUCCESS says of the
 * service: its state, and in text what to do.
 */
void reader_service_explain(LONG rv, struct wire_service *out);

#endif
