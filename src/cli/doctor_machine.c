/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doctor_machine: the clock, locked memory, pinentry, groups.
 */
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "cli/doctor.h"
#include "cli/i18n.h"

#define MACHINE_DAY_S 86400
/* A dialog, its PINs and what pinentry says of them. */
#define MACHINE_LOCKED (64u * 1024)
#define MACHINE_GROUP "signet"
#define MACHINE_GROUPS_MAX 1024

/* No clock is right that is before the day this program was put here. */
static void check_clock(struct doctor *d)
{
	char now[CLOCK_RFC3339_SIZE];
	struct stat st;

	clock_format(clock_unix(), now);
	if (stat("/proc/self/exe", &st) == 0 &&
	    clock_unix() + MACHINE_DAY_S < st.st_mtime)
		doctor_say(d, "clock", DOCTOR_ERROR,
			   "sudo timedatectl set-ntp true",
			   _("the clock says %s, but signet was built or"
			     " installed later than that"), now);
	else
		doctor_say(d, "clock", DOCTOR_OK, NULL,
			   _("the clock says %s"), now);
}

static void check_memory(struct doctor *d)
{
	void *page = mmap(NULL, MACHINE_LOCKED, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	bool locked = page != MAP_FAILED && mlock(page, MACHINE_LOCKED) == 0;

	if (page != MAP_FAILED)
		munmap(page, MACHINE_LOCKED);
	if (locked)
		doctor_say(d, "memory", DOCTOR_OK, NULL,
			   _("%u KiB can be locked in memory, for PINs"),
			   MACHINE_LOCKED / 1024);
	else
		doctor_say(d, "memory", DOCTOR_ERROR,
			   _("raise it: ulimit -l 1024, memlock in"
			     " /etc/security/limits.conf, or LimitMEMLOCK=1M"
			     " for a service"),
			   _("not even %u KiB can be locked in memory: no PIN"
			     " can be taken"), MACHINE_LOCKED / 1024);
}

/* --- pinentry ------------------------------------------------------------- */

/* Where signet-prompt looks, and in that order. */
static bool find_pinentry(char *out)
{
	static const char *const dirs[] = { "/usr/local/bin", "/usr/bin",
					    "/bin" };
	static const char *const names[] = {
		"pinentry", "pinentry-gnome3", "pinentry-qt", "pinentry-gtk-2",
		"pinentry-curses", "pinentry-tty",
	};
	char path[64];

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		for (size_t j = 0; j < ARRAY_LEN(dirs); j++) {
			snprintf(path, sizeof(path), "%s/%s", dirs[j],
				 names[i]);
			/* Behind the links of alternatives is its true name. */
			if (access(path, X_OK) == 0 &&
			    realpath(path, out) != NULL)
				return true;
		}
	return false;
}

static bool has_terminal(void)
{
	AUTO(fd_closep) int fd = open("/dev/tty",
				      O_RDWR | O_CLOEXEC | O_NOCTTY);

	return fd >= 0;
}

static bool is_set(const char *variable)
{
	const char *value = getenv(variable);

	return value != NULL && value[0] != '\0';
}

static void check_pinentry(struct doctor *d)
{
	bool desktop = is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
	char path[PATH_MAX];
	bool plain;

	if (!find_pinentry(path)) {
		doctor_say(d, "pinentry", DOCTOR_ERROR,
			   "sudo apt-get install pinentry-curses",
			   _("there is no pinentry: nobody can be asked"));
		return;
	}
	plain = strstr(path, "curses") != NULL || strstr(path, "tty") != NULL;
	if (has_terminal() || (desktop && !plain))
		doctor_say(d, "pinentry", DOCTOR_OK, NULL,
			   _("PINs are asked for by %s"), path);
	else if (desktop)
		doctor_say(d, "pinentry", DOCTOR_WARNING,
			   "sudo apt-get install pinentry-gnome3",
			   _("%s needs a terminal: programs of the desktop"
			     " cannot ask for a PIN"), path);
	else
		doctor_say(d, "pinentry", DOCTOR_WARNING,
			   _("run signet on a terminal or a desktop, or use a"
			     " token that is unattended"),
			   _("%s has no terminal and no desktop here"), path);
}

/* --- groups --------------------------------------------------------------- */

static bool has_now(gid_t gid)
{
	static gid_t groups[MACHINE_GROUPS_MAX];
	int count = getgroups(MACHINE_GROUPS_MAX, groups);

	for (int i = 0; i < count; i++)
		if (groups[i] == gid)
			return true;
	return getegid() == gid;
}

static bool is_listed(const struct group *g, const char *user)
{
	for (char **member = g->gr_mem; *member != NULL; member++)
		if (strcmp(*member, user) == 0)
			return true;
	return false;
}

static void check_group(struct doctor *d)
{
	const struct passwd *p = getpwuid(geteuid());
	const struct group *g = getgrnam(MACHINE_GROUP);

	if (g == NULL)
		doctor_say(d, "group", DOCTOR_OK, NULL,
			   _("there is no group %s: nor is it needed, but for"
			     " a signetd that runs as a service"),
			   MACHINE_GROUP);
	else if (geteuid() == 0 || has_now(g->gr_gid))
		doctor_say(d, "group", DOCTOR_OK, NULL,
			   _("this session has the rights of group %s"),
			   MACHINE_GROUP);
	else if (p != NULL && is_listed(g, p->pw_name))
		doctor_say(d, "group", DOCTOR_WARNING,
			   _("log out and in again"),
			   _("%s is in group %s, but this session began"
			     " before that"), p->pw_name, MACHINE_GROUP);
	else
		doctor_say(d, "group", DOCTOR_OK, NULL,
			   _("this user is not in group %s, which only ssh"
			     " users and services need"), MACHINE_GROUP);
}

void doctor_machine(struct doctor *d)
{
	check_clock(d);
	check_memory(d);
	check_pinentry(d);
	check_group(d);
}
