/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_watch: who ends a wait, and that it ends.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "prompt/watch.h"

/* Our ends are [0]. */
struct ends {
	int signetd[2], worker[2], pinentry[2];
	struct prompt_watch w;
};

static int setup(void **state)
{
	static struct ends s;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s.signetd) ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s.worker) ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s.pinentry))
		return -1;
	s.w = (struct prompt_watch){
		.signetd = s.signetd[0],
		.worker = s.worker[0],
		.until_ns = clock_mono_ns() + 60 * CLOCK_NS_PER_S,
	};
	*state = &s;
	return 0;
}

static int teardown(void **state)
{
	struct ends *s = *state;

	for (int i = 0; i < 2; i++) {
		close(s->signetd[i]);
		close(s->worker[i]);
		close(s->pinentry[i]);
	}
	return 0;
}

static void what_is_waited_for_comes(void **state)
{
	struct ends *s = *state;

	assert_int_equal(prompt_watch_now(&s->w), 0);
	assert_int_equal(write(s->pinentry[1], "x", 1), 1);
	assert_int_equal(prompt_watch_wait(&s->w, s->pinentry[0], POLLIN), 0);
}

/* Even where pinentry has something to say. */
static void withdrawn_comes_first(void **state)
{
	struct ends *s = *state;

	assert_int_equal(write(s->pinentry[1], "x", 1), 1);
	close(s->signetd[1]);
	s->signetd[1] = -1;
	assert_int_equal(prompt_watch_now(&s->w), ERR_CANCELLED);
	assert_int_equal(prompt_watch_wait(&s->w, s->pinentry[0], POLLIN),
			 ERR_CANCELLED);
}

static void anything_from_signetd_is_the_end(void **state)
{
	struct ends *s = *state;

	assert_int_equal(write(s->signetd[1], "x", 1), 1);
	assert_int_equal(prompt_watch_wait(&s->w, s->pinentry[0], POLLIN),
			 ERR_CANCELLED);
}

static void a_worker_that_ends(void **state)
{
	struct ends *s = *state;

	close(s->worker[1]);
	s->worker[1] = -1;
	assert_int_equal(prompt_watch_wait(&s->w, s->pinentry[0], POLLIN),
			 ERR_WORKER_LOST);
}

static void no_worker_is_no_end(void **state)
{
	struct ends *s = *state;

	s->w.worker = -1;
	assert_int_equal(prompt_watch_now(&s->w), 0);
}

static void silence_has_an_end(void **state)
{
	struct ends *s = *state;

	s->w.silent_ns = clock_mono_ns() + 20 * CLOCK_NS_PER_MS;
	assert_int_equal(prompt_watch_wait(&s->w, s->pinentry[0], POLLIN),
			 ERR_DEADLINE);
}

static void time_has_an_end(void **state)
{
	struct ends *s = *state;

	/* The grace is over, too. */
	s->w.until_ns = clock_mono_ns() - 60 * CLOCK_NS_PER_S;
	assert_true(prompt_watch_late(&s->w));
	assert_int_equal(prompt_watch_seconds(&s->w), 1);
	assert_int_equal(prompt_watch_wait(&s->w, s->pinentry[0], POLLIN),
			 ERR_NOT_ANSWERED);
}

/* What ended it once stays the reason. */
static void an_end_is_an_end(void **state)
{
	struct ends *s = *state;

	s->w.ended = ERR_WORKER_LOST;
	assert_int_equal(write(s->pinentry[1], "x", 1), 1);
	assert_int_equal(prompt_watch_wait(&s->w, s->pinentry[0], POLLIN),
			 ERR_WORKER_LOST);
}

#define WATCH_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WATCH_TEST(what_is_waited_for_comes),
		WATCH_TEST(withdrawn_comes_first),
		WATCH_TEST(anything_from_signetd_is_the_end),
		WATCH_TEST(a_worker_that_ends),
		WATCH_TEST(no_worker_is_no_end),
		WATCH_TEST(silence_has_an_end),
		WATCH_TEST(time_has_an_end),
		WATCH_TEST(an_end_is_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
