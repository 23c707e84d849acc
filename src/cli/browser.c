/* SPDX-License-Identifier: Apache-2.0 */
/*
 * browser: signet browser: how browsers come to Signet.
 */
#include "cli/browser.h"

#include <string.h>

#include "base/attr.h"
#include "cli/cli.h"
#include "cli/i18n.h"
#include "cli/message.h"

enum {
	OPTION_WEB_EID = CLI_OPTION_LONG,
	OPTION_USER,
	OPTION_SYSTEM,
	OPTION_ROOT,
	OPTION_FORCE,
	OPTION_FIREFOX,
	OPTION_CHROME
};

static const struct browser_action {
	const char *word;
	int (*run)(const struct browser_args *args);
} actions[] = {
	{ "install", browser_install },
	{ "remove", browser_remove },
	{ "list", browser_list },
	{ "policy", browser_policy },
};

static bool take(void *context, int id, const char *value)
{
	struct browser_args *args = context;

	switch (id) {
	case OPTION_WEB_EID:
		args->web_eid = true;
		return true;
	case OPTION_USER:
		args->user = true;
		return true;
	case OPTION_SYSTEM:
		args->system = true;
		return true;
	case OPTION_FORCE:
		args->force = true;
		return true;
	case OPTION_FIREFOX:
		args->firefox = true;
		return !args->chrome;
	case OPTION_CHROME:
		args->chrome = true;
		return !args->firefox;
	case OPTION_ROOT:
		args->root = value;
		return value[0] == '/';
	}
	return false;
}

static const struct browser_action *action_find(const char *word)
{
	for (size_t i = 0; word != NULL && i < ARRAY_LEN(actions); i++)
		if (strcmp(actions[i].word, word) == 0)
			return &actions[i];
	return NULL;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	struct browser_args args = { .root = NULL };
	const struct browser_action *a;
	struct cli_common common;
	int r = cli_option_parse(command, argc, argv, &common, take, &args);

	if (r < 0)
		return -1 - r;
	a = action_find(argv[r]);
	if (a == NULL) {
		cli_error(_("say what to do: %s"), command->operands);
		cli_message(_("try: signet %s --help"), command->name);
		return CLI_USAGE;
	}
	args.json = common.json;
	args.operands = argv + r + 1;
	args.operand_count = argc - r - 1;
	return a->run(&args);
}

static const struct cli_option options[] = {
	{ OPTION_WEB_EID, "web-eid", NULL,
	  N_("install: also take the place of the Web eID application;"
	     " remove: only that") },
	{ OPTION_USER, "user", NULL, N_("for this user (the default)") },
	{ OPTION_SYSTEM, "system", NULL, N_("for all users") },
	{ OPTION_ROOT, "root", "DIR",
	  N_("put DIR in front of all places, for packages") },
	{ OPTION_FORCE, "force", NULL,
	  N_("install: replace what belongs to another program") },
	{ OPTION_CHROME, "chrome", NULL,
	  N_("policy: for Chrome, Chromium and Edge (the default)") },
	{ OPTION_FIREFOX, "firefox", NULL, N_("policy: for Firefox") },
	CLI_OPTIONS_ALL,
};

const struct cli_command cli_browser_command = {
	.name = "browser",
	.operands = "install|remove|list [BROWSER]... | policy ORIGIN...",
	.summary = N_("let browsers find Signet, and show which do"),
	.options = options,
	.run = run,
};
