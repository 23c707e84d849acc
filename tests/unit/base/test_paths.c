/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_paths: which of the places is taken, from the environment alone.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/paths.h"

#define SYSTEM_CONFIG "/etc/signet/signetd.yaml"
#define DIR_SIZE 64
#define SUN_PATH_SIZE sizeof(((struct sockaddr_un *)NULL)->sun_path)

static char out[512];
static struct error e;

static int clean_environment(void **state)
{
	static const char *const names[] = { "SIGNET_SOCKET", "SIGNET_CONFIG",
					     "XDG_RUNTIME_DIR",
					     "XDG_CONFIG_HOME",
					     "XDG_STATE_HOME", "HOME" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		unsetenv(names[i]);
	snprintf(out, sizeof(out), "untouched");
	return 0;
}

static void assert_socket(const char *expected)
{
	assert_int_equal(paths_socket(out, sizeof(out), &e), 0);
	assert_string_equal(out, expected);
}

static void assert_no_socket(void)
{
	assert_int_equal(paths_socket(out, sizeof(out), &e), ERR_CONFIG);
	assert_non_null(strstr(e.message, "SIGNET_SOCKET"));
}

static void socket_comes_from_the_first_that_is_set(void **state)
{
	setenv("HOME", "/users/u", 1);
	assert_socket("/users/u/.cache/signet/signetd.sock");
	setenv("XDG_RUNTIME_DIR", "/run/user/1", 1);
	assert_socket("/run/user/1/signet/signetd.sock");
	setenv("SIGNET_SOCKET", "/tmp/s", 1);
	assert_socket("/tmp/s");
}

static void socket_without_any_place_is_an_error(void **state)
{
	assert_no_socket();
}

static void empty_variables_count_as_not_set(void **state)
{
	setenv("SIGNET_SOCKET", "", 1);
	setenv("XDG_RUNTIME_DIR", "", 1);
	setenv("HOME", "/h", 1);
	assert_socket("/h/.cache/signet/signetd.sock");
}

/* The XDG specification: "all paths must be absolute", others are ignored. */
static void relative_xdg_directories_are_ignored(void **state)
{
	setenv("XDG_RUNTIME_DIR", "run", 1);
	setenv("HOME", "/h", 1);
	assert_socket("/h/.cache/signet/signetd.sock");
}

/* Talking to another daemon than the one that was named would be wrong. */
static void a_relative_socket_is_refused_not_replaced(void **state)
{
	setenv("XDG_RUNTIME_DIR", "/run/user/1", 1);
	setenv("SIGNET_SOCKET", "./s", 1);
	assert_no_socket();
}

static void a_socket_fills_its_address_to_the_end(void **state)
{
	char path[SUN_PATH_SIZE + 1];

	memset(path, 'x', sizeof(path));
	path[0] = '/';
	path[SUN_PATH_SIZE - 1] = '\0';
	setenv("SIGNET_SOCKET", path, 1);
	assert_socket(path);
	path[SUN_PATH_SIZE - 1] = 'x';
	path[SUN_PATH_SIZE] = '\0';
	setenv("SIGNET_SOCKET", path, 1);
	assert_no_socket();
}

static void a_socket_keeps_to_the_room_given(void **state)
{
	char small[5] = "";

	setenv("SIGNET_SOCKET", "/abc", 1);
	assert_int_equal(paths_socket(small, 5, &e), 0);
	assert_string_equal(small, "/abc");
	assert_int_equal(paths_socket(small, 4, &e), ERR_CONFIG);
}

/* A directory with dir/sub/signet/signetd.yaml in it. */
static void make_config(char *dir, const char *sub)
{
	char path[256];
	int fd;

	snprintf(dir, DIR_SIZE, "/tmp/test_paths.XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s%s", dir, sub);
	assert_true(*sub == '\0' || mkdir(path, 0700) == 0);
	snprintf(path, sizeof(path), "%s%s/signet", dir, sub);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s%s/signet/signetd.yaml", dir, sub);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	close(fd);
}

static void remove_config(const char *dir, const char *sub)
{
	char path[256];

	snprintf(path, sizeof(path), "%s%s/signet/signetd.yaml", dir, sub);
	unlink(path);
	snprintf(path, sizeof(path), "%s%s/signet", dir, sub);
	rmdir(path);
	snprintf(path, sizeof(path), "%s%s", dir, sub);
	rmdir(path);
	rmdir(dir);
}

static void config_comes_from_the_first_that_exists(void **state)
{
	char home[DIR_SIZE], xdg[DIR_SIZE], path[128];

	make_config(home, "/.config");
	make_config(xdg, "");
	setenv("HOME", home, 1);
	assert_int_equal(paths_config(out, sizeof(out), &e), 0);
	snprintf(path, sizeof(path), "%s/.config/signet/signetd.yaml", home);
	assert_string_equal(out, path);
	setenv("XDG_CONFIG_HOME", xdg, 1);
	assert_int_equal(paths_config(out, sizeof(out), &e), 0);
	snprintf(path, sizeof(path), "%s/signet/signetd.yaml", xdg);
	assert_string_equal(out, path);
	/* What is named is taken as it is: its reader says what is wrong. */
	setenv("SIGNET_CONFIG", "/not/there", 1);
	assert_int_equal(paths_config(out, sizeof(out), &e), 0);
	assert_string_equal(out, "/not/there");
	remove_config(home, "/.config");
	remove_config(xdg, "");
}

static void config_that_is_nowhere_is_an_error(void **state)
{
	if (access(SYSTEM_CONFIG, F_OK) == 0)
		skip();
	setenv("HOME", "/nonexistent", 1);
	assert_int_equal(paths_config(out, sizeof(out), &e), ERR_CONFIG);
	assert_non_null(strstr(e.message, SYSTEM_CONFIG));
	assert_non_null(strstr(e.message, "~/.config/signet/signetd.yaml"));
}

static void a_config_that_cannot_be_taken_is_refused(void **state)
{
	char home[DIR_SIZE], small[4];

	make_config(home, "/.config");
	setenv("HOME", home, 1);
	setenv("SIGNET_CONFIG", "relative.yaml", 1);
	assert_int_equal(paths_config(out, sizeof(out), &e), ERR_CONFIG);
	assert_non_null(strstr(e.message, "SIGNET_CONFIG"));
	setenv("SIGNET_CONFIG", "/abc", 1);
	assert_int_equal(paths_config(small, sizeof(small), &e), ERR_CONFIG);
	assert_non_null(strstr(e.message, "SIGNET_CONFIG"));
	remove_config(home, "/.config");
}

#define TEST(f) cmocka_unit_test_setup(f, clean_environment)

static void state_is_of_the_user_or_of_the_system(void **state)
{
	setenv("HOME", "/h", 1);
	assert_int_equal(paths_state(out, sizeof(out), &e), 0);
	assert_string_equal(out, geteuid() == 0 ? "/var/lib/signet" :
			    "/h/.local/state/signet");
	setenv("XDG_STATE_HOME", "/s", 1);
	assert_int_equal(paths_state(out, sizeof(out), &e), 0);
	assert_string_equal(out, "/s/signet");
	setenv("XDG_STATE_HOME", "s", 1);
	assert_int_equal(paths_state(out, 9, &e), ERR_CONFIG);
	assert_non_null(strstr(e.message, "state:"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(socket_comes_from_the_first_that_is_set),
		TEST(socket_without_any_place_is_an_error),
		TEST(empty_variables_count_as_not_set),
		TEST(relative_xdg_directories_are_ignored),
		TEST(a_relative_socket_is_refused_not_replaced),
		TEST(a_socket_fills_its_address_to_the_end),
		TEST(a_socket_keeps_to_the_room_given),
		TEST(config_comes_from_the_first_that_exists),
		TEST(config_that_is_nowhere_is_an_error),
		TEST(a_config_that_cannot_be_taken_is_refused),
		TEST(state_is_of_the_user_or_of_the_system),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
