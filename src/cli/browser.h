/* SPDX-License-Identifier: Apache-2.0 */
/*
 * browser: signet browser: what its subcommands are told.
 */
#ifndef SIGNET_CLI_BROWSER_H
#define SIGNET_CLI_BROWSER_H

#include <stdbool.h>

struct browser_args {
	bool json;
	bool web_eid, user, system, force;
	bool firefox, chrome; /* of policy */
	const char *root;  /* in front of all places; NULL: none */
	char **operands;   /* behind the subcommand's word */
	int operand_count;
};

/* browser_host.c: the manifests of the native messaging hosts. */
int browser_install(const struct browser_args *args);
int browser_remove(const struct browser_args *args);
int browser_list(const struct browser_args *args);

/* browser_policy.c: what spares visitors the browser's question. */
int browser_policy(const struct browser_args *args);

#endif
