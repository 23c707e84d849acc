/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_module_path: a module that somebody else could change is not loaded.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "broker/module_path.h"

static char folder[64], file[80];

static int setup(void **state)
{
	int fd;

	snprintf(folder, sizeof(folder), "/tmp/signet-test-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(file, sizeof(file), "%s/module.so", folder);
	fd = open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
	unlink(file);
	return rmdir(folder);
}

static void expect(int result, const char *path, const char *says)
{
	struct error e = { .message = "" };

	assert_int_equal(module_path_check(path, &e), result);
	assert_non_null(strstr(e.message, says));
}

static void a_file_of_ours_is_fine(void **state)
{
	expect(0, file, "");
}

static void a_path_is_absolute(void **state)
{
	expect(ERR_MODULE_LOAD, "module.so", "absolute");
	expect(ERR_MODULE_LOAD, "", "absolute");
}

static void a_missing_file_is_told(void **state)
{
	expect(ERR_MODULE_LOAD, "/nonexistent/module.so", "No such file");
}

static void a_folder_is_no_module(void **state)
{
	expect(ERR_MODULE_LOAD, folder, "not a file");
}

static void others_may_not_write_it(void **state)
{
	assert_int_equal(chmod(file, 0664), 0);
	expect(ERR_MODULE_LOAD, file, "chmod go-w");
	assert_int_equal(chmod(file, 0646), 0);
	expect(ERR_MODULE_LOAD, file, "chmod go-w");
	assert_int_equal(chmod(file, 0644), 0);
}

static void others_may_not_replace_it(void **state)
{
	assert_int_equal(chmod(folder, 0777), 0);
	expect(ERR_MODULE_LOAD, file, "replace");
	assert_int_equal(chmod(folder, 01777), 0);
	expect(0, file, "");
	assert_int_equal(chmod(folder, 0700), 0);
}

/* What counts is where the link leads. */
static void a_link_is_followed(void **state)
{
	char link[96];

	snprintf(link, sizeof(link), "%s/link.so", folder);
	assert_int_equal(symlink(file, link), 0);
	expect(0, link, "");
	assert_int_equal(chmod(file, 0666), 0);
	expect(ERR_MODULE_LOAD, link, "chmod go-w");
	assert_int_equal(chmod(file, 0644), 0);
	unlink(link);
}

static void it_belongs_to_root_or_to_us(void **state)
{
	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(file, 12345, (gid_t)-1), 0);
	expect(ERR_MODULE_LOAD, file, "12345");
	assert_int_equal(chown(file, 0, (gid_t)-1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_of_ours_is_fine),
		cmocka_unit_test(a_path_is_absolute),
		cmocka_unit_test(a_missing_file_is_told),
		cmocka_unit_test(a_folder_is_no_module),
		cmocka_unit_test(others_may_not_write_it),
		cmocka_unit_test(others_may_not_replace_it),
		cmocka_unit_test(a_link_is_followed),
		cmocka_unit_test(it_belongs_to_root_or_to_us),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
