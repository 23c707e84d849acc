/* SPDX-License-Identifier: Apache-2.0 */
/*
 * not-pkcs11.c - a shared object that is no PKCS#11 module
 *
 * Runs in the process that loads it. It has no C_GetFunctionList.
 */

extern const char signet_mock_not_pkcs11[];
const char signet_mock_not_pkcs11[] = "no PKCS#11 module";
