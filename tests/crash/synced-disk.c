/* SPDX-License-Identifier: Apache-2.0 */
/*
 * synced-disk: a disk that keeps what was synced, and nothing else.
 *
 * Preloaded (LD_PRELOAD) it notes what fsync() and fdatasync() make durable of
 * the files below $SIGNET_DISK_OF, in the folder $SIGNET_DISK on the same file
 * system; all other programs see the files as they are.  After SIGKILL
 * power-cut puts the files back into that state.
 *
 * $SIGNET_DISK/mode, read at each sync: "lies": it says that all is well, and
 * nothing becomes durable; "hold": it waits until the word is another; "hold
 * after": the same, but it is durable already.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/crash/disk.h"

#define FILES 64
#define RANGES 32
#define EXPORT __attribute__((visibility("default")))

struct range {
	off_t from, to;
};

/* What of a file was written and not synced.  Whole: nobody knows. */
struct dirty {
	ino_t inode;
	bool whole;
	unsigned count;
	struct range range[RANGES];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct dirty files[FILES];
static unsigned files_count;

/* Below the folder that lies on this disk? */
static const char *on_disk(int fd, struct stat *st)
{
	const char *root = getenv("SIGNET_DISK_OF");
	const char *disk = getenv("SIGNET_DISK");
	char link[64], path[PATH_MAX];
	ssize_t len;
	int saved = errno;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = root == NULL ? -1 : readlink(link, path, sizeof(path) - 1);
	errno = saved;
	if (len < 0 || disk == NULL || fstat(fd, st) != 0)
		return NULL;
	path[len] = '\0';
	if (strncmp(path, root, strlen(root)) != 0 || disk_shared(path))
		return NULL;
	return disk;
}

/* --- what was written ----------------------------------------------------- */

static struct dirty *dirty_of(ino_t inode)
{
	for (unsigned i = 0; i < files_count; i++)
		if (files[i].inode == inode)
			return &files[i];
	if (files_count == FILES)
		abort();
	files[files_count] = (struct dirty){ .inode = inode, .whole = true };
	return &files[files_count++];
}

static void wrote(int fd, off_t from, off_t to)
{
	struct dirty *d;
	struct stat st;

	if (on_disk(fd, &st) == NULL)
		return;
	pthread_mutex_lock(&lock);
	d = dirty_of(st.st_ino);
	if (d->count > 0 && d->range[d->count - 1].to == from)
		d->range[d->count - 1].to = to;
	else if (d->count < RANGES && to > from)
		d->range[d->count++] = (struct range){ from, to };
	else
		d->whole = true;
	pthread_mutex_unlock(&lock);
}

EXPORT ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t at)
{
	static ssize_t (*real)(int, const void *, size_t, off64_t);
	ssize_t n;

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "pwrite64");
	n = real(fd, bytes, len, at);
	if (n > 0)
		wrote(fd, at, at + n);
	return n;
}

EXPORT int ftruncate64(int fd, off64_t len)
{
	static int (*real)(int, off64_t);
	int r;

	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "ftruncate64");
	r = real(fd, len);
	if (r == 0)
		wrote(fd, 0, 0);
	return r;
}

/* --- what was synced ------------------------------------------------------ */

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	abort();
}

static void copy(int from, int to, off_t at, off_t end)
{
	static char bytes[1 << 16];
	ssize_t n;

	while (at < end) {
		n = pread(from, bytes, end - at < (off_t)sizeof(bytes) ?
			  (size_t)(end - at) : sizeof(bytes), at);
		if (n == 0)
			break;
		must(n > 0 && pwrite(to, bytes, (size_t)n, at) == n, "copy");
		at += n;
	}
}

/*
 * To read from.  Another descriptor only where this one cannot: closing it
 * would end SQLite's locks, which are the process's.
 */
static int readable(int fd, const char *name)
{
	char byte;
	int other;

	if (pread(fd, &byte, 1, 0) >= 0)
		return fd;
	other = open(name, O_RDONLY | O_CLOEXEC);
	must(other >= 0, name);
	return other;
}

static void sync_file(const char *disk, int fd, const struct stat *st)
{
	struct dirty *d = dirty_of(st->st_ino);
	char path[PATH_MAX], link[64];
	int from, to;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	disk_path(disk, 'h', st->st_ino, path);
	if (access(path, F_OK) != 0 &&
	    linkat(AT_FDCWD, link, AT_FDCWD, path, AT_SYMLINK_FOLLOW) != 0)
		return; /* it has no name any more */
	disk_path(disk, 'f', st->st_ino, path);
	to = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	must(to >= 0, path);
	from = readable(fd, link);
	if (d->whole)
		copy(from, to, 0, st->st_size);
	for (unsigned i = 0; i < d->count && !d->whole; i++)
		copy(from, to, d->range[i].from, d->range[i].to);
	must(ftruncate(to, st->st_size) == 0, path);
	d->whole = false;
	d->count = 0;
	if (from != fd)
		close(from);
	close(to);
}

static void list_entry(FILE *out, const char *disk, int folder,
		       const char *name)
{
	char hold[PATH_MAX];
	struct stat st;

	if (name[0] == '.' && strspn(name, ".") == strlen(name))
		return;
	if (disk_shared(name) ||
	    fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return;
	fprintf(out, "%c %lu %s\n", S_ISDIR(st.st_mode) ? 'd' : 'f',
		(unsigned long)st.st_ino, name);
	disk_path(disk, 'h', st.st_ino, hold);
	if (!S_ISDIR(st.st_mode) && access(hold, F_OK) != 0)
		must(linkat(folder, name, AT_FDCWD, hold, 0) == 0, hold);
}

static void sync_folder(const char *disk, int fd, const struct stat *st)
{
	char path[PATH_MAX], made[PATH_MAX + 4];
	DIR *dir = fdopendir(openat(fd, ".", O_RDONLY | O_CLOEXEC));
	struct dirent *one;
	FILE *out;

	disk_path(disk, 'd', st->st_ino, path);
	snprintf(made, sizeof(made), "%s.new", path);
	out = fopen(made, "we");
	must(dir != NULL && out != NULL, made);
	while ((one = readdir(dir)) != NULL)
		list_entry(out, disk, fd, one->d_name);
	closedir(dir);
	must(fclose(out) == 0 && rename(made, path) == 0, path);
}

/* --- how ------------------------------------------------------------------ */

static void mode(const char *disk, char out[32])
{
	char path[PATH_MAX];
	FILE *file;

	out[0] = '\0';
	snprintf(path, sizeof(path), "%s/mode", disk);
	file = fopen(path, "re");
	if (file == NULL)
		return;
	if (fgets(out, 32, file) != NULL)
		out[strcspn(out, "\n")] = '\0';
	fclose(file);
}

static void hold(const char *disk, const char *word)
{
	char path[PATH_MAX], now[32];

	mode(disk, now);
	if (strcmp(now, word) != 0)
		return;
	snprintf(path, sizeof(path), "%s/held", disk);
	must(mknod(path, S_IFREG | 0600, 0) == 0 || errno == EEXIST, path);
	while (strcmp(now, word) == 0) {
		usleep(2000);
		mode(disk, now);
	}
	unlink(path);
}

static int synced(int fd)
{
	struct stat st;
	const char *disk = on_disk(fd, &st);
	char how[32];

	if (disk == NULL)
		return 0;
	hold(disk, "hold");
	mode(disk, how);
	if (strcmp(how, "lies") != 0) {
		pthread_mutex_lock(&lock);
		/* What is written after this moment is not in it. */
		if (S_ISDIR(st.st_mode))
			sync_folder(disk, fd, &st);
		else if (fstat(fd, &st) == 0)
			sync_file(disk, fd, &st);
		pthread_mutex_unlock(&lock);
	}
	hold(disk, "hold after");
	return 0;
}

EXPORT int fsync(int fd)
{
	return synced(fd);
}

EXPORT int fdatasync(int fd)
{
	return synced(fd);
}
