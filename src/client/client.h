/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client: a connection to signetd.
 */
#ifndef SIGNET_CLIENT_CLIENT_H
#define SIGNET_CLIENT_CLIENT_H

#include <curl/curl.h>
#include <jansson.h>
#include <sys/un.h>

#include "client/error.h"
#include "signet.h"

struct signet_client {
	CURL *curl;
	char socket[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	unsigned int timeout_ms;
	bool has_timeout; /* somebody set it */
	struct signet_signature *partial; /* of a batch that broke off */
	struct signet_error error;
};

/* Start of every public call: forgets the last one's, finds the socket. */
int client_begin(struct signet_client *c) MUST_CHECK;

/*
 * GET path (from a buf_text), parsed: a new reference in *out.  ERR_PROTOCOL
 * when it is no JSON object, else as client_http().
 */
int client_get(struct signet_client *c, const char *path, json_t **out)
	MUST_CHECK;

#endif
