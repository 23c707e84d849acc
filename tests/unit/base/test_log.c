/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_log: a message is one line, whatever a peer put into it.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/log.h"

static int real_stderr = -1;
static char captured[8192];

/* Standard error goes to a file in memory ... */
static void capture_begin(void)
{
	int fd = memfd_create("stderr", MFD_CLOEXEC);

	real_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
	if (fd < 0 || real_stderr < 0 || dup2(fd, STDERR_FILENO) < 0)
		abort();
	close(fd);
}

/* ... and from there into captured, before anything is asserted. */
static const char *capture_end(void)
{
	ssize_t got = pread(STDERR_FILENO, captured, sizeof(captured) - 1, 0);

	if (dup2(real_stderr, STDERR_FILENO) < 0 || got < 0)
		abort();
	close(real_stderr);
	captured[got] = '\0';
	return captured;
}

static int setup(void **state)
{
	unsetenv("JOURNAL_STREAM");
	log_open("prog", LOG_INFO);
	return 0;
}

static void a_line_names_program_level_and_request(void **state)
{
	capture_begin();
	log_write(LOG_WARNING, "req-7", "%s %d", "text", 5);
	log_write(LOG_ERROR, NULL, "alone");
	assert_string_equal(capture_end(), "prog: warning: req-7: text 5\n"
					   "prog: error: alone\n");
}

static void lines_below_the_level_are_left_out(void **state)
{
	capture_begin();
	log_write(LOG_DEBUG, NULL, "unseen");
	log_open("prog", LOG_ERROR);
	log_write(LOG_WARNING, NULL, "unseen");
	log_write(LOG_ERROR, NULL, "seen");
	assert_string_equal(capture_end(), "prog: error: seen\n");
}

static void journald_gets_the_priority(void **state)
{
	setenv("JOURNAL_STREAM", "8:1", 1);
	log_open("prog", LOG_DEBUG);
	capture_begin();
	log_write(LOG_ERROR, NULL, "a");
	log_write(LOG_WARNING, NULL, "b");
	log_write(LOG_INFO, NULL, "c");
	log_write(LOG_DEBUG, NULL, "d");
	assert_string_equal(capture_end(), "<3>prog: error: a\n"
					   "<4>prog: warning: b\n"
					   "<6>prog: info: c\n"
					   "<7>prog: debug: d\n");
}

static void no_value_forges_a_line(void **state)
{
	capture_begin();
	log_write(LOG_INFO, "id\n", "%s",
		  "x\nprog: error: forged\r\x1b[2J\x7f");
	assert_string_equal(capture_end(),
			    "prog: info: id?: x?prog: error: forged??[2J?\n");
}

/* U+0085 is a line end and U+009B starts a terminal's escape sequence. */
static void no_control_of_the_upper_half_passes(void **state)
{
	capture_begin();
	log_write(LOG_INFO, NULL, "%s", "a\xc2\x85" "b\xc2\x9b" "c");
	assert_string_equal(capture_end(), "prog: info: a??b??c\n");
}

static void other_letters_pass(void **state)
{
	capture_begin();
	log_write(LOG_INFO, NULL, "%s", "Z\xc3\xbcrich \xc2\xa7 \xe2\x82\xac");
	assert_string_equal(capture_end(),
			    "prog: info: "
			    "Z\xc3\xbcrich \xc2\xa7 \xe2\x82\xac\n");
}

static void assert_one_cut_line(const char *line)
{
	size_t len = strlen(line);

	assert_true(len > 1000 && len <= 2048);
	assert_ptr_equal(strchr(line, '\n'), line + len - 1);
}

static void a_long_message_is_cut(void **state)
{
	char text[5000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	capture_begin();
	log_write(LOG_INFO, NULL, "%s", text);
	assert_one_cut_line(capture_end());
}

static void a_long_request_id_is_cut(void **state)
{
	char text[5000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	capture_begin();
	log_write(LOG_INFO, text, "%s", text);
	assert_one_cut_line(capture_end());
}

static void a_failure_is_told_by_code_and_message(void **state)
{
	struct error e;

	error_set(&e, ERR_DEADLINE, "C_Sign took 10000 ms");
	capture_begin();
	log_failure(LOG_WARNING, "r1", "sign", &e);
	assert_string_equal(capture_end(), "prog: warning: r1: sign: deadline: "
					   "C_Sign took 10000 ms\n");
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_line_names_program_level_and_request),
		TEST(lines_below_the_level_are_left_out),
		TEST(journald_gets_the_priority),
		TEST(no_value_forges_a_line),
		TEST(no_control_of_the_upper_half_passes),
		TEST(other_letters_pass),
		TEST(a_long_message_is_cut),
		TEST(a_long_request_id_is_cut),
		TEST(a_failure_is_told_by_code_and_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
