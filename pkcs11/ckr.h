/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ckr: the names of the CK_RV values, and what they mean to us.
 *
 * Runs in signet-worker.  Pure: one table, ckr.def.
 */
#ifndef SIGNET_PKCS11_CKR_H
#define SIGNET_PKCS11_CKR_H

#include <p11-kit/pkcs11.h>

#include "base/err.h"

/* "CKR_DEVICE_ERROR"; "a vendor's code" or "an unknown code" for others. */
const char *p11_ckr_name(CK_RV rv);

/* The ERR_* a CK_RV means when nothing more is known; CKR_OK gives 0. */
int p11_ckr_code(CK_RV rv);

/*
 * Record that the PKCS#11 function call ("C_Sign") of the module of that name
 * answered rv; returns the code.  The message has the module, the function,
 * name and number of rv, and what to do.
 */
int p11_ckr_set(struct error *e, const char *module, const char *call,
		CK_RV rv);

/* The same where the place decides the code, not rv. */
int p11_ckr_set_code(struct error *e, int code, const char *module,
		     const char *call, CK_RV rv);

/*
 * Record a defect that is no CK_RV: the module answered CKR_OK and something
 * that cannot be ("signature of 900 bytes").  Returns ERR_MODULE.
 */
int p11_ckr_lie(struct error *e, const char *module, const char *call,
		const char *format, ...) PRINTF_LIKE(4, 5);

#endif
