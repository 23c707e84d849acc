/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit: is all that clients hold in the journal, once?
 *
 *	audit DATABASE LEDGER P256-PUBLIC RSA-PUBLIC
 *
 * LEDGER is what load has written, or "-".  Says on standard output what is
 * wrong, a line each; with status 1 there was something.
 */
#include "tests/crash/audit.h"

#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"

/* More of the same is no news. */
#define SAID_MOST 20

void audit_found(struct audit *a, const char *format, ...)
{
	va_list ap;

	if (a->found++ >= SAID_MOST)
		return;
	printf("audit: ");
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
}

void audit_sha256(const void *bytes, size_t len, char out[AUDIT_HEX])
{
	uint8_t hash[EVP_MAX_MD_SIZE];
	unsigned hash_len;

	if (EVP_Digest(bytes, len, hash, &hash_len, EVP_sha256(), NULL) != 1)
		abort();
	hex_encode(slice_of(hash, hash_len), out);
}

static void database_failed(const struct audit *a)
{
	printf("audit: the database: %s\n", sqlite3_errmsg(a->db));
	exit(EXIT_FAILURE);
}

sqlite3_stmt *audit_query(struct audit *a, const char *sql)
{
	sqlite3_stmt *st;

	if (sqlite3_prepare_v2(a->db, sql, -1, &st, NULL) != SQLITE_OK)
		database_failed(a);
	return st;
}

int audit_row(struct audit *a, sqlite3_stmt *st)
{
	int step = sqlite3_step(st);

	if (step != SQLITE_ROW && step != SQLITE_DONE)
		database_failed(a);
	return step == SQLITE_ROW;
}

int main(int argc, char **argv)
{
	struct audit a = { .signed_by = json_object() };

	if (argc != 5) {
		fprintf(stderr, "usage: audit DATABASE LEDGER P256-PUBLIC"
			" RSA-PUBLIC\n");
		return 2;
	}
	if (sqlite3_open_v2(argv[1], &a.db, SQLITE_OPEN_READWRITE, NULL) !=
	    SQLITE_OK)
		database_failed(&a);
	audit_records(&a);
	audit_checkpoints(&a);
	if (strcmp(argv[2], "-") != 0)
		audit_ledger(&a, argv[2],
			     (const char *const[]){ argv[3], argv[4] });
	printf("%llu records, %llu checkpoints: %s\n",
	       (unsigned long long)a.records,
	       (unsigned long long)a.checkpoints,
	       a.found == 0 ? "all is well" : "something is wrong");
	json_decref(a.signed_by);
	sqlite3_close(a.db);
	return a.found == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
