/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reply: requests as bytes, and as much of the answers as has to be read.
 *
 * This is not a client of HTTP: it knows what signetd writes, and costs next
 * to nothing on the cores that it measures.
 */
#include "bench/reply.h"

#include <stdlib.h>
#include <string.h>

#include "base/b64.h"
#include "base/err.h"

#define REQUEST_MAX (128u * 1024)
#define LENGTH_NAME "\r\nContent-Length: "
#define SIGNATURE_NAME "\"signature\":\""

static void put_content(struct buf *body)
{
	buf_put_str(body, "\"content\":{\"media_type\":\"text/plain\","
		    "\"data\":\"");
	b64_encode(B64_STD, key_content(), body);
	buf_put_str(body, "\"}");
}

int reply_request(const struct key *key, unsigned batch, struct buf *out,
		  struct error *e)
{
	AUTO(buf_fini) struct buf body;

	buf_init(&body, REQUEST_MAX);
	buf_printf(&body, "{\"key\":\"%s\",\"algorithm\":\"%s\","
		   "\"format\":\"raw\",%s", key->uri,
		   key_kind_alg(key->kind), batch > 0 ? "\"items\":[{" : "");
	put_content(&body);
	for (unsigned i = 1; i < batch; i++) {
		buf_put_str(&body, "},{");
		put_content(&body);
	}
	buf_put_str(&body, batch > 0 ? "}]}" : "}");
	buf_printf(out, "POST /v1/signatures HTTP/1.1\r\n"
		   "Host: localhost\r\n"
		   "Content-Type: application/json\r\n"
		   "Content-Length: %zu\r\n\r\n", body.len);
	buf_put_slice(out, buf_slice(&body));
	if (buf_error(&body) != 0 || buf_error(out) != 0)
		return error_set(e, ERR_NO_MEMORY, "no memory for a request");
	return 0;
}

int reply_next(struct slice in, struct reply *out, struct error *e)
{
	const char *text = (const char *)in.ptr;
	const char *end = memmem(text, in.len, "\r\n\r\n", 4), *length;
	size_t head, body;

	if (end == NULL)
		return 0;
	head = (size_t)(end - text) + 4;
	length = memmem(text, head, LENGTH_NAME, strlen(LENGTH_NAME));
	if (head < 16 || length == NULL)
		return error_set(e, ERR_PROTOCOL,
				 "an answer without Content-Length");
	body = strtoul(length + strlen(LENGTH_NAME), NULL, 10);
	if (in.len - head < body)
		return 0;
	/* "HTTP/1.1 201 Created" */
	out->status = (unsigned)strtoul(text + 9, NULL, 10);
	out->body = slice_of(in.ptr + head, body);
	out->len = head + body;
	return 1;
}

int reply_verify(const struct key *key, struct slice body, struct error *e)
{
	AUTO(buf_fini) struct buf signature;
	const uint8_t *at = memmem(body.ptr, body.len, SIGNATURE_NAME,
				   strlen(SIGNATURE_NAME)), *end;

	buf_init(&signature, LIMIT_SIGNATURE);
	if (at == NULL)
		return error_set(e, ERR_PROTOCOL, "a 201 without signature");
	at += strlen(SIGNATURE_NAME);
	end = memchr(at, '"', body.len - (size_t)(at - body.ptr));
	if (end == NULL ||
	    b64_decode(B64_STD, slice_of(at, (size_t)(end - at)),
		       &signature) != 0)
		return error_set(e, ERR_PROTOCOL, "a signature that is not"
				 " base64");
	return key_verify(key, buf_slice(&signature), e);
}
