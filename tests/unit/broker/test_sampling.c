/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_sampling: which signatures are verified, however requests overlap.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "broker/broker.h"

/* A token with one key and two workers. */
struct place {
	struct settings_module config;
	struct settings_token settings;
	struct shard shard[2];
	struct module module;
	struct token token;
	struct key key;
};

static void place_init(struct place *p, unsigned sample)
{
	memset(p, 0, sizeof(*p));
	p->settings.sample = sample;
	p->module.config = &p->config;
	p->module.shards = p->shard;
	p->module.shards_count = 2;
	p->token.module = &p->module;
	p->token.settings = &p->settings;
	p->key.token = &p->token;
	for (unsigned i = 0; i < 2; i++)
		p->shard[i] = (struct shard){ .module = &p->module,
					      .number = i };
}

static void place_fini(struct place *p)
{
	free(p->key.samples);
}

/* count signatures that the worker of this shard has given now. */
static struct request signed_by(struct place *p, unsigned shard,
				unsigned count)
{
	struct request r = {
		.key = &p->key,
		.module = &p->module,
		.verdict = { .outcome = POLICY_ALLOW },
		.sign = { .shard = &p->shard[shard],
			  .restarts = p->shard[shard].restarts },
	};

	sampling_begin(&r, count, &r.sampling);
	return r;
}

/* One signature: was it wanted?  It was good. */
static bool one(struct place *p, unsigned shard)
{
	struct request r = signed_by(p, shard, 1);
	bool wanted = sampling_wants(&r.sampling, 0);

	if (wanted)
		sampling_passed(&r);
	return wanted;
}

static void without_it_each_is_wanted(void **state)
{
	struct place p;

	place_init(&p, 1);
	for (unsigned i = 0; i < 10; i++)
		assert_true(one(&p, 0));
	p.token.settings = NULL;
	assert_true(one(&p, 0));
	assert_null(p.key.samples);
	place_fini(&p);
}

static void the_first_and_then_one_in_n(void **state)
{
	struct place p;

	place_init(&p, 3);
	for (unsigned i = 0; i < 30; i++)
		assert_int_equal(one(&p, 0), i % 3 == 0);
	place_fini(&p);
}

static void each_worker_has_a_first(void **state)
{
	struct place p;

	place_init(&p, 100);
	assert_true(one(&p, 0));
	assert_false(one(&p, 0));
	assert_true(one(&p, 1));
	assert_false(one(&p, 1));
	p.shard[0].restarts++;
	assert_true(one(&p, 0));
	assert_false(one(&p, 0));
	assert_false(one(&p, 1));
	place_fini(&p);
}

/* Those that come before the first one is known to be good. */
static void until_the_first_is_good_all_are_wanted(void **state)
{
	struct place p;
	struct request first, second;

	place_init(&p, 100);
	first = signed_by(&p, 0, 1);
	second = signed_by(&p, 0, 1);
	assert_true(sampling_wants(&first.sampling, 0));
	assert_true(sampling_wants(&second.sampling, 0));
	sampling_passed(&first);
	assert_false(one(&p, 0));
	place_fini(&p);
}

/* What the old worker gave says nothing of the new one. */
static void a_late_pass_is_the_old_workers(void **state)
{
	struct place p;
	struct request old, new;

	place_init(&p, 100);
	old = signed_by(&p, 0, 1);
	p.shard[0].restarts++;
	new = signed_by(&p, 0, 1);
	sampling_passed(&old);
	assert_true(sampling_wants(&new.sampling, 0));
	assert_true(one(&p, 0));
	place_fini(&p);
}

static void batches_are_counted_on(void **state)
{
	struct place p;
	struct request r;

	place_init(&p, 10);
	r = signed_by(&p, 0, 25);
	assert_int_equal(sampling_count(&r.sampling, 25), 3);
	sampling_passed(&r);
	/* Places 5 to 9, then 0. */
	for (unsigned i = 0; i < 5; i++)
		assert_false(one(&p, 0));
	assert_true(one(&p, 0));
	place_fini(&p);
}

static void a_batch_of_the_unproven_has_its_first_wanted(void **state)
{
	struct place p;
	struct request r, other;

	place_init(&p, 10);
	r = signed_by(&p, 0, 5);
	other = signed_by(&p, 0, 3);
	assert_true(sampling_wants(&r.sampling, 0));
	assert_true(sampling_wants(&other.sampling, 0));
	assert_false(sampling_wants(&other.sampling, 1));
	place_fini(&p);
}

static void what_was_asked_about_is_all_wanted(void **state)
{
	struct place p;
	struct request r;

	place_init(&p, 100);
	assert_true(one(&p, 0));
	r = (struct request){
		.key = &p.key,
		.module = &p.module,
		.verdict = { .outcome = POLICY_ASK },
		.sign = { .shard = &p.shard[0] },
	};
	sampling_begin(&r, 7, &r.sampling);
	assert_int_equal(sampling_count(&r.sampling, 7), 7);
	place_fini(&p);
}

static void a_card_in_a_reader_is_never_sampled(void **state)
{
	struct place p;

	place_init(&p, 100);
	p.config.per_reader = true;
	assert_false(sampling_applies(&p.token));
	assert_true(one(&p, 0));
	assert_true(one(&p, 0));
	place_fini(&p);
}

static void after_a_bad_one_all_of_its_place_are_wanted(void **state)
{
	struct place p;
	struct request r;
	struct error why;

	place_init(&p, 100);
	assert_true(one(&p, 0));
	assert_true(one(&p, 1));
	r = signed_by(&p, 0, 1);
	error_set(&why, ERR_MISMATCH, "bad");
	sampling_failed(&r, &why);
	for (unsigned i = 0; i < 10; i++)
		assert_true(one(&p, 0));
	assert_false(one(&p, 1));
	/* Ten minutes later. */
	p.shard[0].distrusted_until_ns = 0;
	assert_false(one(&p, 0));
	place_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_it_each_is_wanted),
		cmocka_unit_test(the_first_and_then_one_in_n),
		cmocka_unit_test(each_worker_has_a_first),
		cmocka_unit_test(until_the_first_is_good_all_are_wanted),
		cmocka_unit_test(a_late_pass_is_the_old_workers),
		cmocka_unit_test(batches_are_counted_on),
		cmocka_unit_test(a_batch_of_the_unproven_has_its_first_wanted),
		cmocka_unit_test(what_was_asked_about_is_all_wanted),
		cmocka_unit_test(a_card_in_a_reader_is_never_sampled),
		cmocka_unit_test(after_a_bad_one_all_of_its_place_are_wanted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
