/* SPDX-License-Identifier: Apache-2.0 */
/*
 * start: starts the user's own signetd.
 */
#include "base/start.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/paths.h"
#include "base/self.h"

#define START_DEADLINE_MS 5000
#define START_POLL_MS 20
#define START_READY_FD 3
#define START_LOG_TAIL 1024
#define START_PATH 4096

extern char **environ;

struct start {
	char socket[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	char config[START_PATH];
	char program[START_PATH];
	char dir[START_PATH]; /* of the socket and the log */
	char log[START_PATH + 16];
	off_t log_from; /* what is behind this is about this start */
	pid_t pid;
	int ready; /* read end */
};

/*
 * A socket that somebody named is somebody's: only with a configuration named
 * beside it do we know what a signetd there should be.
 */
bool start_wanted(void)
{
	return getenv("SIGNET_SOCKET") == NULL ||
	       getenv("SIGNET_CONFIG") != NULL;
}

bool start_listening(const char *socket_path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	AUTO(fd_closep) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(socket_path) >= sizeof(un.sun_path))
		return false;
	memcpy(un.sun_path, socket_path, strlen(socket_path));
	if (connect(fd, (const struct sockaddr *)&un, sizeof(un)) == 0)
		return true;
	return errno != ENOENT && errno != ECONNREFUSED && errno != ENOTDIR;
}

static int make_dirs(char *path, struct error *e)
{
	for (char *slash = path + 1; *slash != '\0'; slash++) {
		if (*slash != '/')
			continue;
		*slash = '\0';
		if (mkdir(path, 0700) != 0 && errno != EEXIST)
			return error_set_errno(e, ERR_IO, errno,
					       "cannot make the folder %s",
					       path);
		*slash = '/';
	}
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return error_set_errno(e, ERR_IO, errno,
				       "cannot make the folder %s", path);
	return 0;
}

/* In a folder that others can write to, they could put their own socket. */
static int prepare_dir(struct start *s, struct error *e)
{
	struct stat st;
	int r;

	snprintf(s->dir, sizeof(s->dir), "%s", s->socket);
	*strrchr(s->dir, '/') = '\0';
	snprintf(s->log, sizeof(s->log), "%s/signetd.log", s->dir);
	r = make_dirs(s->dir, e);
	if (r != 0)
		return r;
	if (stat(s->dir, &st) != 0)
		return error_set_errno(e, ERR_IO, errno, "%s", s->dir);
	if (st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return error_set(e, ERR_IO, "the folder of the socket, %s, must"
				 " be yours and writable by nobody else",
				 s->dir);
	return 0;
}

static int open_log(struct start *s, int *out, struct error *e)
{
	struct stat st;
	int fd;

	fd = open(s->log,
		  O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_set_errno(e, ERR_IO, errno, "cannot open %s",
				       s->log);
	s->log_from = fstat(fd, &st) == 0 ? st.st_size : 0;
	*out = fd;
	return 0;
}

static int set_actions(posix_spawn_file_actions_t *a, int log, int ready)
{
	int r = posix_spawn_file_actions_addopen(a, STDIN_FILENO, "/dev/null",
						 O_RDONLY, 0);

	if (r == 0)
		r = posix_spawn_file_actions_addopen(a, STDOUT_FILENO,
						     "/dev/null", O_WRONLY, 0);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(a, log, STDERR_FILENO);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(a, ready, START_READY_FD);
	if (r == 0)
		r = posix_spawn_file_actions_addchdir_np(a, "/");
	return r;
}

static int set_attributes(posix_spawnattr_t *a)
{
	sigset_t none, all;
	int r;

	sigemptyset(&none);
	sigfillset(&all);
	r = posix_spawnattr_setsigmask(a, &none);
	if (r == 0)
		r = posix_spawnattr_setsigdefault(a, &all);
	if (r == 0)
		r = posix_spawnattr_setflags(a, POSIX_SPAWN_SETSID |
						POSIX_SPAWN_SETSIGMASK |
						POSIX_SPAWN_SETSIGDEF);
	return r;
}

static int spawn(struct start *s, int log, int ready)
{
	char *argv[] = { s->program, (char[]){ "--socket" }, s->socket,
			 (char[]){ "--config" }, s->config,
			 (char[]){ "--ready-fd" }, (char[]){ "3" }, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int r;

	r = posix_spawn_file_actions_init(&actions);
	if (r != 0)
		return r;
	r = posix_spawnattr_init(&attributes);
	if (r == 0) {
		r = set_actions(&actions, log, ready);
		if (r == 0)
			r = set_attributes(&attributes);
		if (r == 0)
			r = posix_spawnp(&s->pid, s->program, &actions,
					 &attributes, argv, environ);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&actions);
	return r;
}

static int launch(struct start *s, struct error *e)
{
	AUTO(fd_closep) int log = -1;
	int ends[2], r;

	r = open_log(s, &log, e);
	if (r != 0)
		return r;
	if (pipe2(ends, O_CLOEXEC) != 0)
		return error_set_errno(e, ERR_IO, errno, "pipe");
	r = spawn(s, log, ends[1]);
	close(ends[1]);
	if (r != 0) {
		close(ends[0]);
		return error_set_errno(e, ERR_NO_DAEMON, r,
				       "cannot start %s", s->program);
	}
	s->ready = ends[0];
	return 0;
}

/* What was said since we started it, the end of it. */
static void read_log(const struct start *s, char text[START_LOG_TAIL + 1])
{
	AUTO(fd_closep) int fd = open(s->log, O_RDONLY | O_CLOEXEC);
	struct stat st;
	ssize_t len;
	off_t from = s->log_from;

	text[0] = '\0';
	if (fd < 0 || fstat(fd, &st) != 0)
		return;
	if (st.st_size - from > START_LOG_TAIL)
		from = st.st_size - START_LOG_TAIL;
	len = pread(fd, text, START_LOG_TAIL, from);
	text[len < 0 ? 0 : len] = '\0';
}

static void tell_log(const struct start *s, void (*say)(const char *line))
{
	char text[START_LOG_TAIL + 1], *line, *state = NULL;

	read_log(s, text);
	for (line = strtok_r(text, "\n", &state); line != NULL;
	     line = strtok_r(NULL, "\n", &state))
		say(line);
}

/* Ours came second: the first one has the lock, and may not listen yet. */
static bool other_starts(const struct start *s)
{
	char text[START_LOG_TAIL + 1];

	read_log(s, text);
	return strstr(text, "another signetd serves") != NULL;
}

/* READY, or somebody else's signetd; false: nothing yet. */
static bool is_up(struct start *s)
{
	struct pollfd p = { .fd = s->ready, .events = POLLIN };
	char word[8];
	ssize_t len;

	/* Once it has closed its end, poll() only waits. */
	if (poll(&p, 1, START_POLL_MS) > 0) {
		len = read(s->ready, word, sizeof(word));
		if (len > 0)
			return true;
		fd_closep(&s->ready);
	}
	return s->ready < 0 && start_listening(s->socket);
}

static int wait_ready(struct start *s, void (*say)(const char *line),
		      struct error *e)
{
	int64_t until = clock_mono_ns() + START_DEADLINE_MS * CLOCK_NS_PER_MS;
	int status = 0;

	while (!is_up(s)) {
		pid_t ended = waitpid(s->pid, &status, WNOHANG);

		if (ended == s->pid && status != 0 && !other_starts(s)) {
			tell_log(s, say);
			return error_set(e, ERR_NO_DAEMON,
					 "%s could not start; its log is %s",
					 s->program, s->log);
		}
		if (clock_mono_ns() > until)
			return error_set(e, ERR_NO_DAEMON,
					 "%s does not listen after %d s; its"
					 " log is %s", s->program,
					 START_DEADLINE_MS / 1000, s->log);
	}
	return 0;
}

int start_signetd(const char *socket_path, void (*say)(const char *line),
		  struct error *e)
{
	struct start s = { .ready = -1 };
	int r;

	snprintf(s.socket, sizeof(s.socket), "%s", socket_path);
	r = paths_config(s.config, sizeof(s.config), e);
	if (r == 0)
		r = prepare_dir(&s, e);
	if (r != 0)
		return r;
	if (!self_program("signetd", s.program, sizeof(s.program)))
		snprintf(s.program, sizeof(s.program), "signetd");
	r = launch(&s, e);
	if (r != 0)
		return r;
	r = wait_ready(&s, say, e);
	fd_closep(&s.ready);
	return r;
}
