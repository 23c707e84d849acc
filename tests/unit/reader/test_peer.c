/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_peer: what signet-reader takes from signetd, and what not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/socket.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fd.h"
#include "pkcs11/reader/peer.h"
#include "wire/readers.h"

static struct error e;

/* The request is sent, cut off after len bytes; n of them. */
static int takes(enum wire_type type, uint32_t version, size_t len, unsigned n,
		 uint32_t *id)
{
	const struct wire_readers_req m = { .version = version };
	AUTO(buf_fini) struct buf out;
	int pair[2], r;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
				    pair), 0);
	buf_init(&out, 4096);
	while (n-- > 0) {
		size_t at = wire_frame_begin(&out, type, WIRE_REQ, 5);

		wire_readers_req_put(&out, &m);
		wire_frame_end(&out, at);
	}
	assert_int_equal(fd_write_all(pair[0],
				      slice_of(out.ptr, len < out.len ?
					       len : out.len), &e), 0);
	shutdown(pair[0], SHUT_WR);
	r = reader_peer_request(pair[1], id, &e);
	if (r == 1)
		assert_int_equal(reader_peer_end(pair[1], &e), 0);
	fd_closep(&pair[0]);
	fd_closep(&pair[1]);
	return r;
}

static void test_request(void **state)
{
	uint32_t id = 0;

	assert_int_equal(takes(WIRE_READERS, WIRE_VERSION, 100, 1, &id), 1);
	assert_int_equal(id, 5);
}

static void test_cut_off(void **state)
{
	uint32_t id;

	assert_int_equal(takes(WIRE_READERS, WIRE_VERSION, 0, 1, &id), 0);
	for (size_t n = 1; n < 16; n++)
		assert_int_equal(takes(WIRE_READERS, WIRE_VERSION, n, 1, &id),
				 ERR_PROTOCOL);
}

static void test_others(void **state)
{
	uint32_t id;

	assert_int_equal(takes(WIRE_HELLO, WIRE_VERSION, 100, 1, &id),
			 ERR_PROTOCOL);
	assert_int_equal(takes(WIRE_READERS, WIRE_VERSION + 1, 100, 1, &id),
			 ERR_PROTOCOL);
	assert_int_equal(takes(WIRE_READERS, WIRE_VERSION, 100, 2, &id),
			 ERR_PROTOCOL);
}

/* A frame that says it is long, and comes. */
static void test_too_long(void **state)
{
	uint8_t bytes[80] = { 0, 0, 1, 0, 0, WIRE_READERS, WIRE_REQ, 0 };
	int pair[2];
	uint32_t id;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
				    pair), 0);
	assert_int_equal(fd_write_all(pair[0], slice_of(bytes, sizeof(bytes)),
				      &e), 0);
	assert_int_equal(reader_peer_request(pair[1], &id, &e), ERR_PROTOCOL);
	/* And what is sent when nothing may be. */
	assert_int_equal(reader_peer_end(pair[1], &e), ERR_PROTOCOL);
	fd_closep(&pair[0]);
	fd_closep(&pair[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_cut_off),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
