/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_compute: every job runs once, in a thread, and comes back in the loop.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <event2/event.h>
#include <pthread.h>
#include <stdbool.h>

#include "base/err.h"
#include "broker/compute.h"

#define JOBS 5000

struct job {
	struct compute_job job;
	unsigned ran;
	unsigned done;
	bool elsewhere;
	struct test *test;
};

struct test {
	struct event_base *base;
	struct compute *compute;
	pthread_t loop;
	struct job jobs[JOBS];
	unsigned left;
};

static struct test test;

static void run(struct compute_job *job)
{
	struct job *j = (struct job *)job;

	j->ran++;
	j->elsewhere = !pthread_equal(pthread_self(), test.loop);
}

static void done(struct compute_job *job)
{
	struct job *j = (struct job *)job;

	assert_true(pthread_equal(pthread_self(), test.loop));
	j->done++;
	if (--test.left == 0)
		event_base_loopbreak(test.base);
}

static void all_jobs_come_back(void **state)
{
	const struct timeval limit = { 30, 0 };
	struct error e;

	test.base = event_base_new();
	test.loop = pthread_self();
	assert_int_equal(compute_new(test.base, 3, &test.compute, &e), 0);
	for (unsigned i = 0; i < JOBS; i++) {
		test.jobs[i].job.run = run;
		test.jobs[i].job.done = done;
		compute_submit(test.compute, &test.jobs[i].job);
	}
	test.left = JOBS;
	event_base_loopexit(test.base, &limit);
	event_base_dispatch(test.base);
	assert_int_equal(test.left, 0);
	for (unsigned i = 0; i < JOBS; i++) {
		assert_int_equal(test.jobs[i].ran, 1);
		assert_int_equal(test.jobs[i].done, 1);
		assert_true(test.jobs[i].elsewhere);
	}
	compute_free(test.compute);
	event_base_free(test.base);
}

static void jobs_may_be_left_behind(void **state)
{
	struct compute_job job = { .run = run, .done = done };
	struct compute *c;
	struct event_base *base = event_base_new();
	struct error e;

	assert_int_equal(compute_new(base, 1, &c, &e), 0);
	compute_submit(c, &job);
	compute_free(c);
	compute_free(NULL);
	event_base_free(base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_jobs_come_back),
		cmocka_unit_test(jobs_may_be_left_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
