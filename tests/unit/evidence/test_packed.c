/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_packed: what is compressed comes back as it was; gzip reads it, too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "evidence/chain.h"
#include "evidence/packed.h"

#define PLAIN_SIZE (300u * 1024) /* more than one piece, and no multiple */

static char folder[] = "/tmp/signet-packed.XXXXXX";
static char plain[64], packed[64], back[64];

static int make_folder(void **state)
{
	uint8_t byte;
	FILE *f;

	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(plain, sizeof(plain), "%s/plain", folder);
	snprintf(packed, sizeof(packed), "%s/packed.gz", folder);
	snprintf(back, sizeof(back), "%s/back", folder);
	f = fopen(plain, "we");
	for (unsigned i = 0; f != NULL && i < PLAIN_SIZE + 7; i++) {
		byte = (uint8_t)(i * i >> 7);
		fwrite(&byte, 1, 1, f);
	}
	return f == NULL ? -1 : fclose(f);
}

static int remove_folder(void **state)
{
	unlink(plain);
	unlink(packed);
	unlink(back);
	return rmdir(folder);
}

static int sh(const char *format)
{
	char command[512];

	snprintf(command, sizeof(command), "cd %s && %s", folder, format);
	return system(command);
}

static int make(const char *path)
{
	return open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

static void it_comes_back(void **state)
{
	int from = open(plain, O_RDONLY | O_CLOEXEC), to = make(packed);
	struct error e;
	uint8_t hash[CHAIN_HASH];
	char hex[2 * CHAIN_HASH + 1], command[160];

	assert_false(packed_is(from));
	assert_int_equal(packed_write(from, to, hash, &e), 0);
	assert_true(packed_is(to));
	close(from);
	close(to);
	to = make(back);
	assert_int_equal(packed_read(packed, to, &e), 0);
	close(to);
	assert_int_equal(sh("cmp plain back && gunzip -c packed.gz |"
			    " cmp - plain"), 0);
	for (size_t i = 0; i < CHAIN_HASH; i++)
		snprintf(hex + 2 * i, 3, "%02x", hash[i]);
	snprintf(command, sizeof(command), "sha256sum packed.gz | grep -q %s",
		 hex);
	assert_int_equal(sh(command), 0);
}

static void what_is_cut_off_or_changed_is_told(void **state)
{
	struct stat st;
	struct error e;
	int fd, to = make(back);

	assert_int_equal(stat(packed, &st), 0);
	fd = open(packed, O_WRONLY | O_CLOEXEC);
	/* The CRC of RFC 1952 2.3. */
	assert_int_equal(pwrite(fd, "XXXX", 4, st.st_size - 8), 4);
	assert_int_equal(packed_read(packed, to, &e), ERR_MALFORMED);
	assert_int_equal(ftruncate(fd, st.st_size - 8), 0);
	assert_int_equal(packed_read(packed, to, &e), ERR_MALFORMED);
	assert_int_equal(ftruncate(fd, 100), 0);
	assert_int_equal(packed_read(packed, to, &e), ERR_MALFORMED);
	close(fd);
	assert_int_equal(packed_read("/nowhere", to, &e), ERR_IO);
	close(to);
}

static void a_full_disk_is_told(void **state)
{
	int from = open(plain, O_RDONLY | O_CLOEXEC);
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	uint8_t hash[CHAIN_HASH];
	struct error e;

	assert_int_equal(packed_write(from, full, hash, &e), ERR_IO);
	close(from);
	close(full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_comes_back),
		cmocka_unit_test(what_is_cut_off_or_changed_is_told),
		cmocka_unit_test(a_full_disk_is_told),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
