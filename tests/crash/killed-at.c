/* SPDX-License-Identifier: Apache-2.0 */
/*
 * killed-at: SIGKILL at a chosen moment of what a program does to files.
 *
 * Preloaded (LD_PRELOAD) it counts the calls that change a file or a folder, or
 * make that durable, and kills the process in front of number $SIGNET_KILL_AT.
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

static void count(void)
{
	static long calls;
	const char *at = getenv("SIGNET_KILL_AT");

	if (at != NULL && ++calls == strtol(at, NULL, 10))
		kill(getpid(), SIGKILL);
}

/* The function of that name behind this one. */
#define NEXT(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

EXPORT int rename(const char *from, const char *to)
{
	count();
	return NEXT(rename)(from, to);
}

EXPORT int unlink(const char *path)
{
	count();
	return NEXT(unlink)(path);
}

EXPORT int fsync(int fd)
{
	count();
	return NEXT(fsync)(fd);
}

EXPORT int fdatasync(int fd)
{
	count();
	return NEXT(fdatasync)(fd);
}

EXPORT int ftruncate(int fd, off_t size)
{
	count();
	return NEXT(ftruncate)(fd, size);
}

EXPORT int ftruncate64(int fd, off64_t size)
{
	count();
	return NEXT(ftruncate64)(fd, size);
}

EXPORT ssize_t write(int fd, const void *bytes, size_t len)
{
	count();
	return NEXT(write)(fd, bytes, len);
}

EXPORT ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	count();
	return NEXT(pwrite)(fd, bytes, len, at);
}

EXPORT ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t at)
{
	count();
	return NEXT(pwrite64)(fd, bytes, len, at);
}
