/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_inbox: a descriptor comes with the request that wants it, or the worker
 * leaves.
 */
#include "tests/unit/pkcs11/worker.h"

#define BROKEN 3

static struct worker w;
static uint32_t token;

static void begin(void)
{
	worker_start(&w);
	worker_hello(&w, worker_module);
	token = worker_token(&w, "test").token;
}

static void leaves(void)
{
	struct wire_frame frame;

	while (worker_receive(&w, &frame) == 1)
		;
	close(w.fd);
	buf_fini(&w.in);
	assert_int_equal(worker_wait(&w), BROKEN);
}

static void seqpacket(int pair[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
				    pair), 0);
}

static void close_both(int pair[2])
{
	close(pair[0]);
	close(pair[1]);
}

static void test_none_where_one_is_wanted(void **state)
{
	begin();
	worker_ask_prepare(&w, token, 1, NULL, 0);
	leaves();
}

static void test_one_where_none_is_wanted(void **state)
{
	int pair[2];

	seqpacket(pair);
	begin();
	worker_ask_prepare(&w, token, 0, pair, 1);
	leaves();
	begin();
	worker_pass(&w, slice_of("\0\0\0\10\0\2\1\0\0\0\0\11", 12), pair, 1);
	leaves();
	close_both(pair);
}

static void test_more_than_one(void **state)
{
	int pair[2], many[16];

	seqpacket(pair);
	begin();
	worker_ask_prepare(&w, token, 1, pair, 2);
	leaves();
	for (size_t i = 0; i < ARRAY_LEN(many); i++)
		many[i] = pair[1];
	begin();
	worker_ask_prepare(&w, token, 1, many, ARRAY_LEN(many));
	leaves();
	close_both(pair);
}

static void test_not_a_socket_for_pins(void **state)
{
	int pair[2];

	assert_int_equal(pipe2(pair, O_CLOEXEC), 0);
	begin();
	worker_ask_prepare(&w, token, 1, pair, 1);
	leaves();
	close_both(pair);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
				    pair), 0);
	begin();
	worker_ask_prepare(&w, token, 1, pair, 1);
	leaves();
	close_both(pair);
}

/* A frame in two parts, another behind it: the descriptor is not lost. */
static void test_frame_in_parts(void **state)
{
	const char head[] = "\0\0\0\20\0\7\1\0\0\0\0\143\0\0\0";
	uint8_t rest[5] = { 0, 0, 0, 0, 1 };
	int pair[2];

	seqpacket(pair);
	begin();
	rest[0] = (uint8_t)token;
	worker_pass(&w, slice_of(head, 1), &pair[1], 1);
	worker_write(&w, slice_of(head + 1, 14));
	worker_write(&w, slice_of(rest, sizeof(rest)));
	worker_prepared(&w, 99);
	worker_prepared(&w, worker_ask_prepare(&w, token, 1, &pair[1], 1));
	close_both(pair);
	worker_end(&w);
}

/* Several on their way at once find their frames. */
static void test_pipelined(void **state)
{
	uint32_t first;
	int pair[2];

	seqpacket(pair);
	begin();
	first = w.next_id;
	for (int i = 0; i < 20; i++)
		worker_ask_prepare(&w, token, 1, &pair[1], 1);
	for (uint32_t i = 0; i < 20; i++)
		worker_prepared(&w, first + i);
	close_both(pair);
	worker_end(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none_where_one_is_wanted),
		cmocka_unit_test(test_one_where_none_is_wanted),
		cmocka_unit_test(test_more_than_one),
		cmocka_unit_test(test_not_a_socket_for_pins),
		cmocka_unit_test(test_frame_in_parts),
		cmocka_unit_test(test_pipelined),
	};

	return cmocka_run_group_tests(tests, worker_provision,
				      worker_unprovision);
}
