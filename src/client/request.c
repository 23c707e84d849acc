/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request: what is to be signed, and how.
 */
#include "client/request.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/fd.h"
#include "base/limits.h"

/* One more, with nothing in it. */
static int add_item(struct signet_request *r)
{
	size_t room = r->room == 0 ? 1 : 2 * r->room;
	struct client_item *items = r->items;

	if (r->count == r->room) {
		items = reallocarray(r->items, room, sizeof(*items));
		if (items == NULL)
			return ERR_NO_MEMORY;
		r->items = items;
		r->room = room;
	}
	items[r->count] = (struct client_item){ .name = NULL };
	client_content_init(&items[r->count].content);
	r->count++;
	return 0;
}

int signet_request_new(struct signet_request **out)
{
	struct signet_request *r = calloc(1, sizeof(*r));

	if (r == NULL || add_item(r) != 0) {
		free(r);
		return ERR_NO_MEMORY;
	}
	signet_request_set_format(r, SIGNET_CMS);
	client_error_clear(&r->error);
	r->output = -1;
	*out = r;
	return 0;
}

static void fini_item(struct client_item *i)
{
	free(i->media_type);
	free(i->name);
	client_content_fini(&i->content);
}

void signet_request_free(struct signet_request *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->count; i++)
		fini_item(&r->items[i]);
	free(r->items);
	free(r->key);
	free(r->algorithm);
	client_error_clear(&r->error);
	free(r);
}

int signet_request_add(struct signet_request *r)
{
	client_error_clear(&r->error);
	if (r->count == LIMIT_BATCH)
		return error_set(&r->error.base, ERR_TOO_LARGE,
				 "a batch has at most %u items", LIMIT_BATCH);
	if (add_item(r) != 0)
		return error_set(&r->error.base, ERR_NO_MEMORY, "request");
	return 0;
}

void signet_request_drop(struct signet_request *r)
{
	struct client_item *i = client_request_item(r);

	fini_item(i);
	if (r->count > 1) {
		r->count--;
		return;
	}
	*i = (struct client_item){ .name = NULL };
	client_content_init(&i->content);
}

struct client_item *client_request_item(struct signet_request *r)
{
	return &r->items[r->count - 1];
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
	return set_text(r, &client_request_item(r)->media_type, type);
}

int signet_request_set_name(struct signet_request *r, const char *name)
{
	return set_text(r, &client_request_item(r)->name, name);
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
	client_content_set_bytes(&client_request_item(r)->content,
				 slice_of(bytes, len));
}

int signet_request_set_file(struct signet_request *r, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	client_error_clear(&r->error);
	if (fd < 0)
		return error_set_errno(&r->error.base, ERR_IO, errno,
				       "cannot open %s", path);
	return client_content_set_fd(&client_request_item(r)->content, fd, true,
				     &r->error.base);
}

int signet_request_set_fd(struct signet_request *r, int fd)
{
	client_error_clear(&r->error);
	return client_content_set_fd(&client_request_item(r)->content, fd,
				     false, &r->error.base);
}

int signet_request_set_digest(struct signet_request *r, const char *algorithm,
			      const void *digest, size_t len)
{
	client_error_clear(&r->error);
	return client_content_set_digest(&client_request_item(r)->content,
					 algorithm, slice_of(digest, len),
					 &r->error.base);
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

int signet_request_set_payment(struct signet_request *r, const char *json,
			       size_t len)
{
	struct client_content *c = &client_request_item(r)->content;

	client_error_clear(&r->error);
	return client_content_set_payment(c, slice_of(json, len),
					  &r->error.base);
}

const unsigned char *signet_request_payment(struct signet_request *r,
					    size_t *len)
{
	const struct client_content *c = &client_request_item(r)->content;
	bool any = c->kind == CONTENT_PAYMENT;

	*len = any ? c->bytes.len : 0;
	return any ? c->bytes.ptr : NULL;
}
