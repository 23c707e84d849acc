/* SPDX-License-Identifier: Apache-2.0 */
/*
 * power-cut: files as a disk has them that has lost its power.
 *
 *	power-cut begin ROOT DISK	all below ROOT is on the disk
 *	power-cut clean ROOT DISK	what was not synced is lost
 *	power-cut torn SEED ROOT DISK	any sectors, sizes and names of what
 *					was not synced may be there
 *
 * synced-disk.so, preloaded, has noted in DISK what was synced.  No process may
 * use the files meanwhile.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/crash/disk.h"

/* A disk writes one of these, or does not. */
#define SECTOR 512u
#define ENTRIES 256

struct entry {
	char kind; /* f or d */
	unsigned long inode;
	char name[256];
};

struct entries {
	unsigned count;
	struct entry entry[ENTRIES];
};

static const char *disk;
static bool torn;
static uint64_t random_state;

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "power-cut: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

/* Any of both, as the seed has it; never, where only what was synced stays. */
static bool stays(void)
{
	random_state = random_state * 6364136223846793005u +
		       1442695040888963407u;
	return torn && (random_state >> 62 & 1) != 0;
}

/* --- files ---------------------------------------------------------------- */

static void copy(int from, int to, off_t at, off_t end)
{
	char bytes[1 << 16];
	ssize_t n;

	for (; at < end; at += n) {
		n = pread(from, bytes, end - at < (off_t)sizeof(bytes) ?
			  (size_t)(end - at) : sizeof(bytes), at);
		must(n >= 0 && pwrite(to, bytes, (size_t)n, at) == n, "copy");
		if (n == 0)
			return;
	}
}

/* Sectors that differ are the disk's own, or those of the file. */
static void tear(int file, int kept, off_t size)
{
	char ours[1 << 16], theirs[sizeof(ours)];
	ssize_t a, b;

	for (off_t at = 0; at < size; at += (off_t)sizeof(ours)) {
		a = pread(file, ours, sizeof(ours), at);
		b = pread(kept, theirs, sizeof(theirs), at);
		must(a >= 0 && b >= 0, "pread");
		if (a == b && memcmp(ours, theirs, (size_t)a) == 0)
			continue;
		for (off_t s = at; s < at + (off_t)sizeof(ours) && s < size;
		     s += SECTOR)
			if (stays())
				copy(file, kept, s, s + SECTOR);
	}
}

static void restore_file(unsigned long inode)
{
	char hold[PATH_MAX], path[PATH_MAX];
	struct stat real, synced;
	int file, kept;
	off_t size;

	disk_path(disk, 'h', inode, hold);
	disk_path(disk, 'f', inode, path);
	file = open(hold, O_RDWR | O_CLOEXEC);
	kept = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	must(file >= 0 && fstat(file, &real) == 0, hold);
	must(kept >= 0 && fstat(kept, &synced) == 0, path);
	size = stays() ? real.st_size : synced.st_size;
	if (torn)
		tear(file, kept, size);
	must(ftruncate(kept, size) == 0 && ftruncate(file, 0) == 0 &&
	     ftruncate(file, size) == 0, hold);
	copy(kept, file, 0, size);
	close(file);
	close(kept);
}

/* --- folders -------------------------------------------------------------- */

static void list_real(int folder, struct entries *out)
{
	DIR *dir = fdopendir(openat(folder, ".", O_RDONLY | O_CLOEXEC));
	struct dirent *one;
	struct stat st;

	must(dir != NULL, "a folder");
	out->count = 0;
	while ((one = readdir(dir)) != NULL) {
		struct entry *e = &out->entry[out->count];

		if (strcmp(one->d_name, ".") == 0 ||
		    strcmp(one->d_name, "..") == 0)
			continue;
		must(out->count < ENTRIES &&
		     fstatat(folder, one->d_name, &st, 0) == 0, one->d_name);
		e->kind = S_ISDIR(st.st_mode) ? 'd' : 'f';
		e->inode = st.st_ino;
		snprintf(e->name, sizeof(e->name), "%s", one->d_name);
		out->count++;
	}
	closedir(dir);
}

static void list_synced(unsigned long inode, struct entries *out)
{
	char path[PATH_MAX];
	struct entry *e;
	FILE *file;

	disk_path(disk, 'd', inode, path);
	file = fopen(path, "re");
	out->count = 0;
	/* Not there: it was never synced, and has nothing. */
	if (file == NULL)
		return;
	for (e = out->entry; out->count < ENTRIES &&
	     fscanf(file, "%c %lu %255[^\n]\n", &e->kind, &e->inode,
		    e->name) == 3; e++)
		out->count++;
	fclose(file);
}

static void write_list(unsigned long inode, const struct entries *l)
{
	char path[PATH_MAX];
	FILE *file;

	disk_path(disk, 'd', inode, path);
	file = fopen(path, "we");
	must(file != NULL, path);
	for (unsigned i = 0; i < l->count; i++)
		fprintf(file, "%c %lu %s\n", l->entry[i].kind,
			l->entry[i].inode, l->entry[i].name);
	must(fclose(file) == 0, path);
}

static bool has(const struct entries *l, const struct entry *e)
{
	for (unsigned i = 0; i < l->count; i++)
		if (strcmp(l->entry[i].name, e->name) == 0 &&
		    l->entry[i].inode == e->inode)
			return true;
	return false;
}

/* All names of it are gone, with all that is below. */
static void remove_tree(int folder, const char *name)
{
	struct entries *all = malloc(sizeof(*all));
	int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	must(all != NULL, "memory");
	if (fd < 0) {
		must(unlinkat(folder, name, 0) == 0, name);
	} else {
		list_real(fd, all);
		for (unsigned i = 0; i < all->count; i++)
			remove_tree(fd, all->entry[i].name);
		close(fd);
		must(unlinkat(folder, name, AT_REMOVEDIR) == 0, name);
	}
	free(all);
}

/* What stays of a folder: the names that were synced, and maybe others. */
static void merge(unsigned long inode, int folder, struct entries *out)
{
	struct entries *real = malloc(sizeof(*real));

	must(real != NULL, "memory");
	list_synced(inode, out);
	list_real(folder, real);
	for (unsigned i = 0; i < real->count; i++) {
		const struct entry *e = &real->entry[i];
		char hold[PATH_MAX];

		if (has(out, e) || disk_shared(e->name))
			continue;
		disk_path(disk, 'h', e->inode, hold);
		if (e->kind == 'f' && out->count < ENTRIES && stays() &&
		    (access(hold, F_OK) == 0 ||
		     linkat(folder, e->name, AT_FDCWD, hold, 0) == 0))
			out->entry[out->count++] = *e;
	}
	free(real);
}

static void restore(int folder)
{
	struct entries *stay = malloc(2 * sizeof(*stay)), *real;
	char hold[PATH_MAX];
	struct stat st;

	must(stay != NULL && fstat(folder, &st) == 0, "a folder");
	real = stay + 1;
	merge(st.st_ino, folder, stay);
	list_real(folder, real);
	for (unsigned i = 0; i < real->count; i++)
		if (!has(stay, &real->entry[i]))
			remove_tree(folder, real->entry[i].name);
	for (unsigned i = 0; i < stay->count; i++) {
		const struct entry *e = &stay->entry[i];
		int fd;

		if (e->kind == 'f') {
			restore_file(e->inode);
			disk_path(disk, 'h', e->inode, hold);
			must(linkat(AT_FDCWD, hold, folder, e->name, 0) == 0 ||
			     errno == EEXIST, e->name);
			continue;
		}
		fd = openat(folder, e->name, O_RDONLY | O_CLOEXEC);
		must(fd >= 0, e->name);
		restore(fd);
		close(fd);
	}
	write_list(st.st_ino, stay);
	free(stay);
}

/* --- the beginning -------------------------------------------------------- */

static void begin_file(int folder, const struct entry *e)
{
	char path[PATH_MAX];
	struct stat st;
	int from = openat(folder, e->name, O_RDONLY | O_CLOEXEC), to;

	disk_path(disk, 'h', e->inode, path);
	must(linkat(folder, e->name, AT_FDCWD, path, 0) == 0, path);
	disk_path(disk, 'f', e->inode, path);
	to = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	must(from >= 0 && to >= 0 && fstat(from, &st) == 0, path);
	copy(from, to, 0, st.st_size);
	close(from);
	close(to);
}

static void begin(int folder)
{
	struct entries *all = malloc(sizeof(*all));
	struct stat st;
	int fd;

	must(all != NULL && fstat(folder, &st) == 0, "a folder");
	list_real(folder, all);
	write_list(st.st_ino, all);
	for (unsigned i = 0; i < all->count; i++) {
		if (all->entry[i].kind == 'f') {
			begin_file(folder, &all->entry[i]);
			continue;
		}
		fd = openat(folder, all->entry[i].name, O_RDONLY | O_CLOEXEC);
		must(fd >= 0, all->entry[i].name);
		begin(fd);
		close(fd);
	}
	free(all);
}

int main(int argc, char **argv)
{
	int folder;

	torn = argc == 5 && strcmp(argv[1], "torn") == 0;
	if (argc != (torn ? 5 : 4)) {
		fprintf(stderr, "usage: power-cut begin|clean|torn SEED ROOT"
			" DISK\n");
		return 2;
	}
	if (torn)
		random_state = strtoull(argv[2], NULL, 10);
	disk = argv[argc - 1];
	folder = open(argv[argc - 2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	must(folder >= 0, argv[argc - 2]);
	if (strcmp(argv[1], "begin") == 0)
		begin(folder);
	else
		restore(folder);
	close(folder);
	return EXIT_SUCCESS;
}
