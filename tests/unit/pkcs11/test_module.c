/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_module: what is no PKCS#11 module is refused, with the reason; known
 * defects are known by file name.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "pkcs11/module.h"
#include "pkcs11/quirk.h"

static struct error e;

static CK_RV nothing(void)
{
	return CKR_OK;
}

/* A list whose every function is there. */
static CK_FUNCTION_LIST full(void)
{
	CK_FUNCTION_LIST list = { .version = { 2, 40 } };
	CK_RV (*fn)(void) = nothing;
	char *at = (char *)&list;

	for (size_t i = offsetof(CK_FUNCTION_LIST, C_Initialize);
	     i + sizeof(fn) <= sizeof(list); i += sizeof(fn))
		memcpy(at + i, &fn, sizeof(fn));
	return list;
}

static void test_whole_list(void **state)
{
	CK_FUNCTION_LIST list = full();

	assert_int_equal(p11_module_check(&list, "m", &e), 0);
	list.version.major = 3;
	assert_int_equal(p11_module_check(&list, "m", &e), 0);
	/* What we never call may be missing. */
	list.C_DigestKey = NULL;
	assert_int_equal(p11_module_check(&list, "m", &e), 0);
}

static void test_no_list(void **state)
{
	assert_int_equal(p11_module_check(NULL, "bank", &e), ERR_MODULE_LOAD);
	assert_non_null(strstr(e.message, "bank"));
}

static void test_version(void **state)
{
	CK_FUNCTION_LIST list = full();

	list.version.major = 1;
	assert_int_equal(p11_module_check(&list, "m", &e), ERR_MODULE_LOAD);
	list.version.major = 4;
	assert_int_equal(p11_module_check(&list, "m", &e), ERR_MODULE_LOAD);
}

static void test_missing_function(void **state)
{
	CK_FUNCTION_LIST list = full();

	list.C_Sign = NULL;
	assert_int_equal(p11_module_check(&list, "m", &e), ERR_MODULE_LOAD);
	assert_non_null(strstr(e.message, "C_Sign"));
	list = full();
	list.C_Initialize = NULL;
	assert_int_equal(p11_module_check(&list, "m", &e), ERR_MODULE_LOAD);
}

static void refused(const char *path, const char *why)
{
	struct p11_module m;

	assert_int_equal(p11_module_load(&m, path, "bank", &e),
			 ERR_MODULE_LOAD);
	assert_non_null(strstr(e.message, "bank: "));
	if (strstr(e.message, why) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", why, e.message);
}

static void test_files_that_are_none(void **state)
{
	refused("libsofthsm2.so", "not absolute");
	refused("", "not absolute");
	refused("/nonexistent/module.so", "/nonexistent/module.so");
	refused("/etc/passwd", "/etc/passwd");
	refused("/", "/");
}

static void test_quirks(void **state)
{
	assert_int_equal(p11_quirk_find("/usr/lib/softhsm/libsofthsm2.so"),
			 P11_QUIRK_OS_LOCKING);
	assert_int_equal(p11_quirk_find("/opt/lib/libcloudhsm_pkcs11.so"),
			 P11_QUIRK_FULL_IS_BAD_ARGUMENTS);
	assert_int_equal(p11_quirk_find("/usr/lib/opensc-pkcs11.so"), 0);
	assert_int_equal(p11_quirk_find("/libsofthsm2.so/other.so"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_list),
		cmocka_unit_test(test_no_list),
		cmocka_unit_test(test_version),
		cmocka_unit_test(test_missing_function),
		cmocka_unit_test(test_files_that_are_none),
		cmocka_unit_test(test_quirks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
