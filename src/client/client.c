/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client: a connection to signetd.
 */
#include "client/client.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/paths.h"
#include "client/http.h"
#include "client/json.h"

/* Where nobody is asked: a module that starts, a network HSM. */
#define CLIENT_TIMEOUT_MS (5u * 60 * 1000)

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;
static CURLcode curl_ready;

static void start_curl(void)
{
	curl_ready = curl_global_init(CURL_GLOBAL_DEFAULT);
}

const char *signet_version(void)
{
	return SIGNET_VERSION;
}

int signet_client_new(struct signet_client **out)
{
	struct signet_client *c;

	if (pthread_once(&curl_once, start_curl) != 0 || curl_ready != 0)
		return ERR_NO_MEMORY;
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return ERR_NO_MEMORY;
	c->curl = curl_easy_init();
	if (c->curl == NULL) {
		free(c);
		return ERR_NO_MEMORY;
	}
	c->timeout_ms = CLIENT_TIMEOUT_MS;
	error_clear(&c->error.base);
	*out = c;
	return 0;
}

void signet_client_free(struct signet_client *c)
{
	if (c == NULL)
		return;
	curl_easy_cleanup(c->curl);
	signet_signature_free(c->partial);
	client_error_clear(&c->error);
	free(c);
}

int signet_client_set_socket(struct signet_client *c, const char *path)
{
	client_error_clear(&c->error);
	if (path[0] != '/' || strlen(path) >= sizeof(c->socket))
		return error_set(&c->error.base, ERR_CONFIG,
				 "the socket must be an absolute path of at"
				 " most %zu characters: %s",
				 sizeof(c->socket) - 1, path);
	snprintf(c->socket, sizeof(c->socket), "%s", path);
	return 0;
}

int client_begin(struct signet_client *c)
{
	client_error_clear(&c->error);
	signet_signature_free(c->partial);
	c->partial = NULL;
	if (c->socket[0] != '\0')
		return 0;
	return paths_socket(c->socket, sizeof(c->socket), &c->error.base);
}

const char *signet_client_socket(struct signet_client *c)
{
	return client_begin(c) == 0 ? c->socket : "";
}

void signet_client_set_timeout(struct signet_client *c, unsigned int ms)
{
	c->timeout_ms = ms;
	c->has_timeout = true;
}

const struct signet_error *signet_client_error(struct signet_client *c)
{
	return client_error_view(&c->error);
}

int client_get(struct signet_client *c, const char *path, json_t **out)
{
	const struct client_call call = { .method = "GET", .path = path };
	AUTO(buf_fini) struct buf answer;
	json_t *j;
	int r;

	buf_init(&answer, CLIENT_ANSWER_MAX);
	r = client_http(c, &call, &answer);
	if (r != 0)
		return r;
	j = client_json_parse(buf_slice(&answer));
	if (j == NULL)
		return error_set(&c->error.base, ERR_PROTOCOL,
				 "signetd's answer is not JSON");
	*out = j;
	return 0;
}
