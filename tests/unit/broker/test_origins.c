/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit test for origins: what is kept, and what is no good.
 */
#include "broker/origins.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/log.h"

#define PAGE "https://bank.example"
#define GOOD \
	"{\"version\":1,\"origins\":[{\"origin\":\"" PAGE "\",\"uid\":7," \
	"\"since\":\"2026-11-24T09:30:00Z\",\"by\":\"page\"}]}\n"

static char folder[] = "/tmp/signet-origins-XXXXXX";
static char file[64];

static int setup(void **state)
{
	log_open("test_origins", LOG_ERROR + 1);
	snprintf(folder, sizeof(folder), "/tmp/signet-origins-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(file, sizeof(file), "%s/" ORIGINS_FILE, folder);
	return 0;
}

static int teardown(void **state)
{
	char path[80];

	chmod(folder, 0700);
	snprintf(path, sizeof(path), "%s.new", file);
	unlink(path);
	unlink(file);
	return rmdir(folder);
}

static void write_file(const char *text, size_t len)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	close(fd);
}

static struct origins_entry entry_of(const char *origin)
{
	struct origins_entry entry = { .uid = 7, .since = 1795512600 };

	snprintf(entry.origin, sizeof(entry.origin), "%s", origin);
	return entry;
}

static void what_is_added_is_there_again(void **state)
{
	struct origins_entry a = entry_of(PAGE), b = entry_of(PAGE ":8443");
	struct origins o = { .count = 0 };
	struct stat st;
	struct error e;

	b.by_program = true;
	origins_open(&o, folder);
	assert_int_equal(origins_add(&o, &a, &e), 0);
	assert_int_equal(origins_add(&o, &b, &e), 0);
	assert_int_equal(origins_add(&o, &b, &e), 0);
	origins_fini(&o);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	origins_open(&o, folder);
	assert_int_equal(o.failure.code, 0);
	assert_int_equal(o.count, 2);
	assert_non_null(origins_find(&o, 7, PAGE));
	assert_null(origins_find(&o, 8, PAGE));
	assert_null(origins_find(&o, 7, "https://bank.exampl"));
	assert_int_equal(o.list[0].since, a.since);
	assert_string_equal(origins_by(&o.list[0]), "page");
	assert_string_equal(origins_by(&o.list[1]), "program");
	assert_int_equal(origins_remove(&o, 8, PAGE, &e), ERR_NO_SUCH_ORIGIN);
	assert_int_equal(origins_remove(&o, 7, PAGE, &e), 0);
	assert_int_equal(origins_remove(&o, 7, PAGE, &e), ERR_NO_SUCH_ORIGIN);
	origins_fini(&o);
	origins_open(&o, folder);
	assert_int_equal(o.count, 1);
	assert_null(origins_find(&o, 7, PAGE));
	origins_fini(&o);
}

/* Nothing of it counts, it stays as it is, and nothing can be added. */
static void assert_no_good(const char *why)
{
	struct origins_entry entry = entry_of("https://new.example");
	struct stat before, after;
	struct origins o = { .count = 0 };
	struct error e;

	assert_int_equal(lstat(file, &before), 0);
	origins_open(&o, folder);
	if (o.failure.code != ERR_NOT_DURABLE)
		fail_msg("not refused: %s", why);
	assert_int_equal(o.count, 0);
	assert_int_equal(origins_add(&o, &entry, &e), ERR_NOT_DURABLE);
	assert_non_null(strstr(e.message, why));
	origins_fini(&o);
	assert_int_equal(lstat(file, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
}

static void a_file_that_is_no_list_is_no_good(void **state)
{
	static const struct {
		const char *from, *to, *why;
	} changes[] = {
		{ "\"version\":1", "\"version\":2", "version 1" },
		{ "\"version\":1,", "", "version 1" },
		{ "\"version\":1", "\"version\":1,\"x\":0", "version 1" },
		{ "]}", "]", "version 1" },
		{ "https://", "http://", "value that is none" },
		{ "bank.example", "Bank.example", "value that is none" },
		{ "bank.example", "bank.example/", "value that is none" },
		{ PAGE, "null", "value that is none" },
		{ PAGE, "*", "value that is none" },
		{ "\"uid\":7", "\"uid\":-1", "value that is none" },
		{ "\"uid\":7", "\"uid\":4294967295", "value that is none" },
		{ "\"uid\":7", "\"uid\":\"7\"", "entry that is none" },
		{ "\"uid\":7", "\"uid\":7,\"uid\":8", "version 1" },
		{ "\"by\":\"page\"", "\"by\":\"me\"", "value that is none" },
		{ "2026-11-24T", "2026-13-24T", "value that is none" },
		{ ",\"by\":\"page\"", "", "entry that is none" },
		{ "\"by\"", "\"x\":1,\"by\"", "entry that is none" },
		{ "[{", "[{},{", "entry that is none" },
	};
	char text[2 * sizeof(GOOD)];
	const char *at;

	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		at = strstr(GOOD, changes[i].from);
		assert_non_null(at);
		snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - GOOD),
			 GOOD, changes[i].to, at + strlen(changes[i].from));
		write_file(text, strlen(text));
		assert_no_good(changes[i].why);
	}
	write_file(GOOD, 0);
	assert_no_good("version 1");
	write_file(GOOD, sizeof(GOOD)); /* with its 0 */
	assert_no_good("version 1");
	write_file(GOOD GOOD, 2 * (sizeof(GOOD) - 1));
	assert_no_good("version 1");
}

static void an_entry_stands_there_once(void **state)
{
	static const char entry[] = "{\"origin\":\"" PAGE "\",\"uid\":7,"
		"\"since\":\"2026-11-24T09:30:00Z\",\"by\":\"page\"}";
	char text[512];

	snprintf(text, sizeof(text), "{\"version\":1,\"origins\":[%s,%s]}",
		 entry, entry);
	write_file(text, strlen(text));
	assert_no_good("the same entry twice");
}

static void a_file_that_others_may_write_is_no_good(void **state)
{
	struct origins o = { .count = 0 };

	write_file(GOOD, sizeof(GOOD) - 1);
	chmod(file, 0620);
	assert_no_good("signetd's own");
	chmod(file, 0604);
	assert_no_good("signetd's own");
	if (geteuid() == 0) {
		chmod(file, 0600);
		assert_int_equal(chown(file, 65534, (gid_t)-1), 0);
		assert_no_good("signetd's own");
		assert_int_equal(chown(file, 0, (gid_t)-1), 0);
	}
	chmod(file, 0600);
	origins_open(&o, folder);
	assert_int_equal(o.count, 1);
	origins_fini(&o);
}

static void what_is_no_file_is_no_good(void **state)
{
	assert_int_equal(symlink("/dev/null", file), 0);
	assert_no_good("Too many levels of symbolic links");
	unlink(file);
	assert_int_equal(mkfifo(file, 0600), 0);
	assert_no_good("is no file");
	unlink(file);
	assert_int_equal(mkdir(file, 0600), 0);
	assert_no_good("is no file");
	rmdir(file);
}

static void a_file_that_was_put_right_is_read(void **state)
{
	struct origins o = { .count = 0 };

	write_file("{", 1);
	origins_open(&o, folder);
	assert_int_not_equal(o.failure.code, 0);
	write_file(GOOD, sizeof(GOOD) - 1);
	origins_retry(&o);
	assert_int_equal(o.failure.code, 0);
	assert_non_null(origins_find(&o, 7, PAGE));
	/* One that is good is not read again. */
	write_file("{", 1);
	origins_retry(&o);
	assert_int_equal(o.count, 1);
	origins_fini(&o);
}

static void what_cannot_be_written_is_not_there(void **state)
{
	struct origins_entry a = entry_of(PAGE);
	struct origins o = { .count = 0 };
	char path[80];
	struct error e;

	origins_open(&o, folder);
	/* A folder in the place of the new file: no write, whoever it is. */
	snprintf(path, sizeof(path), "%s.new", file);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(origins_add(&o, &a, &e), ERR_NOT_DURABLE);
	assert_null(origins_find(&o, 7, PAGE));
	assert_int_equal(access(file, F_OK), -1);
	rmdir(path);
	assert_int_equal(origins_add(&o, &a, &e), 0);
	/* What is taken back is, even so. */
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(origins_remove(&o, 7, PAGE, &e), ERR_NOT_DURABLE);
	assert_null(origins_find(&o, 7, PAGE));
	assert_non_null(strstr(e.message, "until signetd is started anew"));
	rmdir(path);
	origins_fini(&o);
}

static void there_is_a_limit(void **state)
{
	struct origins o = { .count = 0 };
	struct origins_entry entry;
	char origin[ORIGIN_SIZE];
	struct error e;

	origins_open(&o, folder);
	for (unsigned i = 0; i <= LIMIT_PAGES; i++) {
		/* The longest there are: the file has room for them. */
		snprintf(origin, sizeof(origin), "https://%03u%060d.%063d."
			 "%063d.%053d.example:65535", i, 1, 1, 1, 1);
		assert_int_equal(origin_kind(origin), ORIGIN_HTTPS);
		entry = entry_of(origin);
		entry.uid = 4294967294u;
		assert_int_equal(origins_add(&o, &entry, &e),
				 i < LIMIT_PAGES ? 0 : ERR_QUOTA);
	}
	origins_fini(&o);
	origins_open(&o, folder);
	assert_int_equal(o.failure.code, 0);
	assert_int_equal(o.count, LIMIT_PAGES);
	origins_fini(&o);
}

#define TEST(function) \
	cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_added_is_there_again),
		TEST(a_file_that_is_no_list_is_no_good),
		TEST(an_entry_stands_there_once),
		TEST(a_file_that_others_may_write_is_no_good),
		TEST(what_is_no_file_is_no_good),
		TEST(a_file_that_was_put_right_is_read),
		TEST(what_cannot_be_written_is_not_there),
		TEST(there_is_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
