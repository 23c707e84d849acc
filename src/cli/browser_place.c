/* SPDX-License-Identifier: Apache-2.0 */
/*
 * browser_place: the browsers, and where each looks for native messaging hosts.
 */
#include "cli/browser_place.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIREFOX_HOSTS "native-messaging-hosts"
#define CHROMIUM_HOSTS "NativeMessagingHosts"

/* Brave and Vivaldi have none for all users: they read Chrome's. */
const struct browser browsers[BROWSER_COUNT] = {
	{ "firefox", "Firefox", true, false, ".mozilla", FIREFOX_HOSTS,
	  "/usr/lib/mozilla/native-messaging-hosts" },
	{ "chrome", "Chrome", false, true, "google-chrome", CHROMIUM_HOSTS,
	  "/etc/opt/chrome/native-messaging-hosts" },
	{ "chromium", "Chromium", false, true, "chromium", CHROMIUM_HOSTS,
	  "/etc/chromium/native-messaging-hosts" },
	{ "edge", "Edge", false, true, "microsoft-edge", CHROMIUM_HOSTS,
	  "/etc/opt/edge/native-messaging-hosts" },
	{ "brave", "Brave", false, true, "BraveSoftware/Brave-Browser",
	  CHROMIUM_HOSTS, "/etc/opt/chrome/native-messaging-hosts" },
	{ "vivaldi", "Vivaldi", false, true, "vivaldi", CHROMIUM_HOSTS,
	  "/etc/opt/chrome/native-messaging-hosts" },
};

const struct browser *browser_find(const char *word)
{
	for (size_t i = 0; i < BROWSER_COUNT; i++)
		if (strcmp(browsers[i].word, word) == 0)
			return &browsers[i];
	return NULL;
}

/* Variables that are not absolute are as if they were not set. */
static const char *folder_of(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] == '/' ? value : NULL;
}

static bool user_folder(const struct browser *b, const char *root, char *out)
{
	const char *config = folder_of("XDG_CONFIG_HOME");
	const char *home = folder_of("HOME");
	int n;

	if (root == NULL)
		root = "";
	if (b->config && config != NULL)
		n = snprintf(out, CLI_PATH_MAX, "%s%s/%s", root, config,
			     b->folder);
	else if (home != NULL)
		n = snprintf(out, CLI_PATH_MAX, "%s%s/%s%s", root, home,
			     b->config ? ".config/" : "", b->folder);
	else
		return false;
	return n > 0 && n < CLI_PATH_MAX;
}

bool browser_manifest_path(const struct browser *b, bool system,
			   const char *root, const char *host, char *out)
{
	char folder[CLI_PATH_MAX];
	int n;

	if (system) {
		n = snprintf(out, CLI_PATH_MAX, "%s%s/%s.json",
			     root == NULL ? "" : root, b->system, host);
	} else {
		if (!user_folder(b, root, folder))
			return false;
		n = snprintf(out, CLI_PATH_MAX, "%s/%s/%s.json", folder,
			     b->hosts, host);
	}
	return n > 0 && n < CLI_PATH_MAX;
}

bool browser_is_there(const struct browser *b, const char *root)
{
	char folder[CLI_PATH_MAX];

	return user_folder(b, root, folder) && access(folder, F_OK) == 0;
}
