/* SPDX-License-Identifier: Apache-2.0 */
/*
 * peer: the one request of signetd, and the end of it.
 */
#include "pkcs11/reader/peer.h"

#include <errno.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "wire/readers.h"

/* The request is 16 bytes long: there is nothing longer to come. */
#define PEER_READ_MAX 64u

/* Bytes read; 0 at the end, and when the socket failed. */
static size_t peer_read(int fd, void *to, size_t size)
{
	ssize_t got;

	do
		got = read(fd, to, size);
	while (got < 0 && errno == EINTR);
	return got > 0 ? (size_t)got : 0;
}

static int peer_take(const struct wire_frame *f, size_t left, uint32_t *id,
		     struct error *e)
{
	struct wire_readers_req m;
	int r;

	if (f->type != WIRE_READERS || f->kind != WIRE_REQ || left > 0)
		return error_set(e, ERR_PROTOCOL, "the first request is no"
				 " READERS, or more than one");
	r = wire_readers_req_get(f->body, &m, e);
	if (r != 0)
		return r;
	if (m.version != WIRE_VERSION)
		return error_set(e, ERR_PROTOCOL, "signetd speaks version %u "
				 "of the worker protocol, signet-reader %s "
				 "version %d; install both from one package",
				 m.version, SIGNET_VERSION, WIRE_VERSION);
	*id = f->id;
	return 1;
}

int reader_peer_request(int fd, uint32_t *id, struct error *e)
{
	uint8_t bytes[PEER_READ_MAX];
	size_t len = 0, got;
	struct wire_frame frame;
	struct slice rest;
	int r;

	for (;;) {
		got = peer_read(fd, bytes + len, sizeof(bytes) - len);
		if (got == 0)
			return len == 0 ? 0 : error_set(e, ERR_PROTOCOL,
				"the request breaks off");
		len += got;
		rest = slice_of(bytes, len);
		r = wire_frame_next(&rest, &frame, e);
		if (r != 0)
			return r < 0 ? r : peer_take(&frame, rest.len, id, e);
		if (len == sizeof(bytes))
			return error_set(e, ERR_PROTOCOL,
					 "the request is too long");
	}
}

int reader_peer_end(int fd, struct error *e)
{
	uint8_t byte;

	if (peer_read(fd, &byte, 1) == 0)
		return 0;
	return error_set(e, ERR_PROTOCOL, "a second request");
}
