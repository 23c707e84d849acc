/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trim: memory that signetd does not need now goes back.
 */
#include "daemon/trim.h"

#include <event2/event.h>
#include <link.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"

/* After the start: modules are up, or take longer than usual. */
#define TRIM_FIRST_SECONDS 3
/* From then on.  The pages that come back cost a millisecond or so. */
#define TRIM_SECONDS 15

struct trim {
	struct event *timer;
};

/* Code that is relocated (DT_TEXTREL) differs from its file. */
static bool text_relocated(const struct dl_phdr_info *info)
{
	for (unsigned i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		const ElfW(Dyn) *d = (const void *)(info->dlpi_addr +
						    p->p_vaddr);

		if (p->p_type != PT_DYNAMIC)
			continue;
		for (; d->d_tag != DT_NULL; d++)
			if (d->d_tag == DT_TEXTREL ||
			    (d->d_tag == DT_FLAGS &&
			     (d->d_un.d_val & DF_TEXTREL) != 0))
				return true;
	}
	return false;
}

/*
 * What may be written, or might once (RELRO lies in a writable segment, too),
 * is left alone: its pages are not those of the file any more.
 */
static int trim_object(struct dl_phdr_info *info, size_t size, void *arg)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);

	if (info->dlpi_addr == getauxval(AT_SYSINFO_EHDR) ||
	    text_relocated(info))
		return 0;
	for (unsigned i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		uintptr_t from = (info->dlpi_addr + p->p_vaddr) & ~(page - 1);
		uintptr_t to = info->dlpi_addr + p->p_vaddr + p->p_filesz;

		if (p->p_type != PT_LOAD || (p->p_flags & PF_W) != 0)
			continue;
		/* Not to be had: then it stays. */
		(void)madvise((void *)from, to - from, MADV_DONTNEED);
	}
	return 0;
}

void trim_now(void)
{
	malloc_trim(0);
	dl_iterate_phdr(trim_object, NULL);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	const struct timeval next = { TRIM_SECONDS, 0 };
	struct trim *t = arg;

	trim_now();
	evtimer_add(t->timer, &next);
}

int trim_start(struct event_base *base, struct trim **out, struct error *e)
{
	const struct timeval first = { TRIM_FIRST_SECONDS, 0 };
	struct trim *t = calloc(1, sizeof(*t));

	if (t != NULL)
		t->timer = evtimer_new(base, on_timer, t);
	if (t == NULL || t->timer == NULL ||
	    evtimer_add(t->timer, &first) != 0) {
		trim_stop(t);
		return error_set(e, ERR_NO_MEMORY, "no memory for a timer");
	}
	*out = t;
	return 0;
}

void trim_stop(struct trim *t)
{
	if (t == NULL)
		return;
	if (t->timer != NULL)
		event_free(t->timer);
	free(t);
}
