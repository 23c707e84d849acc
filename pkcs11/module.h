/* SPDX-License-Identifier: Apache-2.0 */
/*
 * module: the one PKCS#11 module of this process.
 *
 * Runs in signet-worker.  A module stays loaded until the process ends: there
 * is no unloading, and C_Finalize is never called (modules crash there).
 */
#ifndef SIGNET_PKCS11_MODULE_H
#define SIGNET_PKCS11_MODULE_H

#include <p11-kit/pkcs11.h>

#include "base/err.h"
#include "base/limits.h"

struct p11_module {
	char name[LIMIT_LABEL]; /* in the configuration; for messages */
	CK_FUNCTION_LIST *p11;
	CK_INFO info;
	unsigned quirks; /* P11_QUIRK_... */
	bool one_reader; /* of HELLO: it is asked for the card there only */
};

/*
 * Load the shared object at the absolute path, look whether it is a PKCS#11
 * module of version 2 or 3 with all functions we use, and initialise it.
 * Blocking, without bound: the caller's supervisor kills us when it hangs.
 * ERR_MODULE_LOAD: it cannot be used, and the message says why.
 */
int p11_module_load(struct p11_module *m, const char *path, const char *name,
		    struct error *e) MUST_CHECK;

/*
 * The part after dlopen: check the list a C_GetFunctionList gave (NULL is
 * taken).  ERR_MODULE_LOAD.
 */
int p11_module_check(const CK_FUNCTION_LIST *list, const char *name,
		     struct error *e) MUST_CHECK;

#endif
