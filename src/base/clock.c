/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock: the two clocks, and RFC 3339 text.
 */
#include "base/clock.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/err.h"

int64_t clock_mono_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * CLOCK_NS_PER_S + ts.tv_nsec;
}

int64_t clock_unix(void)
{
	return time(NULL);
}

void clock_format(int64_t unix_time, char *out)
{
	time_t t = (time_t)unix_time;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL ||
	    strftime(out, CLOCK_RFC3339_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		snprintf(out, CLOCK_RFC3339_SIZE, "unknown");
}

static bool two_digits(const char **at, int max, int *out)
{
	const char *p = *at;

	if (!isdigit((unsigned char)p[0]) || !isdigit((unsigned char)p[1]))
		return false;
	*out = (p[0] - '0') * 10 + (p[1] - '0');
	*at = p + 2;
	return *out <= max;
}

/* "Z" or "+hh:mm" at the end, as seconds to take away. */
static bool parse_offset(const char *p, int64_t *out)
{
	int hours, minutes, sign;

	if (strcmp(p, "Z") == 0 || strcmp(p, "z") == 0) {
		*out = 0;
		return true;
	}
	if (*p != '+' && *p != '-')
		return false;
	sign = *p++ == '-' ? -1 : 1;
	if (!two_digits(&p, 23, &hours) || *p++ != ':' ||
	    !two_digits(&p, 59, &minutes) || *p != '\0')
		return false;
	*out = sign * (hours * 3600 + minutes * 60);
	return true;
}

static bool parse_date(const char **at, struct tm *tm)
{
	int century, year;
	const char *p = *at;
	bool ok = two_digits(&p, 99, &century) && two_digits(&p, 99, &year) &&
		  *p++ == '-' && two_digits(&p, 12, &tm->tm_mon) &&
		  *p++ == '-' && two_digits(&p, 31, &tm->tm_mday);

	if (!ok || tm->tm_mon < 1 || tm->tm_mday < 1)
		return false;
	tm->tm_year = century * 100 + year - 1900;
	tm->tm_mon -= 1;
	*at = p;
	return true;
}

static bool parse_time(const char **at, struct tm *tm)
{
	const char *p = *at;

	if (!two_digits(&p, 23, &tm->tm_hour) || *p++ != ':' ||
	    !two_digits(&p, 59, &tm->tm_min) || *p++ != ':' ||
	    !two_digits(&p, 60, &tm->tm_sec))
		return false;
	if (*p == '.') {
		if (!isdigit((unsigned char)p[1]))
			return false;
		for (p++; isdigit((unsigned char)*p); p++)
			;
	}
	*at = p;
	return true;
}

static int days_of(int month, int year)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month] + (month == 1 && leap ? 1 : 0);
}

int clock_parse(const char *text, int64_t *out)
{
	struct tm tm = { .tm_isdst = 0 };
	int64_t offset;

	if (!parse_date(&text, &tm) || (*text != 'T' && *text != 't'))
		return ERR_MALFORMED;
	text++;
	if (!parse_time(&text, &tm) || !parse_offset(text, &offset))
		return ERR_MALFORMED;
	/* timegm() would make the 2nd of March of the 30th of February. */
	if (tm.tm_mday > days_of(tm.tm_mon, tm.tm_year + 1900))
		return ERR_MALFORMED;
	*out = timegm(&tm) - offset;
	return 0;
}
