/* SPDX-License-Identifier: Apache-2.0 */
/*
 * program: the pinentry program as a process: found, started, ended.
 */
#include "prompt/program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"

#define PROGRAM_PATH "/usr/local/bin:/usr/bin:/bin"
/* An end that it is asked for should need no longer. */
#define PROGRAM_END_MS 500

static bool program_keeps(const char *variable)
{
	static const char *const kept[] = {
		"DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY",
		"DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "LANG",
		"LANGUAGE", "TERM", "HOME",
	};
	size_t len = strcspn(variable, "=");

	if (strncmp(variable, "LC_", 3) == 0)
		return true;
	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		if (strlen(kept[i]) == len &&
		    strncmp(variable, kept[i], len) == 0)
			return true;
	return false;
}

int prompt_program_environment(struct error *e)
{
	size_t to = 0;

	for (size_t from = 0; environ[from] != NULL; from++)
		if (program_keeps(environ[from]))
			environ[to++] = environ[from];
	environ[to] = NULL;
	if (setenv("PATH", PROGRAM_PATH, 1) != 0)
		return error_set(e, ERR_NO_MEMORY, "environment");
	return 0;
}

static bool program_try(struct prompt_program *p, const char *dir, int dir_len,
			const char *name)
{
	int n = snprintf(p->path, sizeof(p->path), "%.*s/%s", dir_len, dir,
			 name);

	return n > 0 && (size_t)n < sizeof(p->path) &&
	       access(p->path, X_OK) == 0;
}

static bool program_search(struct prompt_program *p, const char *name)
{
	for (const char *dir = PROGRAM_PATH; *dir != '\0';) {
		int len = (int)strcspn(dir, ":");

		if (program_try(p, dir, len, name))
			return true;
		dir += len + (dir[len] == ':');
	}
	return false;
}

int prompt_program_find(struct prompt_program *p, const char *wanted,
			struct error *e)
{
	static const char *const names[] = {
		"pinentry", "pinentry-gnome3", "pinentry-qt", "pinentry-gtk-2",
		"pinentry-curses", "pinentry-tty",
	};

	*p = (struct prompt_program){ .tty = -1 };
	if (wanted != NULL) {
		size_t len = strlen(wanted);

		if (len >= sizeof(p->path) || access(wanted, X_OK) != 0)
			return error_set(e, ERR_PROMPT,
					 "pinentry %s cannot be run; name"
					 " another one in prompt: pinentry",
					 wanted);
		memcpy(p->path, wanted, len + 1);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (program_search(p, names[i]))
			return 0;
	return error_set(e, ERR_PROMPT,
			 "there is no pinentry: install pinentry-curses, or"
			 " name one in prompt: pinentry");
}

static void program_child(const struct prompt_program *p, int fd, pid_t parent)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	/* A background job of the user's terminal could not draw on it. */
	setsid();
	/* SIGTERM could be ignored, and then nobody would end it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != parent || dup2(fd, STDIN_FILENO) < 0 ||
	    dup2(fd, STDOUT_FILENO) < 0)
		_exit(126);
	execl(p->path, p->path, (char *)NULL);
	_exit(127);
}

static void program_look_at_tty(struct prompt_program *p, const char *tty)
{
	if (tty == NULL)
		return;
	p->tty = open(tty, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (p->tty >= 0 && tcgetattr(p->tty, &p->before) != 0)
		fd_closep(&p->tty);
	if (p->tty < 0)
		p->tty = -1;
}

int prompt_program_start(struct prompt_program *p, const char *tty, int *fd,
			 struct error *e)
{
	AUTO(fd_closep) int ours = -1;
	AUTO(fd_closep) int its = -1;
	pid_t self = getpid();
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return error_set_errno(e, ERR_IO, errno, "socketpair");
	ours = pair[0];
	its = pair[1];
	if (fcntl(ours, F_SETFL, O_NONBLOCK) != 0)
		return error_set_errno(e, ERR_IO, errno, "socketpair");
	program_look_at_tty(p, tty);
	p->pid = fork();
	if (p->pid == 0)
		program_child(p, its, self);
	if (p->pid < 0) {
		p->pid = 0;
		return error_set_errno(e, ERR_IO, errno, "fork");
	}
	*fd = fd_take(&ours);
	return 0;
}

/* True when it has ended within the time. */
static bool program_wait(const struct prompt_program *p, int ms)
{
	int64_t until = clock_mono_ns() + ms * CLOCK_NS_PER_MS;

	while (waitpid(p->pid, NULL, WNOHANG) == 0) {
		if (clock_mono_ns() >= until)
			return false;
		usleep(1000);
	}
	return true;
}

/* Attributes off, the first screen, cursor shown: what curses cannot do now. */
static void program_mend_tty(struct prompt_program *p)
{
	static const char mend[] = "\033[0m\033[?1049l\033[?25h\r\n";

	if (p->tty < 0)
		return;
	tcsetattr(p->tty, TCSANOW, &p->before);
	/* Nobody is left to be told when this fails. */
	if (write(p->tty, mend, sizeof(mend) - 1) < 0)
		return;
}

void prompt_program_end(struct prompt_program *p)
{
	if (p->pid > 0 && !program_wait(p, PROGRAM_END_MS)) {
		kill(p->pid, SIGKILL);
		program_wait(p, PROGRAM_END_MS);
		program_mend_tty(p);
	}
	/* What it had started itself. */
	if (p->pid > 0)
		kill(-p->pid, SIGKILL);
	p->pid = 0;
	fd_closep(&p->tty);
	p->tty = -1;
}
