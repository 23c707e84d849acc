/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_object: objects are stored, replaced, deleted, and bounded.
 */
#include "tests/card/object.h"

#include "tests/unit/card/head.h"

static void an_object_is_replaced_and_deleted(void **state)
{
	AUTO(objects_fini) struct objects o = { .count = 0 };
	const struct object *found;

	assert_true(objects_put(&o, 0x5fc105, BYTES("one")));
	assert_true(objects_put(&o, 0x5fc10a, BYTES("other")));
	assert_true(objects_put(&o, 0x5fc105, BYTES("two")));
	assert_int_equal(o.count, 2);
	found = objects_get(&o, 0x5fc105);
	assert_true(slice_equal(buf_slice(&found->value), BYTES("two")));
	assert_true(objects_put(&o, 0x5fc105, BYTES("")));
	assert_null(objects_get(&o, 0x5fc105));
	assert_non_null(objects_get(&o, 0x5fc10a));
	/* What is not there can be deleted. */
	assert_true(objects_put(&o, 0x5fc105, BYTES("")));
}

static void there_is_an_end_to_room(void **state)
{
	static const uint8_t large[OBJECT_SIZE_MAX + 1] = { 1 };
	AUTO(objects_fini) struct objects o = { .count = 0 };

	assert_false(objects_put(&o, 1, slice_of(large, sizeof(large))));
	assert_int_equal(o.count, 0);
	for (uint32_t tag = 1; tag <= OBJECT_MAX; tag++)
		assert_true(objects_put(&o, tag, BYTES("x")));
	assert_false(objects_put(&o, OBJECT_MAX + 1, BYTES("x")));
	assert_true(objects_put(&o, 1, BYTES("y")));
}

static void only_the_discovery_object_is_its_own_tag(void **state)
{
	static const uint8_t guid[OBJECT_GUID_SIZE] = { 7 };
	AUTO(objects_fini) struct objects o = { .count = 0 };
	AUTO(buf_fini) struct buf out;

	buf_init(&out, 4096);
	assert_true(objects_put_standard(&o, guid));
	object_emit(objects_get(&o, OBJECT_DISCOVERY), &out);
	assert_int_equal(out.ptr[0], 0x7e);
	assert_int_equal(out.ptr[1], 0x12); /* as SP 800-73-4 has it */
	buf_reset(&out);
	object_emit(objects_get(&o, OBJECT_CHUID), &out);
	assert_int_equal(out.ptr[0], 0x53);
	assert_int_equal(out.ptr[1], 0x3b); /* 59 bytes, as on real cards */
}

static void certificates_have_a_place_for_each_slot(void **state)
{
	AUTO(objects_fini) struct objects o = { .count = 0 };

	assert_true(objects_put_certificate(&o, 0x9a, BYTES("der")));
	assert_non_null(objects_get(&o, 0x5fc105));
	assert_false(objects_put_certificate(&o, 0x99, BYTES("der")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_object_is_replaced_and_deleted),
		cmocka_unit_test(there_is_an_end_to_room),
		cmocka_unit_test(only_the_discovery_object_is_its_own_tag),
		cmocka_unit_test(certificates_have_a_place_for_each_slot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
