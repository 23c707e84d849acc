/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_serve: who says what is no request is told, and left.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "stamp/serve.h"
#include "wire/fault.h"
#include "wire/stamp.h"

/* Nothing listens there: connecting is refused at once. */
#define NOBODY "http://127.0.0.1:1/"

static void put_request(struct buf *out, uint32_t id, uint32_t version)
{
	const struct wire_stamp_req m = {
		.version = version,
		.timeout_ms = 5000,
		.url = NOBODY,
		.ca = "/nowhere",
		.what = slice_str("signature"),
	};
	size_t at = wire_frame_begin(out, WIRE_STAMP, WIRE_REQ, id);

	wire_stamp_req_put(out, &m);
	wire_frame_end(out, at);
}

/* Serve what is in `in` and then the end; the answers are in `out`. */
static int served(const struct buf *in, struct buf *out)
{
	struct error e;
	ssize_t got;
	int pair[2], r;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
				    pair), 0);
	assert_int_equal(write(pair[0], in->ptr, in->len), in->len);
	shutdown(pair[0], SHUT_WR);
	r = serve_all(pair[1], &e);
	close(pair[1]);
	while ((got = read(pair[0], buf_reserve(out, 4096), 4096)) > 0)
		buf_commit(out, (size_t)got);
	close(pair[0]);
	return r;
}

/* The next answer is a FAIL of that id and code. */
static void fails(struct slice *rest, uint32_t id, int code, const char *text)
{
	struct wire_frame f;
	struct error why, e;

	assert_int_equal(wire_frame_next(rest, &f, &e), 1);
	assert_int_equal(f.type, WIRE_STAMP);
	assert_int_equal(f.kind, WIRE_FAIL);
	assert_int_equal(f.id, id);
	assert_int_equal(wire_fault_get(f.body, &why, &e), 0);
	assert_int_equal(why.code, code);
	if (strstr(why.message, text) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", why.message, text);
}

struct talk {
	struct buf in, out;
};

static void talk_fini(struct talk *t)
{
	buf_fini(&t->in);
	buf_fini(&t->out);
}

static struct talk talk(void)
{
	struct talk t;

	buf_init(&t.in, LIMIT_FRAME);
	buf_init(&t.out, LIMIT_FRAME);
	return t;
}

static void requests_are_answered_one_after_the_other(void **state)
{
	struct talk t AUTO(talk_fini) = talk();
	struct slice rest;

	put_request(&t.in, 7, WIRE_VERSION);
	put_request(&t.in, 8, WIRE_VERSION);
	assert_int_equal(served(&t.in, &t.out), 0);
	rest = buf_slice(&t.out);
	fails(&rest, 7, ERR_TIME_STAMP, "cannot be asked");
	fails(&rest, 8, ERR_TIME_STAMP, "cannot be asked");
	assert_int_equal(rest.len, 0);
}

static void another_version_is_told_and_left(void **state)
{
	struct talk t AUTO(talk_fini) = talk();
	struct slice rest;

	put_request(&t.in, 1, WIRE_VERSION + 1);
	put_request(&t.in, 2, WIRE_VERSION);
	assert_int_equal(served(&t.in, &t.out), ERR_PROTOCOL);
	rest = buf_slice(&t.out);
	fails(&rest, 1, ERR_PROTOCOL, "install both");
	assert_int_equal(rest.len, 0);
}

static void another_request_is_told_and_left(void **state)
{
	struct talk t AUTO(talk_fini) = talk();
	struct slice rest;

	wire_frame_end(&t.in, wire_frame_begin(&t.in, WIRE_TOKENS, WIRE_REQ,
					       3));
	assert_int_equal(served(&t.in, &t.out), ERR_PROTOCOL);
	rest = buf_slice(&t.out);
	fails(&rest, 3, ERR_PROTOCOL, "no STAMP");
}

static void bytes_that_are_no_frame_end_it(void **state)
{
	struct talk t AUTO(talk_fini) = talk();

	buf_put_str(&t.in, "GET / HTTP/1.1\r\n\r\n");
	assert_int_equal(served(&t.in, &t.out), ERR_PROTOCOL);
	assert_int_equal(t.out.len, 0);
}

static void the_end_is_no_error(void **state)
{
	struct talk t AUTO(talk_fini) = talk();

	assert_int_equal(served(&t.in, &t.out), 0);
	buf_put_u32(&t.in, 100);
	assert_int_equal(served(&t.in, &t.out), 0);
	assert_int_equal(t.out.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_answered_one_after_the_other),
		cmocka_unit_test(another_version_is_told_and_left),
		cmocka_unit_test(another_request_is_told_and_left),
		cmocka_unit_test(bytes_that_are_no_frame_end_it),
		cmocka_unit_test(the_end_is_no_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
