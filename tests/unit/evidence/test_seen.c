/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_seen: a request is used once, also after a restart, until it expires.
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
#include "evidence/seen.h"

#define BANK "https://bank.example"
#define NOW 1000000

static char folder[] = "/tmp/signet-seen.XXXXXX";
static char state[64];

static int make_folder(void **unused)
{
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(state, sizeof(state), "%s/a/b", folder);
	return 0;
}

static int remove_folder(void **unused)
{
	static const char *const files[] = { "a/b/seen.sqlite",
		"a/b/seen.sqlite-wal", "a/b/seen.sqlite-shm", "file" };
	char path[128];

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		unlink(path);
	}
	rmdir(state);
	snprintf(path, sizeof(path), "%s/a", folder);
	rmdir(path);
	return rmdir(folder);
}

static struct seen *open_state(void)
{
	struct seen *s = NULL;
	struct error e;

	assert_int_equal(seen_open(state, &s, &e), 0);
	return s;
}

static void a_request_is_used_once(void **unused)
{
	struct seen *s = open_state();
	struct error e;

	assert_int_equal(seen_add(s, BANK, "once", NOW + 60, NOW, &e), 0);
	assert_int_equal(seen_add(s, BANK, "once", NOW + 60, NOW + 1, &e),
			 ERR_REPLAYED);
	/* Of another bank it is another one. */
	assert_int_equal(seen_add(s, "https://b.example", "once", NOW + 60,
				  NOW, &e), 0);
	seen_close(s);
}

static void a_restart_forgets_nothing(void **unused)
{
	struct seen *s = open_state();
	struct error e;

	assert_int_equal(seen_add(s, BANK, "kept", NOW + 60, NOW, &e), 0);
	seen_close(s);
	s = open_state();
	assert_int_equal(seen_add(s, BANK, "kept", NOW + 60, NOW, &e),
			 ERR_REPLAYED);
	seen_close(s);
}

/* One that has expired is refused for that reason before it comes here. */
static void what_expired_is_forgotten(void **unused)
{
	struct seen *s = open_state();
	struct error e;

	assert_int_equal(seen_add(s, BANK, "old", NOW + 60, NOW, &e), 0);
	assert_int_equal(seen_add(s, BANK, "old", NOW + 200, NOW + 61, &e), 0);
	seen_close(s);
}

static void nobody_else_can_read_it(void **unused)
{
	struct stat st;

	seen_close(open_state());
	assert_int_equal(stat(state, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
}

static void a_folder_that_cannot_be_is_not_durable(void **unused)
{
	char path[64];
	struct seen *s = NULL;
	struct error e;
	int fd;

	snprintf(path, sizeof(path), "%s/file", folder);
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(seen_open(path, &s, &e), ERR_NOT_DURABLE);
	assert_null(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_used_once),
		cmocka_unit_test(a_restart_forgets_nothing),
		cmocka_unit_test(what_expired_is_forgotten),
		cmocka_unit_test(nobody_else_can_read_it),
		cmocka_unit_test(a_folder_that_cannot_be_is_not_durable),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
