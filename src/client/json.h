/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json: what every answer needs on top of jansson.
 */
#ifndef SIGNET_CLIENT_JSON_H
#define SIGNET_CLIENT_JSON_H

#include <jansson.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/slice.h"

struct error;

/* For AUTO(): drops the reference; NULL is allowed. */
void client_json_unref(json_t **j);

/* For AUTO(): frees what json_dumps() gave; NULL is allowed. */
void client_json_text_free(char **text);

/* Parse a whole text; NULL when it is not one JSON value, or no memory. */
json_t *client_json_parse(struct slice text) MUST_CHECK;

/*
 * A JSON string of text; bytes that are no UTF-8 become '?'.  NULL: no memory.
 */
json_t *client_json_text(const char *text) MUST_CHECK;

/*
 * Unpack by jansson's format.  ERR_PROTOCOL, naming the member, when the value
 * does not have that shape; members that nobody asked for are let pass: a
 * newer signetd may send more.
 */
int client_json_unpack(json_t *j, struct error *e, const char *format, ...)
	MUST_CHECK;

/* The i-th text of an array; NULL behind its end, or when it is no text. */
const char *client_json_at(const json_t *array, size_t i);

/* What a problem document says: its detail, else its title; NULL for null. */
const char *client_json_detail(const json_t *problem);

/*
 * Decode base64 into out, which is initialised here.  ERR_PROTOCOL with the
 * member's name.
 */
int client_json_bytes(const char *base64, const char *member, struct buf *out,
		      struct error *e) MUST_CHECK;

#endif
