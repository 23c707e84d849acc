/* SPDX-License-Identifier: Apache-2.0 */
/*
 * error: a struct error as the users of the library see it.
 *
 * Keeps what a problem document of signetd says beyond a struct error: its
 * code word (which may be newer than our list), the CKR name, the request.
 */
#ifndef SIGNET_CLIENT_ERROR_H
#define SIGNET_CLIENT_ERROR_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/slice.h"
#include "signet.h"

#define CLIENT_WORD_MAX 64

struct signet_error {
	struct error base;
	char word[CLIENT_WORD_MAX];  /* "" : that of base.code */
	char title[ERROR_MESSAGE_MAX]; /* "" : that of base.code */
	char ckr[CLIENT_WORD_MAX];
	char request[CLIENT_WORD_MAX];
	bool once;  /* the problem says: not again */
	char *json; /* heap; NULL until it is received or viewed */
};

/* Back to "nothing failed". */
void client_error_clear(struct signet_error *e);

/*
 * Fill e from the problem document that came with this HTTP status, and return
 * its code.  A body that is none gives ERR_PROTOCOL.
 */
int client_error_problem(struct signet_error *e, long status,
			 struct slice body);

/* What a user of the library gets: e with its problem document. */
const struct signet_error *client_error_view(struct signet_error *e);

#endif
