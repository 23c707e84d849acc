/* SPDX-License-Identifier: Apache-2.0 */
/*
 * service: a pcscd of one's own, in a folder.
 *
 *	FOLDER/pcscd.comm	its socket
 *	FOLDER/pcscd.pid	its process, while it serves
 *	FOLDER/pcscd.log	what it says
 *	FOLDER/readers/		its configuration
 */
#ifndef CARD_SERVICE_H
#define CARD_SERVICE_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/attr.h"

struct error;

#define SERVICE_READERS 16u /* pcscd has no more */

struct service_reader {
	const char *name; /* up to name_len */
	int name_len;
	const char *socket;
};

struct service {
	struct service_reader readers[SERVICE_READERS];
	size_t count;
	const char *more;	/* file with more of reader.conf, or NULL */
	char folder[PATH_MAX];	/* absolute */
	char socket[108];
	pid_t pid;		/* 0: does not run */
};

/* "NAME=SOCKET"; borrowed.  False when it is not, or there are too many. */
bool service_add_reader(struct service *s, const char *text);
/* An existing folder; false when it is not, or its path is too long. */
bool service_set_folder(struct service *s, const char *folder);

/* Write the configuration. */
int service_configure(struct service *s, struct error *e) MUST_CHECK;

/*
 * Start pcscd and wait until it answers, up to 10 s; nothing to do when it
 * runs.  ERR_IO when it cannot be run here.
 */
int service_start(struct service *s, struct error *e) MUST_CHECK;

/* End it, with SIGKILL after 2 s; its socket goes away. */
void service_stop(struct service *s);

/* It was reaped: its socket stays, as after any crash. */
void service_died(struct service *s);

#endif
