/* SPDX-License-Identifier: Apache-2.0 */
/*
 * peer: who is at the other end of the unix socket.
 */
#include "api/peer.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Groups of one user that are looked at: the limit of NFS and of ours. */
#define PEER_GROUPS 1024

int peer_identify(int fd, struct caller *out, struct error *e)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);
	char link[64];
	ssize_t got;

	memset(out, 0, sizeof(*out));
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) != 0)
		return error_set_errno(e, ERR_CALLER_UNKNOWN, errno,
				       "SO_PEERCRED");
	out->uid = cred.uid;
	out->gid = cred.gid;
	out->pid = cred.pid;
	snprintf(link, sizeof(link), "/proc/%d/exe", (int)cred.pid);
	got = readlink(link, out->exe, sizeof(out->exe) - 1);
	out->exe[got < 0 ? 0 : got] = '\0';
	return 0;
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
