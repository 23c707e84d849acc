/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_auditor: what was kept elsewhere is read in the shapes that it has.
 */
#include "made.h"

#include <openssl/pem.h>

#include "base/hex.h"
#include "evidence/auditor.h"

static char path[64];

static void write_file(const struct made *m, struct slice s)
{
	FILE *f;

	snprintf(path, sizeof(path), "%s/kept", m->folder);
	f = fopen(path, "we");
	assert_non_null(f);
	assert_int_equal(fwrite(s.ptr, 1, s.len, f), s.len);
	assert_int_equal(fclose(f), 0);
}

static void a_key_is_read_from_pem_and_der(void **state)
{
	struct buf key AUTO(buf_fini) = { .max = 4096 };
	struct buf pem AUTO(buf_fini) = { .max = 4096 };
	const unsigned char *at;
	struct slice spki;
	EVP_PKEY *public;
	struct error e;
	struct made m;
	BIO *bio;
	char *text;
	long len;

	made_open(&m);
	spki = checkpoint_key_public(m.key);
	write_file(&m, spki);
	assert_int_equal(auditor_key(path, &key, &e), 0);
	assert_true(slice_equal(buf_slice(&key), spki));
	at = spki.ptr;
	public = d2i_PUBKEY(NULL, &at, (long)spki.len);
	bio = BIO_new(BIO_s_mem());
	assert_int_equal(PEM_write_bio_PUBKEY(bio, public), 1);
	len = BIO_get_mem_data(bio, &text);
	buf_put(&pem, text, (size_t)len);
	BIO_free(bio);
	EVP_PKEY_free(public);
	write_file(&m, buf_slice(&pem));
	buf_reset(&key);
	assert_int_equal(auditor_key(path, &key, &e), 0);
	assert_true(slice_equal(buf_slice(&key), spki));
	write_file(&m, slice_str("no key"));
	assert_int_equal(auditor_key(path, &key, &e), ERR_BAD_CERTIFICATE);
	assert_int_equal(auditor_key("/nowhere", &key, &e), ERR_IO);
	made_close(&m);
}

static void a_head_is_a_hash_or_a_checkpoint(void **state)
{
	struct buf text AUTO(buf_fini) = { .max = 4096 };
	struct verify_options o = { .whole = false };
	char hex[2 * CHAIN_HASH + 1];
	struct error e;
	struct made m;

	made_open(&m);
	made_start(&m);
	hex_encode(slice_of(m.head.hash, CHAIN_HASH), hex);
	assert_int_equal(auditor_head(hex, &o, &e), 0);
	assert_true(o.head);
	assert_int_equal(o.head_sequence, 0);
	assert_memory_equal(o.head_hash, m.head.hash, CHAIN_HASH);
	memset(&o, 0, sizeof(o));
	checkpoint_statement(&m.last, &m.head, checkpoint_key_public(m.key),
			     NULL, MADE_TIME, &text);
	buf_put_u8(&text, '\n');
	write_file(&m, buf_slice(&text));
	assert_int_equal(auditor_head(path, &o, &e), 0);
	assert_true(o.head);
	assert_int_equal(o.head_sequence, 1);
	assert_memory_equal(o.head_hash, m.head.hash, CHAIN_HASH);
	write_file(&m, slice_str("{}"));
	assert_int_equal(auditor_head(path, &o, &e), ERR_MALFORMED);
	hex[0] = 'x';
	assert_int_equal(auditor_head(hex, &o, &e), ERR_IO);
	made_close(&m);
}

static void a_file_has_a_limit(void **state)
{
	struct buf out AUTO(buf_fini) = { .max = 8192 };
	struct error e;

	assert_int_equal(auditor_read("/dev/zero", &out, &e), ERR_TOO_LARGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_is_read_from_pem_and_der),
		cmocka_unit_test(a_head_is_a_hash_or_a_checkpoint),
		cmocka_unit_test(a_file_has_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
