/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_folder: folders on the way to a file are made, and only for its user.
 * That they stay when the power goes is shown by tests/regress/killed.bats.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/folder.h"
#include "base/limits.h"

static char root[] = "/tmp/signet.XXXXXX";
static char path[LIMIT_PATH];

static const char *at(const char *name)
{
	snprintf(path, sizeof(path), "%s/%s", root, name);
	return path;
}

static void all_on_the_way_are_made(void **state)
{
	struct error e;
	struct stat st;

	assert_int_equal(folder_make_parents(at("a/b/c/file"), 0700, &e), 0);
	assert_int_equal(stat(at("a/b/c"), &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(stat(at("a/b/c/file"), &st), -1);
	/* Once more: nothing is in the way. */
	assert_int_equal(folder_make_parents(at("a/b/c/file"), 0700, &e), 0);
	rmdir(at("a/b/c"));
	rmdir(at("a/b"));
	rmdir(at("a"));
}

static void a_file_in_the_way_is_an_error(void **state)
{
	FILE *file = fopen(at("file"), "we");
	struct error e;

	assert_non_null(file);
	fclose(file);
	assert_int_equal(folder_make_parents(at("file/b/c"), 0700, &e), ERR_IO);
	assert_int_equal(e.errnum, ENOTDIR);
	unlink(at("file"));
}

static void a_long_name_is_refused(void **state)
{
	char name[LIMIT_PATH + 16];
	struct error e;

	memset(name, 'a', sizeof(name));
	name[0] = '/';
	name[LIMIT_PATH] = '\0';
	assert_int_equal(folder_make_parents(name, 0700, &e), ERR_TOO_LARGE);
}

static void names_are_synced(void **state)
{
	struct error e;

	assert_int_equal(folder_sync(at("any"), &e), 0);
	assert_int_equal(folder_sync("/any", &e), 0);
	assert_int_equal(folder_sync("any", &e), 0);
	assert_int_equal(folder_sync(at("no/such"), &e), ERR_IO);
	assert_int_equal(e.errnum, ENOENT);
}

static int make_root(void **state)
{
	return mkdtemp(root) == NULL ? -1 : 0;
}

static int remove_root(void **state)
{
	return rmdir(root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_on_the_way_are_made),
		cmocka_unit_test(a_file_in_the_way_is_an_error),
		cmocka_unit_test(a_long_name_is_refused),
		cmocka_unit_test(names_are_synced),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}
