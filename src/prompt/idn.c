/* SPDX-License-Identifier: Apache-2.0 */
/*
 * idn: host names of web pages in their two forms (RFC 5890, RFC 3492).
 */
#include "prompt/idn.h"

#include "base/utf8.h"

/* Parameters of Punycode, RFC 3492 section 5. */
enum {
	PUNY_BASE = 36,
	PUNY_TMIN = 1,
	PUNY_TMAX = 26,
	PUNY_SKEW = 38,
	PUNY_DAMP = 700,
	PUNY_BIAS = 72,
	PUNY_N = 0x80,
	/* A label of the DNS has at most 63 bytes. */
	PUNY_LABEL = 63
};

struct puny {
	uint32_t points[PUNY_LABEL];
	unsigned count;
};

static unsigned puny_digit(uint8_t c)
{
	if (c >= 'a' && c <= 'z')
		return c - 'a';
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= '0' && c <= '9')
		return c - '0' + 26u;
	return PUNY_BASE;
}

/* RFC 3492 section 6.1 */
static uint32_t puny_adapt(uint32_t delta, uint32_t points, bool first)
{
	uint32_t k = 0;

	delta = first ? delta / PUNY_DAMP : delta / 2;
	delta += delta / points;
	for (; delta > (PUNY_BASE - PUNY_TMIN) * PUNY_TMAX / 2; k += PUNY_BASE)
		delta /= PUNY_BASE - PUNY_TMIN;
	return k + (PUNY_BASE - PUNY_TMIN + 1) * delta / (delta + PUNY_SKEW);
}

/* One variable-length number; it is added to *i. */
static bool puny_number(struct slice *in, uint32_t bias, uint32_t *i)
{
	uint32_t weight = 1;

	for (uint32_t k = PUNY_BASE;; k += PUNY_BASE) {
		uint32_t t = k <= bias ? PUNY_TMIN :
			     k >= bias + PUNY_TMAX ? PUNY_TMAX : k - bias;
		uint32_t digit;

		if (in->len == 0)
			return false;
		digit = puny_digit(in->ptr[0]);
		*in = slice_of(in->ptr + 1, in->len - 1);
		if (digit >= PUNY_BASE ||
		    digit > (UINT32_MAX - *i) / weight)
			return false;
		*i += digit * weight;
		if (digit < t)
			return true;
		if (weight > UINT32_MAX / (PUNY_BASE - t))
			return false;
		weight *= PUNY_BASE - t;
	}
}

static bool puny_insert(struct puny *p, uint32_t at, uint32_t point)
{
	if (p->count == PUNY_LABEL || point > 0x10ffff)
		return false;
	memmove(&p->points[at + 1], &p->points[at],
		(p->count - at) * sizeof(p->points[0]));
	p->points[at] = point;
	p->count++;
	return true;
}

/* What stands before the last hyphen is itself. */
static bool puny_basic(struct puny *p, struct slice *in)
{
	size_t hyphen = in->len;

	while (hyphen > 0 && in->ptr[hyphen - 1] != '-')
		hyphen--;
	if (hyphen == 0)
		return true;
	for (size_t i = 0; i < hyphen - 1; i++)
		if (in->ptr[i] >= 0x80 || !puny_insert(p, p->count, in->ptr[i]))
			return false;
	*in = slice_of(in->ptr + hyphen, in->len - hyphen);
	return true;
}

/* RFC 3492 section 6.2 */
static bool puny_decode(struct slice in, struct puny *p)
{
	uint32_t n = PUNY_N, bias = PUNY_BIAS, i = 0;

	if (in.len > PUNY_LABEL || !puny_basic(p, &in))
		return false;
	while (in.len > 0) {
		uint32_t old = i;

		if (!puny_number(&in, bias, &i))
			return false;
		bias = puny_adapt(i - old, p->count + 1, old == 0);
		if (i / (p->count + 1) > UINT32_MAX - n)
			return false;
		n += i / (p->count + 1);
		i %= p->count + 1;
		if (!puny_insert(p, i++, n))
			return false;
	}
	return true;
}

static bool idn_is_ace(struct slice label)
{
	return label.len > 4 && (label.ptr[0] | 0x20) == 'x' &&
	       (label.ptr[1] | 0x20) == 'n' && label.ptr[2] == '-' &&
	       label.ptr[3] == '-';
}

static bool idn_label(struct slice label, struct buf *out, bool *decoded)
{
	struct puny p = { .count = 0 };

	if (!idn_is_ace(label)) {
		buf_put_slice(out, label);
		return true;
	}
	if (!puny_decode(slice_of(label.ptr + 4, label.len - 4), &p))
		return false;
	for (unsigned i = 0; i < p.count; i++)
		utf8_put(out, p.points[i]);
	*decoded = true;
	return true;
}

bool prompt_idn_decode(struct slice host, struct buf *out)
{
	size_t before = out->len;
	bool decoded = false;

	for (size_t at = 0; at <= host.len;) {
		const uint8_t *from = host.ptr + at;
		const uint8_t *dot = memchr(from, '.', host.len - at);
		size_t len = dot == NULL ? host.len - at : (size_t)(dot - from);

		if (!idn_label(slice_of(from, len), out, &decoded)) {
			decoded = false;
			break;
		}
		if (dot != NULL)
			buf_put_u8(out, '.');
		at += len + 1;
	}
	if (!decoded)
		out->len = before;
	return decoded;
}
