/* SPDX-License-Identifier: Apache-2.0 */
/*
 * disk: the folder that stands for a disk (synced-disk.c fills it, power-cut.c
 * reads it).
 *
 *	fINODE	what of a file was synced
 *	dINODE	what of a folder was synced: "TYPE INODE NAME" lines, f or d
 *	hINODE	another name of the file, so that its number stays taken
 *	mode	how syncing is now: honest (or not there), lies, hold
 *	held	there while mode holds a sync
 */
#ifndef SIGNET_CRASH_DISK_H
#define SIGNET_CRASH_DISK_H

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* kind is f, d or h. */
static inline void disk_path(const char *disk, char kind, ino_t inode,
			     char out[PATH_MAX])
{
	snprintf(out, PATH_MAX, "%s/%c%lu", disk, kind, (unsigned long)inode);
}

/* Of memory that processes share, and of no use after a crash. */
static inline int disk_shared(const char *name)
{
	size_t len = strlen(name);

	return len > 4 && strcmp(name + len - 4, "-shm") == 0;
}

#endif
