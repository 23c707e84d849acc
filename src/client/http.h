/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http: one HTTP exchange with signetd over its unix socket.
 *
 * The libcurl handle is kept, and with it the connection.  No proxy, no
 * redirect, no signal; nothing is sent twice.
 */
#ifndef SIGNET_CLIENT_HTTP_H
#define SIGNET_CLIENT_HTTP_H

#include "base/attr.h"
#include "base/buf.h"
#include "client/body.h"
#include "client/client.h"
#include "client/scan.h"

/* Largest answer that is kept in memory: a signature that holds the largest
 * content, in base64, or the keys of a full token. */
#define CLIENT_ANSWER_MAX (96u * 1024 * 1024)

struct client_call {
	const char *method;
	const char *path;	  /* "/v1/status", with its query */
	struct client_body *body; /* or NULL */
	bool async;		  /* Prefer: respond-async */
	bool asks;		  /* a person may have to answer */
	struct client_scan *scan; /* or NULL: takes the signature of a 2xx */
};

/*
 * Send and wait; the body of a 2xx goes to answer, which is initialised.
 * ERR_NO_DAEMON: nothing listens; ERR_NOT_ALLOWED: the socket may not be
 * opened; ERR_DEADLINE; ERR_PROTOCOL: it closed or did not speak HTTP; else
 * what the problem document, the body or the scan says.  Blocks.
 */
int client_http(struct signet_client *c, const struct client_call *call,
		struct buf *answer) MUST_CHECK;

/* The options that every exchange has, on a handle of any use. */
void client_http_setup(CURL *curl, const char *path);

/* Why libcurl could not connect to the socket at path: ERR_NO_DAEMON, ... */
int client_http_no_connection(CURL *curl, const char *path, struct error *e);

/*
 * Append a query parameter, percent-encoded (RFC 3986 2.1); nothing when value
 * is NULL.
 */
void client_http_query(struct buf *path, const char *name, const char *value);

#endif
