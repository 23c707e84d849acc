/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_own_records: so many wait, and no more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "broker/broker.h"
#include "broker/own_records.h"

static void one_more_is_refused(void **state)
{
	static struct broker b = { .own_records_count = LIMIT_OWN_WAITING };
	static const struct caller caller;
	struct own_records *r = NULL;
	struct error e;

	assert_int_equal(own_records_new(&b, &caller, &r, &e), ERR_QUOTA);
	assert_null(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_more_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
