/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prompt: one signet-prompt process, as signetd sees it.
 *
 * One line of JSON goes there, one comes back.  Whatever else happens (it
 * dies, hangs, talks too much) is ERR_PROMPT, and its process group is ended,
 * so that no dialog outlives its request.
 */
#include "broker/prompt.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/limits.h"
#include "broker/child.h"

/* An answer is one short line. */
#define PROMPT_ANSWER_MAX 4096u
/* It closes its own dialog in time; this long after that it is hung. */
#define PROMPT_LATE_S 10
/* A withdrawn one closes its dialog by itself. */
#define PROMPT_LINGER_S 1

struct prompt {
	LIST_ENTRY(prompt) entry; /* of all_prompts */
	struct prompt_owner owner;
	pid_t pid;
	int fd;
	bool closed; /* answered or withdrawn: only the process is left */
	struct event *readable;
	struct event *writable;
	struct event *timer;
	struct buf out;
	struct buf in;
};

static LIST_HEAD(, prompt) all_prompts = LIST_HEAD_INITIALIZER(all_prompts);

static void prompt_free(struct prompt *p)
{
	LIST_REMOVE(p, entry);
	if (p->readable != NULL)
		event_free(p->readable);
	if (p->writable != NULL)
		event_free(p->writable);
	if (p->timer != NULL)
		event_free(p->timer);
	fd_closep(&p->fd);
	buf_fini(&p->out);
	buf_fini(&p->in);
	free(p);
}

/* --- end ---------------------------------------------------------------- */

/* Its socket closes, which closes its dialog; the process has a moment. */
static void prompt_let_go(struct prompt *p)
{
	const struct timeval linger = { PROMPT_LINGER_S, 0 };

	p->closed = true;
	event_del(p->readable);
	event_del(p->writable);
	fd_closep(&p->fd);
	evtimer_add(p->timer, &linger);
}

static void prompt_end(struct prompt *p, const struct error *refusal)
{
	struct prompt_owner owner = p->owner;

	prompt_let_go(p);
	owner.answered(owner.arg, refusal);
}

static void prompt_broke(struct prompt *p, const char *how)
{
	struct error e;

	error_set(&e, ERR_PROMPT, "signet-prompt %s; nothing was signed; see"
		  " the log of signetd", how);
	kill(-p->pid, SIGKILL);
	prompt_end(p, &e);
}

void prompt_close(struct prompt *p)
{
	if (p != NULL && !p->closed)
		prompt_let_go(p);
}

bool prompt_reaped(pid_t pid)
{
	struct prompt *p;

	LIST_FOREACH(p, &all_prompts, entry)
		if (p->pid == pid)
			break;
	if (p == NULL)
		return false;
	/* A pinentry that did not notice. */
	kill(-pid, SIGKILL);
	p->pid = -1;
	/* What it said before it ended is still in the socket. */
	if (p->closed)
		prompt_free(p);
	return true;
}

void prompt_kill_all(void)
{
	struct prompt *p;

	while ((p = LIST_FIRST(&all_prompts)) != NULL) {
		if (p->pid > 0)
			kill(-p->pid, SIGKILL);
		prompt_free(p);
	}
}

static void prompt_timer(evutil_socket_t fd, short what, void *arg)
{
	struct prompt *p = arg;

	if (!p->closed) {
		prompt_broke(p, "did not answer in time");
		return;
	}
	if (p->pid > 0)
		kill(-p->pid, SIGKILL);
	else
		prompt_free(p);
}

/* --- what it says ------------------------------------------------------- */

static int prompt_refusal(const char *answer, const char *detail,
			  struct error *e)
{
	if (strcmp(answer, "declined") == 0)
		return error_set(e, ERR_DECLINED, "the user declined");
	if (strcmp(answer, "timeout") == 0)
		return error_set(e, ERR_NOT_ANSWERED,
				 "nobody answered the dialog in time");
	if (strcmp(answer, "failed") == 0)
		return error_set(e, ERR_PROMPT, "%s", detail);
	return 0;
}

/* False: it is no answer. */
static bool prompt_parse(struct slice line, struct error *refusal)
{
	const char *answer, *detail = "the dialog failed";
	json_auto_t *root = json_loadb((const char *)line.ptr, line.len,
				       JSON_REJECT_DUPLICATES, NULL);

	error_clear(refusal);
	if (root == NULL ||
	    json_unpack_ex(root, NULL, JSON_STRICT, "{s:s, s?s}", "answer",
			   &answer, "detail", &detail) != 0)
		return false;
	return prompt_refusal(answer, detail, refusal) != 0 ||
	       strcmp(answer, "approved") == 0;
}

static void prompt_line(struct prompt *p, size_t len)
{
	struct error refusal;

	if (len + 1 != p->in.len ||
	    !prompt_parse(slice_of(p->in.ptr, len), &refusal))
		prompt_broke(p, "gave an answer that is none");
	else
		prompt_end(p, refusal.code == 0 ? NULL : &refusal);
}

static void prompt_readable(evutil_socket_t fd, short what, void *arg)
{
	struct prompt *p = arg;
	uint8_t *at = buf_reserve(&p->in, PROMPT_ANSWER_MAX / 4);
	ssize_t got;
	uint8_t *end;

	if (at == NULL) {
		prompt_broke(p, "talks too much");
		return;
	}
	got = recv(p->fd, at, PROMPT_ANSWER_MAX / 4, 0);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		prompt_broke(p, "ended without an answer");
		return;
	}
	buf_commit(&p->in, (size_t)got);
	end = memchr(p->in.ptr, '\n', p->in.len);
	if (end != NULL)
		prompt_line(p, (size_t)(end - p->in.ptr));
}

static void prompt_writable(evutil_socket_t fd, short what, void *arg)
{
	struct prompt *p = arg;
	ssize_t put = send(p->fd, p->out.ptr, p->out.len, MSG_NOSIGNAL);

	if (put > 0)
		buf_consume(&p->out, (size_t)put);
	/* A broken pipe shows on the reading side. */
	if (p->out.len == 0 || (put < 0 && errno != EAGAIN && errno != EINTR))
		event_del(p->writable);
}

/* --- start -------------------------------------------------------------- */

/* What a dialog needs to find its user's display, and nothing else. */
static const char *const prompt_environment[] = {
	"DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS",
	"XDG_RUNTIME_DIR", "HOME", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE",
	"LC_MESSAGES", "PATH", "TERM", "SIGNET_LOCALEDIR", "ASAN_OPTIONS",
	"UBSAN_OPTIONS", NULL,
};

static int prompt_spawn(struct prompt *p, const struct prompt_setup *setup,
			int fd, struct error *e)
{
	char **env = child_environment(prompt_environment);
	const struct child_setup child = {
		.program = setup->program,
		.name = "signet-prompt",
		.environment = env,
		.fds = { fd, setup->pin_fd },
	};
	int r;

	if (env == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory");
	r = child_spawn(&child, &p->pid);
	child_environment_free(env);
	if (r == 0)
		return 0;
	p->pid = -1;
	return error_set_errno(e, ERR_PROMPT, r, "cannot start %s",
			       setup->program);
}

static int prompt_events(struct prompt *p, struct event_base *base,
			 unsigned seconds, struct error *e)
{
	const struct timeval late = { (time_t)seconds + PROMPT_LATE_S, 0 };

	p->readable = event_new(base, p->fd, EV_READ | EV_PERSIST,
				prompt_readable, p);
	p->writable = event_new(base, p->fd, EV_WRITE | EV_PERSIST,
				prompt_writable, p);
	p->timer = evtimer_new(base, prompt_timer, p);
	if (p->readable == NULL || p->writable == NULL || p->timer == NULL ||
	    event_add(p->readable, NULL) != 0 ||
	    event_add(p->writable, NULL) != 0 ||
	    evtimer_add(p->timer, &late) != 0)
		return error_set(e, ERR_NO_MEMORY, "no memory for events");
	return 0;
}

static int prompt_open(struct prompt *p, struct event_base *base,
		       const struct prompt_setup *setup, struct error *e)
{
	AUTO(fd_closep) int theirs = -1;
	int pair[2], r;

	if (setup->program == NULL)
		return error_set(e, ERR_PROMPT, "signet-prompt is neither"
				 " beside signetd nor in ../lib/signet");
	if (buf_error(&p->out) != 0)
		return error_set(e, ERR_TOO_LARGE, "there is more to show than"
				 " a dialog takes; send fewer payments");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return error_set_errno(e, ERR_IO, errno, "socketpair");
	p->fd = pair[0];
	theirs = pair[1];
	if (fcntl(p->fd, F_SETFL, O_NONBLOCK) != 0)
		return error_set_errno(e, ERR_IO, errno, "fcntl");
	r = prompt_events(p, base, setup->seconds, e);
	return r != 0 ? r : prompt_spawn(p, setup, theirs, e);
}

int prompt_start(struct event_base *base, const struct prompt_setup *setup,
		 const struct prompt_owner *owner, struct prompt **out,
		 struct error *e)
{
	struct prompt *p = calloc(1, sizeof(*p));
	int r;

	if (p == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for a prompt");
	LIST_INSERT_HEAD(&all_prompts, p, entry);
	p->owner = *owner;
	p->pid = -1;
	p->fd = -1;
	p->out = *setup->request;
	buf_init(setup->request, 0);
	buf_init(&p->in, PROMPT_ANSWER_MAX);
	r = prompt_open(p, base, setup, e);
	if (r != 0) {
		prompt_free(p);
		return r;
	}
	*out = p;
	return 0;
}
