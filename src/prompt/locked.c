/* SPDX-License-Identifier: Apache-2.0 */
/*
 * locked: memory for libassuan, through whose line buffer a PIN comes.
 */
#include "prompt/locked.h"

#include <errno.h>
#include <stdalign.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define LOCKED_PAGE 4096

/* In front of what the caller gets. */
struct locked {
	alignas(16) size_t mapped;
	size_t size;
};

void *prompt_locked_new(size_t size)
{
	struct locked *l;
	size_t mapped;

	if (size > SIZE_MAX / 2) {
		errno = ENOMEM;
		return NULL;
	}
	mapped = sizeof(*l) + size + LOCKED_PAGE - 1;
	mapped -= mapped % LOCKED_PAGE;
	l = mmap(NULL, mapped, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (l == MAP_FAILED)
		return NULL;
	if (mlock(l, mapped) != 0) {
		munmap(l, mapped);
		errno = ENOMEM;
		return NULL;
	}
	madvise(l, mapped, MADV_DONTDUMP);
	madvise(l, mapped, MADV_WIPEONFORK);
	l->mapped = mapped;
	l->size = size;
	return l + 1;
}

void *prompt_locked_resize(void *p, size_t size)
{
	struct locked *l = p;
	void *fresh = prompt_locked_new(size);

	if (fresh == NULL || p == NULL)
		return fresh;
	l--;
	memcpy(fresh, p, l->size < size ? l->size : size);
	prompt_locked_free(p);
	return fresh;
}

void prompt_locked_free(void *p)
{
	struct locked *l = p;

	if (p == NULL)
		return;
	l--;
	explicit_bzero(p, l->size);
	munmap(l, l->mapped);
}
