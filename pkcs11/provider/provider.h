/* SPDX-License-Identifier: Apache-2.0 */
/*
 * provider: OpenSC's way to PC/SC, and what signet-worker tells it.
 *
 * A shared object that OpenSC loads in place of libpcsclite (provider_library
 * of opensc.conf(5)) and that is libpcsclite but for the end of a lock: with a
 * login, the card is reset before it is anybody else's.  C_Logout of OpenSC
 * does not reach every card, and a reset that comes after it leaves a moment in
 * which another program has the card with the login of a person.
 */
#ifndef SIGNET_PKCS11_PROVIDER_H
#define SIGNET_PKCS11_PROVIDER_H

#include <stdatomic.h>

/* File, and DT_SONAME: the worker finds by it what OpenSC has loaded. */
#define PROVIDER_NAME "signet-pcsc.so"

/* Symbol of an atomic_int, one of these. */
#define PROVIDER_STATE "signet_pcsc_state"

enum provider_state {
	PROVIDER_IDLE,	/* locks end as OpenSC says */
	PROVIDER_LOGIN,	/* the worker: there may be a login, and a lock */
	PROVIDER_RESET,	/* then the lock has ended, and the card was reset */
};

#endif
