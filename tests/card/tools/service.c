/* SPDX-License-Identifier: Apache-2.0 */
/*
 * service: see service.h.
 */
#include "tests/card/tools/service.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <winscard.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "tests/card/listen.h"
#include "tests/card/tools/isolate.h"

#define LISTEN_FD 3 /* of socket activation: sd_listen_fds(3) */
#define START_MS 10000
#define STOP_MS 2000
#define STEP_MS 5

bool service_add_reader(struct service *s, const char *text)
{
	const char *equals = strchr(text, '=');

	if (equals == NULL || equals == text || s->count == SERVICE_READERS)
		return false;
	s->readers[s->count++] = (struct service_reader){
		.name = text,
		.name_len = (int)(equals - text),
		.socket = equals + 1,
	};
	return true;
}

bool service_set_folder(struct service *s, const char *folder)
{
	int len;

	if (realpath(folder, s->folder) == NULL)
		return false;
	len = snprintf(s->socket, sizeof(s->socket), "%s/pcscd.comm",
		       s->folder);
	return len > 0 && (size_t)len < sizeof(s->socket);
}

/* FOLDER/NAME; cut off is as good as not there. */
static const char *in_folder(const struct service *s, const char *name,
			     char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, "%.4000s/%s", s->folder, name);
	return out;
}

/* The handler lies beside this program. */
static void handler_path(char out[PATH_MAX])
{
	ssize_t len = readlink("/proc/self/exe", out, PATH_MAX - 32);
	char *slash;

	out[len > 0 ? len : 0] = '\0';
	slash = strrchr(out, '/');
	snprintf(slash != NULL ? slash + 1 : out, 32, "libifd-signet.so");
}

static void write_readers(const struct service *s, FILE *f)
{
	char handler[PATH_MAX];

	handler_path(handler);
	for (size_t i = 0; i < s->count; i++)
		fprintf(f,
			"FRIENDLYNAME \"%.*s\"\nDEVICENAME unix:%s\n"
			"LIBPATH %s\nCHANNELID %zu\n\n",
			s->readers[i].name_len, s->readers[i].name,
			s->readers[i].socket, handler, i);
}

static int copy_more(const char *path, FILE *to, struct error *e)
{
	FILE *f = fopen(path, "re");
	int c;

	if (f == NULL)
		return error_set_errno(e, ERR_IO, errno, "%s", path);
	while ((c = getc(f)) != EOF)
		putc(c, to);
	fclose(f);
	return 0;
}

int service_configure(struct service *s, struct error *e)
{
	char path[PATH_MAX];
	int status = 0;
	FILE *f;

	if (mkdir(in_folder(s, "readers", path), 0755) != 0 &&
	    errno != EEXIST)
		return error_set_errno(e, ERR_IO, errno, "%s", path);
	f = fopen(in_folder(s, "readers/signet", path), "we");
	if (f == NULL)
		return error_set_errno(e, ERR_IO, errno, "%s", path);
	write_readers(s, f);
	if (s->more != NULL)
		status = copy_more(s->more, f, e);
	if (fclose(f) != 0 && status == 0)
		status = error_set_errno(e, ERR_IO, errno, "%s", path);
	return status;
}

/* pcscd of newer systems asks polkit, which a test has not. */
static bool has_option(const char *option)
{
	char line[256];
	bool found = false;
	FILE *f = popen("pcscd --help 2>&1", "re");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		found = found || strstr(line, option) != NULL;
	if (f != NULL)
		pclose(f);
	return found;
}

/* The log is standard output; the socket is descriptor 3, and no other. */
static bool set_descriptors(const struct service *s, int listener)
{
	char path[PATH_MAX];
	int log = open(in_folder(s, "pcscd.log", path),
		       O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);

	if (log < 0 || dup2(log, STDOUT_FILENO) < 0 ||
	    dup2(log, STDERR_FILENO) < 0)
		return false;
	if (listener == LISTEN_FD)
		return fcntl(listener, F_SETFD, 0) == 0;
	return dup2(listener, LISTEN_FD) == LISTEN_FD;
}

/* Not in the PATH of ordinary users. */
static const char *service_program(void)
{
	const char *named = getenv("SIGNET_PCSCD");

	return named == NULL ? "/usr/sbin/pcscd" : named;
}

/* In the child: becomes pcscd, or ends. */
static void become_pcscd(const struct service *s, int listener, bool isolated,
			 bool polkit)
{
	char folder[PATH_MAX], self[16];
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if ((isolated && !isolate()) || !set_descriptors(s, listener))
		_exit(126);
	snprintf(self, sizeof(self), "%d", (int)getpid());
	setenv("LISTEN_PID", self, 1);
	setenv("LISTEN_FDS", "1", 1);
	in_folder(s, "readers", folder);
	execl(service_program(), "pcscd", "--foreground", "--config", folder,
	      polkit ? "--disable-polkit" : (char *)NULL, (char *)NULL);
	_exit(127);
}

static void pause_ms(long ms)
{
	const struct timespec t = { .tv_nsec = ms * 1000000 };

	nanosleep(&t, NULL);
}

/* Reaps it when it has ended. */
static bool runs(struct service *s)
{
	if (s->pid > 0 && waitpid(s->pid, NULL, WNOHANG) != 0)
		s->pid = 0;
	return s->pid > 0;
}

/* A client gets a context: pcscd has read its configuration and serves. */
static bool answers(void)
{
	SCARDCONTEXT context;

	if (SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &context) !=
	    SCARD_S_SUCCESS)
		return false;
	SCardReleaseContext(context);
	return true;
}

static bool wait_answers(struct service *s)
{
	int64_t end = clock_mono_ns() + START_MS * CLOCK_NS_PER_MS;

	while (runs(s) && clock_mono_ns() < end) {
		if (answers())
			return true;
		pause_ms(STEP_MS);
	}
	return false;
}

/* Written under another name: who sees the file sees a whole one. */
static int write_pid(const struct service *s, struct error *e)
{
	char path[PATH_MAX], new[PATH_MAX];
	FILE *f = fopen(in_folder(s, "pcscd.pid.new", new), "we");

	if (f == NULL)
		return error_set_errno(e, ERR_IO, errno, "%s", new);
	fprintf(f, "%d\n", (int)s->pid);
	if (fclose(f) != 0 || rename(new, in_folder(s, "pcscd.pid", path)) != 0)
		return error_set_errno(e, ERR_IO, errno, "%s", path);
	return 0;
}

static int try_start(struct service *s, bool isolated, struct error *e)
{
	bool polkit = has_option("--disable-polkit");
	AUTO(fd_closep) int listener = listen_unix(s->socket, SOCK_STREAM, e);

	if (listener < 0)
		return listener;
	s->pid = fork();
	if (s->pid == 0)
		become_pcscd(s, listener, isolated, polkit);
	/* Only pcscd has the socket: nobody connects to a dead one. */
	fd_closep(&listener);
	if (s->pid > 0 && wait_answers(s))
		return write_pid(s, e);
	service_stop(s);
	return error_set(e, ERR_IO, "pcscd does not run here: see %s/pcscd.log",
			 s->folder);
}

int service_start(struct service *s, struct error *e)
{
	if (runs(s))
		return 0;
	if (try_start(s, true, e) == 0)
		return 0;
	return try_start(s, false, e);
}

void service_died(struct service *s)
{
	char path[PATH_MAX];

	s->pid = 0;
	unlink(in_folder(s, "pcscd.pid", path));
}

void service_stop(struct service *s)
{
	int64_t end = clock_mono_ns() + STOP_MS * CLOCK_NS_PER_MS;

	if (s->pid > 0)
		kill(s->pid, SIGTERM);
	while (runs(s)) {
		if (clock_mono_ns() > end)
			kill(s->pid, SIGKILL);
		pause_ms(STEP_MS);
	}
	service_died(s);
	unlink(s->socket);
}
