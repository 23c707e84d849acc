/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pins: the PINs of one approval, from the dialog to the worker's socket.
 */
#include "prompt/pins.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

#include "base/i18n.h"

struct secret *prompt_pins_new(struct prompt_pins *p, struct error *e)
{
	if (p->count == LIMIT_PINS) {
		error_set(e, ERR_TOO_LARGE, "more than %u PINs", LIMIT_PINS);
		return NULL;
	}
	if (secret_init(&p->typed[p->count], e) != 0)
		return NULL;
	return &p->typed[p->count++];
}

void prompt_pins_fini(struct prompt_pins *p)
{
	for (size_t i = 0; i < p->count; i++)
		secret_fini(&p->typed[i]);
	p->count = 0;
}

const char *prompt_pins_wrong(const struct secret *s,
			      const struct prompt_pin *asked)
{
	if (s->len == 0 || s->len < asked->min)
		return _("This is too short. It was not sent to the token.");
	if (s->len > asked->max)
		return _("This is too long. It was not sent to the token.");
	return NULL;
}

bool prompt_pins_same(const struct secret *a, const struct secret *b)
{
	unsigned differ = a->len != b->len;

	for (size_t i = 0; i < a->len && i < b->len; i++)
		differ |= (unsigned)(a->ptr[i] ^ b->ptr[i]);
	return differ == 0;
}

int prompt_pins_send(const struct prompt_pins *p, int fd, struct error *e)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct secret *s = &p->typed[i];

		if (send(fd, s->ptr, s->len, MSG_NOSIGNAL | MSG_DONTWAIT) !=
		    (ssize_t)s->len)
			return error_set_errno(e, ERR_WORKER_LOST, errno,
					       "the worker of the token does"
					       " not take the PIN; ask again");
	}
	return 0;
}
