/* SPDX-License-Identifier: Apache-2.0 */
/*
 * serve: the requests of signetd, one after the other.
 */
#include "stamp/serve.h"

#include <errno.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fd.h"
#include "stamp/post.h"
#include "stamp/query.h"
#include "wire/fault.h"
#include "wire/stamp.h"

/* A request, or an answer: names of files and a stamp. */
#define SERVE_FRAME_MAX (LIMIT_STAMP + 8u * 1024)

static int serve_stamp(const struct wire_stamp_req *m, struct buf *stamp,
		       struct error *e)
{
	struct query *q AUTO(query_freep) = NULL;
	AUTO(buf_fini) struct buf answer;
	int r = query_new(m->what, m->policy, &q, e);

	buf_init(&answer, LIMIT_STAMP);
	if (r == 0)
		r = post_query(m->url, query_der(q), m->timeout_ms, &answer, e);
	return r != 0 ? r : query_accept(q, buf_slice(&answer), m->ca, stamp,
					 e);
}

static int serve_version(const struct wire_stamp_req *m, struct error *e)
{
	if (m->version == WIRE_VERSION)
		return 0;
	return error_set(e, ERR_PROTOCOL, "signetd speaks version %u of the"
			 " worker protocol, signet-stamp %s version %d; install"
			 " both from one package", m->version, SIGNET_VERSION,
			 WIRE_VERSION);
}

/* r is what became of the request: a stamp, or e. */
static int serve_answer(int fd, uint32_t id, int r, const struct buf *stamp,
			const struct error *e)
{
	const struct wire_stamp_rep m = { buf_slice(stamp) };
	AUTO(buf_fini) struct buf out;
	struct error why;
	size_t at;

	buf_init(&out, SERVE_FRAME_MAX);
	at = wire_frame_begin(&out, WIRE_STAMP, r == 0 ? WIRE_REP : WIRE_FAIL,
			      id);
	if (r == 0)
		wire_stamp_rep_put(&out, &m);
	else
		wire_fault_put(&out, e);
	wire_frame_end(&out, at);
	return fd_write_all(fd, buf_slice(&out), &why);
}

/* ERR_PROTOCOL ends all; whatever else fails ends this request only. */
static int serve_one(int fd, const struct wire_frame *f, struct error *e)
{
	struct wire_stamp_req m;
	AUTO(buf_fini) struct buf stamp;
	int r, put;

	buf_init(&stamp, LIMIT_STAMP);
	if (f->type != WIRE_STAMP || f->kind != WIRE_REQ)
		r = error_set(e, ERR_PROTOCOL, "a request that is no STAMP");
	else
		r = wire_stamp_req_get(f->body, &m, e);
	if (r == 0)
		r = serve_version(&m, e);
	if (r == 0)
		r = serve_stamp(&m, &stamp, e);
	put = serve_answer(fd, f->id, r, &stamp, e);
	return r == ERR_PROTOCOL ? r : put;
}

/* Bytes that came; 0 at the end, and when the socket failed. */
static size_t serve_read(int fd, struct buf *in)
{
	uint8_t *at = buf_reserve(in, 4096);
	ssize_t got;

	if (at == NULL)
		return 0;
	do
		got = read(fd, at, 4096);
	while (got < 0 && errno == EINTR);
	if (got <= 0)
		return 0;
	buf_commit(in, (size_t)got);
	return (size_t)got;
}

int serve_all(int fd, struct error *e)
{
	AUTO(buf_fini) struct buf in;
	struct wire_frame frame;
	struct slice rest;
	int r;

	buf_init(&in, SERVE_FRAME_MAX);
	for (;;) {
		rest = buf_slice(&in);
		r = wire_frame_next(&rest, &frame, e);
		if (r == 0 && serve_read(fd, &in) == 0)
			return 0;
		if (r > 0) {
			r = serve_one(fd, &frame, e);
			buf_consume(&in, in.len - rest.len);
		}
		if (r < 0)
			return r == ERR_PROTOCOL ? r : 0;
	}
}
