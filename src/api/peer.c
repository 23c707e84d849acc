/* SPDX-License-Identifier: Apache-2.0 */
/*
 * peer: who is at the other end of the unix socket.
 */
#include "api/peer.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

/* Groups of one user that are looked at: the limit of NFS and of ours. */
#define PEER_GROUPS 1024

/* The supplementary groups of the process itself, not those of the database. */
static void peer_groups(int fd, struct caller *out)
{
	socklen_t len = (CALLER_GROUPS - 1) * sizeof(gid_t);

	out->groups[0] = out->gid;
	out->groups_count = 1;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, out->groups + 1,
		       &len) == 0)
		out->groups_count += len / sizeof(gid_t);
}

static void peer_user(struct caller *out)
{
	const struct passwd *pw = getpwuid(out->uid);

	if (pw != NULL)
		snprintf(out->user, sizeof(out->user), "%s", pw->pw_name);
	else
		snprintf(out->user, sizeof(out->user), "%u",
			 (unsigned)out->uid);
}

/* Linux device numbers of terminals: pseudo-terminals have eight majors. */
static void peer_tty_name(unsigned device, char *out, size_t size)
{
	unsigned number = major(device), line = minor(device);

	if (number >= 136 && number <= 143)
		snprintf(out, size, "/dev/pts/%u",
			 (number - 136) * 256 + line);
	else if (number == 4 && line < 64)
		snprintf(out, size, "/dev/tty%u", line);
	else if (number == 4)
		snprintf(out, size, "/dev/ttyS%u", line - 64);
}

/*
 * Its parent and controlling terminal (proc(5), stat fields 4 and 7).  The name
 * of a program may hold anything: the fields are counted behind it.
 */
static bool peer_stat(pid_t pid, int *parent, unsigned *device)
{
	char path[64], text[512], *end;
	ssize_t got;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	AUTO(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	got = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (got <= 0)
		return false;
	text[got] = '\0';
	end = strrchr(text, ')');
	return end != NULL && sscanf(end + 1, " %*c %d %*d %*d %u", parent,
				     device) == 2;
}

/* For a dialog there. */
static void peer_tty(struct caller *out)
{
	unsigned device;
	int parent;

	if (peer_stat(out->pid, &parent, &device))
		peer_tty_name(device, out->tty, sizeof(out->tty));
}

static void peer_exe(struct caller *out)
{
	char link[64];
	ssize_t got;

	snprintf(link, sizeof(link), "/proc/%d/exe", (int)out->pid);
	got = readlink(link, out->exe, sizeof(out->exe) - 1);
	out->exe[got < 0 ? 0 : got] = '\0';
}

bool peer_runs(const struct caller *c, const char *program)
{
	struct stat runs, wanted;
	char link[64];

	snprintf(link, sizeof(link), "/proc/%d/exe", (int)c->pid);
	return stat(link, &runs) == 0 && stat(program, &wanted) == 0 &&
	       runs.st_dev == wanted.st_dev && runs.st_ino == wanted.st_ino;
}

void peer_take_parent(struct caller *c)
{
	unsigned device;
	int parent;

	if (!peer_stat(c->pid, &parent, &device))
		parent = 0;
	c->pid = parent;
	peer_exe(c);
}

int peer_identify(int fd, struct caller *out, struct error *e)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	memset(out, 0, sizeof(*out));
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) != 0)
		return error_set_errno(e, ERR_CALLER_UNKNOWN, errno,
				       "SO_PEERCRED");
	out->uid = cred.uid;
	out->gid = cred.gid;
	out->pid = cred.pid;
	peer_exe(out);
	peer_groups(fd, out);
	peer_user(out);
	peer_tty(out);
	return 0;
}

void peer_ourselves(struct caller *out)
{
	int count;

	out->uid = geteuid();
	out->gid = getegid();
	out->groups[0] = out->gid;
	count = getgroups(CALLER_GROUPS - 1, out->groups + 1);
	out->groups_count = 1 + (count < 0 ? 0 : (size_t)count);
	peer_user(out);
}

static bool peer_in_group(const struct caller *c, gid_t gid)
{
	gid_t groups[PEER_GROUPS];
	int count = PEER_GROUPS;
	const struct passwd *pw;

	if (c->gid == gid)
		return true;
	pw = getpwuid(c->uid);
	if (pw == NULL || getgrouplist(pw->pw_name, c->gid, groups,
				       &count) < 0)
		return false;
	for (int i = 0; i < count; i++)
		if (groups[i] == gid)
			return true;
	return false;
}

int peer_admit(const struct caller *c, const char *group, struct error *e)
{
	const struct group *gr;

	if (c->uid == geteuid() || c->uid == 0)
		return 0;
	gr = group == NULL ? NULL : getgrnam(group);
	if (gr != NULL && peer_in_group(c, gr->gr_gid))
		return 0;
	return error_set(e, ERR_CALLER_UNKNOWN,
			 "this signetd serves another user");
}
