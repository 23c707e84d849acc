/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doctor_holder: which processes hold a socket's connections or a device.
 */
#include "cli/doctor_holder.h"

#include <dirent.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/fd.h"
#include "cli/option.h"

#define HOLDER_PEERS_MAX 256 /* pcscd takes 200 contexts */
#define HOLDER_STATE_ESTABLISHED 1
#define HOLDER_LINK_MAX 4096

/* The clients' ends, by inode. */
struct peers {
	uint32_t inodes[HOLDER_PEERS_MAX];
	bool found[HOLDER_PEERS_MAX];
	unsigned int count;
};

/* What a link of /proc/PID/fd should say; one of the two. */
struct wanted {
	struct peers *peers;
	const char *path;
};

static void dir_closep(DIR **d)
{
	if (*d != NULL)
		closedir(*d);
}

/* --- the ends of a socket's connections ---------------------------------- */

static int ask_kernel(int fd)
{
	struct {
		struct nlmsghdr head;
		struct unix_diag_req ask;
	} q = {
		.head = { .nlmsg_len = sizeof(q),
			  .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.ask = { .sdiag_family = AF_UNIX,
			 .udiag_states = 1 << HOLDER_STATE_ESTABLISHED,
			 .udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_PEER },
	};
	struct timeval limit = { .tv_sec = 2 };

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) != 0)
		return -1;
	return send(fd, &q, sizeof(q), 0) == (ssize_t)sizeof(q) ? 0 : -1;
}

/* The peer of the server's end of a connection to path. */
static void take_socket(struct nlmsghdr *head, const char *path,
			struct peers *out)
{
	struct unix_diag_msg *m = NLMSG_DATA(head);
	size_t len = head->nlmsg_len - NLMSG_LENGTH(sizeof(*m));
	uint32_t peer = 0;
	bool named = false;

	for (struct rtattr *a = (struct rtattr *)(m + 1); RTA_OK(a, len);
	     a = RTA_NEXT(a, len)) {
		if (a->rta_type == UNIX_DIAG_PEER &&
		    RTA_PAYLOAD(a) >= sizeof(peer))
			memcpy(&peer, RTA_DATA(a), sizeof(peer));
		/* With a NUL or without. */
		if (a->rta_type == UNIX_DIAG_NAME)
			named = RTA_PAYLOAD(a) - strnlen(RTA_DATA(a),
							 RTA_PAYLOAD(a)) <= 1 &&
				strnlen(RTA_DATA(a), RTA_PAYLOAD(a)) ==
					strlen(path) &&
				strncmp(RTA_DATA(a), path, strlen(path)) == 0;
	}
	if (named && peer != 0 && out->count < HOLDER_PEERS_MAX)
		out->inodes[out->count++] = peer;
}

/* 1: there is more; 0: that was all; -1: it failed. */
static int take_answer(struct nlmsghdr *head, size_t len, const char *path,
		       struct peers *out)
{
	for (; NLMSG_OK(head, len); head = NLMSG_NEXT(head, len)) {
		if (head->nlmsg_type == NLMSG_DONE)
			return 0;
		if (head->nlmsg_type == NLMSG_ERROR)
			return -1;
		if (head->nlmsg_type == SOCK_DIAG_BY_FAMILY &&
		    head->nlmsg_len >=
			    NLMSG_LENGTH(sizeof(struct unix_diag_msg)))
			take_socket(head, path, out);
	}
	return 1;
}

static int find_peers(const char *path, struct peers *out)
{
	AUTO(fd_closep) int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
					NETLINK_SOCK_DIAG);
	union {
		struct nlmsghdr head;
		char bytes[32768];
	} answer;
	int r = 1;

	if (fd < 0 || ask_kernel(fd) != 0)
		return -1;
	while (r == 1) {
		ssize_t n = recv(fd, &answer, sizeof(answer), 0);

		if (n <= 0)
			return -1;
		r = take_answer(&answer.head, (size_t)n, path, out);
	}
	return r;
}

/* --- whose they are ------------------------------------------------------ */

static bool is_wanted(const char *link, const struct wanted *w)
{
	unsigned int inode;

	if (w->path != NULL)
		return strcmp(link, w->path) == 0;
	if (sscanf(link, "socket:[%u]", &inode) != 1)
		return false;
	for (unsigned int i = 0; i < w->peers->count; i++)
		if (w->peers->inodes[i] == inode) {
			w->peers->found[i] = true;
			return true;
		}
	return false;
}

/* Looks at all of them, so that each connection is marked as found. */
static bool has_wanted(const char *pid, const struct wanted *w)
{
	char dir[64], name[HOLDER_LINK_MAX], link[HOLDER_LINK_MAX];
	AUTO(dir_closep) DIR *d = NULL;
	const struct dirent *entry;
	bool any = false;

	snprintf(dir, sizeof(dir), "/proc/%.20s/fd", pid);
	d = opendir(dir);
	while (d != NULL && (entry = readdir(d)) != NULL) {
		ssize_t n;

		snprintf(name, sizeof(name), "%s/%s", dir, entry->d_name);
		n = readlink(name, link, sizeof(link) - 1);
		if (n <= 0)
			continue;
		link[n] = '\0';
		any = is_wanted(link, w) || any;
	}
	return any;
}

static void add(pid_t pid, struct doctor_holders *out)
{
	struct doctor_holder *h = &out->list[out->count];
	char name[64];
	FILE *f;

	if (pid == getpid() || out->count == DOCTOR_HOLDERS_MAX)
		return;
	*h = (struct doctor_holder){ .pid = pid, .name = "?" };
	snprintf(name, sizeof(name), "/proc/%d/comm", (int)pid);
	f = fopen(name, "re");
	if (f != NULL) {
		if (fgets(h->name, sizeof(h->name), f) != NULL)
			h->name[strcspn(h->name, "\n")] = '\0';
		fclose(f);
	}
	out->count++;
}

static void scan(const struct wanted *w, struct doctor_holders *out)
{
	AUTO(dir_closep) DIR *d = opendir("/proc");
	const struct dirent *entry;
	unsigned int pid;

	while (d != NULL && (entry = readdir(d)) != NULL)
		if (cli_option_number(entry->d_name, 1, INT32_MAX, &pid) &&
		    has_wanted(entry->d_name, w))
			add((pid_t)pid, out);
}

int doctor_holders_of_socket(const char *path, struct doctor_holders *out)
{
	struct peers peers = { .count = 0 };
	const struct wanted w = { .peers = &peers };

	*out = (struct doctor_holders){ .count = 0 };
	if (find_peers(path, &peers) != 0)
		return -1;
	scan(&w, out);
	for (unsigned int i = 0; i < peers.count; i++)
		out->hidden += !peers.found[i];
	return 0;
}

void doctor_holders_of_file(const char *path, struct doctor_holders *out)
{
	const struct wanted w = { .path = path };

	*out = (struct doctor_holders){ .count = 0 };
	scan(&w, out);
}

void doctor_holders_text(const struct doctor_holders *h, char *out, size_t size)
{
	size_t at = 0;

	out[0] = '\0';
	for (unsigned int i = 0; i < h->count && at < size; i++)
		at += (size_t)snprintf(out + at, size - at, "%s%s (%d)",
				       i == 0 ? "" : ", ", h->list[i].name,
				       (int)h->list[i].pid);
}
