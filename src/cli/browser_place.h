/* SPDX-License-Identifier: Apache-2.0 */
/*
 * browser_place: the browsers, and where each looks for native messaging hosts.
 */
#ifndef SIGNET_CLI_BROWSER_PLACE_H
#define SIGNET_CLI_BROWSER_PLACE_H

#include <stdbool.h>

#include "cli/self.h"

struct browser {
	const char *word; /* of the command line and JSON */
	const char *name;
	bool firefox;	  /* its manifests name extensions another way */
	bool config;	  /* its folder is in ~/.config, or where XDG says */
	const char *folder; /* of the user: there once it was started */
	const char *hosts;  /* in that folder */
	const char *system; /* for all users */
};

#define BROWSER_COUNT 6
extern const struct browser browsers[BROWSER_COUNT];

/* By its word; NULL: there is none. */
const struct browser *browser_find(const char *word);

/*
 * The manifest of a host, in root (NULL: none), into out[CLI_PATH_MAX].
 * False: it does not fit, or there is no home.
 */
bool browser_manifest_path(const struct browser *b, bool system,
			   const char *root, const char *host, char *out);

/* Has this user started it: is its folder there? */
bool browser_is_there(const struct browser *b, const char *root);

#endif
