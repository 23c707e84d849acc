/* SPDX-License-Identifier: Apache-2.0 */
/*
 * control: see control.h.
 */
#include "tests/card/control.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "tests/card/card.h"
#include "tests/card/listen.h"

#define WORDS_MAX 3u
#define SLOW_MAX 600000L

/* What a command works on; words[0] is its name. */
struct request {
	struct control *ctl;
	struct card *card;
	const char *words[WORDS_MAX];
	size_t count;
	struct buf *answer;
};

static void fail(struct request *r, const char *why)
{
	buf_reset(r->answer);
	buf_printf(r->answer, "error %s", why);
}

/* A number from a word: decimal, or of another base; false when it is none. */
static bool number(const char *word, int base, long max, long *out)
{
	char *end;

	*out = strtol(word, &end, base);
	return *word != '\0' && *end == '\0' && *out >= 0 && *out <= max;
}

static void do_insert(struct request *r)
{
	card_insert(r->card);
	if (!r->card->present)
		fail(r, "no reader takes the card");
}

static void do_remove(struct request *r)
{
	card_remove(r->card);
}

static void do_unplug(struct request *r)
{
	if (!card_unplug(r->card))
		fail(r, "this reader cannot be unplugged");
}

static void do_swap(struct request *r)
{
	struct error e = { 0 };

	if (r->card->chip != NULL)
		fail(r, "this card has no other");
	else if (card_swap(r->card, r->words[1], &e) != 0)
		fail(r, e.message);
}

static void do_slow(struct request *r)
{
	long ms;

	if (number(r->words[1], 10, SLOW_MAX, &ms))
		r->card->faults.slow_ms = ms;
	else
		fail(r, "milliseconds are wanted");
}

static void do_mute(struct request *r)
{
	r->card->faults.mute = true;
}

static void do_unmute(struct request *r)
{
	card_unmute(r->card);
}

static void do_pull_on_sign(struct request *r)
{
	long n = 1;

	if (r->count > 1 && !number(r->words[1], 10, 1000000, &n))
		fail(r, "a number is wanted");
	else
		r->card->faults.pull_on_sign = (unsigned)n;
}

static void do_status_word(struct request *r)
{
	long sw, ins = -1;

	if (!number(r->words[1], 16, 0xffff, &sw) ||
	    (r->count > 2 && !number(r->words[2], 16, 0xff, &ins))) {
		fail(r, "hexadecimal numbers are wanted");
		return;
	}
	r->card->faults.status_word = (uint16_t)sw;
	r->card->faults.status_ins = (int)ins;
}

static void do_corrupt_signature(struct request *r)
{
	if (r->card->chip != NULL)
		fail(r, "this card cannot do that");
	else
		card_piv(r->card)->corrupt = true;
}

static void do_reset_counters(struct request *r)
{
	struct piv *p;

	if (r->card->chip == NULL) {
		p = card_piv(r->card);
		p->pin.tries = p->pin.tries_max;
		p->puk.tries = p->puk.tries_max;
	}
	memset(r->card->apdus, 0, sizeof(r->card->apdus));
}

static void do_statistics(struct request *r)
{
	unsigned long total = 0;

	for (size_t ins = 0; ins < ARRAY_LEN(r->card->apdus); ins++)
		total += r->card->apdus[ins];
	buf_printf(r->answer, " total=%lu", total);
	for (size_t ins = 0; ins < ARRAY_LEN(r->card->apdus); ins++)
		if (r->card->apdus[ins] > 0)
			buf_printf(r->answer, " %02zx=%lu", ins,
				   r->card->apdus[ins]);
}

static void do_status(struct request *r)
{
	const struct piv *p;

	buf_printf(r->answer, " card=%s power=%s waiting=%s",
		   r->card->present ? "in" : "out",
		   r->card->powered ? "on" : "off",
		   r->card->waiting ? "yes" : "no");
	if (r->card->chip != NULL)
		return;
	p = card_piv(r->card);
	buf_printf(r->answer, " pin=%u puk=%u login=%s profile=%s",
		   p->pin.tries, p->puk.tries, p->verified ? "yes" : "no",
		   r->card->deck[r->card->current].profile);
}

static void do_quit(struct request *r)
{
	r->ctl->quit = true;
}

static const struct command {
	const char *name;
	size_t words_min, words_max;
	void (*run)(struct request *r);
} commands[] = {
	{ "insert", 1, 1, do_insert },
	{ "remove", 1, 1, do_remove },
	{ "unplug", 1, 1, do_unplug },
	{ "swap", 2, 2, do_swap },
	{ "slow", 2, 2, do_slow },
	{ "mute", 1, 1, do_mute },
	{ "unmute", 1, 1, do_unmute },
	{ "pull-on-sign", 1, 2, do_pull_on_sign },
	{ "status-word", 2, 3, do_status_word },
	{ "corrupt-signature", 1, 1, do_corrupt_signature },
	{ "reset-counters", 1, 1, do_reset_counters },
	{ "statistics", 1, 1, do_statistics },
	{ "status", 1, 1, do_status },
	{ "quit", 1, 1, do_quit },
};

static bool split(struct request *r, char *line)
{
	char *rest = NULL, *word = strtok_r(line, " \n", &rest);

	for (; word != NULL; word = strtok_r(NULL, " \n", &rest)) {
		if (r->count == WORDS_MAX)
			return false;
		r->words[r->count++] = word;
	}
	return r->count > 0;
}

void control_run(struct control *ctl, struct card *c, char *line,
		 struct buf *answer)
{
	struct request r = { .ctl = ctl, .card = c, .answer = answer };
	bool whole = split(&r, line);

	for (size_t i = 0; whole && i < ARRAY_LEN(commands); i++) {
		if (strcmp(commands[i].name, r.words[0]) != 0 ||
		    r.count < commands[i].words_min ||
		    r.count > commands[i].words_max)
			continue;
		buf_put_str(answer, "ok");
		commands[i].run(&r);
		return;
	}
	fail(&r, "no such command, or not with these words");
}

int control_init(struct control *ctl, const char *path, struct error *e)
{
	int fd = listen_unix(path, SOCK_STREAM, e);

	*ctl = (struct control){ .listener = fd };
	return fd < 0 ? fd : 0;
}

void control_fini(struct control *ctl)
{
	fd_closep(&ctl->listener);
}

/* Up to the line end; nobody keeps the card waiting for more than a second. */
static bool read_line(int fd, char line[CONTROL_LINE_MAX])
{
	const struct timeval second = { .tv_sec = 1 };
	size_t len = 0;
	ssize_t got;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &second,
		       sizeof(second)) != 0)
		return false;
	while (len < CONTROL_LINE_MAX - 1) {
		got = read(fd, line + len, CONTROL_LINE_MAX - 1 - len);
		if (got <= 0)
			return false;
		len += (size_t)got;
		line[len] = '\0';
		if (line[len - 1] == '\n')
			return true;
	}
	return false;
}

void control_ready(struct control *ctl, struct card *c)
{
	AUTO(buf_fini) struct buf answer;
	AUTO(fd_closep) int fd = accept4(ctl->listener, NULL, NULL,
					 SOCK_CLOEXEC);
	char line[CONTROL_LINE_MAX];

	buf_init(&answer, CONTROL_LINE_MAX);
	if (fd < 0 || !read_line(fd, line))
		return;
	control_run(ctl, c, line, &answer);
	buf_put_u8(&answer, '\n');
	/* Who does not wait for the answer does not get it. */
	if (buf_error(&answer) == 0 &&
	    send(fd, answer.ptr, answer.len, MSG_NOSIGNAL) < 0)
		return;
}
