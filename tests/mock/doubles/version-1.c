/* SPDX-License-Identifier: Apache-2.0 */
/*
 * version-1.c - a module of version 1.0, whose function list is not ours
 *
 * Runs in the process that loads it. Nothing but the version may be looked
 * at: whoever calls a function of the list is ended with status 91.
 */
#include <p11-kit/pkcs11.h>

#include <unistd.h>

static void called(void)
{
	_exit(91);
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list)
{
	static union {
		CK_FUNCTION_LIST list;
		struct {
			CK_VERSION version;
			void (*entry[68])(void);
		} raw;
	} old;

	_Static_assert(sizeof(old.raw) == sizeof(old.list),
		       "as many entries as CK_FUNCTION_LIST has");
	for (unsigned i = 0; i < 68; i++)
		old.raw.entry[i] = called;
	old.list.version.major = 1;
	*list = &old.list;
	return CKR_OK;
}
