/* SPDX-License-Identifier: Apache-2.0 */
/*
 * memory-scan: is this text in the memory of that process?
 *
 *	memory-scan PID FILE	0 found, 1 not found, 2 the scan failed
 *	memory-scan hold FILE	holds it as UTF-16 until its input ends
 *
 * The text is the first line of FILE, in ASCII; it is looked for as it is and
 * as UTF-16 of both byte orders, in everything that can be read: also what is
 * locked, and what is kept out of core files.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_MAX 128u
#define PIECE (1024u * 1024)

enum { FOUND = 0, NOT_FOUND = 1, FAILED = 2 };

struct needle {
	uint8_t bytes[2 * TEXT_MAX];
	size_t len;
};

/* As it is, UTF-16LE, UTF-16BE. */
static struct needle needles[3];
static uint8_t piece[PIECE];

static void fail(const char *what)
{
	perror(what);
	exit(FAILED);
}

static void widen(struct needle *wide, const char *text, size_t len,
		  size_t at)
{
	for (size_t i = 0; i < len; i++)
		wide->bytes[2 * i + at] = (uint8_t)text[i];
	wide->len = 2 * len;
}

/* Who holds the text has it in no other form: no stream, and wiped here. */
static void read_needles(const char *path)
{
	char text[TEXT_MAX] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len;

	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		fail(path);
	close(fd);
	len = strcspn(text, "\n");
	if (len < 4) {
		fputs("memory-scan: the text is too short\n", stderr);
		exit(FAILED);
	}
	memcpy(needles[0].bytes, text, len);
	needles[0].len = len;
	widen(&needles[1], text, len, 0);
	widen(&needles[2], text, len, 1);
	explicit_bzero(text, sizeof(text));
}

static bool piece_has(size_t len)
{
	for (size_t i = 0; i < 3; i++)
		if (memmem(piece, len, needles[i].bytes, needles[i].len))
			return true;
	return false;
}

/* Pieces overlap, so that none is missed on a border. */
static bool scan(int mem, uint64_t from, uint64_t to, uint64_t *seen)
{
	const size_t overlap = sizeof(needles[0].bytes);
	bool found = false;
	ssize_t got = 1;

	while (!found && from < to && got > 0) {
		got = pread(mem, piece, to - from < PIECE ? to - from : PIECE,
			    (off_t)from);
		if (got <= 0)
			break;
		found = piece_has((size_t)got);
		*seen += (uint64_t)got;
		from += (size_t)got > overlap && from + (size_t)got < to ?
			(size_t)got - overlap : (size_t)got;
	}
	return found;
}

static int scan_process(const char *pid)
{
	char path[64], line[4608], mode[8];
	uint64_t from, to, seen = 0;
	bool found = false;
	FILE *maps;
	int mem;

	snprintf(path, sizeof(path), "/proc/%s/maps", pid);
	maps = fopen(path, "re");
	snprintf(path, sizeof(path), "/proc/%s/mem", pid);
	mem = open(path, O_RDONLY | O_CLOEXEC);
	if (maps == NULL || mem < 0)
		fail(path);
	while (fgets(line, sizeof(line), maps) != NULL) {
		if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) != 3 ||
		    mode[0] != 'r' || strstr(line, "[v") != NULL ||
		    !scan(mem, from, to, &seen))
			continue;
		found = true;
		printf("found in %s", line);
	}
	fclose(maps);
	close(mem);
	printf("%lu bytes\n", seen);
	if (seen == 0)
		return FAILED;
	return found ? FOUND : NOT_FOUND;
}

static int hold(void)
{
	explicit_bzero(&needles[0], sizeof(needles[0]));
	explicit_bzero(&needles[2], sizeof(needles[2]));
	while (read(STDIN_FILENO, piece, 1) > 0)
		continue;
	return 0;
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fputs("usage: memory-scan PID|hold FILE\n", stderr);
		return FAILED;
	}
	read_needles(argv[2]);
	if (strcmp(argv[1], "hold") == 0)
		return hold();
	return scan_process(argv[1]);
}
