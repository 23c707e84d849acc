/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opensc_conf: a configuration of OpenSC for the worker of one reader.
 *
 * OpenSC looks at all cards under one lock, and keeps PINs: a worker is to see
 * its own card alone, to forget the PIN, and to leave no login behind.
 */
#ifndef SIGNET_BROKER_OPENSC_CONF_H
#define SIGNET_BROKER_OPENSC_CONF_H

#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"

struct error;

struct opensc_conf {
	const char *reader;
	char *const *others;	/* readers to leave out */
	size_t others_count;
	const char *provider;	/* path of signet-pcsc.so */
};

/*
 * The text (opensc.conf(5)).  Of others, names that are part of reader's own
 * stay: OpenSC compares by parts.
 */
void opensc_conf_put(const struct opensc_conf *conf, struct buf *out);

/*
 * In a new file of folder, for this user alone; its name is the caller's
 * (free).  ERR_IO, ERR_NO_MEMORY.
 */
int opensc_conf_write(const char *folder, const struct opensc_conf *conf,
		      char **path, struct error *e) MUST_CHECK;

#endif
