/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_pins: which PINs are taken, and how they reach the worker.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "prompt/pins.h"

static struct secret *typed(struct prompt_pins *p, const char *text)
{
	struct error e;
	struct secret *s = prompt_pins_new(p, &e);

	assert_non_null(s);
	s->len = strlen(text);
	memcpy(s->ptr, text, s->len);
	return s;
}

static void the_length_is_checked(void **state)
{
	const struct prompt_pin asked = { .min = 4, .max = 6 };
	const struct prompt_pin any = { .min = 0, .max = 6 };
	struct prompt_pins p = { .count = 0 };

	assert_non_null(prompt_pins_wrong(typed(&p, "123"), &asked));
	assert_null(prompt_pins_wrong(typed(&p, "1234"), &asked));
	assert_null(prompt_pins_wrong(typed(&p, "123456"), &asked));
	assert_non_null(prompt_pins_wrong(typed(&p, "1234567"), &asked));
	assert_non_null(prompt_pins_wrong(typed(&p, ""), &any));
	prompt_pins_fini(&p);
}

static void the_same_is_the_same(void **state)
{
	struct prompt_pins p = { .count = 0 };
	struct secret *a = typed(&p, "1234");

	assert_true(prompt_pins_same(a, typed(&p, "1234")));
	assert_false(prompt_pins_same(a, typed(&p, "1235")));
	assert_false(prompt_pins_same(a, typed(&p, "12345")));
	assert_false(prompt_pins_same(a, typed(&p, "")));
	prompt_pins_fini(&p);
}

static void each_is_a_packet(void **state)
{
	struct prompt_pins p = { .count = 0 };
	struct error e;
	char packet[64];
	int fd[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
				    fd), 0);
	typed(&p, "1234");
	typed(&p, "567890");
	assert_int_equal(prompt_pins_send(&p, fd[0], &e), 0);
	assert_int_equal(recv(fd[1], packet, sizeof(packet), MSG_DONTWAIT), 4);
	assert_memory_equal(packet, "1234", 4);
	assert_int_equal(recv(fd[1], packet, sizeof(packet), MSG_DONTWAIT), 6);
	assert_memory_equal(packet, "567890", 6);
	assert_int_equal(recv(fd[1], packet, sizeof(packet), MSG_DONTWAIT),
			 -1);
	prompt_pins_fini(&p);
	close(fd[0]);
	close(fd[1]);
}

static void as_many_as_there_may_be_fit_the_socket(void **state)
{
	struct prompt_pins p = { .count = 0 };
	struct error e;
	int fd[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
				    fd), 0);
	for (unsigned i = 0; i < LIMIT_PINS; i++)
		typed(&p, "x")->len = SECRET_MAX;
	assert_null(prompt_pins_new(&p, &e));
	assert_int_equal(e.code, ERR_TOO_LARGE);
	assert_int_equal(prompt_pins_send(&p, fd[0], &e), 0);
	prompt_pins_fini(&p);
	close(fd[0]);
	close(fd[1]);
}

static void nobody_takes_them(void **state)
{
	struct prompt_pins p = { .count = 0 };
	struct error e;
	int fd[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
				    fd), 0);
	close(fd[1]);
	typed(&p, "1234");
	assert_int_equal(prompt_pins_send(&p, fd[0], &e), ERR_WORKER_LOST);
	prompt_pins_fini(&p);
	close(fd[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_length_is_checked),
		cmocka_unit_test(the_same_is_the_same),
		cmocka_unit_test(each_is_a_packet),
		cmocka_unit_test(as_many_as_there_may_be_fit_the_socket),
		cmocka_unit_test(nobody_takes_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
