/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_arguments: a message of Web eID has exactly the arguments of its
 * command, each with a value that can be one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "webhost/arguments.h"

#define NONCE "12345678123456781234567812345678912345678901"
#define HASH "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="
#define PAGE "\"origin\":\"https://a.example\""

static struct arguments a;
static struct error e;

static int tear_down(void **state)
{
	arguments_fini(&a);
	return 0;
}

static int read_text(const char *text)
{
	arguments_fini(&a);
	a = (struct arguments){ .root = NULL };
	return arguments_read(&a, slice_str(text), &e);
}

/* A command with these members as its arguments. */
static int read_command(const char *name, const char *members)
{
	char text[1024];

	snprintf(text, sizeof(text), "{\"command\":\"%s\",\"arguments\":{%s}}",
		 name, members);
	return read_text(text);
}

static void is_refused(const char *name, const char *members)
{
	if (read_command(name, members) != ERR_MALFORMED)
		fail_msg("%s takes %s", name, members);
}

static void every_command_is_read(void **state)
{
	assert_int_equal(read_command("quit", ""), 0);
	assert_int_equal(a.command, WEBEID_QUIT);
	assert_int_equal(read_command("get-signing-certificate",
				      PAGE ",\"lang\":\"et\""), 0);
	assert_int_equal(a.command, WEBEID_CERTIFICATE);
	assert_string_equal(a.origin, "https://a.example");
	assert_int_equal(read_command("authenticate", PAGE
				      ",\"challengeNonce\":\"" NONCE "\""), 0);
	assert_int_equal(a.command, WEBEID_AUTHENTICATE);
	assert_string_equal(a.nonce, NONCE);
	assert_int_equal(read_command("sign", PAGE ",\"hash\":\"" HASH "\","
				      "\"hashFunction\":\"SHA-256\","
				      "\"certificate\":\"AQID\""), 0);
	assert_int_equal(a.command, WEBEID_SIGN);
	assert_int_equal(a.hash_bits, 256);
	assert_string_equal(a.hash, HASH);
	assert_true(slice_equal(buf_slice(&a.certificate),
				slice_str("\1\2\3")));
}

static void arguments_are_exact(void **state)
{
	is_refused("quit", PAGE);
	is_refused("get-signing-certificate", "");
	is_refused("get-signing-certificate", "\"origin\":1");
	is_refused("get-signing-certificate", "\"origin\":\"\"");
	is_refused("get-signing-certificate", PAGE ",\"lang\":null");
	is_refused("get-signing-certificate", PAGE ",\"Lang\":\"et\"");
	is_refused("get-signing-certificate", PAGE ",\"challengeNonce\":\""
		   NONCE "\"");
	is_refused("authenticate", PAGE);
	is_refused("authenticate", "\"challengeNonce\":\"" NONCE "\"");
	is_refused("sign", PAGE ",\"hash\":\"" HASH "\",\"certificate\":"
		   "\"AQID\"");
	is_refused("sign", PAGE ",\"hash\":\"" HASH "\",\"hashFunction\":"
		   "\"SHA-256\"");
	is_refused("sign", PAGE ",\"hashFunction\":\"SHA-256\","
		   "\"certificate\":\"AQID\"");
	is_refused("Quit", "");
	is_refused("get-cert", PAGE);
}

static void messages_are_strict(void **state)
{
	static const char *const texts[] = {
		"", "[]", "1", "{}", "{\"command\":\"quit\"}",
		"{\"arguments\":{}}", "{\"command\":1,\"arguments\":{}}",
		"{\"command\":\"quit\",\"arguments\":[]}",
		"{\"command\":\"quit\",\"arguments\":{},\"more\":1}",
		"{\"command\":\"quit\",\"command\":\"quit\",\"arguments\":{}}",
		"{\"command\":\"quit\",\"arguments\":{}}x",
		("{\"command\":\"quit\",\"arguments\":"
		 "{\"lang\":\"\xc3\x28\"}}") };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (read_text(texts[i]) != ERR_MALFORMED)
			fail_msg("taken: %s", texts[i]);
}

static int read_origin(const char *origin)
{
	char members[512];

	snprintf(members, sizeof(members), "\"origin\":\"%s\"", origin);
	return read_command("get-signing-certificate", members);
}

static void origins_have_a_host_and_nothing_behind_it(void **state)
{
	static const char *const good[] = { "https://a.example",
					    "wss://a.example:8443",
					    "https://xn--bnk-sla.example" };
	static const char *const bad[] = {
		"a.example", "null", "http://a.example", "ws://a.example",
		"https://", "wss://", "https://a.example/", "https://A.example",
		"https://u@a.example", "https://a.example?q",
		"https://a.example#f", "https://a.example:443",
		"wss://https://a.example", "https://b\xc3\xa4nk.example" };

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_int_equal(read_origin(good[i]), 0);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (read_origin(bad[i]) != ERR_MALFORMED)
			fail_msg("taken: %s", bad[i]);
}

static int read_hash(const char *name, unsigned bytes)
{
	char members[512], zeros[100];
	unsigned last = bytes % 3, len = (bytes + 2) / 3 * 4;

	memset(zeros, 'A', len);
	for (unsigned i = 0; last != 0 && i < 3 - last; i++)
		zeros[len - 1 - i] = '=';
	zeros[len] = '\0';
	snprintf(members, sizeof(members), PAGE ",\"hash\":\"%s\","
		 "\"hashFunction\":\"%s\",\"certificate\":\"AQID\"", zeros,
		 name);
	return read_command("sign", members);
}

/* Those of the protocol, and of them those that Signet does not have. */
static void hashes_have_their_length(void **state)
{
	static const struct {
		const char *name;
		unsigned len, bits;
	} hashes[] = { { "SHA-224", 28, 0 },   { "SHA-256", 32, 256 },
		       { "SHA-384", 48, 384 }, { "SHA-512", 64, 512 },
		       { "SHA3-224", 28, 0 },  { "SHA3-256", 32, 0 },
		       { "SHA3-384", 48, 0 },  { "SHA3-512", 64, 0 } };

	for (size_t i = 0; i < ARRAY_LEN(hashes); i++) {
		assert_int_equal(read_hash(hashes[i].name, hashes[i].len), 0);
		assert_int_equal(a.hash_bits, hashes[i].bits);
		assert_int_equal(read_hash(hashes[i].name,
					   hashes[i].len - 1), ERR_MALFORMED);
		assert_int_equal(read_hash(hashes[i].name,
					   hashes[i].len + 1), ERR_MALFORMED);
	}
	assert_int_equal(read_hash("MD5", 16), ERR_MALFORMED);
	assert_int_equal(read_hash("sha-256", 32), ERR_MALFORMED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(every_command_is_read, tear_down),
		cmocka_unit_test_teardown(arguments_are_exact, tear_down),
		cmocka_unit_test_teardown(messages_are_strict, tear_down),
		cmocka_unit_test_teardown(
			origins_have_a_host_and_nothing_behind_it, tear_down),
		cmocka_unit_test_teardown(hashes_have_their_length, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
