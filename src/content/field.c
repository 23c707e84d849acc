/* SPDX-License-Identifier: Apache-2.0 */
/*
 * field: checks of typed fields.
 */
#include "content/field.h"

#include <stdio.h>

#include "base/err.h"
#include "content/sum.h"
#include "content/visible.h"

/* A short field as text; what does not fit is none of its kind anyway. */
static void field_text(struct slice value, char out[64])
{
	snprintf(out, 64, "%.*s", value.len < 64 ? (int)value.len : 63,
		 (const char *)value.ptr);
}

int content_field_amount(const char *field, struct slice value,
			 struct error *e)
{
	int r = content_visible_check_ascii(field, value, e);
	char text[64];

	if (r != 0)
		return r;
	field_text(value, text);
	return content_sum_check(field, text, e);
}

int content_field_currency(const char *field, struct slice value,
			   struct error *e)
{
	int r = content_visible_check_ascii(field, value, e);
	char text[64];

	if (r != 0)
		return r;
	field_text(value, text);
	return content_sum_check_currency(field, text, e);
}

static unsigned number(const uint8_t *digits, size_t len)
{
	unsigned n = 0;

	for (size_t i = 0; i < len; i++)
		n = n * 10 + (unsigned)(digits[i] - '0');
	return n;
}

static bool is_date(struct slice s)
{
	static const unsigned days[] = { 31, 28, 31, 30, 31, 30,
					 31, 31, 30, 31, 30, 31 };
	unsigned year, month, day;
	bool leap;

	if (s.len != 10)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (i == 4 || i == 7 ? s.ptr[i] != '-' :
				       s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
	year = number(s.ptr, 4);
	month = number(s.ptr + 5, 2);
	day = number(s.ptr + 8, 2);
	if (month < 1 || month > 12 || day < 1)
		return false;
	leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return day <= days[month - 1] + (month == 2 && leap);
}

int content_field_date(const char *field, struct slice value,
		       struct error *e)
{
	int r = content_visible_check_ascii(field, value, e);

	if (r != 0 || is_date(value))
		return r;
	return error_set(e, ERR_CONTENT, "%s is no day such as 2026-11-23",
			 field);
}

static bool is_host(const uint8_t *p, size_t len)
{
	if (len == 0 || len > 253 || p[0] == '.' || p[len - 1] == '.')
		return false;
	for (size_t i = 0; i < len; i++)
		if (!((p[i] >= 'a' && p[i] <= 'z') ||
		      (p[i] >= '0' && p[i] <= '9') || p[i] == '-' ||
		      (p[i] == '.' && p[i - 1] != '.')))
			return false;
	return true;
}

/* Browsers leave 443 out, and write no zero in front. */
static bool is_port(const uint8_t *p, size_t len)
{
	if (len == 0 || len > 5 || p[0] == '0')
		return false;
	for (size_t i = 0; i < len; i++)
		if (p[i] < '0' || p[i] > '9')
			return false;
	return number(p, len) <= 65535 && number(p, len) != 443;
}

static bool is_origin(struct slice s)
{
	static const char scheme[] = "https://";
	size_t start = sizeof(scheme) - 1, host;
	const uint8_t *colon;

	if (s.len <= start || memcmp(s.ptr, scheme, start) != 0)
		return false;
	s.ptr += start;
	s.len -= start;
	colon = memchr(s.ptr, ':', s.len);
	host = colon == NULL ? s.len : (size_t)(colon - s.ptr);
	return is_host(s.ptr, host) &&
	       (colon == NULL || is_port(colon + 1, s.len - host - 1));
}

int content_field_origin(const char *field, struct slice value,
			 struct error *e)
{
	int r = content_visible_check_ascii(field, value, e);

	if (r != 0 || is_origin(value))
		return r;
	return error_set(e, ERR_CONTENT,
			 "%s is no origin such as https://bank.example:"
			 " https, a host in lower case, perhaps a port other"
			 " than 443, no path", field);
}
