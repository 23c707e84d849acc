/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text: what a module calls UTF-8, made into UTF-8.
 */
#include "pkcs11/text.h"

static const char replacement[] = "\xef\xbf\xbd";

/* First byte of a sequence: what it may be, and the range of the second. */
static const struct lead {
	uint8_t first, last, length, low, high;
} leads[] = {
	{ 0x00, 0x7f, 1, 0, 0 },       { 0xc2, 0xdf, 2, 0x80, 0xbf },
	{ 0xe0, 0xe0, 3, 0xa0, 0xbf }, { 0xe1, 0xec, 3, 0x80, 0xbf },
	{ 0xed, 0xed, 3, 0x80, 0x9f }, { 0xee, 0xef, 3, 0x80, 0xbf },
	{ 0xf0, 0xf0, 4, 0x90, 0xbf }, { 0xf1, 0xf3, 4, 0x80, 0xbf },
	{ 0xf4, 0xf4, 4, 0x80, 0x8f },
};

/* Bytes of the character at the front of s, 0 when there is none. */
static size_t text_char(struct slice s)
{
	const struct lead *l = NULL;

	for (size_t i = 0; i < ARRAY_LEN(leads); i++)
		if (s.ptr[0] >= leads[i].first && s.ptr[0] <= leads[i].last)
			l = &leads[i];
	if (l == NULL || l->length > s.len)
		return 0;
	if (l->length > 1 && (s.ptr[1] < l->low || s.ptr[1] > l->high))
		return 0;
	for (size_t i = 2; i < l->length; i++)
		if ((s.ptr[i] & 0xc0) != 0x80)
			return 0;
	return l->length;
}

static struct slice text_trim(struct slice raw)
{
	const uint8_t *nul = raw.len == 0 ? NULL : memchr(raw.ptr, 0, raw.len);

	if (nul != NULL)
		raw.len = (size_t)(nul - raw.ptr);
	while (raw.len > 0 && raw.ptr[raw.len - 1] == ' ')
		raw.len--;
	return raw;
}

void p11_text_clean(struct slice raw, char *out, size_t size)
{
	size_t used = 0, len, take;
	const void *from;

	raw = text_trim(raw);
	while (raw.len > 0) {
		len = text_char(raw);
		take = len == 0 ? 1 : len;
		from = len == 0 ? (const void *)replacement : raw.ptr;
		len = len == 0 ? sizeof(replacement) - 1 : len;
		if (used + len >= size)
			break;
		memcpy(out + used, from, len);
		used += len;
		raw.ptr += take;
		raw.len -= take;
	}
	out[used] = '\0';
}
