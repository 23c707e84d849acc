/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pcscd-private: runs a command with a pcscd of its own, whose readers are
 * piv-cards.
 *
 * pcscd gets its socket by socket activation, in the folder that was named;
 * clients find it by PCSCLITE_CSOCK_NAME and need no namespace.  pcscd itself
 * has a private /run/pcscd where the system allows it (a mount namespace, for
 * other users than root inside a user namespace): its process file would
 * otherwise meet that of the system's pcscd.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "tests/card/tools/service.h"

#define EXIT_SKIP 77 /* automake's word for "cannot be tested here" */

static const char usage[] =
	"usage: pcscd-private [--reader NAME=SOCKET]... [--config FILE] DIR\n"
	"                     -- COMMAND [ARGUMENT...]\n"
	"\n"
	"  --reader NAME=SOCKET  a reader, whose card is the piv-card there\n"
	"  --config FILE         more of reader.conf, as it is\n"
	"  DIR                   for pcscd's socket, configuration and log\n"
	"                        (not below /run)\n"
	"\n"
	"Runs COMMAND with PCSCLITE_CSOCK_NAME set; ends with its status,\n"
	"77 where pcscd cannot run (1 when CI is set).  DIR/pcscd.pid is\n"
	"there while it serves.  SIGUSR1 stops pcscd, SIGUSR2 starts it.\n";

/* Everything that is waited for; blocked, and taken by sigwaitinfo(). */
static void block_signals(sigset_t *set)
{
	static const int all[] = { SIGCHLD, SIGTERM, SIGINT,
				   SIGHUP,  SIGUSR1, SIGUSR2 };

	sigemptyset(set);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		sigaddset(set, all[i]);
	sigprocmask(SIG_BLOCK, set, NULL);
}

static pid_t run_command(char **argv)
{
	pid_t pid = fork();
	sigset_t none;

	if (pid != 0)
		return pid;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	execvp(argv[0], argv);
	fprintf(stderr, "pcscd-private: %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* Children that ended: true, with its status, if the command is one. */
static bool reap(struct service *s, pid_t command, int *status)
{
	bool ended = false;
	pid_t pid;
	int how;

	while ((pid = waitpid(-1, &how, WNOHANG)) > 0) {
		if (pid == s->pid)
			service_died(s);
		if (pid != command)
			continue;
		ended = true;
		*status = WIFEXITED(how) ? WEXITSTATUS(how) :
					   128 + WTERMSIG(how);
	}
	return ended;
}

static int wait_command(struct service *s, pid_t command,
			const sigset_t *signals)
{
	struct error e = { 0 };
	int status = EXIT_FAILURE;

	for (;;) {
		int number = sigwaitinfo(signals, NULL);

		if (number == SIGUSR1)
			service_stop(s);
		else if (number == SIGUSR2 && service_start(s, &e) != 0)
			fprintf(stderr, "pcscd-private: %s\n", e.message);
		else if (number == SIGTERM || number == SIGINT ||
			 number == SIGHUP)
			kill(command, number);
		/* service_start() and service_stop() wait for children, too. */
		if (reap(s, command, &status))
			return status;
	}
}

static bool parse(int argc, char **argv, struct service *s)
{
	static const struct option known[] = {
		{ "reader", required_argument, NULL, 'r' },
		{ "config", required_argument, NULL, 'c' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "+", known, NULL)) != -1) {
		if (option == 'c')
			s->more = optarg;
		else if (option != 'r' || !service_add_reader(s, optarg))
			return false;
	}
	if (argc - optind < 3 || strcmp(argv[optind + 1], "--") != 0)
		return false;
	return service_set_folder(s, argv[optind]);
}

static int cannot(const struct error *e)
{
	const char *ci = getenv("CI");

	fprintf(stderr, "pcscd-private: %s\n", e->message);
	return ci != NULL && *ci != '\0' ? EXIT_FAILURE : EXIT_SKIP;
}

int main(int argc, char **argv)
{
	struct service s = { 0 };
	struct error e = { 0 };
	sigset_t signals;
	pid_t command;
	int status = EXIT_FAILURE;

	if (!parse(argc, argv, &s)) {
		fputs(usage, stderr);
		return 2;
	}
	block_signals(&signals);
	setenv("PCSCLITE_CSOCK_NAME", s.socket, 1);
	if (service_configure(&s, &e) != 0 || service_start(&s, &e) != 0)
		return cannot(&e);
	command = run_command(argv + optind + 2);
	if (command > 0)
		status = wait_command(&s, command, &signals);
	service_stop(&s);
	return status;
}
