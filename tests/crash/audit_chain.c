/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit_chain: sections 1, 2, 5 and 6 of docs/PROTOCOL.evidence.
 */
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "base/b64.h"
#include "base/hex.h"
#include "tests/crash/audit.h"

static const char zeros[AUDIT_HEX] = "00000000000000000000000000000000"
				     "00000000000000000000000000000000";

static void column_hex(sqlite3_stmt *st, int n, char out[AUDIT_HEX])
{
	int len = sqlite3_column_bytes(st, n);

	out[0] = '\0';
	if (len == 32)
		hex_encode(slice_of(sqlite3_column_blob(st, n), 32), out);
}

static const char *member(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text == NULL ? "" : text;
}

/* --- records -------------------------------------------------------------- */

/* What is kept with an item is what its record says. */
static void check_item(struct audit *a, sqlite3_stmt *st, json_int_t sequence,
		       const json_t *items)
{
	static const char *const names[] = { "content", "signature" };
	size_t n = (size_t)sqlite3_column_int64(st, 0);
	char is[AUDIT_HEX];

	for (int i = 0; i < 2; i++) {
		if (sqlite3_column_type(st, i + 1) == SQLITE_NULL)
			continue;
		audit_sha256(sqlite3_column_blob(st, i + 1),
			     (size_t)sqlite3_column_bytes(st, i + 1), is);
		if (strcmp(is, member(json_array_get(items, n), names[i])) != 0)
			audit_found(a, "record %lld: item %zu has another %s",
				    (long long)sequence, n, names[i]);
	}
}

static void check_items(struct audit *a, sqlite3_stmt *st, json_int_t sequence,
			const json_t *event)
{
	const json_t *items = json_object_get(event, "items");
	json_int_t signatures = 0;

	sqlite3_bind_int64(st, 1, sequence);
	while (audit_row(a, st)) {
		check_item(a, st, sequence, items);
		signatures += sqlite3_column_type(st, 2) != SQLITE_NULL;
	}
	sqlite3_reset(st);
	if (signatures != json_integer_value(json_object_get(event, "signed")))
		audit_found(a, "record %lld: %lld signatures are kept",
			    (long long)sequence, (long long)signatures);
}

static void note_signed(struct audit *a, json_t *event, json_int_t sequence,
			const char *hash)
{
	const char *key = member(event, "idempotency_key");
	json_t *list;

	if (json_integer_value(json_object_get(event, "signed")) == 0)
		return;
	if (key[0] == '\0')
		key = member(event, "request");
	list = json_object_get(a->signed_by, key);
	if (list == NULL) {
		list = json_array();
		json_object_set_new(a->signed_by, key, list);
	}
	json_array_append_new(list, json_pack("{s:I, s:s, s:O}", "sequence",
					      sequence, "hash", hash, "event",
					      event));
}

static void check_record(struct audit *a, sqlite3_stmt *st,
			 sqlite3_stmt *items, char hash[AUDIT_HEX])
{
	const char *text = (const char *)sqlite3_column_text(st, 1);
	size_t len = (size_t)sqlite3_column_bytes(st, 1);
	json_int_t sequence = sqlite3_column_int64(st, 0);
	json_t *record = json_loadb(text, len, 0, NULL), *event;
	char is[AUDIT_HEX], says[AUDIT_HEX];

	audit_sha256(text, len, is);
	column_hex(st, 2, says);
	event = json_object_get(record, "event");
	if (sequence != (json_int_t)++a->records)
		audit_found(a, "record %llu is not there",
			    (unsigned long long)a->records);
	if (strcmp(is, says) != 0)
		audit_found(a, "record %lld: its hash is another",
			    (long long)sequence);
	if (event == NULL ||
	    json_integer_value(json_object_get(record, "sequence")) !=
	    sequence || strcmp(member(record, "previous"), hash) != 0)
		audit_found(a, "record %lld does not follow the one before",
			    (long long)sequence);
	check_items(a, items, sequence, event);
	note_signed(a, event, sequence, is);
	memcpy(hash, is, AUDIT_HEX);
	json_decref(record);
}

void audit_records(struct audit *a)
{
	sqlite3_stmt *st = audit_query(a, "SELECT sequence, record, hash FROM"
				       " records ORDER BY sequence");
	sqlite3_stmt *items = audit_query(a, "SELECT item, content, signature"
					  " FROM items WHERE sequence = ?1");
	char hash[AUDIT_HEX], head[AUDIT_HEX];

	memcpy(hash, zeros, sizeof(zeros));
	while (audit_row(a, st))
		check_record(a, st, items, hash);
	sqlite3_finalize(st);
	sqlite3_finalize(items);
	st = audit_query(a, "SELECT sequence, hash FROM head");
	if (!audit_row(a, st) ||
	    sqlite3_column_int64(st, 0) != (sqlite3_int64)a->records)
		audit_found(a, "the head is of another record");
	column_hex(st, 1, head);
	if (strcmp(head, hash) != 0)
		audit_found(a, "the head has another hash");
	sqlite3_finalize(st);
}

/* --- checkpoints ---------------------------------------------------------- */

/* Ed25519, by the key that the statement names. */
static int signature_good(const char *key, struct slice text,
			  struct slice signature)
{
	AUTO(buf_fini) struct buf der;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	const uint8_t *at;
	EVP_PKEY *public = NULL;
	int good;

	buf_init(&der, 1024);
	if (b64_decode(B64_STD, slice_str(key), &der) == 0) {
		at = der.ptr;
		public = d2i_PUBKEY(NULL, &at, (long)der.len);
	}
	good = public != NULL &&
	       EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, public) == 1 &&
	       EVP_DigestVerify(ctx, signature.ptr, signature.len, text.ptr,
				text.len) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(public);
	return good;
}

static void check_checkpoint(struct audit *a, sqlite3_stmt *st,
			     char previous[AUDIT_HEX])
{
	struct slice text = slice_of(sqlite3_column_text(st, 1),
				     (size_t)sqlite3_column_bytes(st, 1));
	struct slice signature = slice_of(sqlite3_column_blob(st, 2),
					  (size_t)sqlite3_column_bytes(st, 2));
	json_t *statement = json_loadb((const char *)text.ptr, text.len, 0,
				       NULL);
	char hash[AUDIT_HEX];

	column_hex(st, 3, hash);
	if (json_integer_value(json_object_get(statement, "checkpoint")) !=
	    (json_int_t)++a->checkpoints ||
	    strcmp(member(statement, "previous"), previous) != 0)
		audit_found(a, "checkpoint %llu does not follow the one"
			    " before", (unsigned long long)a->checkpoints);
	if (json_integer_value(json_object_get(statement, "sequence")) !=
	    sqlite3_column_int64(st, 0) ||
	    strcmp(member(statement, "hash"), hash) != 0)
		audit_found(a, "checkpoint %llu is of another record",
			    (unsigned long long)a->checkpoints);
	if (!signature_good(member(statement, "key"), text, signature))
		audit_found(a, "checkpoint %llu: its signature is wrong",
			    (unsigned long long)a->checkpoints);
	audit_sha256(text.ptr, text.len, previous);
	json_decref(statement);
}

void audit_checkpoints(struct audit *a)
{
	sqlite3_stmt *st = audit_query(a, "SELECT c.sequence, c.statement,"
				       " c.signature, r.hash FROM checkpoints"
				       " c LEFT JOIN records r ON r.sequence ="
				       " c.sequence ORDER BY c.sequence");
	char previous[AUDIT_HEX];

	memcpy(previous, zeros, sizeof(zeros));
	while (audit_row(a, st))
		check_checkpoint(a, st, previous);
	sqlite3_finalize(st);
}
