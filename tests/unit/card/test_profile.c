/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_profile: a folder becomes a card; what is wrong in it is named.
 */
#include "tests/card/profile.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "tests/unit/card/head.h"

#define GUID "guid 000102030405060708090a0b0c0d0e0f\n"

struct place {
	char folder[32];
	struct piv card;
};

static int open_place(void **state)
{
	static struct place p;

	snprintf(p.folder, sizeof(p.folder), "/tmp/test_profile.XXXXXX");
	assert_non_null(mkdtemp(p.folder));
	piv_init(&p.card);
	*state = &p;
	return 0;
}

static void file_path(const struct place *p, const char *name, char out[64])
{
	snprintf(out, 64, "%s/%s", p->folder, name);
}

static int close_place(void **state)
{
	static const char *const names[] = { "card", "9a.key", "9a.crt" };
	struct place *p = *state;
	char path[64];

	piv_fini(&p->card);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		file_path(p, names[i], path);
		unlink(path);
	}
	return rmdir(p->folder);
}

static void write_file(const struct place *p, const char *name,
		       const char *text)
{
	char path[64];
	FILE *f;

	file_path(p, name, path);
	f = fopen(path, "we");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void settings_become_the_card(void **state)
{
	struct place *p = *state;
	struct error e = { 0 };

	write_file(p, "card", "pin 123456\npuk 12345678\n" GUID
		   "management 00112233445566778899aabbccddeeff\n"
		   "serial 4294967295\n");
	assert_int_equal(profile_load(p->folder, &p->card, &e), 0);
	assert_int_equal(p->card.pin.tries, 3);
	assert_int_equal(p->card.puk.tries_max, 3);
	assert_int_equal(p->card.serial, 4294967295u);
	assert_int_equal(management_algorithm(&p->card.management),
			 MANAGEMENT_AES128);
	assert_non_null(objects_get(&p->card.objects, OBJECT_CHUID));
}

static void a_line_that_is_wrong_is_named(void **state)
{
	static const char *const bad[] = {
		"pin 12345\n",
		"pin 123456789\n",
		"pin\n",
		"colour blue\n",
		"guid 00\n",
		"guid 000102030405060708090a0b0c0d0e0f10\n",
		"guid 000102030405060708090a0b0c0d0e0g\n",
		"guid 00010203040506070809 0a0b0c0d0e0f\n",
		"management 0011\n",
		"management 0\n",
		"serial 4294967296\n",
		"serial x\n",
		"\n",
	};
	struct place *p = *state;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct error e = { 0 };

		write_file(p, "card", bad[i]);
		assert_int_equal(profile_load(p->folder, &p->card, &e),
				 ERR_MALFORMED);
		assert_non_null(strstr(e.message, p->folder));
	}
}

static void a_folder_without_settings_is_none(void **state)
{
	struct place *p = *state;
	struct error e = { 0 };

	assert_int_equal(profile_load(p->folder, &p->card, &e), ERR_IO);
}

static void what_is_no_key_or_certificate_is_named(void **state)
{
	struct place *p = *state;
	struct error e = { 0 };

	write_file(p, "card", "pin 123456\npuk 12345678\n" GUID);
	write_file(p, "9a.crt", "no certificate\n");
	assert_int_equal(profile_load(p->folder, &p->card, &e),
			 ERR_MALFORMED);
	assert_non_null(strstr(e.message, "9a.crt"));
	write_file(p, "9a.key", "no key\n");
	assert_int_equal(profile_load(p->folder, &p->card, &e),
			 ERR_MALFORMED);
	assert_non_null(strstr(e.message, "9a.key"));
}

#define place_test(f) \
	cmocka_unit_test_setup_teardown(f, open_place, close_place)

int main(void)
{
	const struct CMUnitTest tests[] = {
		place_test(settings_become_the_card),
		place_test(a_line_that_is_wrong_is_named),
		place_test(a_folder_without_settings_is_none),
		place_test(what_is_no_key_or_certificate_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
