/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load: many clients of one signetd, in one thread.
 *
 * It shares its cores with what it measures, so that its own cost counts: the
 * request is made once, and an answer is looked at just enough.
 */
#include "bench/load.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "bench/reply.h"

#define WARM_UP_NS (50 * CLOCK_NS_PER_MS)
/* The last answers: longer than that and something hangs. */
#define DRAIN_NS (20 * CLOCK_NS_PER_S)
#define ANSWER_MAX (128u * 1024)
#define SAMPLES 16
/* Not the first ones only. */
#define SAMPLE_EVERY 101

struct client {
	int fd;
	bool busy;
	int64_t since_ns; /* sent, or due */
	size_t have;
	uint8_t in[ANSWER_MAX];
};

struct load {
	const struct load_order *order;
	struct measure *out;
	struct client *client[LOAD_CLIENTS_MAX];
	int epoll;
	struct buf request;
	unsigned busy;
	bool recording, sending;
	int64_t due_ns, every_ns; /* paced: of the next request */
	struct buf sample[SAMPLES];
	unsigned samples;
};

/* --- connections ---------------------------------------------------------- */

static int client_connect(const char *path, int *out, struct error *e)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	AUTO(fd_closep) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC,
					0);

	if (strlen(path) >= sizeof(to.sun_path))
		return error_set(e, ERR_USAGE, "%s: too long", path);
	memcpy(to.sun_path, path, strlen(path));
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		return error_set_errno(e, ERR_NO_DAEMON, errno, "%s", path);
	*out = fd_take(&fd);
	return 0;
}

static int load_connect(struct load *l, unsigned i, struct error *e)
{
	struct client *c = calloc(1, sizeof(*c));
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c };
	int r;

	if (c == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for clients");
	r = client_connect(l->order->socket, &c->fd, e);
	if (r != 0) {
		free(c);
		return r;
	}
	l->client[i] = c;
	if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &ev) != 0)
		return error_set_errno(e, ERR_IO, errno, "epoll_ctl");
	return 0;
}

static int load_open(struct load *l, struct error *e)
{
	int r;

	buf_init(&l->request, ANSWER_MAX);
	for (unsigned i = 0; i < SAMPLES; i++)
		buf_init(&l->sample[i], ANSWER_MAX);
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (l->epoll < 0)
		return error_set_errno(e, ERR_IO, errno, "epoll");
	r = reply_request(l->order->key, l->order->batch, &l->request,
			  e);
	for (unsigned i = 0; r == 0 && i < l->order->clients; i++)
		r = load_connect(l, i, e);
	return r;
}

static void load_close(struct load *l)
{
	for (unsigned i = 0; i < LOAD_CLIENTS_MAX; i++) {
		if (l->client[i] != NULL)
			close(l->client[i]->fd);
		free(l->client[i]);
	}
	for (unsigned i = 0; i < SAMPLES; i++)
		buf_fini(&l->sample[i]);
	buf_fini(&l->request);
	fd_closep(&l->epoll);
}

/* --- requests and answers ------------------------------------------------- */

static int client_send(struct load *l, struct client *c, int64_t since_ns,
		       struct error *e)
{
	ssize_t n = send(c->fd, l->request.ptr, l->request.len,
			 MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n != (ssize_t)l->request.len)
		return error_set_errno(e, ERR_IO, n < 0 ? errno : 0,
				       "a request cannot be sent");
	c->busy = true;
	c->since_ns = since_ns;
	l->busy++;
	return 0;
}

static void load_error(struct load *l, const char *text, size_t len)
{
	if (l->out->errors++ == 0)
		snprintf(l->out->error, sizeof(l->out->error), "%.*s",
			 (int)(len < 200 ? len : 200), text);
}

static void load_count(struct load *l, const struct client *c,
		       const struct reply *reply, int64_t now)
{
	if (reply->status != 201) {
		load_error(l, (const char *)reply->body.ptr, reply->body.len);
		return;
	}
	if (!l->recording)
		return;
	stats_add(&l->out->latency, now - c->since_ns);
	l->out->done += l->order->batch > 0 ? l->order->batch : 1;
	if (l->out->latency.count % SAMPLE_EVERY == 1 && l->samples < SAMPLES)
		buf_put_slice(&l->sample[l->samples++], reply->body);
}

static int client_answered(struct load *l, struct client *c,
			   const struct reply *reply, struct error *e)
{
	int64_t now = clock_mono_ns();

	load_count(l, c, reply, now);
	if (reply->len != c->have || !c->busy)
		return error_set(e, ERR_PROTOCOL,
				 "more bytes than one answer");
	c->have = 0;
	c->busy = false;
	l->busy--;
	if (l->sending && l->order->rate == 0)
		return client_send(l, c, now, e);
	return 0;
}

static int client_read(struct load *l, struct client *c, struct error *e)
{
	ssize_t n = recv(c->fd, c->in + c->have, sizeof(c->in) - c->have,
			 MSG_DONTWAIT);
	struct reply reply;
	int r;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0)
		return error_set_errno(e, ERR_IO, n < 0 ? errno : 0,
				       "signetd closed a connection");
	c->have += (size_t)n;
	r = reply_next(slice_of(c->in, c->have), &reply, e);
	return r <= 0 ? r : client_answered(l, c, &reply, e);
}

/* Paced: all that are due, as long as there are free clients. */
static int load_send_due(struct load *l, struct error *e)
{
	int64_t now = clock_mono_ns();
	int r = 0;

	if (!l->sending || l->order->rate == 0)
		return 0;
	for (unsigned i = 0; r == 0 && i < l->order->clients &&
	     l->due_ns <= now; i++) {
		if (l->client[i]->busy)
			continue;
		r = client_send(l, l->client[i], l->due_ns, e);
		l->due_ns += l->every_ns;
	}
	return r;
}

/* --- time ----------------------------------------------------------------- */

static int64_t load_wait_ns(const struct load *l, int64_t until_ns)
{
	int64_t at = until_ns;
	bool paced = l->sending && l->order->rate > 0;
	int64_t now = clock_mono_ns();

	if (paced && l->busy < l->order->clients && l->due_ns < at)
		at = l->due_ns;
	return at > now ? at - now : 0;
}

static int load_turn(struct load *l, int64_t until_ns, struct error *e)
{
	struct epoll_event ev[LOAD_CLIENTS_MAX];
	int64_t ns = load_wait_ns(l, until_ns);
	const struct timespec t = { ns / CLOCK_NS_PER_S, ns % CLOCK_NS_PER_S };
	int n = epoll_pwait2(l->epoll, ev, LOAD_CLIENTS_MAX, &t, NULL);
	int r = 0;

	if (n < 0 && errno != EINTR)
		return error_set_errno(e, ERR_IO, errno, "epoll_pwait2");
	for (int i = 0; r == 0 && i < n; i++)
		r = client_read(l, ev[i].data.ptr, e);
	return r != 0 ? r : load_send_due(l, e);
}

/* Until the time, or, when nothing is sent any more, until all is answered. */
static int load_until(struct load *l, int64_t until_ns, struct error *e)
{
	int r = 0;

	while (r == 0 && clock_mono_ns() < until_ns &&
	       (l->sending || l->busy > 0))
		r = load_turn(l, until_ns, e);
	if (r == 0 && !l->sending && l->busy > 0)
		r = error_set(e, ERR_IO, "%u requests have no answer",
			      l->busy);
	return r;
}

static int load_begin(struct load *l, struct error *e)
{
	int64_t now = clock_mono_ns();
	int r = 0;

	l->sending = true;
	if (l->order->rate > 0) {
		l->every_ns = (int64_t)((double)CLOCK_NS_PER_S /
					l->order->rate);
		l->due_ns = now;
		return 0;
	}
	for (unsigned i = 0; r == 0 && i < l->order->clients; i++)
		r = client_send(l, l->client[i], now, e);
	return r;
}

static int load_measure(struct load *l, const struct cpu_group *group,
			struct error *e)
{
	struct cpu before, after;
	int64_t begun, ended;
	int r = cpu_read(group, &before, e);

	begun = clock_mono_ns();
	l->recording = true;
	if (r == 0)
		r = load_until(l, begun + (int64_t)(l->order->seconds *
					(double)CLOCK_NS_PER_S), e);
	ended = clock_mono_ns();
	if (r == 0)
		r = cpu_read(group, &after, e);
	if (r != 0)
		return r;
	l->recording = false;
	l->out->seconds = (double)(ended - begun) / (double)CLOCK_NS_PER_S;
	l->out->cpu = cpu_between(&before, &after);
	return 0;
}

static void load_verify(struct load *l)
{
	struct error e;

	if (l->order->key->public == NULL)
		return;
	for (unsigned i = 0; i < l->samples; i++) {
		if (reply_verify(l->order->key, buf_slice(&l->sample[i]),
				 &e) != 0)
			load_error(l, e.message, strlen(e.message));
		else
			l->out->verified++;
	}
}

/* Who listens is signetd: the socket tells its pid. */
static int load_group(const struct load *l, struct cpu_group *out,
		      struct error *e)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);

	if (getsockopt(l->client[0]->fd, SOL_SOCKET, SO_PEERCRED, &peer,
		       &len) != 0)
		return error_set_errno(e, ERR_IO, errno, "SO_PEERCRED");
	return cpu_group_find(peer.pid, out, e);
}

int load_run(const struct load_order *order, struct measure *out,
	     struct error *e)
{
	struct load l = { .order = order, .out = out, .epoll = -1 };
	struct cpu_group group;
	int r;

	memset(out, 0, sizeof(*out));
	r = load_open(&l, e);
	if (r == 0)
		r = load_group(&l, &group, e);
	if (r == 0)
		r = load_begin(&l, e);
	if (r == 0)
		r = load_until(&l, clock_mono_ns() + WARM_UP_NS, e);
	if (r == 0)
		r = load_measure(&l, &group, e);
	l.sending = false;
	if (r == 0)
		r = load_until(&l, clock_mono_ns() + DRAIN_NS, e);
	if (r == 0)
		load_verify(&l);
	load_close(&l);
	return r;
}
