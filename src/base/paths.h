/* SPDX-License-Identifier: Apache-2.0 */
/*
 * paths: where the socket and the configuration are when nobody says so.
 */
#ifndef SIGNET_BASE_PATHS_H
#define SIGNET_BASE_PATHS_H

#include <stddef.h>

#include "base/attr.h"

struct error;

/*
 * The API socket, into out[size]: $SIGNET_SOCKET, else
 * $XDG_RUNTIME_DIR/signet/signetd.sock, else ~/.cache/signet/signetd.sock.
 * ERR_CONFIG when none of them can be formed, it is too long for a socket, or
 * SIGNET_SOCKET is not absolute.
 */
int paths_socket(char *out, size_t size, struct error *e) MUST_CHECK;

/*
 * The configuration: $SIGNET_CONFIG, else $XDG_CONFIG_HOME/signet/signetd.yaml
 * (~/.config/...), else /etc/signet/signetd.yaml: the first that exists, but
 * what SIGNET_CONFIG names is taken whether it exists or not.  ERR_CONFIG when
 * it is not absolute or too long, or there is none in the places it names.
 */
int paths_config(char *out, size_t size, struct error *e) MUST_CHECK;

/*
 * The folder for what must survive a restart: $XDG_STATE_HOME/signet, else
 * /var/lib/signet for root and ~/.local/state/signet for others.  It may not
 * be there.  ERR_CONFIG when it cannot be formed or is too long.
 */
int paths_state(char *out, size_t size, struct error *e) MUST_CHECK;

#endif
