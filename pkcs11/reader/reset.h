/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reset: reset the card of one reader, for the ladder of recovery.
 *
 * A run of signet-reader of its own (--reset NAME): SCardConnect waits without
 * bound while somebody holds a transaction, so whoever started it kills it at
 * its deadline.
 */
#ifndef SIGNET_PKCS11_READER_RESET_H
#define SIGNET_PKCS11_READER_RESET_H

#include "base/attr.h"

struct error;

/*
 * The card in that reader loses its power or is reset, and with it every login
 * and every application's state; no PIN is tried.  ERR_TOKEN_GONE: no such
 * reader, or no card in it; ERR_TOKEN_BUSY: another program keeps it
 * exclusively; ERR_IO: the rest.  Blocks without bound.
 */
int reader_reset(const char *name, struct error *e) MUST_CHECK;

#endif
