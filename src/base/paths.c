/* SPDX-License-Identifier: Apache-2.0 */
/*
 * paths: where the socket and the configuration are when nobody says so.
 */
#include "base/paths.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"

#define PATHS_SYSTEM_CONFIG "/etc/signet/signetd.yaml"
#define PATHS_SYSTEM_STATE "/var/lib/signet"

/* A variable that is set and not empty, or NULL. */
static const char *env_set(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0' ? value : NULL;
}

/* The same, absolute: the XDG specification has others ignored. */
static const char *env_path(const char *name)
{
	const char *value = env_set(name);

	return value != NULL && value[0] == '/' ? value : NULL;
}

static bool join(char *out, size_t size, const char *dir, const char *rest)
{
	int n;

	if (dir == NULL)
		return false;
	n = snprintf(out, size, "%s%s", dir, rest);
	return n > 0 && (size_t)n < size;
}

int paths_socket(char *out, size_t size, struct error *e)
{
	struct sockaddr_un un;

	if (size > sizeof(un.sun_path))
		size = sizeof(un.sun_path);
	/* What is named is taken or refused, and never replaced by another. */
	if (env_set("SIGNET_SOCKET") != NULL) {
		if (join(out, size, env_path("SIGNET_SOCKET"), ""))
			return 0;
	} else if (join(out, size, env_path("XDG_RUNTIME_DIR"),
			"/signet/signetd.sock") ||
		   join(out, size, env_path("HOME"),
			"/.cache/signet/signetd.sock")) {
		return 0;
	}
	return error_set(e, ERR_CONFIG,
			 "no place for the socket (at most %zu characters);"
			 " set SIGNET_SOCKET to an absolute path", size - 1);
}

int paths_config(char *out, size_t size, struct error *e)
{
	if (env_set("SIGNET_CONFIG") != NULL) {
		if (join(out, size, env_path("SIGNET_CONFIG"), ""))
			return 0;
		return error_set(e, ERR_CONFIG, "SIGNET_CONFIG must be an "
				 "absolute path of less than %zu characters",
				 size);
	}
	if (join(out, size, env_path("XDG_CONFIG_HOME"),
		 "/signet/signetd.yaml") && access(out, F_OK) == 0)
		return 0;
	if (join(out, size, env_path("HOME"),
		 "/.config/signet/signetd.yaml") && access(out, F_OK) == 0)
		return 0;
	if (join(out, size, PATHS_SYSTEM_CONFIG, "") && access(out, F_OK) == 0)
		return 0;
	return error_set(e, ERR_CONFIG,
			 "no configuration in ~/.config/signet/signetd.yaml or "
			 PATHS_SYSTEM_CONFIG "; see signetd.conf(5)");
}

int paths_state(char *out, size_t size, struct error *e)
{
	if (join(out, size, env_path("XDG_STATE_HOME"), "/signet"))
		return 0;
	if (geteuid() == 0 ? join(out, size, PATHS_SYSTEM_STATE, "") :
	    join(out, size, env_path("HOME"), "/.local/state/signet"))
		return 0;
	return error_set(e, ERR_CONFIG, "no place for what must survive a"
			 " restart (at most %zu characters); set state: to an"
			 " absolute path", size - 1);
}
