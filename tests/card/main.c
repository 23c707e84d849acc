/* SPDX-License-Identifier: Apache-2.0 */
/*
 * piv-card: a PIV card (SP 800-73-4) without plastic, in a virtual reader.
 *
 * One process is one reader with its card; one thread, one poll().
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "tests/card/card.h"
#include "tests/card/control.h"
#include "tests/card/link.h"
#include "tests/card/serve.h"

struct options {
	const char *reader, *vpcd, *control, *profile;
	bool out;
};

static const char usage[] =
	"usage: piv-card (--reader SOCKET | --vpcd PORT) --control SOCKET\n"
	"                [--out] PROFILE\n"
	"\n"
	"  --reader SOCKET   where libifd-signet.so (unix:SOCKET) connects\n"
	"  --vpcd PORT       where vpcd listens on this machine\n"
	"  --control SOCKET  for card-control\n"
	"  --out             the card is not in the reader at first\n"
	"  PROFILE           a folder of make-cards\n"
	"\n"
	"Says \"ready\" on standard output when both sockets are there.\n";

static bool parse(int argc, char **argv, struct options *o)
{
	static const struct option known[] = {
		{ "reader", required_argument, NULL, 'r' },
		{ "vpcd", required_argument, NULL, 'v' },
		{ "control", required_argument, NULL, 'c' },
		{ "out", no_argument, NULL, 'o' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (option == 'r')
			o->reader = optarg;
		else if (option == 'v')
			o->vpcd = optarg;
		else if (option == 'c')
			o->control = optarg;
		else if (option == 'o')
			o->out = true;
		else
			return false;
	}
	o->profile = argv[optind];
	return argc - optind == 1 && o->control != NULL &&
	       (o->reader == NULL) != (o->vpcd == NULL);
}

static int start_link(const struct options *o, struct card *c,
		      struct error *e)
{
	int status = o->reader != NULL ? link_ifd_new(o->reader, &c->link, e) :
					 link_vpcd_new(o->vpcd, &c->link, e);

	if (status == 0)
		c->link->card = c;
	return status;
}

/* The control socket comes last: who can connect to it finds all ready. */
static int run(const struct options *o, struct error *e)
{
	AUTO(control_fini) struct control ctl = { .listener = -1 };
	AUTO(card_fini) struct card c;
	int status = card_init(&c, o->profile, false, e);

	if (status == 0)
		status = start_link(o, &c, e);
	if (status == 0)
		status = control_init(&ctl, o->control, e);
	if (status == 0) {
		if (!o->out)
			card_insert(&c);
		puts("ready");
		fflush(stdout);
		serve(&c, &ctl);
	}
	if (c.link != NULL)
		c.link->ops->free(c.link);
	return status;
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	struct error e = { 0 };

	if (!parse(argc, argv, &o)) {
		fputs(usage, stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	if (run(&o, &e) == 0)
		return EXIT_SUCCESS;
	fprintf(stderr, "piv-card: %s\n", e.message);
	return EXIT_FAILURE;
}
