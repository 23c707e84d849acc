/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: the loop of signet-reader on pcscd.
 *
 * Blocks in PC/SC calls, without bound if pcscd does; keeps no connection to
 * any card.  It begins anew when pcscd ends, restarts, or appears late.
 */
#ifndef SIGNET_PKCS11_READER_WATCH_H
#define SIGNET_PKCS11_READER_WATCH_H

#include "pkcs11/reader/report.h"

/* Never returns: the process ends around it. */
_Noreturn void reader_watch(struct reader_report *report);

#endif
