/* SPDX-License-Identifier: Apache-2.0 */
/*
 * child: how signetd starts a process of its own.
 */
#include "broker/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/fd.h"

/* Above all that children get: one copy cannot overwrite the next. */
#define CHILD_FD_AWAY 10

static void child_close(int *fds)
{
	for (int i = 0; i < CHILD_FDS; i++)
		fd_closep(&fds[i]);
}

static int child_start(const struct child_setup *setup, const int *fds,
		       pid_t *out)
{
	char *argv[CHILD_ARGUMENTS + 2] = {
		(char *)(uintptr_t)setup->name
	};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t all, none;
	int r;

	for (int i = 0; i < CHILD_ARGUMENTS; i++)
		argv[i + 1] = (char *)(uintptr_t)setup->arguments[i];
	sigfillset(&all);
	sigemptyset(&none);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	for (int i = 0; i < CHILD_FDS; i++)
		if (fds[i] >= 0)
			posix_spawn_file_actions_adddup2(&files, fds[i],
							 CHILD_FD + i);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP |
				 POSIX_SPAWN_SETSIGDEF |
				 POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setsigmask(&attr, &none);
	r = posix_spawn(out, setup->program, &files, &attr, argv,
			setup->environment);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	return r;
}

int child_spawn(const struct child_setup *setup, pid_t *out)
{
	int fds[CHILD_FDS] = { -1, -1 };
	int r = 0;

	for (int i = 0; i < CHILD_FDS && r == 0; i++) {
		if (setup->fds[i] < 0)
			continue;
		fds[i] = fcntl(setup->fds[i], F_DUPFD_CLOEXEC, CHILD_FD_AWAY);
		if (fds[i] < 0)
			r = errno;
	}
	if (r == 0)
		r = child_start(setup, fds, out);
	child_close(fds);
	return r;
}

void child_environment_free(char **environment)
{
	for (char **v = environment; v != NULL && *v != NULL; v++)
		free(*v);
	free(environment);
}

char **child_environment(const char *const *names)
{
	size_t count = 0, n = 0;
	const char *value;
	char **env;

	while (names[count] != NULL)
		count++;
	env = calloc(count + 1, sizeof(*env));
	for (size_t i = 0; env != NULL && i < count; i++) {
		value = getenv(names[i]);
		if (value == NULL ||
		    asprintf(&env[n], "%s=%s", names[i], value) > 0) {
			n += value != NULL;
			continue;
		}
		env[n] = NULL;
		child_environment_free(env);
		env = NULL;
	}
	return env;
}
