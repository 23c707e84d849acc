/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_record: an event says what happened, in canonical form whatever is in
 * it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <string.h>

#include "base/err.h"
#include "content/content.h"
#include "content/jcs.h"
#include "evidence/record.h"

static struct buf event;

static int setup(void **state)
{
	buf_init(&event, 1024 * 1024);
	return 0;
}

static int teardown(void **state)
{
	buf_fini(&event);
	return 0;
}

/* The event, parsed; and it is in the one form that RFC 8785 allows. */
static json_t *canonical(void)
{
	struct buf again AUTO(buf_fini) = { .max = 1024 * 1024 };
	struct error e;
	json_t *root;

	assert_int_equal(buf_error(&event), 0);
	assert_int_equal(content_jcs_load(buf_slice(&event), "event",
					  ERR_MALFORMED, &root, &e), 0);
	assert_int_equal(content_jcs_put(root, &again, &e), 0);
	assert_string_equal(buf_text(&event), buf_text(&again));
	return root;
}

static const char *text(json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

/* Each text that can be there, with what could break out of a JSON string. */
#define NASTY "a\"b\\c\n\t\x7f\x01\xff/\xe4\xb8\xad"

static struct content_line lines[] = {
	{ .label = (char *)(uintptr_t)NASTY,
	  .value = (char *)(uintptr_t)NASTY },
	{ .label = (char *)(uintptr_t)"text",
	  .value = (char *)(uintptr_t)"hello" },
};

static const struct record_caller caller = {
	.uid = 1000, .gid = 100, .pid = 42, .exe = NASTY, .user = NASTY,
	.origin = NASTY,
};

static void a_full_record_is_canonical(void **state)
{
	static const uint8_t digest[32] = { 0xab };
	const struct record_item items[] = { {
		.name = NASTY, .media_type = NASTY, .blind = true,
		.unchecked = true,
		.lines = lines, .lines_count = 2,
		.content = slice_of(digest, 32), .digest_algorithm = "sha-256",
		.raw = slice_str("raw"), .signature = slice_str("abc"),
	}, { .name = "" } };
	const struct record_approval approvals[] = { {
		.role = "supervisor", .certificate = slice_of(digest, 32),
		.kept = true, .signature = slice_str("abc"),
	} };
	struct error e;
	const struct record r = {
		.outcome = "failed", .request = "id", .caller = caller,
		.key = NASTY, .algorithm = "ES256", .format = "raw",
		.rule = NASTY, .idempotency_key = "k",
		.certificate = slice_of(digest, 32), .module = NASTY,
		.module_path = NASTY, .module_version = "2.6", .worker = 7,
		.count = 2, .signed_count = 1, .items = items,
		.items_count = 2, .approvals = approvals, .approvals_count = 1,
		.failure = &e,
	};
	json_t *root, *item;

	error_set(&e, ERR_MODULE, "%s", NASTY);
	record_request(&r, &event);
	root = canonical();
	assert_int_equal(json_object_size(root), 17);
	item = json_array_get(json_object_get(root, "approvals"), 0);
	assert_int_equal(json_object_size(item), 4);
	item = json_array_get(json_object_get(root, "items"), 0);
	assert_int_equal(json_object_size(item), 9);
	/* FIPS 180-2 appendix B.1 */
	assert_string_equal(text(item, "signature"),
			    "ba7816bf8f01cfea414140de5dae2223"
			    "b00361a396177a9cb410ff61f20015ad");
	item = json_array_get(json_object_get(item, "lines"), 1);
	assert_string_equal(json_string_value(json_array_get(item, 1)),
			    "hello");
	json_decref(root);
}

static void what_is_not_known_is_not_there(void **state)
{
	const struct record r = { .outcome = "refused", .request = "id" };
	json_t *root;

	record_request(&r, &event);
	root = canonical();
	assert_null(json_object_get(root, "algorithm"));
	assert_null(json_object_get(root, "failure"));
	assert_null(json_object_get(root, "approvals"));
	assert_null(json_object_get(root, "worker"));
	assert_string_equal(text(root, "kind"), "request");
	assert_string_equal(text(root, "outcome"), "refused");
	json_decref(root);
}

static void the_other_events_are_canonical(void **state)
{
	struct error e;
	json_t *tree;

	error_set(&e, ERR_PIN_WRONG, "%s", NASTY);
	record_start("1", 2, slice_str("key"), &event);
	json_decref(canonical());
	buf_reset(&event);
	record_plain("stop", &event);
	json_decref(canonical());
	buf_reset(&event);
	record_module_failed(NASTY, &e, &event);
	json_decref(canonical());
	buf_reset(&event);
	record_pin_failed(NASTY, &caller, &e, &event);
	json_decref(canonical());
	buf_reset(&event);
	record_pin_failed(NASTY, NULL, &e, &event);
	tree = canonical();
	assert_null(json_object_get(tree, "caller"));
	json_decref(tree);
	buf_reset(&event);
	record_keep_alive(NASTY, &e, &event);
	json_decref(canonical());
	buf_reset(&event);
	record_token_changed("pin-changed", NASTY, "change", &caller, &event);
	json_decref(canonical());
	buf_reset(&event);
	record_origin("origin-allowed", NASTY, "page", &caller, &event);
	json_decref(canonical());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_full_record_is_canonical,
						setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_not_known_is_not_there,
						setup, teardown),
		cmocka_unit_test_setup_teardown(the_other_events_are_canonical,
						setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
