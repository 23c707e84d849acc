/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request: what is to be signed, and how.
 */
#include "client/request.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/b64.h"
#include "base/clock.h"
#include "base/fd.h"
#include "client/json.h"

#define REQUEST_MEDIA_TYPE "application/octet-stream"

int signet_request_new(struct signet_request **out)
{
	struct signet_request *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return ERR_NO_MEMORY;
	signet_request_set_format(r, SIGNET_CMS);
	client_content_init(&r->content);
	client_error_clear(&r->error);
	r->output = -1;
	*out = r;
	return 0;
}

void signet_request_free(struct signet_request *r)
{
	if (r == NULL)
		return;
	free(r->key);
	free(r->algorithm);
	free(r->media_type);
	free(r->name);
	client_content_fini(&r->content);
	client_error_clear(&r->error);
	free(r);
}

const struct signet_error *signet_request_error(struct signet_request *r)
{
	return client_error_view(&r->error);
}

static int set_text(struct signet_request *r, char **member, const char *text)
{
	char *copy = NULL;

	client_error_clear(&r->error);
	if (text != NULL) {
		copy = strdup(text);
		if (copy == NULL)
			return error_set(&r->error.base, ERR_NO_MEMORY,
					 "request");
	}
	free(*member);
	*member = copy;
	return 0;
}

int signet_request_set_key(struct signet_request *r, const char *uri)
{
	return set_text(r, &r->key, uri);
}

int signet_request_set_algorithm(struct signet_request *r, const char *name)
{
	return set_text(r, &r->algorithm, name);
}

int signet_request_set_media_type(struct signet_request *r, const char *type)
{
	return set_text(r, &r->media_type, type);
}

int signet_request_set_name(struct signet_request *r, const char *name)
{
	return set_text(r, &r->name, name);
}

void signet_request_set_format(struct signet_request *r,
			       enum signet_format format)
{
	r->format = format;
	r->detached = format != SIGNET_JWS;
}

void signet_request_set_detached(struct signet_request *r, bool detached)
{
	r->detached = detached;
}

void signet_request_set_p1363(struct signet_request *r, bool p1363)
{
	r->p1363 = p1363;
}

void signet_request_set_expires(struct signet_request *r, int64_t when)
{
	r->expires = when;
}

void signet_request_set_async(struct signet_request *r, bool async)
{
	r->async = async;
}

void signet_request_set_output(struct signet_request *r, int fd)
{
	r->output = fd;
}

void signet_request_set_bytes(struct signet_request *r, const void *bytes,
			      size_t len)
{
	client_content_set_bytes(&r->content, slice_of(bytes, len));
}

int signet_request_set_file(struct signet_request *r, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	client_error_clear(&r->error);
	if (fd < 0)
		return error_set_errno(&r->error.base, ERR_IO, errno,
				       "cannot open %s", path);
	return client_content_set_fd(&r->content, fd, true, &r->error.base);
}

int signet_request_set_fd(struct signet_request *r, int fd)
{
	client_error_clear(&r->error);
	return client_content_set_fd(&r->content, fd, false, &r->error.base);
}

int signet_request_set_digest(struct signet_request *r, const char *algorithm,
			      const void *digest, size_t len)
{
	client_error_clear(&r->error);
	return client_content_set_digest(&r->content, algorithm,
					 slice_of(digest, len), &r->error.base);
}

const char *client_format_name(enum signet_format format)
{
	switch (format) {
	case SIGNET_RAW:
		return "raw";
	case SIGNET_JWS:
		return "jws";
	case SIGNET_CMS:
		break;
	}
	return "cms";
}

/* All members but the content. */
static json_t *members(const struct signet_request *r)
{
	char expires[CLOCK_RFC3339_SIZE];
	json_t *j;

	if (r->expires != 0)
		clock_format(r->expires, expires);
	j = json_pack("{s:s*, s:s*, s:s, s:s*, s:s*}", "key", r->key,
		      "algorithm", r->algorithm, "format",
		      client_format_name(r->format), "encoding",
		      r->format != SIGNET_RAW ? NULL :
		      r->p1363		      ? "p1363" : "der", "expires",
		      r->expires != 0 ? expires : NULL);
	/* A raw signature holds no content: there is nothing to say. */
	if (j != NULL && r->format != SIGNET_RAW &&
	    json_object_set_new(j, "detached", json_boolean(r->detached))) {
		json_decref(j);
		return NULL;
	}
	return j;
}

static json_t *content_members(const struct signet_request *r)
{
	const struct client_content *c = &r->content;
	AUTO(buf_fini) struct buf text = { .ptr = NULL };

	if (c->kind != CONTENT_DIGEST)
		return json_pack("{s:s, s:s*}", "media_type",
				 r->media_type != NULL ? r->media_type :
							 REQUEST_MEDIA_TYPE,
				 "name", r->name);
	buf_init(&text, b64_encoded_len(B64_STD, c->bytes.len));
	b64_encode(B64_STD, c->bytes, &text);
	return json_pack("{s:{s:s, s:s}, s:s*}", "digest", "algorithm",
			 c->algorithm, "value", buf_text(&text), "name",
			 r->name);
}

/* An object as text without its closing brace, for more members to follow. */
static void put_open(struct buf *out, const json_t *object)
{
	AUTO(client_json_text_free) char *text =
		json_dumps(object, JSON_COMPACT);

	if (text == NULL)
		out->failed = ERR_NO_MEMORY;
	else
		buf_put(out, text, strlen(text) - 1);
}

int client_request_body(const struct signet_request *r, struct buf *head,
			struct buf *tail, struct error *e)
{
	AUTO(client_json_unref) json_t *all = members(r);
	AUTO(client_json_unref) json_t *content = content_members(r);

	if (r->content.kind == CONTENT_NONE)
		return error_set(e, ERR_USAGE, "the request has no content");
	if (all == NULL || content == NULL)
		return error_set(e, ERR_USAGE, "a text of the request is not"
				 " UTF-8, or there is no memory");
	put_open(head, all);
	buf_put_str(head, ",\"content\":");
	put_open(head, content);
	if (r->content.kind == CONTENT_DIGEST) {
		buf_put_str(head, "}}");
	} else {
		buf_put_str(head, ",\"data\":\"");
		buf_put_str(tail, "\"}}");
	}
	if (buf_error(head) != 0 || buf_error(tail) != 0)
		return error_set(e, buf_error(head) != 0 ? buf_error(head) :
				 buf_error(tail), "request");
	return 0;
}
