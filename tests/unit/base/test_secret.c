/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_secret: a PIN lies in a page that is locked, left out of core files
 * and of children, and wiped; a pin-source file is refused unless it is safe.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/secret.h"
#include "base/slice.h"
#include "tests/unit/base/wiped.h"

#define NOBODY 65534
#define PAGE 4096

static char dir[64];
static char path[128];
static struct secret s;
static struct error e;

static int setup(void **state)
{
	snprintf(dir, sizeof(dir), "/tmp/test_secret.XXXXXX");
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/pin", dir);
	error_clear(&e);
	return secret_init(&s, &e);
}

static int teardown(void **state)
{
	secret_fini(&s);
	unlink(path);
	rmdir(path);
	return rmdir(dir);
}

static void make_file(const void *bytes, size_t len, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void assert_read(const char *content, const char *expected)
{
	make_file(content, strlen(content), 0600);
	assert_int_equal(secret_read_file(&s, path, &e), 0);
	assert_true(slice_equal(slice_of(s.ptr, s.len), slice_str(expected)));
}

/* Refused, and nothing of the file is left in the page. */
static void assert_refused(const char *word)
{
	assert_int_equal(secret_read_file(&s, path, &e), ERR_PIN_SOURCE);
	assert_int_equal(e.code, ERR_PIN_SOURCE);
	assert_non_null(strstr(e.message, path));
	if (strstr(e.message, word) == NULL)
		fail_msg("no \"%s\" in: %s", word, e.message);
	assert_int_equal(s.len, 0);
	for (size_t i = 0; i < PAGE; i++)
		assert_int_equal(s.ptr[i], 0);
}

static void the_first_line_is_the_pin(void **state)
{
	assert_read("1234", "1234");
	assert_read("1234\n", "1234");
	assert_read("1234\r\n", "1234");
	assert_read("1234\n5678\n", "1234");
	assert_read(" 12 34 \n", " 12 34 ");
	assert_read("12\r34\n", "12\r34");
}

static void what_follows_the_first_line_is_wiped(void **state)
{
	assert_read("12\nanother secret", "12");
	for (size_t i = s.len; i < PAGE; i++)
		assert_int_equal(s.ptr[i], 0);
}

static void a_later_shorter_pin_leaves_nothing_of_the_first(void **state)
{
	assert_read("a long one that was there before", "a long one that was "
						       "there before");
	assert_read("12", "12");
	for (size_t i = s.len; i < PAGE; i++)
		assert_int_equal(s.ptr[i], 0);
}

static void other_modes_are_refused(void **state)
{
	static const mode_t bad[] = { 0640, 0604, 0620, 0602, 0610, 0601,
				      0660, 0666, 0777, 0444 };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		make_file("1234", 4, bad[i]);
		assert_refused("chmod 600");
		unlink(path);
	}
}

static void modes_of_the_owner_alone_are_taken(void **state)
{
	static const mode_t good[] = { 0600, 0400, 0700 };

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		make_file("1234", 4, good[i]);
		assert_int_equal(secret_read_file(&s, path, &e), 0);
		unlink(path);
	}
}

static void a_missing_file_is_refused(void **state)
{
	assert_refused("No such file");
	assert_int_equal(e.errnum, ENOENT);
}

static void a_directory_is_refused(void **state)
{
	assert_int_equal(mkdir(path, 0700), 0);
	assert_refused("regular file");
}

/* ... and does not wait for a writer. */
static void a_fifo_is_refused_at_once(void **state)
{
	assert_int_equal(mkfifo(path, 0600), 0);
	alarm(10);
	assert_refused("regular file");
	alarm(0);
}

/* What counts is the file that is read. */
static void a_symbolic_link_is_followed_and_judged_by_its_target(void **state)
{
	char target[160];

	make_file("1234", 4, 0600);
	snprintf(target, sizeof(target), "%s.target", path);
	assert_int_equal(rename(path, target), 0);
	assert_int_equal(symlink(target, path), 0);
	assert_int_equal(secret_read_file(&s, path, &e), 0);
	assert_int_equal(s.len, 4);
	secret_fini(&s);
	assert_int_equal(secret_init(&s, &e), 0);
	assert_int_equal(chmod(target, 0640), 0);
	assert_refused("chmod 600");
	unlink(target);
}

static void the_file_of_another_user_is_refused(void **state)
{
	if (geteuid() != 0)
		skip();
	make_file("1234", 4, 0600);
	assert_int_equal(chown(path, NOBODY, NOBODY), 0);
	assert_refused("another user");
}

static void an_empty_pin_is_refused(void **state)
{
	static const char *const empty[] = { "", "\n", "\r\n", "\n1234" };

	for (size_t i = 0; i < ARRAY_LEN(empty); i++) {
		make_file(empty[i], strlen(empty[i]), 0600);
		assert_refused("empty");
	}
}

/* A PIN of len letters, followed by end. */
static void make_long(size_t len, const char *end)
{
	char text[2 * SECRET_MAX + 16];

	memset(text, 'x', len);
	snprintf(text + len, sizeof(text) - len, "%s", end);
	make_file(text, strlen(text), 0600);
}

static void the_longest_pin_is_taken(void **state)
{
	static const char *const ends[] = { "", "\n", "\r\n", "\nmore",
					    "\r\nmore" };

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		make_long(SECRET_MAX, ends[i]);
		assert_int_equal(secret_read_file(&s, path, &e), 0);
		assert_int_equal(s.len, SECRET_MAX);
	}
}

/* Sending a PIN that was cut would cost a try. */
static void a_longer_pin_is_refused_not_cut(void **state)
{
	static const char *const ends[] = { "x", "x\n", "x\r\n", "\rx", "\rx\n",
					    "xx\n" };

	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		make_long(SECRET_MAX, ends[i]);
		assert_refused("at most");
	}
	make_long(2 * SECRET_MAX, "\n");
	assert_refused("at most");
}

/* Do the kernel's flags of the page at ptr hold this one? */
static bool has_flag(const void *ptr, const char *flag)
{
	FILE *f = fopen("/proc/self/smaps", "re");
	bool inside = false, found = false;
	char line[512];

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		uintptr_t from, to;

		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " ", &from, &to) == 2)
			inside = (uintptr_t)ptr >= from && (uintptr_t)ptr < to;
		else if (inside && strncmp(line, "VmFlags:", 8) == 0)
			found = strstr(line, flag) != NULL;
	}
	fclose(f);
	return found;
}

/* AddressSanitizer makes mlock() a call that does nothing and works always. */
static void skip_unless_mlock_works(void)
{
	if (mlock((void *)PAGE, PAGE) == 0)
		skip();
}

static void the_page_is_locked(void **state)
{
	skip_unless_mlock_works();
	assert_true(has_flag(s.ptr, " lo"));
}

static void the_page_is_not_dumped(void **state)
{
	assert_true(has_flag(s.ptr, " dd"));
}

static int status_of(pid_t pid)
{
	int status = -1;

	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void a_child_sees_no_secret(void **state)
{
	pid_t pid;

	assert_read("1234", "1234");
	pid = fork();
	if (pid == 0)
		_exit(s.ptr[0] == 0 ? 0 : 1);
	assert_int_equal(status_of(pid), 0);
	assert_int_equal(s.ptr[0], '1');
}

static void a_page_that_cannot_be_locked_is_an_error(void **state)
{
	pid_t pid;

	skip_unless_mlock_works();
	pid = fork();
	if (pid == 0) {
		struct rlimit none = { 0, 0 };
		struct secret other = { NULL, 0 };

		/* Root may lock without limit. */
		if (setrlimit(RLIMIT_MEMLOCK, &none) != 0 ||
		    (geteuid() == 0 && seteuid(NOBODY) != 0))
			_exit(2);
		_exit(secret_init(&other, &e) == ERR_NO_MEMORY &&
		      other.ptr == NULL ? 0 : 1);
	}
	assert_int_equal(status_of(pid), 0);
}

static void release_wipes_the_page(void **state)
{
	const void *page = s.ptr;

	assert_read("1234", "1234");
	wiped_forget();
	secret_fini(&s);
	assert_true(wiped_all(page, PAGE));
	assert_null(s.ptr);
	assert_int_equal(s.len, 0);
	secret_fini(&s);
	secret_fini(NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_first_line_is_the_pin),
		TEST(what_follows_the_first_line_is_wiped),
		TEST(a_later_shorter_pin_leaves_nothing_of_the_first),
		TEST(other_modes_are_refused),
		TEST(modes_of_the_owner_alone_are_taken),
		TEST(a_missing_file_is_refused),
		TEST(a_directory_is_refused),
		TEST(a_fifo_is_refused_at_once),
		TEST(a_symbolic_link_is_followed_and_judged_by_its_target),
		TEST(the_file_of_another_user_is_refused),
		TEST(an_empty_pin_is_refused),
		TEST(the_longest_pin_is_taken),
		TEST(a_longer_pin_is_refused_not_cut),
		TEST(the_page_is_locked),
		TEST(the_page_is_not_dumped),
		TEST(a_child_sees_no_secret),
		TEST(a_page_that_cannot_be_locked_is_an_error),
		TEST(release_wipes_the_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
