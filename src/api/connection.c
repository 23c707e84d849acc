/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connection: who is connected, and whether they still are.
 *
 * While an answer is awaited the library does not look at the connection and
 * would not see that the client has gone; a second, edge-triggered epoll set
 * of ours does.  Slow and idle connections are cut by our own deadlines: the
 * library's time-out knows only inactivity, and a dripping header is none.
 */
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "api/http.h"
#include "api/peer.h"
#include "api/tcp_peer.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"

#define CONNECTION_WATCH_BATCH 64

/* Another user has no answer: no place of a page is held by him. */
static void connection_identify_page(struct connection *c)
{
	if (tcp_peer_identify(c->fd, &c->caller, &c->refused) == 0)
		return;
	log_failure(LOG_WARNING, NULL, "loopback", &c->refused);
	shutdown(c->fd, SHUT_RDWR);
}

static void connection_open(struct api *api, struct MHD_Connection *mhd,
			    void **state)
{
	struct connection *c = calloc(1, sizeof(*c));
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	/* HUP and ERR are always told: a half-closed client of the unix socket
	 * gets its answer.  Over TCP a client that has gone looks half-closed,
	 * and browsers close both halves. */
	struct epoll_event watch = {
		.events = api->port == 0 ? EPOLLET : EPOLLET | EPOLLRDHUP
	};

	*state = c;
	if (c == NULL) {
		shutdown(info->connect_fd, SHUT_RDWR);
		return;
	}
	c->api = api;
	c->mhd = mhd;
	c->fd = info->connect_fd;
	http_deadline(c);
	watch.data.ptr = c;
	TAILQ_INSERT_TAIL(&api->connections, c, entry);
	error_clear(&c->refused);
	if (api->port != 0)
		connection_identify_page(c);
	else if (peer_identify(c->fd, &c->caller, &c->refused) == 0 &&
	    peer_admit(&c->caller, api->broker->settings->group,
		       &c->refused) != 0)
		log_write(LOG_WARNING, NULL, "refused uid %u, pid %d (%s)",
			  c->caller.uid, (int)c->caller.pid, c->caller.exe);
	if (epoll_ctl(api->watch_fd, EPOLL_CTL_ADD, c->fd, &watch) != 0)
		shutdown(c->fd, SHUT_RDWR);
}

void connection_notify(void *arg, struct MHD_Connection *mhd, void **state,
		       enum MHD_ConnectionNotificationCode code)
{
	struct api *api = arg;
	struct connection *c = *state;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		connection_open(api, mhd, state);
		return;
	}
	if (c == NULL)
		return;
	epoll_ctl(api->watch_fd, EPOLL_CTL_DEL, c->fd, NULL);
	TAILQ_REMOVE(&api->connections, c, entry);
	free(c);
	*state = NULL;
	/* At the limit of connections only the next turn listens again. */
	http_kick(api);
}

void connection_watched(evutil_socket_t fd, short what, void *arg)
{
	struct epoll_event events[CONNECTION_WATCH_BATCH];
	int count = epoll_wait(fd, events, CONNECTION_WATCH_BATCH, 0);

	for (int i = 0; i < count; i++) {
		struct connection *c = events[i].data.ptr;

		c->gone = true;
		if (c->http != NULL && c->http->suspended)
			http_drop(c->http);
	}
}

void connection_tick(evutil_socket_t fd, short what, void *arg)
{
	struct api *api = arg;
	struct connection *c;
	int64_t now = clock_mono_ns();

	TAILQ_FOREACH(c, &api->connections, entry) {
		if (c->deadline_ns == 0 || now < c->deadline_ns)
			continue;
		shutdown(c->fd, SHUT_RDWR);
		c->deadline_ns = 0;
	}
}
