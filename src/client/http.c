/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http: one HTTP exchange with signetd over its unix socket.
 */
#include "client/http.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

#include "base/limits.h"

#define HTTP_CONNECT_MS 5000L

/* What the callbacks of one exchange work on. */
struct exchange {
	struct signet_client *client;
	const struct client_call *call;
	struct buf *answer;
	int failed; /* of a callback: its error is in client->error */
};

static struct error *exchange_error(struct exchange *x)
{
	return &x->client->error.base;
}

static size_t on_read(char *out, size_t size, size_t count, void *arg)
{
	struct exchange *x = arg;
	size_t len;

	x->failed = client_body_read(x->call->body, out, size * count, &len);
	return x->failed == 0 ? len : CURL_READFUNC_ABORT;
}

/*
 * libcurl would send the body again when a kept connection turns out dead.
 * The first one may have been signed: it has to give up.
 */
static int on_seek(void *arg, curl_off_t offset, int origin)
{
	const struct exchange *x = arg;

	return x->call->body->sent == 0 && offset == 0 && origin == SEEK_SET ?
		CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

static bool is_success(struct exchange *x)
{
	long status = 0;

	curl_easy_getinfo(x->client->curl, CURLINFO_RESPONSE_CODE, &status);
	return status >= 200 && status < 300;
}

static size_t on_write(char *bytes, size_t size, size_t count, void *arg)
{
	struct exchange *x = arg;
	struct slice piece = slice_of(bytes, size * count);

	if (x->call->scan != NULL && is_success(x)) {
		x->failed = client_scan_feed(x->call->scan, piece, x->answer,
					     exchange_error(x));
	} else {
		buf_put_slice(x->answer, piece);
		x->failed = buf_error(x->answer);
		if (x->failed == ERR_TOO_LARGE)
			error_set(exchange_error(x), ERR_PROTOCOL,
				  "signetd's answer is too long");
		else if (x->failed != 0)
			error_set(exchange_error(x), x->failed, "answer");
	}
	return x->failed == 0 ? piece.len : 0;
}

/* libcurl's own would be inherited by what the program starts. */
static curl_socket_t on_socket(void *arg, curlsocktype purpose,
			       struct curl_sockaddr *a)
{
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

/* A person takes as long as signetd lets them: it is signetd that tells. */
static unsigned int time_limit(const struct exchange *x)
{
	if (x->call->asks && !x->client->has_timeout)
		return 0;
	return x->client->timeout_ms;
}

void client_http_setup(CURL *curl, const char *path)
{
	/* Options only: the connection stays. */
	curl_easy_reset(curl);
	curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, path);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, on_socket);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, HTTP_CONNECT_MS);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "libsignet/" SIGNET_VERSION);
}

static void set_common(struct exchange *x)
{
	CURL *curl = x->client->curl;

	client_http_setup(curl, x->client->socket);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)time_limit(x));
	/* signetd closes idle connections: do not use one about to go. */
	curl_easy_setopt(curl, CURLOPT_MAXAGE_CONN,
			 (long)LIMIT_IDLE_SECONDS / 2);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_write);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, x);
}

static void set_body(struct exchange *x)
{
	CURL *curl = x->client->curl;
	curl_off_t len = (curl_off_t)client_body_len(x->call->body);

	curl_easy_setopt(curl, CURLOPT_POST, 1L);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, len);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(curl, CURLOPT_READDATA, x);
	curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, on_seek);
	curl_easy_setopt(curl, CURLOPT_SEEKDATA, x);
}

static int append_header(struct curl_slist **list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*list, line);

	if (longer == NULL)
		return ERR_NO_MEMORY;
	*list = longer;
	return 0;
}

static int make_headers(const struct client_call *call,
			struct curl_slist **list)
{
	int r = append_header(list, "Accept: application/json,"
				    " application/problem+json");

	if (r == 0 && call->body != NULL)
		r = append_header(list, "Content-Type: application/json");
	/* Without waiting for the word to go on: it costs a round trip. */
	if (r == 0 && call->body != NULL)
		r = append_header(list, "Expect:");
	if (r == 0 && call->async)
		r = append_header(list, "Prefer: respond-async");
	return r;
}

int client_http_no_connection(CURL *curl, const char *path, struct error *e)
{
	long errnum = 0;

	curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &errnum);
	if (errnum == EACCES || errnum == EPERM)
		return error_set_errno(e, ERR_NOT_ALLOWED, (int)errnum,
				       "the socket %s is not for this user",
				       path);
	return error_set(e, ERR_NO_DAEMON, "nothing listens at %s; start"
			 " signetd, or name its socket", path);
}

/* What became of an exchange that libcurl did not finish. */
static int map_failure(struct exchange *x, CURLcode code)
{
	struct error *e = exchange_error(x);

	if (x->failed != 0)
		return e->code;
	switch (code) {
	case CURLE_COULDNT_CONNECT:
		return client_http_no_connection(x->client->curl,
						 x->client->socket, e);
	case CURLE_OPERATION_TIMEDOUT:
		return error_set(e, ERR_DEADLINE,
				 "no answer within %u ms; it is not known"
				 " whether it was done",
				 x->client->timeout_ms);
	case CURLE_OUT_OF_MEMORY:
		return error_set(e, ERR_NO_MEMORY, "libcurl");
	default:
		return error_set(e, ERR_PROTOCOL,
				 "the connection to signetd broke (%s); look at"
				 " its log", curl_easy_strerror(code));
	}
}

static int finish(struct exchange *x, CURLcode code)
{
	long status = 0;

	if (code != CURLE_OK)
		return map_failure(x, code);
	curl_easy_getinfo(x->client->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status >= 200 && status < 300)
		return 0;
	return client_error_problem(&x->client->error, status,
				    buf_slice(x->answer));
}

int client_http(struct signet_client *c, const struct client_call *call,
		struct buf *answer)
{
	struct exchange x = { .client = c, .call = call, .answer = answer };
	struct curl_slist *headers = NULL;
	AUTO(buf_fini) struct buf url;
	int r;

	buf_init(&url, LIMIT_HTTP_HEADER);
	buf_printf(&url, "http://localhost%s", call->path);
	r = buf_error(&url);
	if (r == 0)
		r = make_headers(call, &headers);
	if (r != 0) {
		curl_slist_free_all(headers);
		return error_set(&c->error.base, r, "request to signetd");
	}
	set_common(&x);
	if (call->body != NULL)
		set_body(&x);
	curl_easy_setopt(c->curl, CURLOPT_CUSTOMREQUEST, call->method);
	curl_easy_setopt(c->curl, CURLOPT_URL, buf_text(&url));
	curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, headers);
	r = finish(&x, curl_easy_perform(c->curl));
	curl_slist_free_all(headers);
	return r;
}

void client_http_query(struct buf *path, const char *name, const char *value)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789-._~";

	if (value == NULL)
		return;
	buf_printf(path, "%c%s=",
		   memchr(path->ptr, '?', path->len) == NULL ? '?' : '&', name);
	for (; *value != '\0'; value++) {
		if (strchr(plain, *value) != NULL)
			buf_put_u8(path, (uint8_t)*value);
		else
			buf_printf(path, "%%%02X", (unsigned char)*value);
	}
}
