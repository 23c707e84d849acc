/* SPDX-License-Identifier: Apache-2.0 */
/*
 * card-control: tells a piv-card what to do and prints what it answers.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "tests/card/control.h"
#include "tests/card/tools/ask.h"

int main(int argc, char **argv)
{
	AUTO(buf_fini) struct buf answer;
	struct error e = { 0 };
	const char *text;

	buf_init(&answer, CONTROL_LINE_MAX);
	if (argc < 3) {
		fputs("usage: card-control SOCKET COMMAND [WORD...]\n",
		      stderr);
		return 2;
	}
	if (ask_card(argv[1], argv + 2, &answer, &e) != 0) {
		fprintf(stderr, "card-control: %s\n", e.message);
		return EXIT_FAILURE;
	}
	text = buf_text(&answer);
	if (text[0] == ' ')
		fputs(text + 1, stdout);
	return EXIT_SUCCESS;
}
