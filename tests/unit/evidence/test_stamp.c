/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_stamp: a time stamp, made by openssl(1) as an authority would, is one
 * of these bytes, by an authority that a CA vouches for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "evidence/auditor.h"
#include "evidence/stamp.h"

/* what is "signature"; its stamp is token.der, the CA ca.pem. */
static const char script[] =
	"set -e; cd %s; printf signature >what\n"
	"printf 01 >serial\n"
	"cat >cnf <<-END\n"
	"[tsa]\n"
	"serial = serial\n"
	"default_policy = 1.2.3.4\n"
	"digests = sha256, sha512\n"
	"signer_digest = sha256\n"
	"END\n"
	"for name in ca other; do\n"
	"  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256"
	" -nodes -keyout $name.key -out $name.pem -subj /CN=$name -days 3\n"
	"done\n"
	"openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
	" -keyout tsa.key -subj /CN=TSA |\n"
	"  openssl x509 -req -CA ca.pem -CAkey ca.key -days 2 -out tsa.pem"
	" -extfile /dev/fd/3 3<<-END\n"
	"extendedKeyUsage = critical, timeStamping\n"
	"END\n"
	"for hash in sha256 sha512; do\n"
	"  openssl ts -query -data what -$hash -cert |\n"
	"  openssl ts -reply -config cnf -section tsa -queryfile /dev/stdin"
	" -inkey tsa.key -signer tsa.pem -token_out -out $hash.der\n"
	"done\n";

static char folder[] = "/tmp/signet-stamp.XXXXXX";
static struct buf token, other_hash, ca, other;

static int load(const char *name, struct buf *out)
{
	char path[64];
	struct error e;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	buf_init(out, 65536);
	return auditor_read(path, out, &e);
}

static int make_stamp(void **state)
{
	char command[sizeof(script) + 128];
	FILE *sh = popen("sh >/dev/null 2>&1", "we");

	if (sh == NULL || mkdtemp(folder) == NULL)
		return -1;
	snprintf(command, sizeof(command), script, folder);
	fputs(command, sh);
	if (pclose(sh) != 0)
		return -1;
	return load("sha256.der", &token) + load("sha512.der", &other_hash) +
	       load("ca.pem", &ca) + load("other.pem", &other);
}

static int remove_stamp(void **state)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", folder);
	buf_fini(&token);
	buf_fini(&other_hash);
	buf_fini(&ca);
	buf_fini(&other);
	return system(command);
}

static int check(struct slice stamp, const char *what, struct slice cas)
{
	int64_t time = 0;
	struct error e;
	int r = stamp_check(stamp, slice_str(what), cas, &time, &e);

	if (r == 0)
		assert_true(clock_unix() - time < 120);
	return r;
}

static const struct slice none = { .ptr = NULL, .len = 0 };

static void it_is_of_these_bytes(void **state)
{
	assert_int_equal(check(buf_slice(&token), "signature", none), 0);
	assert_int_equal(check(buf_slice(&token), "signaturf", none),
			 ERR_BAD_SIGNATURE);
	/* docs/PROTOCOL.evidence wants SHA-256. */
	assert_int_equal(check(buf_slice(&other_hash), "signature", none),
			 ERR_BAD_SIGNATURE);
}

static void a_ca_vouches_for_it(void **state)
{
	assert_int_equal(check(buf_slice(&token), "signature",
			       buf_slice(&ca)), 0);
	assert_int_equal(check(buf_slice(&token), "signature",
			       buf_slice(&other)), ERR_BAD_SIGNATURE);
	assert_int_equal(check(buf_slice(&token), "signature",
			       slice_str("no certificate")),
			 ERR_BAD_CERTIFICATE);
}

static void one_byte_makes_it_another(void **state)
{
	int good = 0;

	for (size_t i = 0; i < token.len; i++) {
		token.ptr[i] ^= 1;
		good += check(buf_slice(&token), "signature",
			      buf_slice(&ca)) == 0;
		token.ptr[i] ^= 1;
	}
	/* Names of algorithms that are there twice, of which one is read. */
	assert_true(good <= 16);
}

static void what_is_none_is_refused(void **state)
{
	struct slice cut = buf_slice(&token);

	cut.len--;
	assert_int_equal(check(cut, "signature", none), ERR_BAD_SIGNATURE);
	assert_int_equal(check(none, "signature", none), ERR_BAD_SIGNATURE);
	assert_int_equal(check(slice_str("0\0"), "signature", none),
			 ERR_BAD_SIGNATURE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_of_these_bytes),
		cmocka_unit_test(a_ca_vouches_for_it),
		cmocka_unit_test(one_byte_makes_it_another),
		cmocka_unit_test(what_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, make_stamp, remove_stamp);
}
