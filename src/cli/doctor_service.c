/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doctor_service: signetd: its configuration, its socket, its version.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/paths.h"
#include "base/start.h"
#include "cli/connect.h"
#include "cli/doctor.h"
#include "cli/doctor_connect.h"
#include "cli/i18n.h"
#include "cli/self.h"
#include "signet.h"

#define SERVICE_MEND_MAX (CLI_PATH_MAX + 128)
#define SERVICE_START_MS 3000
#define SERVICE_POLL_MS 20

/* --- configuration ------------------------------------------------------- */

/* The first line, without the name of the program. */
static const char *first_line(char *said)
{
	static const char name[] = "signetd: ";

	said[strcspn(said, "\n")] = '\0';
	return strncmp(said, name, sizeof(name) - 1) == 0 ?
		said + sizeof(name) - 1 : said;
}

static void say_checked(struct doctor *d, const char *config, int status,
			char *said)
{
	char mend[SERVICE_MEND_MAX];

	if (status == 0) {
		doctor_say(d, "config", DOCTOR_OK, NULL,
			   _("the configuration %s is good, its policy too"),
			   config);
		return;
	}
	if (status < 0) {
		doctor_say(d, "config", DOCTOR_ERROR,
			   _("install signetd beside signet, or in the PATH"),
			   _("signetd cannot be run to check %s"), config);
		return;
	}
	snprintf(mend, sizeof(mend), _("correct it, then: signet policy check"
				       " %s; signetd.conf(5) tells more"),
		 config);
	doctor_say(d, "config", DOCTOR_ERROR, mend, "%s", first_line(said));
}

static void check_config(struct doctor *d)
{
	char config[CLI_PATH_MAX], program[CLI_PATH_MAX];
	char check[] = "--check-config", option[] = "--config";
	char *argv[] = { program, check, option, config, NULL };
	char said[DOCTOR_TEXT_MAX];
	struct error e;

	if (paths_config(config, sizeof(config), &e) != 0) {
		doctor_say(d, "config", DOCTOR_ERROR,
			   _("write one: signetd.conf(5) shows how"), "%s",
			   e.message);
		return;
	}
	cli_self_signetd(program);
	say_checked(d, config, doctor_program(argv, said, sizeof(said)), said);
}

/* --- socket -------------------------------------------------------------- */

static bool starts(struct doctor *d, const char *socket)
{
	struct error e;

	if (!d->start)
		return false;
	if (start_signetd(socket, cli_connect_say, &e) == 0)
		return true;
	doctor_say(d, "service", DOCTOR_ERROR,
		   _("mend the configuration first; signetd.log beside the"
		     " socket tells more"), "%s", e.message);
	return false;
}

static void say_silent(struct doctor *d, const char *socket)
{
	doctor_say(d, "service", DOCTOR_ERROR,
		   _("end it and start it again: systemctl --user restart"
		     " signetd"),
		   _("signetd does not accept connections at %s"), socket);
}

/* True: somebody listens. */
static bool check_socket(struct doctor *d, const char *socket)
{
	AUTO(fd_closep) int fd = -1;
	int r = doctor_connect(socket, &fd);

	switch (r) {
	case 0:
		return true;
	case ENOENT:
	case ENOTDIR:
	case ECONNREFUSED:
		if (d->start)
			return starts(d, socket);
		doctor_say(d, "service", DOCTOR_WARNING,
			   "signet doctor --start",
			   _("no signetd listens at %s: modules and tokens are"
			     " not looked at"), socket);
		return false;
	case EACCES:
	case EPERM:
		doctor_say(d, "service", DOCTOR_ERROR,
			   _("sudo usermod -aG signet $USER, and log in again;"
			     " or name your own with --socket"),
			   _("this user may not use signetd's socket %s"),
			   socket);
		return false;
	case EAGAIN:
		say_silent(d, socket);
		return false;
	}
	doctor_say(d, "service", DOCTOR_ERROR,
		   _("name another one with --socket"), "%s: %s", socket,
		   strerror(r));
	return false;
}

/* --- what it says -------------------------------------------------------- */

static void check_state(struct doctor *d, const char *socket)
{
	const char *state = signet_status_state(d->status);

	if (strcmp(state, "ready") == 0)
		doctor_say(d, "service", DOCTOR_OK, NULL,
			   _("signetd answers at %s"), socket);
	else
		doctor_say(d, "service", DOCTOR_WARNING,
			   _("try again in a moment"),
			   _("signetd at %s is %s: not all can be told yet"),
			   socket, state);
}

static void check_version(struct doctor *d)
{
	const char *theirs = signet_status_version(d->status);

	if (strcmp(theirs, signet_version()) == 0)
		doctor_say(d, "version", DOCTOR_OK, NULL,
			   _("signet and signetd are both %s"), theirs);
	else
		doctor_say(d, "version", DOCTOR_WARNING,
			   _("start signetd again, so that the new one runs:"
			     " systemctl --user restart signetd"),
			   _("signet is %s, the signetd that runs is %s"),
			   signet_version(), theirs);
}

/* One that has just begun gets some time: half a report helps nobody. */
static int wait_status(struct doctor *d)
{
	int64_t until = clock_mono_ns() + SERVICE_START_MS * CLOCK_NS_PER_MS;
	int r;

	for (;;) {
		r = signet_client_status(d->client, &d->status);
		if (r != 0 || clock_mono_ns() > until ||
		    strcmp(signet_status_state(d->status), "starting") != 0)
			return r;
		signet_status_free(d->status);
		d->status = NULL;
		poll(NULL, 0, SERVICE_POLL_MS);
	}
}

static void ask_status(struct doctor *d)
{
	const char *socket = signet_client_socket(d->client);
	const struct signet_error *e;

	if (wait_status(d) == 0) {
		check_state(d, socket);
		check_version(d);
		return;
	}
	e = signet_client_error(d->client);
	doctor_say(d, "service", DOCTOR_ERROR,
		   _("end it and start it again: systemctl --user restart"
		     " signetd"),
		   _("signetd at %s does not tell its status: %s%s%s"), socket,
		   signet_error_title(e),
		   signet_error_detail(e)[0] == '\0' ? "" : ": ",
		   signet_error_detail(e));
}

void doctor_service(struct doctor *d)
{
	const char *socket;

	check_config(d);
	d->client = cli_connect_more(d->common);
	socket = d->client == NULL ? "" : signet_client_socket(d->client);
	if (socket[0] == '\0') {
		doctor_say(d, "service", DOCTOR_ERROR,
			   _("SIGNET_SOCKET and --socket take an absolute"
			     " path of at most 107 bytes"),
			   _("it is not known where the socket of signetd"
			     " should be"));
		return;
	}
	if (check_socket(d, socket))
		ask_status(d);
}
