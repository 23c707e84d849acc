/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch: signet watch: what happens, a line for each event.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/clock.h"
#include "cli/cli.h"
#include "cli/connect.h"
#include "cli/i18n.h"
#include "cli/message.h"
#include "cli/watch_text.h"
#include "signet.h"

enum { OPTION_TYPES = CLI_OPTION_LONG, OPTION_ONCE };

struct watch {
	struct cli_common common;
	const char *types;
	bool once;
	bool away; /* signetd has gone and not come back yet */
};

static void events_freep(struct signet_events **e)
{
	signet_events_close(*e);
}

/* --- Ctrl-C ends it well ------------------------------------------------- */

static void on_signal(int number)
{
	_exit(CLI_OK);
}

static void signals_of_the_end(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
}

static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal }, old;

	sigfillset(&action.sa_mask);
	if (sigaction(SIGINT, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
		sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* --- printing ------------------------------------------------------------ */

/* In local time; as it came when it cannot be read. */
static void print_time(const struct signet_event *e)
{
	const char *text = signet_event_text(e, "time");
	char out[32];
	int64_t seconds;
	time_t when;
	struct tm tm;

	if (text == NULL || clock_parse(text, &seconds) != 0)
		return;
	when = (time_t)seconds;
	if (localtime_r(&when, &tm) != NULL &&
	    strftime(out, sizeof(out), "%Y-%m-%d %H:%M:%S", &tm) != 0)
		printf("%s  ", out);
}

static void print_words(struct watch *w, const struct signet_event *e)
{
	char text[CLI_WATCH_TEXT];
	enum cli_colour colour = cli_watch_text(e, text);

	if (w->away && strcmp(signet_event_type(e), "live") == 0) {
		snprintf(text, sizeof(text), "%s",
			 _("connected to signetd again"));
		colour = CLI_GREEN;
	}
	if (text[0] == '\0')
		return;
	print_time(e);
	printf("%s%s%s\n", cli_term_colour(stdout, colour), text,
	       cli_term_colour(stdout, CLI_PLAIN));
}

/* A line is printed whole, whenever somebody types Ctrl-C. */
static bool print_event(struct watch *w, const struct signet_event *e)
{
	sigset_t set, before;
	bool failed;

	signals_of_the_end(&set);
	sigprocmask(SIG_BLOCK, &set, &before);
	if (w->common.json)
		printf("%s\n", signet_event_json(e));
	else
		print_words(w, e);
	failed = fflush(stdout) != 0;
	sigprocmask(SIG_SETMASK, &before, NULL);
	return !failed;
}

/* Something happened, as opposed to: is there, or about the stream. */
static bool happened(const struct signet_event *e)
{
	return !signet_event_snapshot(e) && signet_event_id(e) != NULL &&
	       strcmp(signet_event_type(e), "live") != 0;
}

static void follow(struct watch *w, const struct signet_event *e)
{
	if (strcmp(signet_event_type(e), "disconnected") == 0)
		w->away = true;
	else if (strcmp(signet_event_type(e), "live") == 0)
		w->away = false;
}

static int watch(struct watch *w, struct signet_events *events)
{
	unsigned int ms = w->once ? w->common.timeout_ms : 0;
	const struct signet_event *e;

	for (;;) {
		if (signet_events_next(events, ms, &e) != 0)
			return cli_problem(signet_events_error(events), NULL,
					   w->common.json);
		/* Whoever read it has gone: signet says so itself. */
		if (!print_event(w, e))
			return CLI_OK;
		if (w->once && happened(e))
			return CLI_OK;
		follow(w, e);
	}
}

static bool take(void *context, int id, const char *value)
{
	struct watch *w = context;

	if (id == OPTION_TYPES)
		w->types = value;
	else if (id == OPTION_ONCE)
		w->once = true;
	else
		return false;
	return true;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	AUTO(cli_connect_freep) struct signet_client *c = NULL;
	AUTO(events_freep) struct signet_events *events = NULL;
	struct watch w = { .types = NULL };
	int r = cli_option_parse(command, argc, argv, &w.common, take, &w);

	if (r < 0)
		return -1 - r;
	if (r < argc)
		return cli_option_surplus(command, argv[r]);
	catch_signals();
	r = cli_connect(&w.common, &c);
	if (r != CLI_OK)
		return r;
	if (signet_events_open(c, w.types, NULL, &events) != 0)
		return cli_problem(signet_client_error(c), NULL,
				   w.common.json);
	return watch(&w, events);
}

static const struct cli_option options[] = {
	{ OPTION_TYPES, "types", "LIST",
	  N_("only these events, with commas between") },
	{ OPTION_ONCE, "once", NULL,
	  N_("end after the first event that happens") },
	CLI_OPTIONS_DAEMON,
	CLI_OPTIONS_ALL,
};

const struct cli_command cli_watch_command = {
	.name = "watch",
	.operands = "",
	.summary = N_("show what happens to tokens, modules and requests"),
	.options = options,
	.run = run,
};
