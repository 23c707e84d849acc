/* SPDX-License-Identifier: Apache-2.0 */
/*
 * made: a file of evidence in a folder of its own, made as signetd makes it,
 * and changed as nobody should.
 */
#ifndef SIGNET_TESTS_UNIT_EVIDENCE_MADE_H
#define SIGNET_TESTS_UNIT_EVIDENCE_MADE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "content/content.h"
#include "evidence/checkpoint.h"
#include "evidence/record.h"
#include "evidence/store.h"

#define MADE_TIME "2026-11-24T09:30:00.123Z"

struct made {
	char folder[32];
	char path[64], key_path[64];
	struct checkpoint_key *key;
	struct store *store;
	struct chain head;
	struct store_checkpoint last;
};

static inline void made_reopen(struct made *m)
{
	struct error e;

	store_close(m->store);
	m->store = NULL;
	assert_int_equal(store_open(m->path, 0, &m->store, &m->head, &m->last,
				    &e), 0);
}

static inline void made_open(struct made *m)
{
	struct error e;

	memset(m, 0, sizeof(*m));
	snprintf(m->folder, sizeof(m->folder), "/tmp/signet-made.XXXXXX");
	assert_non_null(mkdtemp(m->folder));
	snprintf(m->path, sizeof(m->path), "%s/e.sqlite", m->folder);
	snprintf(m->key_path, sizeof(m->key_path), "%s/key", m->folder);
	assert_int_equal(checkpoint_key_open(m->key_path, &m->key, &e), 0);
	made_reopen(m);
}

/* The store is at rest afterwards: nothing is left in its -wal. */
static inline void made_rest(struct made *m)
{
	store_close(m->store);
	m->store = NULL;
}

static inline void made_close(struct made *m)
{
	char command[64];

	made_rest(m);
	checkpoint_key_close(m->key);
	snprintf(command, sizeof(command), "rm -rf %s", m->folder);
	assert_int_equal(system(command), 0);
}

/* Of a test whose state it is. */
static inline int made_setup(void **state)
{
	struct made *m = malloc(sizeof(*m));

	if (m == NULL)
		return -1;
	made_open(m);
	*state = m;
	return 0;
}

static inline int made_teardown(void **state)
{
	made_close(*state);
	free(*state);
	return 0;
}

/* One record, with what content and signature are kept of its item. */
static inline void made_record(struct made *m, struct slice event,
			       const char *content, const char *signature)
{
	struct buf out AUTO(buf_fini) = { .max = 65536 };
	struct chain next;
	struct error e;

	chain_put(&m->head, event, MADE_TIME, &out, &next);
	assert_int_equal(store_begin(m->store, &e), 0);
	assert_int_equal(store_record(m->store, &next, buf_slice(&out), &e),
			 0);
	if (content != NULL)
		assert_int_equal(store_item(m->store, next.sequence, 0,
					    slice_str(content),
					    slice_str(signature), &e), 0);
	assert_int_equal(store_head(m->store, &next, &e), 0);
	assert_int_equal(store_commit(m->store, &e), 0);
	m->head = next;
}

/* A request whose one item was shown and signed, by the certificate "der". */
static inline void made_request(struct made *m)
{
	static struct content_line line = {
		.label = (char *)(uintptr_t)"text",
		.value = (char *)(uintptr_t)"hello",
	};
	struct buf event AUTO(buf_fini) = { .max = 65536 };
	uint8_t content[CHAIN_HASH], certificate[CHAIN_HASH];
	const struct record_item item = {
		.name = "hello.txt", .media_type = "text/plain",
		.lines = &line, .lines_count = 1,
		.content = slice_of(content, CHAIN_HASH),
		.raw = slice_str("raw"), .signature = slice_str("signature"),
	};
	const struct record r = {
		.outcome = "released", .request = "id",
		.caller = { .uid = 1000, .user = "maria", .exe = "/bin/x" },
		.key = "pkcs11:object=k", .algorithm = "ES256",
		.format = "raw", .certificate = slice_of(certificate,
							 CHAIN_HASH),
		.count = 1, .signed_count = 1, .items = &item,
		.items_count = 1,
	};
	struct error e;

	chain_hash(slice_str("hello"), content);
	chain_hash(slice_str("der"), certificate);
	assert_int_equal(store_begin(m->store, &e), 0);
	assert_int_equal(store_certificate(m->store, certificate,
					   slice_str("der"), &e), 0);
	assert_int_equal(store_commit(m->store, &e), 0);
	record_request(&r, &event);
	made_record(m, buf_slice(&event), "hello", "signature");
}

static inline void made_start(struct made *m)
{
	struct buf event AUTO(buf_fini) = { .max = 65536 };

	record_start("1", 7, checkpoint_key_public(m->key), &event);
	made_record(m, buf_slice(&event), NULL, NULL);
}

static inline void made_plain(struct made *m, const char *kind)
{
	struct buf event AUTO(buf_fini) = { .max = 65536 };

	record_plain(kind, &event);
	made_record(m, buf_slice(&event), NULL, NULL);
}

/* The head, signed; by the key of this path, where it is another one. */
static inline void made_checkpoint_by(struct made *m,
				      const struct checkpoint_key *key)
{
	struct buf statement AUTO(buf_fini) = { .max = 4096 };
	struct buf signature AUTO(buf_fini) = { .max = 4096 };
	struct error e;

	checkpoint_statement(&m->last, &m->head, checkpoint_key_public(key),
			     NULL, MADE_TIME, &statement);
	assert_int_equal(checkpoint_sign(key, buf_slice(&statement),
					 &signature, &e), 0);
	assert_int_equal(store_begin(m->store, &e), 0);
	assert_int_equal(store_checkpoint(m->store, m->head.sequence,
					  buf_slice(&statement),
					  buf_slice(&signature), &e), 0);
	assert_int_equal(store_commit(m->store, &e), 0);
	m->last.number++;
	m->last.sequence = m->head.sequence;
	chain_hash(buf_slice(&statement), m->last.hash);
}

static inline void made_checkpoint(struct made *m)
{
	made_checkpoint_by(m, m->key);
}

/*
 * 1 start, 2 to 4 requests, checkpoint 1; 5 and 6 requests, 7 reload,
 * checkpoint 2; 8 stop, checkpoint 3.
 */
static inline void made_usual(struct made *m)
{
	made_open(m);
	made_start(m);
	for (int i = 0; i < 3; i++)
		made_request(m);
	made_checkpoint(m);
	made_request(m);
	made_request(m);
	made_plain(m, "reload");
	made_checkpoint(m);
	made_plain(m, "stop");
	made_checkpoint(m);
}

/* As it was at rest: again and again, without another fsync for each row. */
static inline void made_save(const struct made *m)
{
	char command[256];

	snprintf(command, sizeof(command), "cp %s %s/saved", m->path,
		 m->folder);
	assert_int_equal(system(command), 0);
}

static inline void made_restore(const struct made *m)
{
	char command[256];

	snprintf(command, sizeof(command), "rm -f %s-*; cp %s/saved %s",
		 m->path, m->folder, m->path);
	assert_int_equal(system(command), 0);
}

/* With sha256(), so that a forger can do what a forger can. */
static inline void made_sha256(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	uint8_t hash[CHAIN_HASH];

	chain_hash(slice_of(sqlite3_value_blob(v[0]),
			    (size_t)sqlite3_value_bytes(v[0])), hash);
	sqlite3_result_blob(ctx, hash, CHAIN_HASH, SQLITE_TRANSIENT);
}

static inline void made_change(struct made *m, const char *sql)
{
	sqlite3 *db;
	char *why = NULL;

	assert_int_equal(sqlite3_open(m->path, &db), SQLITE_OK);
	sqlite3_exec(db, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
	sqlite3_create_function(db, "sha256", 1, SQLITE_UTF8, NULL,
				made_sha256, NULL, NULL);
	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", sql, why);
	sqlite3_close(db);
}

#endif
