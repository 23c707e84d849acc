/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit tests of src/cli/output.c: a file is there whole or not at all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/fd.h"
#include "cli/output.h"

struct place {
	char dir[32], path[64];
};

static int make_place(void **state)
{
	struct place *p = calloc(1, sizeof(*p));

	snprintf(p->dir, sizeof(p->dir), "/tmp/signet-test-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->path, sizeof(p->path), "%s/out", p->dir);
	*state = p;
	return 0;
}

static int remove_place(void **state)
{
	struct place *p = *state;

	unlink(p->path);
	assert_int_equal(rmdir(p->dir), 0); /* nothing is left over */
	free(p);
	return 0;
}

static int count_files(const char *dir)
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	int n = 0;

	while ((e = readdir(d)) != NULL)
		n += strcmp(e->d_name, ".") != 0 &&
		     strcmp(e->d_name, "..") != 0;
	closedir(d);
	return n;
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_int_equal(fd_write_all(fd, slice_str(text), NULL), 0);
	close(fd);
}

static void expect(const char *path, const char *want)
{
	char got[64] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_true(read(fd, got, sizeof(got) - 1) >= 0);
	close(fd);
	assert_string_equal(got, want);
}

static void appears_when_committed(void **state)
{
	const struct place *p = *state;
	struct cli_output o;
	struct stat st;
	mode_t old = umask(027);

	assert_int_equal(cli_output_open(&o, p->path, false, NULL), 0);
	umask(old);
	assert_int_equal(fd_write_all(o.fd, slice_str("new"), NULL), 0);
	assert_int_equal(access(p->path, F_OK), -1);
	assert_int_equal(cli_output_commit(&o, false, NULL), 0);
	expect(p->path, "new");
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	cli_output_abort(&o); /* does nothing any more */
	expect(p->path, "new");
}

static void leaves_nothing_when_aborted(void **state)
{
	const struct place *p = *state;
	struct cli_output o;

	assert_int_equal(cli_output_open(&o, p->path, false, NULL), 0);
	assert_int_equal(count_files(p->dir), 1);
	cli_output_abort(&o);
	assert_int_equal(count_files(p->dir), 0);
}

static void keeps_a_file_that_is_there(void **state)
{
	const struct place *p = *state;
	struct cli_output o;
	struct error e;

	put(p->path, "old");
	assert_int_equal(cli_output_open(&o, p->path, false, &e), ERR_IO);
	assert_non_null(strstr(e.message, "--force"));
	expect(p->path, "old");
}

static void keeps_a_file_that_appears_meanwhile(void **state)
{
	const struct place *p = *state;
	struct cli_output o;
	struct error e;

	assert_int_equal(cli_output_open(&o, p->path, false, &e), 0);
	put(p->path, "other");
	assert_int_equal(cli_output_commit(&o, false, &e), ERR_IO);
	expect(p->path, "other");
	assert_int_equal(count_files(p->dir), 1);
}

static void replaces_by_force_only_at_the_end(void **state)
{
	const struct place *p = *state;
	struct cli_output o;

	put(p->path, "old");
	assert_int_equal(cli_output_open(&o, p->path, true, NULL), 0);
	assert_int_equal(fd_write_all(o.fd, slice_str("new"), NULL), 0);
	expect(p->path, "old");
	assert_int_equal(cli_output_commit(&o, true, NULL), 0);
	expect(p->path, "new");
}

static void says_that_a_folder_is_missing(void **state)
{
	struct cli_output o;
	struct error e;

	assert_int_equal(cli_output_open(&o, "/nonexistent/out", false, &e),
			 ERR_IO);
}

static void removes_unfinished_files_at_a_signal(void **state)
{
	const struct place *p = *state;
	int status, ready[2];
	pid_t child;
	char c;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	child = fork();
	if (child == 0) {
		struct cli_output a, b;
		char other[80];

		snprintf(other, sizeof(other), "%s.2", p->path);
		signal(SIGTERM, SIG_DFL);
		cli_output_catch_signals();
		if (cli_output_open(&a, p->path, false, NULL) != 0 ||
		    cli_output_open(&b, other, false, NULL) != 0 ||
		    write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	assert_int_equal(count_files(p->dir), 2);
	kill(child, SIGTERM);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGTERM);
	assert_int_equal(count_files(p->dir), 0);
	close(ready[0]);
	close(ready[1]);
}

#define IN_PLACE(f) cmocka_unit_test_setup_teardown(f, make_place, remove_place)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_PLACE(appears_when_committed),
		IN_PLACE(leaves_nothing_when_aborted),
		IN_PLACE(keeps_a_file_that_is_there),
		IN_PLACE(keeps_a_file_that_appears_meanwhile),
		IN_PLACE(replaces_by_force_only_at_the_end),
		IN_PLACE(says_that_a_folder_is_missing),
		IN_PLACE(removes_unfinished_files_at_a_signal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
