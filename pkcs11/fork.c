/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fork: what a child that a module forks may not do: speak for the worker.
 */
#include "pkcs11/fork.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#define FORK_PAGE 4096

static int fork_fd = -1;
static volatile uint8_t *fork_page;

static void fork_child(void)
{
	close(fork_fd);
}

int p11_fork_guard(int fd, struct error *e)
{
	void *page = mmap(NULL, FORK_PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED ||
	    madvise(page, FORK_PAGE, MADV_WIPEONFORK) != 0)
		return error_set_errno(e, ERR_NO_MEMORY, errno,
				       "no page to know children by");
	fork_page = page;
	fork_page[0] = 1;
	fork_fd = fd;
	if (pthread_atfork(NULL, NULL, fork_child) != 0)
		return error_set(e, ERR_NO_MEMORY, "pthread_atfork failed");
	return 0;
}

bool p11_fork_is_worker(void)
{
	return fork_page != NULL && fork_page[0] == 1;
}
