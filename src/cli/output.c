/* SPDX-License-Identifier: Apache-2.0 */
/*
 * output: a file that is there whole or not at all.
 */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

/* What a signal handler can see: a path is valid while used is set. */
static struct {
	char path[CLI_PATH_MAX];
	volatile sig_atomic_t used;
} slots[CLI_OUTPUT_MAX];
static pthread_mutex_t slots_lock = PTHREAD_MUTEX_INITIALIZER;

static void on_signal(int number)
{
	for (int i = 0; i < CLI_OUTPUT_MAX; i++)
		if (slots[i].used)
			unlink(slots[i].path);
	signal(number, SIG_DFL);
	raise(number);
}

void cli_output_catch_signals(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE };
	struct sigaction action = { .sa_handler = on_signal }, old;

	sigfillset(&action.sa_mask);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		/* nohup(1) and shells without job control ignore some. */
		if (sigaction(numbers[i], NULL, &old) == 0 &&
		    old.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
}

static int take_slot(const char *path)
{
	int slot = -1;

	pthread_mutex_lock(&slots_lock);
	for (int i = 0; i < CLI_OUTPUT_MAX && slot < 0; i++)
		if (!slots[i].used)
			slot = i;
	if (slot >= 0) {
		snprintf(slots[slot].path, CLI_PATH_MAX, "%s", path);
		slots[slot].used = 1;
	}
	pthread_mutex_unlock(&slots_lock);
	return slot;
}

static void give_slot(int slot)
{
	if (slot >= 0)
		slots[slot].used = 0;
}

static int exists(const char *path, struct error *e)
{
	return error_set(e, ERR_IO, "%s is there already; --force replaces it",
			 path);
}

/* O_EXCL with a name that is ours alone, and the mode that umask leaves. */
static int open_temporary(struct cli_output *o, struct error *e)
{
	static unsigned int counter;
	const char *slash = strrchr(o->path, '/');
	int dir = slash == NULL ? 0 : (int)(slash - o->path + 1);
	int n;

	n = snprintf(o->temporary, sizeof(o->temporary), "%.*s.signet-%d-%u",
		     dir, o->path, (int)getpid(),
		     __atomic_fetch_add(&counter, 1, __ATOMIC_RELAXED));
	if (n < 0 || (size_t)n >= sizeof(o->temporary))
		return error_set(e, ERR_IO, "%s: the name is too long",
				 o->path);
	/* Known before it is there: a signal may come in between. */
	o->slot = take_slot(o->temporary);
	o->fd = open(o->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		     0666);
	if (o->fd >= 0)
		return 0;
	give_slot(o->slot);
	o->slot = -1;
	return error_set_errno(e, ERR_IO, errno, "cannot write %s", o->path);
}

int cli_output_open(struct cli_output *o, const char *path, bool force,
		    struct error *e)
{
	struct stat st;

	*o = CLI_OUTPUT_NONE;
	o->path = path;
	if (path == NULL) {
		o->fd = STDOUT_FILENO;
		return 0;
	}
	if (!force && lstat(path, &st) == 0)
		return exists(path, e);
	return open_temporary(o, e);
}

/* Not every file system can rename without replacing; a link can, too. */
static int rename_new(const char *from, const char *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (link(from, to) != 0)
		return -1;
	return unlink(from);
}

int cli_output_commit(struct cli_output *o, bool force, struct error *e)
{
	int r, errnum;

	if (o->path == NULL) {
		o->fd = -1;
		return 0;
	}
	/* A network file system tells about a full disk only here. */
	r = close(fd_take(&o->fd));
	if (r == 0)
		r = force ? rename(o->temporary, o->path) :
			    rename_new(o->temporary, o->path);
	errnum = errno;
	if (r != 0)
		unlink(o->temporary);
	give_slot(o->slot);
	o->slot = -1;
	if (r == 0)
		return 0;
	if (errnum == EEXIST)
		return exists(o->path, e);
	return error_set_errno(e, ERR_IO, errnum, "cannot write %s", o->path);
}

void cli_output_abort(struct cli_output *o)
{
	if (o->path == NULL || o->fd < 0)
		return;
	fd_closep(&o->fd);
	unlink(o->temporary);
	give_slot(o->slot);
	o->slot = -1;
}
