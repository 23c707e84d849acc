/* SPDX-License-Identifier: Apache-2.0 */
/*
 * connect: a client for a subcommand, with signetd running.
 */
#include "cli/connect.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/start.h"
#include "cli/i18n.h"
#include "cli/message.h"
#include "signet.h"

void cli_connect_freep(struct signet_client **c)
{
	signet_client_free(*c);
	*c = NULL;
}

struct signet_client *cli_connect_more(const struct cli_common *common)
{
	struct signet_client *c;

	if (signet_client_new(&c) != 0)
		return NULL;
	if (common->timeout_ms != 0)
		signet_client_set_timeout(c, common->timeout_ms);
	if (common->socket != NULL &&
	    signet_client_set_socket(c, common->socket) != 0) {
		signet_client_free(c);
		return NULL;
	}
	return c;
}

static bool may_start(const struct cli_common *common)
{
	return !common->no_start && common->socket == NULL && start_wanted();
}

void cli_connect_say(const char *line)
{
	cli_message("  %s", line);
}

static int ensure_running(const struct cli_common *common, const char *socket)
{
	struct error e;

	if (!may_start(common) || start_listening(socket))
		return CLI_OK;
	if (start_signetd(socket, cli_connect_say, &e) == 0)
		return CLI_OK;
	return cli_failure(&e, NULL);
}

int cli_connect(const struct cli_common *common, struct signet_client **out)
{
	AUTO(cli_connect_freep) struct signet_client *c = NULL;
	const char *socket;
	int status;

	c = cli_connect_more(common);
	if (c == NULL) {
		cli_error(_("the socket's path is too long, or there is no"
			    " memory"));
		return CLI_USAGE;
	}
	socket = signet_client_socket(c);
	if (socket[0] == '\0') {
		cli_problem(signet_client_error(c), NULL, common->json);
		return CLI_USAGE;
	}
	status = ensure_running(common, socket);
	if (status != CLI_OK)
		return status;
	*out = c;
	c = NULL;
	return CLI_OK;
}
