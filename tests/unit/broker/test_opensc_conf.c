/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_opensc_conf: other readers are left out, our own never is, and no name
 * of a reader ends the text early.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "broker/opensc_conf.h"

static const char *conf(const char *reader, char *const *others, size_t count)
{
	static char text[4096];
	struct buf out;

	buf_init(&out, sizeof(text) - 1);
	opensc_conf_put(&(struct opensc_conf){ reader, others, count,
					       "/lib/signet-pcsc.so" }, &out);
	memset(text, 0, sizeof(text));
	memcpy(text, out.ptr, out.len);
	buf_fini(&out);
	return text;
}

static void others_are_ignored(void **state)
{
	char a[] = "Reader A 00 00", b[] = "Reader B 01 00";
	char *const others[] = { a, b };

	assert_non_null(strstr(conf("Reader C 02 00", others, 2),
			       "ignored_readers = \"Reader A 00 00\","
			       " \"Reader B 01 00\";"));
	assert_non_null(strstr(conf("x", others, 0), "app default"));
	assert_null(strstr(conf("x", others, 0), "ignored_readers"));
}

/* OpenSC takes a name for the reader's if it is a part of it. */
static void no_name_takes_our_own_along(void **state)
{
	char part[] = "Reader A", other[] = "Reader B";
	char *const others[] = { part, other };
	const char *text = conf("Reader A 00 00", others, 2);

	assert_non_null(strstr(text, "ignored_readers = \"Reader B\";"));
	assert_null(strstr(text, "\"Reader A\""));
}

static void a_name_cannot_end_the_text(void **state)
{
	char evil[] = "x\";\n}\napp y { \\";
	char *const others[] = { evil };

	assert_non_null(strstr(conf("Reader", others, 1),
			       "ignored_readers = \"x;}app y { \";"));
}

static void no_pin_is_kept(void **state)
{
	assert_non_null(strstr(conf("Reader", NULL, 0),
			       "use_pin_caching = false;"));
}

/* Else any program could use the card between C_Login and C_Logout. */
static void a_login_keeps_others_away(void **state)
{
	assert_non_null(strstr(conf("Reader", NULL, 0), "lock_login = true;"));
}

/* Else the card would be another program's before it is reset. */
static void a_login_ends_by_our_provider(void **state)
{
	assert_non_null(strstr(conf("Reader", NULL, 0),
			       "reader_driver pcsc {\n\t\tprovider_library ="
			       " \"/lib/signet-pcsc.so\";\n\t}"));
}

static void the_puk_is_taken(void **state)
{
	assert_non_null(strstr(conf("Reader", NULL, 0),
			       "user_pin_unblock_style ="
			       " set_pin_in_unlogged_session;"));
}

static void the_file_is_ours_alone(void **state)
{
	const struct opensc_conf reader = { .reader = "Reader",
					    .provider = "/signet-pcsc.so" };
	struct error e;
	struct stat st;
	char *path;

	assert_int_equal(opensc_conf_write("/tmp", &reader, &path, &e), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	unlink(path);
	free(path);
	assert_int_equal(opensc_conf_write("/nowhere", &reader, &path, &e),
			 ERR_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(others_are_ignored),
		cmocka_unit_test(no_name_takes_our_own_along),
		cmocka_unit_test(a_name_cannot_end_the_text),
		cmocka_unit_test(no_pin_is_kept),
		cmocka_unit_test(a_login_keeps_others_away),
		cmocka_unit_test(a_login_ends_by_our_provider),
		cmocka_unit_test(the_puk_is_taken),
		cmocka_unit_test(the_file_is_ours_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
