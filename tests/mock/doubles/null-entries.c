/* SPDX-License-Identifier: Apache-2.0 */
/*
 * null-entries.c - a module whose function list has no functions
 *
 * Runs in the process that loads it. PKCS#11 2.40 (3.6) wants every entry to
 * point at a function, one that answers CKR_FUNCTION_NOT_SUPPORTED if need be.
 */
#include <p11-kit/pkcs11.h>

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list)
{
	static CK_FUNCTION_LIST empty = { .version = { 2, 40 } };

	empty.C_GetFunctionList = C_GetFunctionList;
	*list = &empty;
	return CKR_OK;
}
