/* SPDX-License-Identifier: Apache-2.0 */
/*
 * term: what may go to a terminal.
 */
#include "cli/term.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "base/attr.h"

static bool progress_shown;

static bool wants_colour(FILE *f)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	if (no != NULL && no[0] != '\0')
		return false;
	if (term != NULL && strcmp(term, "dumb") == 0)
		return false;
	return isatty(fileno(f)) == 1;
}

const char *cli_term_colour(FILE *f, enum cli_colour colour)
{
	static const char *const sequences[] = {
		[CLI_PLAIN] = "\033[0m",   [CLI_RED] = "\033[31m",
		[CLI_GREEN] = "\033[32m",  [CLI_YELLOW] = "\033[33m",
		[CLI_BOLD] = "\033[1m",
	};

	return wants_colour(f) ? sequences[colour] : "";
}

enum cli_colour cli_term_colour_of(const char *state)
{
	static const char *const good[] = { "ready", "logged-in", "ok",
					    "released", "TOTAL-PASSED" };
	static const char *const bad[] = { "failed", "locked", "TOTAL-FAILED" };

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		if (strcmp(state, good[i]) == 0)
			return CLI_GREEN;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (strcmp(state, bad[i]) == 0)
			return CLI_RED;
	return CLI_YELLOW;
}

/*
 * Length in bytes of the UTF-8 character at text (RFC 3629), its number in
 * *c; 0 when there is none.  Not mbrtowc(): the C locale must not hide a
 * control character, nor spoil a Chinese label.
 */
static size_t decode(const char *text, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *t = (const unsigned char *)text;
	size_t len = t[0] < 0x80 ? 1 : t[0] >> 5 == 6 ? 2 :
		     t[0] >> 4 == 14 ? 3 : t[0] >> 3 == 30 ? 4 : 0;

	if (len == 0)
		return 0;
	*c = len == 1 ? t[0] : t[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if (t[i] >> 6 != 2)
			return 0;
		*c = *c << 6 | (t[i] & 0x3f);
	}
	if (*c < least[len] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000))
		return 0;
	return len;
}

/* C0, C1, and those that are not seen but change what is (Unicode: Cf, Zl). */
static bool is_dangerous(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad ||
	       c == 0x61c || (c >= 0x200b && c <= 0x200f) ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
	       c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
	       (c >= 0xe0000 && c <= 0xe007f);
}

void cli_term_safe(const char *text, char *out, size_t size)
{
	size_t at = 0;

	while (*text != '\0') {
		uint32_t c = 0;
		size_t len = decode(text, &c);
		bool good = len > 0 && !is_dangerous(c);
		size_t need = good ? len : 1;

		if (at + need >= size)
			break;
		memcpy(out + at, good ? text : "?", need);
		at += need;
		text += len == 0 ? 1 : len;
	}
	out[at] = '\0';
}

size_t cli_term_width(const char *text)
{
	size_t width = 0;

	while (*text != '\0') {
		uint32_t c = 0;
		size_t len = decode(text, &c);
		int columns = len == 0 ? 1 : wcwidth((wchar_t)c);

		/* The C locale knows no width of what is not ASCII. */
		width += columns < 0 ? (c >= 0x1100 ? 2u : 1u) :
				       (size_t)columns;
		text += len == 0 ? 1 : len;
	}
	return width;
}

size_t cli_term_columns(FILE *f)
{
	struct winsize size;

	if (ioctl(fileno(f), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return 80;
}

void cli_term_progress(const char *line)
{
	cli_term_clear();
	fprintf(stderr, "%s", line);
	fflush(stderr);
	progress_shown = true;
}

void cli_term_clear(void)
{
	if (progress_shown)
		fprintf(stderr, "\r\033[K");
	progress_shown = false;
}
