/* SPDX-License-Identifier: Apache-2.0 */
/*
 * name: X.509 names as text.
 */
#include "format/name.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/slice.h"
#include "format/owned.h"

/* UTF-8, control characters as \XX. */
#define NAME_STRING (ASN1_STRFLGS_ESC_CTRL | ASN1_STRFLGS_UTF8_CONVERT)

/*
 * Bytes at s that must not reach a screen as they are, though they are no
 * ASCII control characters: C1 controls, and what turns the direction of
 * text (Unicode 9.0 UAX 9: LRM, RLM, embeddings, overrides, isolates).
 */
static size_t unshowable(struct slice s)
{
	const uint8_t *p = s.ptr;

	if (s.len >= 2 && p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f)
		return 2;
	if (s.len < 3 || p[0] != 0xe2)
		return 0;
	if (p[1] == 0x80 && (p[2] == 0x8e || p[2] == 0x8f))
		return 3;
	if (p[1] == 0x80 && p[2] >= 0xa8 && p[2] <= 0xae)
		return 3;
	return p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9 ? 3 : 0;
}

static size_t character_len(uint8_t first)
{
	if (first < 0xc0)
		return 1;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* Copy whole characters while they, and a later "...", fit. */
static void copy_text(struct slice s, char *out, size_t size)
{
	size_t at = 0;

	while (s.len > 0) {
		size_t hidden = unshowable(s);
		size_t len = hidden > 0 ? hidden : character_len(s.ptr[0]);
		size_t need = hidden > 0 ? 3 * hidden : len;

		if (len > s.len)
			len = need = s.len;
		if (at + need + (s.len > len ? 3 : 0) + 1 > size) {
			memcpy(out + at, "...", 3);
			at += 3;
			break;
		}
		for (size_t i = 0; i < hidden; i++)
			snprintf(out + at + 3 * i, 4, "\\%02X", s.ptr[i]);
		if (hidden == 0)
			memcpy(out + at, s.ptr, len);
		at += need;
		s = slice_of(s.ptr + len, s.len - len);
	}
	out[at] = '\0';
}

static void copy_bio(BIO *bio, char *out, size_t size)
{
	char *text = NULL;
	long len = BIO_get_mem_data(bio, &text);

	copy_text(slice_of(text, len > 0 ? (size_t)len : 0), out, size);
}

int format_name_text(const X509_NAME *name, char *out, size_t size)
{
	BIO *bio AUTO(format_own_bio) = BIO_new(BIO_s_mem());
	unsigned long flags = XN_FLAG_RFC2253 & ~(unsigned long)
		ASN1_STRFLGS_ESC_MSB;

	if (bio == NULL || X509_NAME_print_ex(bio, name, 0, flags) < 0)
		return ERR_BAD_CERTIFICATE;
	copy_bio(bio, out, size);
	return 0;
}

int format_name_common(const X509_NAME *name, char *out, size_t size)
{
	BIO *bio AUTO(format_own_bio) = BIO_new(BIO_s_mem());
	int at = -1, last = -1;

	while ((at = X509_NAME_get_index_by_NID(name, NID_commonName, at)) >= 0)
		last = at;
	out[0] = '\0';
	if (last < 0)
		return 0;
	if (bio == NULL ||
	    ASN1_STRING_print_ex(bio,
				 X509_NAME_ENTRY_get_data(
					 X509_NAME_get_entry(name, last)),
				 NAME_STRING) < 0)
		return ERR_BAD_CERTIFICATE;
	copy_bio(bio, out, size);
	return 0;
}

const char *format_name_usage(int nid)
{
	switch (nid) {
	case NID_server_auth:
		return "serverAuth";
	case NID_client_auth:
		return "clientAuth";
	case NID_code_sign:
		return "codeSigning";
	case NID_email_protect:
		return "emailProtection";
	case NID_time_stamp:
		return "timeStamping";
	case NID_anyExtendedKeyUsage:
		return "anyExtendedKeyUsage";
	default:
		return OBJ_nid2sn(nid);
	}
}
