/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve: see serve.h.
 */
#include "tests/card/serve.h"

#include <errno.h>

#include "tests/card/card.h"
#include "tests/card/control.h"
#include "tests/card/link.h"

void serve(struct card *c, struct control *ctl)
{
	struct link *l = c->link;
	struct pollfd fds[LINK_FDS + 1];
	size_t count;

	while (!ctl->quit) {
		count = l->ops->want(l, fds + 1);
		fds[0] = (struct pollfd){ .fd = ctl->listener,
					  .events = POLLIN };
		if (poll(fds, count + 1, card_timeout(c)) < 0 &&
		    errno != EINTR)
			return;
		card_tick(c);
		l->ops->ready(l, fds + 1, count);
		if (fds[0].revents != 0)
			control_ready(ctl, c);
	}
}
