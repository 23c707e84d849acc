/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker: one signet-worker process, as signetd sees it.
 *
 * The worker answers in the order of the calls, so only the first call's time
 * runs.  The timer is lazy: it is not moved for each call, but looks, when it
 * fires, whether the first call really is late.
 */
#include "broker/worker.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/log.h"
#include "broker/child.h"

/* One read takes up to this many bytes of answers. */
#define WORKER_READ (64u * 1024)
/*
 * A worker that has nothing to do does not wait for the end of a turn, which
 * may have a millisecond of requests to read: as soon as it has so many.  (One
 * by one, each request would cost a write and a wake-up.)
 */
#define WORKER_EARLY 2u
/* Frames waiting for a worker that does not read. */
#define WORKER_OUT_MAX (8u * LIMIT_FRAME)
/* After the socket closed: how long the exit status may take to appear. */
#define WORKER_GRACE_MS 100
/*
 * A worker that is only not needed any more leaves by itself, when it finds
 * its socket closed after the call it is in: one that is killed while SoftHSM
 * writes (C_Login does) leaves a token that is empty.  After this it is killed.
 */
#define WORKER_LINGER_MS 3000

struct worker {
	LIST_ENTRY(worker) entry; /* of all_workers */
	struct event_base *base;
	struct worker_owner owner;
	char module[LIMIT_LABEL];
	pid_t pid;
	int fd;
	struct event *readable;
	struct event *flush;  /* end of this turn, or writable again */
	struct event *timer;
	int64_t timer_at;     /* when it fires; 0: not set */
	bool closing;	      /* the socket is closed, the status not known */
	bool ended;
	bool reaped;	      /* its pid is nobody's, or another's */
	size_t frame_start;
	uint64_t sent;	      /* bytes that went out so far */
	unsigned fds;	      /* calls whose descriptor has not */
	uint32_t next_id;
	unsigned load;
	unsigned unsent;      /* of these, begun since the last write */
	int64_t first_since;  /* when calls' first became the first */
	struct worker_calls calls;
	struct buf in;
	struct buf out;
};

/* Living and not yet reaped: the only place that knows pids of children. */
static LIST_HEAD(, worker) all_workers = LIST_HEAD_INITIALIZER(all_workers);

static void worker_free(struct worker *w)
{
	if (w == NULL)
		return;
	LIST_REMOVE(w, entry);
	if (w->readable != NULL)
		event_free(w->readable);
	if (w->flush != NULL)
		event_free(w->flush);
	if (w->timer != NULL)
		event_free(w->timer);
	fd_closep(&w->fd);
	buf_fini(&w->in);
	buf_fini(&w->out);
	free(w);
}

/* --- start -------------------------------------------------------------- */

static int worker_spawn(struct worker *w, const struct worker_setup *setup,
			int fd, struct error *e)
{
	const char *slash = strrchr(setup->program, '/');
	const struct child_setup child = {
		.program = setup->program,
		.name = slash == NULL ? setup->program : slash + 1,
		.environment = setup->environment,
		.fds = { fd, -1 },
	};
	int r = child_spawn(&child, &w->pid);

	if (r != 0)
		return error_set_errno(e, ERR_IO, r, "cannot start %s",
				       setup->program);
	return 0;
}

static bool worker_read(struct worker *w);
static ssize_t worker_write(struct worker *w);
static void worker_readable(evutil_socket_t fd, short what, void *arg);
static void worker_flush(evutil_socket_t fd, short what, void *arg);
static void worker_timer(evutil_socket_t fd, short what, void *arg);

static int worker_events(struct worker *w, struct error *e)
{
	w->readable = event_new(w->base, w->fd, EV_READ | EV_PERSIST,
				worker_readable, w);
	w->flush = event_new(w->base, w->fd, EV_WRITE, worker_flush, w);
	w->timer = evtimer_new(w->base, worker_timer, w);
	if (w->readable == NULL || w->flush == NULL || w->timer == NULL ||
	    event_add(w->readable, NULL) != 0)
		return error_set(e, ERR_NO_MEMORY, "no memory for events");
	return 0;
}

int worker_start(struct event_base *base, const struct worker_setup *setup,
		 const struct worker_owner *owner, struct worker **out,
		 struct error *e)
{
	struct worker *w = calloc(1, sizeof(*w));
	AUTO(fd_closep) int theirs = -1;
	int pair[2], r;

	if (w == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for a worker");
	LIST_INSERT_HEAD(&all_workers, w, entry);
	w->base = base;
	w->owner = *owner;
	w->fd = -1;
	TAILQ_INIT(&w->calls);
	buf_init(&w->in, LIMIT_FRAME + WORKER_READ + WIRE_FRAME_HEAD);
	buf_init(&w->out, WORKER_OUT_MAX);
	snprintf(w->module, sizeof(w->module), "%s", setup->module);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
		r = error_set_errno(e, ERR_IO, errno, "socketpair");
		worker_free(w);
		return r;
	}
	w->fd = pair[0];
	theirs = pair[1];
	r = fcntl(w->fd, F_SETFL, O_NONBLOCK) == 0 ? worker_events(w, e) :
		error_set_errno(e, ERR_IO, errno, "fcntl");
	if (r == 0)
		r = worker_spawn(w, setup, theirs, e);
	if (r != 0) {
		worker_free(w);
		return r;
	}
	*out = w;
	return 0;
}

pid_t worker_pid(const struct worker *w)
{
	return w->pid;
}

unsigned worker_load(const struct worker *w)
{
	return w->load;
}

/* --- end ---------------------------------------------------------------- */

static void worker_drop_fd(struct worker *w, struct worker_call *call)
{
	if (call->fd < 0)
		return;
	fd_closep(&call->fd);
	w->fds--;
}

static void worker_lose_calls(struct worker *w, const struct error *why,
			      bool begun)
{
	struct worker_call *call;

	while ((call = TAILQ_FIRST(&w->calls)) != NULL) {
		TAILQ_REMOVE(&w->calls, call, entry);
		w->load--;
		worker_drop_fd(w, call);
		call->lost(call, why, begun);
		begun = false;
	}
}

static void worker_set_timer(struct worker *w, int64_t ns)
{
	struct timeval tv;

	if (ns < CLOCK_NS_PER_MS)
		ns = CLOCK_NS_PER_MS;
	tv.tv_sec = (time_t)(ns / CLOCK_NS_PER_S);
	tv.tv_usec = (suseconds_t)(ns % CLOCK_NS_PER_S / 1000);
	evtimer_add(w->timer, &tv);
	w->timer_at = clock_mono_ns() + ns;
}

static void worker_log_end(const struct worker *w, const struct error *why)
{
	enum log_level level = why->code == 0 ? LOG_DEBUG :
		why->code == ERR_SHUTTING_DOWN ? LOG_INFO : LOG_WARNING;

	log_write(level, NULL, "module %s: worker %d ended: %s", w->module,
		  (int)w->pid, why->code == 0 ? "it is done" : why->message);
}

static void worker_finish(struct worker *w, const struct error *why,
			  bool blame)
{
	if (w->ended)
		return;
	w->ended = true;
	event_del(w->readable);
	event_del(w->flush);
	event_del(w->timer);
	fd_closep(&w->fd);
	if (why->code == ERR_SHUTTING_DOWN || why->code == 0)
		worker_set_timer(w, WORKER_LINGER_MS * CLOCK_NS_PER_MS);
	else if (!w->reaped)
		kill(-w->pid, SIGKILL);
	worker_log_end(w, why);
	worker_lose_calls(w, why, blame);
	w->owner.ended(w->owner.arg, w, why);
	if (w->reaped)
		worker_free(w);
}

void worker_end(struct worker *w, const struct error *why)
{
	worker_finish(w, why, true);
}

void worker_retire(struct worker *w, const struct error *why)
{
	worker_finish(w, why, false);
}

static int worker_status_error(struct worker *w, int status, struct error *e)
{
	if (WIFSIGNALED(status))
		return error_set(e, ERR_WORKER_LOST,
				 "module %s: its worker was ended by signal %d"
				 " (%s)", w->module, WTERMSIG(status),
				 strsignal(WTERMSIG(status)));
	return error_set(e, ERR_WORKER_LOST,
			 "module %s: its worker left with status %d", w->module,
			 WEXITSTATUS(status));
}

bool worker_reaped(pid_t pid, int status)
{
	struct worker *w;
	struct error why;

	LIST_FOREACH(w, &all_workers, entry)
		if (w->pid == pid && !w->reaped)
			break;
	if (w == NULL)
		return false;
	/* What the module forked stays in the group after the worker. */
	kill(-pid, SIGKILL);
	/* What it answered before it died counts: take it first. */
	while (!w->ended && !w->closing && worker_read(w))
		;
	w->reaped = true;
	if (w->ended) {
		worker_free(w);
		return true;
	}
	worker_status_error(w, status, &why);
	worker_end(w, &why);
	return true;
}

void worker_wait_all(unsigned ms)
{
	int64_t until = clock_mono_ns() + ms * CLOCK_NS_PER_MS;
	struct worker *w;
	int status;
	pid_t pid;

	while (!LIST_EMPTY(&all_workers) && clock_mono_ns() < until) {
		pid = waitpid(-1, &status, WNOHANG);
		if (pid > 0)
			worker_reaped(pid, status);
		else
			usleep(1000);
	}
	while ((w = LIST_FIRST(&all_workers)) != NULL) {
		kill(-w->pid, SIGKILL);
		worker_free(w);
	}
}

/*
 * The socket is closed: the process is dying and its status, which says why,
 * comes with SIGCHLD at once.  A process that only closed it is killed.
 */
static void worker_closing(struct worker *w)
{
	const struct timeval grace = { 0, WORKER_GRACE_MS * 1000 };

	w->closing = true;
	event_del(w->readable);
	if (!w->reaped)
		kill(w->pid, SIGKILL);
	evtimer_add(w->timer, &grace);
}

static void worker_broke(struct worker *w, struct error *e)
{
	error_prefix(e, "module %s: ", w->module);
	worker_end(w, e);
}

/* --- time --------------------------------------------------------------- */

static void worker_timer(evutil_socket_t fd, short what, void *arg)
{
	struct worker *w = arg;
	struct worker_call *first = TAILQ_FIRST(&w->calls);
	struct error why;
	int64_t left;

	w->timer_at = 0;
	if (w->ended) {
		kill(-w->pid, SIGKILL);
		return;
	}
	if (w->closing) {
		error_set(&why, ERR_WORKER_LOST,
			  "module %s: its worker closed its socket", w->module);
		worker_end(w, &why);
		return;
	}
	if (first == NULL || first->deadline_ms == 0)
		return;
	left = w->first_since + first->deadline_ms * CLOCK_NS_PER_MS -
	       clock_mono_ns();
	if (left > 0) {
		worker_set_timer(w, left);
		return;
	}
	error_set(&why, ERR_DEADLINE,
		  "module %s did not answer within %u ms; its worker was ended"
		  " and is being replaced", w->module, first->deadline_ms);
	worker_end(w, &why);
}

/* The first call changed: its time runs from now. */
static void worker_first_changed(struct worker *w)
{
	struct worker_call *first = TAILQ_FIRST(&w->calls);
	int64_t ns;

	if (first == NULL)
		return;
	w->first_since = clock_mono_ns();
	if (first->began_ns == 0)
		first->began_ns = w->first_since;
	if (first->deadline_ms == 0)
		return;
	ns = first->deadline_ms * CLOCK_NS_PER_MS;
	if (w->timer_at == 0 || w->first_since + ns < w->timer_at)
		worker_set_timer(w, ns);
}

/* --- calls -------------------------------------------------------------- */

struct buf *worker_begin(struct worker *w, struct worker_call *call)
{
	call->id = ++w->next_id;
	call->fd = -1;
	call->began_ns = 0;
	w->frame_start = wire_frame_begin(&w->out, call->type, WIRE_REQ,
					  call->id);
	return &w->out;
}

void worker_send(struct worker *w, struct worker_call *call)
{
	wire_frame_end(&w->out, w->frame_start);
	TAILQ_INSERT_TAIL(&w->calls, call, entry);
	if (w->load++ == 0)
		worker_first_changed(w);
	/* What fails now, fails at the end of this turn, too, and ends it. */
	if (++w->unsent >= WORKER_EARLY && w->unsent == w->load &&
	    !w->closing && buf_error(&w->out) == 0)
		worker_write(w);
	if (w->out.len > 0)
		event_active(w->flush, EV_WRITE, 0);
}

void worker_send_fd(struct worker *w, struct worker_call *call, int fd)
{
	call->fd = fd;
	call->fd_at = w->sent + w->frame_start;
	w->fds++;
	worker_send(w, call);
}

/* The first call whose descriptor has not gone out. */
static struct worker_call *worker_first_fd(struct worker *w)
{
	struct worker_call *call;

	TAILQ_FOREACH(call, &w->calls, entry)
		if (call->fd >= 0)
			break;
	return call;
}

/*
 * As much as one send may take: a descriptor goes with the first byte of its
 * frame, so nothing behind that byte leaves before it.
 */
static ssize_t worker_put(struct worker *w)
{
	struct worker_call *call = w->fds > 0 ? worker_first_fd(w) : NULL;
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .room = "" };
	struct iovec part = { w->out.ptr, w->out.len };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t put;

	if (call == NULL)
		return send(w->fd, w->out.ptr, w->out.len, MSG_NOSIGNAL);
	if (call->fd_at > w->sent)
		return send(w->fd, w->out.ptr, (size_t)(call->fd_at - w->sent),
			    MSG_NOSIGNAL);
	m.msg_control = control.room;
	m.msg_controllen = sizeof(control.room);
	control.head.cmsg_level = SOL_SOCKET;
	control.head.cmsg_type = SCM_RIGHTS;
	control.head.cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(&control.head), &call->fd, sizeof(int));
	/* Alone: another descriptor may belong to what is behind. */
	part.iov_len = WIRE_FRAME_HEAD;
	put = sendmsg(w->fd, &m, MSG_NOSIGNAL);
	if (put > 0)
		worker_drop_fd(w, call);
	return put;
}

static ssize_t worker_write(struct worker *w)
{
	ssize_t put;

	w->unsent = 0;
	do {
		put = worker_put(w);
		if (put > 0) {
			w->sent += (uint64_t)put;
			buf_consume(&w->out, (size_t)put);
		}
	} while (put > 0 && w->out.len > 0);
	return put;
}

static void worker_flush(evutil_socket_t fd, short what, void *arg)
{
	struct worker *w = arg;
	struct error e;
	ssize_t put;

	if (w->closing || w->out.len == 0)
		return;
	if (buf_error(&w->out) != 0) {
		error_set(&e, ERR_INTERNAL, "too many frames for its worker");
		worker_broke(w, &e);
		return;
	}
	put = worker_write(w);
	if (put < 0 && (errno == EPIPE || errno == ECONNRESET))
		return; /* the read side tells, with what was answered before */
	if (w->out.len > 0)
		event_add(w->flush, NULL);
}

/* Only these come in several frames: what handles the others ends the call. */
static bool worker_may_answer(const struct wire_frame *f)
{
	if (f->kind == WIRE_MORE)
		return f->type == WIRE_TOKENS || f->type == WIRE_KEYS ||
		       f->type == WIRE_SIGN || f->type == WIRE_READERS;
	return f->kind != WIRE_REQ;
}

static int worker_answer(struct worker *w, const struct wire_frame *f,
			 struct error *e)
{
	struct worker_call *first = TAILQ_FIRST(&w->calls);
	int r;

	if (!worker_may_answer(f) || first == NULL || f->id != first->id ||
	    f->type != first->type)
		return error_set(e, ERR_PROTOCOL,
				 "answer %u of type %d was not asked for",
				 f->id, (int)f->type);
	if (f->kind != WIRE_MORE) {
		TAILQ_REMOVE(&w->calls, first, entry);
		w->load--;
		worker_drop_fd(w, first);
		worker_first_changed(w);
	} else if (f->type == WIRE_SIGN) {
		/* The deadline is that of one signature. */
		w->first_since = clock_mono_ns();
	}
	r = first->answer(first, f, e);
	/* Such a call never ends, and chooses the time of its next frame. */
	if (r == 0 && f->type == WIRE_READERS && !w->ended)
		worker_first_changed(w);
	return r;
}

static void worker_frames(struct worker *w)
{
	struct slice rest = buf_slice(&w->in);
	struct wire_frame frame;
	struct error e;
	int r = 0;

	while (!w->ended && (r = wire_frame_next(&rest, &frame, &e)) > 0) {
		r = worker_answer(w, &frame, &e);
		if (r != 0)
			break;
	}
	if (w->ended)
		return;
	if (r < 0)
		worker_broke(w, &e);
	else
		buf_consume(&w->in, w->in.len - rest.len);
}

/* One read and what it brought; false when there is nothing more now. */
static bool worker_read(struct worker *w)
{
	uint8_t *at = buf_reserve(&w->in, WORKER_READ);
	struct error e;
	ssize_t got;

	if (at == NULL) {
		error_set(&e, ERR_NO_MEMORY, "no memory for answers");
		worker_broke(w, &e);
		return false;
	}
	got = recv(w->fd, at, WORKER_READ, 0);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (got <= 0) {
		worker_closing(w);
		return false;
	}
	buf_commit(&w->in, (size_t)got);
	worker_frames(w);
	return !w->ended;
}

static void worker_readable(evutil_socket_t fd, short what, void *arg)
{
	worker_read(arg);
}
