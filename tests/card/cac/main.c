/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cac-card: libcacard's CAC card in a virtual reader: a second card, which
 * nobody here wrote.  RSA only; its PIN has no counter of tries.
 *
 * As in piv-card one process is one reader with its card; the faults of card.h
 * work with this card, too.
 */
#include <getopt.h>
#include <libcacard.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "tests/card/card.h"
#include "tests/card/control.h"
#include "tests/card/link.h"
#include "tests/card/serve.h"

#define READER "cac"
#define ATR_MAX 40
#define CAC_MORE_FOLLOWS 0x80u /* P1 */

struct options {
	const char *reader, *control, *database;
	bool out;
};

struct cac {
	VReader *reader;
	uint8_t atr[ATR_MAX];
	/* The library wants a command that it may change. */
	uint8_t command[APDU_MAX], answer[APDU_MAX];
};

static const char usage[] =
	"usage: cac-card --reader SOCKET --control SOCKET [--out] DATABASE\n"
	"\n"
	"  --reader SOCKET   where libifd-signet.so (unix:SOCKET) connects\n"
	"  --control SOCKET  for card-control\n"
	"  --out             the card is not in the reader at first\n"
	"  DATABASE          a folder of make-cac\n"
	"\n"
	"Says \"ready\" on standard output when both sockets are there.\n";

static bool parse(int argc, char **argv, struct options *o)
{
	static const struct option known[] = {
		{ "reader", required_argument, NULL, 'r' },
		{ "control", required_argument, NULL, 'c' },
		{ "out", no_argument, NULL, 'o' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (option == 'r')
			o->reader = optarg;
		else if (option == 'c')
			o->control = optarg;
		else if (option == 'o')
			o->out = true;
		else
			return false;
	}
	o->database = argv[optind];
	return argc - optind == 1 && o->control != NULL && o->reader != NULL;
}

static struct slice on(void *self)
{
	struct cac *cac = self;
	int len = sizeof(cac->atr);

	if (vreader_power_on(cac->reader, cac->atr, &len) != VREADER_OK)
		len = 0;
	return slice_of(cac->atr, (size_t)len);
}

static void off(void *self)
{
	struct cac *cac = self;

	/* It has no power: nothing to do. */
	if (vreader_power_off(cac->reader) != VREADER_OK)
		return;
}

static void transmit(void *self, struct slice raw, struct buf *answer)
{
	struct cac *cac = self;
	int len = sizeof(cac->answer);

	memcpy(cac->command, raw.ptr, raw.len);
	if (vreader_xfr_bytes(cac->reader, cac->command, (int)raw.len,
			      cac->answer, &len) == VREADER_OK)
		buf_put(answer, cac->answer, (size_t)len);
}

static bool is_sign(struct slice raw)
{
	return raw.len >= 4 && raw.ptr[1] == CAC_SIGN_DECRYPT &&
	       (raw.ptr[2] & CAC_MORE_FOLLOWS) == 0;
}

static int open_card(struct cac *cac, const char *database, struct error *e)
{
	char text[CARD_PATH_MAX + 80];
	int len = snprintf(text, sizeof(text),
			   "db=\"sql:%s\" use_hw=no "
			   "soft=(," READER ",CAC,,cert1,cert2,cert3)",
			   database);

	if (len < 0 || (size_t)len >= sizeof(text))
		return error_set(e, ERR_TOO_LARGE, "%s", database);
	if (vcard_emul_init(vcard_emul_options(text)) != VCARD_EMUL_OK)
		return error_set(e, ERR_IO, "%s: libcacard cannot use it",
				 database);
	cac->reader = vreader_get_reader_by_name(READER);
	if (cac->reader == NULL ||
	    vreader_card_is_present(cac->reader) != VREADER_OK)
		return error_set(e, ERR_IO, "%s: no card is in it",
				 database);
	return 0;
}

/* The control socket comes last: who can connect to it finds all ready. */
static int run(const struct options *o, struct cac *cac, struct error *e)
{
	AUTO(control_fini) struct control ctl = { .listener = -1 };
	AUTO(card_fini) struct card c;
	struct card_chip chip = { on, off, transmit, is_sign, cac };
	int status;

	card_init_chip(&c, &chip);
	status = open_card(cac, o->database, e);
	if (status == 0)
		status = link_ifd_new(o->reader, &c.link, e);
	if (status == 0) {
		c.link->card = &c;
		status = control_init(&ctl, o->control, e);
	}
	if (status == 0) {
		if (!o->out)
			card_insert(&c);
		puts("ready");
		fflush(stdout);
		serve(&c, &ctl);
	}
	if (c.link != NULL)
		c.link->ops->free(c.link);
	vreader_free(cac->reader);
	return status;
}

int main(int argc, char **argv)
{
	static struct cac cac;
	struct options o = { 0 };
	struct error e = { 0 };

	if (!parse(argc, argv, &o)) {
		fputs(usage, stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	if (run(&o, &cac, &e) == 0)
		return EXIT_SUCCESS;
	fprintf(stderr, "cac-card: %s\n", e.message);
	return EXIT_FAILURE;
}
