/* SPDX-License-Identifier: Apache-2.0 */
/*
 * isolate: see isolate.h.
 */
#include "tests/card/tools/isolate.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/fd.h"

#define OWN "/run/pcscd"

static bool write_to(const char *path, const char *text)
{
	AUTO(fd_closep) int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && fd_write_all(fd, slice_str(text), NULL) == 0;
}

/* Root inside, oneself outside (user_namespaces(7)). */
static bool become_root(void)
{
	char users[64], groups[64];

	snprintf(users, sizeof(users), "0 %u 1", geteuid());
	snprintf(groups, sizeof(groups), "0 %u 1", getegid());
	return unshare(CLONE_NEWUSER) == 0 &&
	       write_to("/proc/self/setgroups", "deny") &&
	       write_to("/proc/self/uid_map", users) &&
	       write_to("/proc/self/gid_map", groups);
}

static bool cover(const char *folder)
{
	return mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV,
		     "mode=0755") == 0;
}

bool isolate(void)
{
	if (geteuid() != 0 && !become_root())
		return false;
	if (unshare(CLONE_NEWNS) != 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		return false;
	if (access(OWN, F_OK) == 0)
		return cover(OWN);
	return cover("/run") && mkdir(OWN, 0755) == 0;
}
