/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vector: the files of tests/vectors.  Tests run in the root of the source.
 */
#ifndef SIGNET_TEST_FORMAT_VECTOR_H
#define SIGNET_TEST_FORMAT_VECTOR_H

#include "token.h"

static inline FILE *vector_open(const char *name)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "tests/vectors/%s", name);
	file = fopen(path, "re");
	if (file == NULL)
		fail_msg("%s cannot be read: run in the root of the source",
			 path);
	return file;
}

/* A whole file, appended to out. */
static inline struct slice vector_read(const char *name, struct buf *out)
{
	FILE *file = vector_open(name);
	uint8_t bytes[4096];
	size_t len;

	while ((len = fread(bytes, 1, sizeof(bytes), file)) > 0)
		buf_put(out, bytes, len);
	fclose(file);
	assert_int_equal(buf_error(out), 0);
	return buf_slice(out);
}

/* A public key in PEM as DER, appended to out. */
static inline struct slice vector_key(const char *name, struct buf *out)
{
	FILE *file = vector_open(name);
	EVP_PKEY *key = PEM_read_PUBKEY(file, NULL, NULL, NULL);
	uint8_t *der = NULL;
	int len;

	assert_non_null(key);
	len = i2d_PUBKEY(key, &der);
	buf_put(out, der, (size_t)len);
	OPENSSL_free(der);
	EVP_PKEY_free(key);
	fclose(file);
	return buf_slice(out);
}

#endif
