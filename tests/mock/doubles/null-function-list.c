/* SPDX-License-Identifier: Apache-2.0 */
/*
 * null-function-list.c - a module that succeeds and gives no function list
 *
 * Runs in the process that loads it.
 */
#include <p11-kit/pkcs11.h>

#include <stddef.h>

CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR list)
{
	*list = NULL;
	return CKR_OK;
}
