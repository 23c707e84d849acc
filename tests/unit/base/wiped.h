/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wiped: takes the place of libc's explicit_bzero() in a test program and
 * remembers the last wipes, because memory cannot be looked at once released.
 */
#ifndef SIGNET_TEST_WIPED_H
#define SIGNET_TEST_WIPED_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define WIPED_REMEMBERED 16

static struct {
	const void *ptr;
	size_t len;
} wiped[WIPED_REMEMBERED];
static size_t wiped_count;

/* What explicit_bzero() becomes with _FORTIFY_SOURCE. */
void __explicit_bzero_chk(void *ptr, size_t len, size_t size);

void __explicit_bzero_chk(void *ptr, size_t len, size_t size)
{
	volatile unsigned char *at = ptr;

	wiped[wiped_count % WIPED_REMEMBERED].ptr = ptr;
	wiped[wiped_count % WIPED_REMEMBERED].len = len;
	wiped_count++;
	while (len-- > 0)
		*at++ = 0;
}

void explicit_bzero(void *ptr, size_t len)
{
	__explicit_bzero_chk(ptr, len, len);
}

/* Was the block at ptr wiped over at least len bytes? */
static inline bool wiped_all(const void *ptr, size_t len)
{
	for (size_t i = 0; i < WIPED_REMEMBERED; i++)
		if (wiped[i].ptr == ptr && wiped[i].len >= len)
			return true;
	return false;
}

static inline void wiped_forget(void)
{
	memset(wiped, 0, sizeof(wiped));
	wiped_count = 0;
}

#endif
