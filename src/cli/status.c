/* SPDX-License-Identifier: Apache-2.0 */
/*
 * status: signet status: is signetd well?
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "cli/cli.h"
#include "cli/connect.h"
#include "cli/i18n.h"
#include "cli/message.h"
#include "cli/table.h"
#include "cli/term.h"
#include "signet.h"

static void status_freep(struct signet_status **s)
{
	signet_status_free(*s);
}

static void print_uptime(int64_t seconds)
{
	printf(_("running for:  %lld d %02d:%02d:%02d\n"),
	       (long long)seconds / 86400, (int)(seconds / 3600 % 24),
	       (int)(seconds / 60 % 60), (int)(seconds % 60));
}

static void print_modules(const struct signet_status *s)
{
	const char *const headings[] = { _("MODULE"), _("STATE"), _("WORKERS"),
					 _("RESTARTS"), _("PATH") };
	AUTO(cli_table_fini) struct cli_table t;
	const struct signet_module *m;

	cli_table_init(&t, ARRAY_LEN(headings), 1, headings);
	for (size_t i = 0; (m = signet_status_module(s, i)) != NULL; i++) {
		char workers[24], restarts[24];

		snprintf(workers, sizeof(workers), "%" PRId64,
			 signet_module_workers(m));
		snprintf(restarts, sizeof(restarts), "%" PRId64,
			 signet_module_restarts(m));
		cli_table_add(&t, (const char *const[]){
			signet_module_name(m), signet_module_state(m), workers,
			restarts, signet_module_path(m) });
	}
	cli_table_print(&t);
}

static void print_errors(const struct signet_status *s)
{
	const struct signet_module *m;
	char name[256], text[1024];

	for (size_t i = 0; (m = signet_status_module(s, i)) != NULL; i++) {
		if (signet_module_error(m) == NULL)
			continue;
		cli_term_safe(signet_module_name(m), name, sizeof(name));
		cli_term_safe(signet_module_error(m), text, sizeof(text));
		printf(_("last error of %s: %s\n"), name, text);
	}
}

static void print_health(const struct signet_status *s)
{
	const char *reason;
	char text[2048];

	if (signet_status_reason(s, 0) == NULL)
		printf(_("health:       ok\n"));
	for (size_t i = 0; (reason = signet_status_reason(s, i)) != NULL; i++) {
		cli_term_safe(reason, text, sizeof(text));
		printf(_("unhealthy:    %s\n"), text);
	}
}

/* Pages come by the extension, too. */
static void print_pages(const struct signet_status *s)
{
	const char *state = signet_status_loopback(s), *page;
	char text[1024];

	if (state == NULL)
		return;
	if (signet_status_loopback_error(s) != NULL) {
		cli_term_safe(signet_status_loopback_error(s), text,
			      sizeof(text));
		printf(_("loopback:     failed: %s\n"), text);
	} else if (signet_status_loopback_port(s) == 0) {
		printf(_("loopback:     off\n"));
	} else {
		printf(_("loopback:     pages are served at port %lld\n"),
		       (long long)signet_status_loopback_port(s));
	}
	for (size_t i = 0; (page = signet_status_page(s, i)) != NULL; i++) {
		cli_term_safe(page, text, sizeof(text));
		printf(_("page:         %s\n"), text);
	}
}

static void print_status(const struct signet_status *s, const char *socket)
{
	const char *state = signet_status_state(s);

	printf(_("signetd:      %s, %s%s%s\n"), signet_status_version(s),
	       cli_term_colour(stdout, cli_term_colour_of(state)), state,
	       cli_term_colour(stdout, CLI_PLAIN));
	printf(_("socket:       %s\n"), socket);
	print_health(s);
	print_uptime(signet_status_uptime(s));
	print_pages(s);
	printf(_("tokens:       %lld\n"),
	       (long long)signet_status_tokens(s));
	printf(_("waiting:      %lld\n\n"),
	       (long long)signet_status_queue(s));
	print_modules(s);
	print_errors(s);
}

/*
 * What a service manager would be told is a fault that scripts see, too; but
 * to be starting, as after the first command of a session, is none.
 */
static int exit_status(const struct signet_status *s)
{
	if (strcmp(signet_status_state(s), "starting") == 0)
		return CLI_OK;
	return signet_status_reason(s, 0) != NULL ? CLI_FAULT : CLI_OK;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	AUTO(cli_connect_freep) struct signet_client *c = NULL;
	AUTO(status_freep) struct signet_status *s = NULL;
	struct cli_common common;
	int r = cli_option_parse(command, argc, argv, &common, NULL, NULL);

	if (r < 0)
		return -1 - r;
	if (r < argc)
		return cli_option_surplus(command, argv[r]);
	r = cli_connect(&common, &c);
	if (r != CLI_OK)
		return r;
	if (signet_client_status(c, &s) != 0)
		return cli_problem(signet_client_error(c), NULL, common.json);
	if (common.json)
		printf("%s\n", signet_status_json(s));
	else
		print_status(s, signet_client_socket(c));
	return exit_status(s);
}

static const struct cli_option options[] = {
	CLI_OPTIONS_DAEMON,
	CLI_OPTIONS_ALL,
};

const struct cli_command cli_status_command = {
	.name = "status",
	.operands = "",
	.summary = N_("show whether signetd and its modules are well"),
	.options = options,
	.run = run,
};
