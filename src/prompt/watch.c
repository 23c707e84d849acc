/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: whom signet-prompt listens to while it waits for a person.
 */
#include "prompt/watch.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>

#include "base/clock.h"
#include "base/limits.h"

#define WATCH_GONE (POLLHUP | POLLERR | POLLNVAL | POLLRDHUP)

/* When the wait ends whatever happens. */
static int64_t watch_end(const struct prompt_watch *w)
{
	int64_t end = w->until_ns + LIMIT_PINENTRY_GRACE_MS * CLOCK_NS_PER_MS;

	if (w->silent_ns != 0 && w->silent_ns < end)
		return w->silent_ns;
	return end;
}

static int watch_timeout_ms(const struct prompt_watch *w)
{
	int64_t left = watch_end(w) - clock_mono_ns();

	if (left <= 0)
		return 0;
	left = left / CLOCK_NS_PER_MS + 1;
	return left > INT_MAX ? INT_MAX : (int)left;
}

static int watch_over(const struct prompt_watch *w)
{
	return prompt_watch_late(w) ? ERR_NOT_ANSWERED : ERR_DEADLINE;
}

static int watch_poll(struct prompt_watch *w, int fd, short events,
		      bool now)
{
	struct pollfd p[] = {
		{ .fd = w->signetd, .events = POLLIN | POLLRDHUP },
		{ .fd = w->worker, .events = POLLRDHUP },
		{ .fd = fd, .events = events },
	};
	int n;

	while (w->ended == 0) {
		n = poll(p, ARRAY_LEN(p), now ? 0 : watch_timeout_ms(w));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			w->ended = ERR_IO;
		else if (p[0].revents != 0)
			/* It has no more to say: anything is the end. */
			w->ended = ERR_CANCELLED;
		else if ((p[1].revents & WATCH_GONE) != 0)
			w->ended = ERR_WORKER_LOST;
		else if (p[2].revents != 0 || (n == 0 && now))
			return 0;
		else if (n == 0)
			w->ended = watch_over(w);
	}
	return w->ended;
}

int prompt_watch_wait(struct prompt_watch *w, int fd, short events)
{
	return watch_poll(w, fd, events, false);
}

int prompt_watch_now(struct prompt_watch *w)
{
	return watch_poll(w, -1, 0, true);
}

unsigned prompt_watch_seconds(const struct prompt_watch *w)
{
	int64_t left = (w->until_ns - clock_mono_ns()) / CLOCK_NS_PER_S;

	return left < 1 ? 1 : (unsigned)left;
}

bool prompt_watch_late(const struct prompt_watch *w)
{
	return clock_mono_ns() >= w->until_ns;
}
