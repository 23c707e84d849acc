/* SPDX-License-Identifier: Apache-2.0 */
/*
 * secret: the only place where a PIN may lie.
 */
#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

#define SECRET_PAGE 4096
/* The longest secret and its line end, or what shows that it is too long. */
#define SECRET_READ (SECRET_MAX + 2)
_Static_assert(SECRET_READ < SECRET_PAGE, "a secret fits in its page");

int secret_init(struct secret *s, struct error *e)
{
	void *page = mmap(NULL, SECRET_PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return error_set_errno(e, ERR_NO_MEMORY, errno,
				       "no page for a PIN");
	/* DONTDUMP and WIPEONFORK cannot fail on our own page. */
	if (mlock(page, SECRET_PAGE) != 0) {
		int saved = errno;

		munmap(page, SECRET_PAGE);
		return error_set_errno(e, ERR_NO_MEMORY, saved,
				       "cannot lock a page for a PIN in memory;"
				       " raise RLIMIT_MEMLOCK");
	}
	madvise(page, SECRET_PAGE, MADV_DONTDUMP);
	madvise(page, SECRET_PAGE, MADV_WIPEONFORK);
	s->ptr = page;
	s->len = 0;
	return 0;
}

void secret_fini(struct secret *s)
{
	if (s == NULL || s->ptr == NULL)
		return;
	explicit_bzero(s->ptr, SECRET_PAGE);
	munmap(s->ptr, SECRET_PAGE);
	s->ptr = NULL;
	s->len = 0;
}

static int secret_check_file(int fd, const char *path, struct error *e)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return error_set_errno(e, ERR_PIN_SOURCE, errno, "%s", path);
	if (!S_ISREG(st.st_mode))
		return error_set(e, ERR_PIN_SOURCE, "%s is not a regular file",
				 path);
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return error_set(e, ERR_PIN_SOURCE,
				 "%s belongs to another user (uid %u)", path,
				 st.st_uid);
	if ((st.st_mode & 077) != 0)
		return error_set(e, ERR_PIN_SOURCE,
				 "%s can be used by group or others (mode"
				 " %04o); run: chmod 600 %s", path,
				 st.st_mode & 07777, path);
	return 0;
}

/* The first line, without its end; what follows it is wiped. */
static int secret_first_line(struct secret *s, const char *path,
			     struct error *e)
{
	uint8_t *end = memchr(s->ptr, '\n', s->len);
	size_t len = end == NULL ? s->len : (size_t)(end - s->ptr);

	if (len > 0 && s->ptr[len - 1] == '\r')
		len--;
	explicit_bzero(s->ptr + len, SECRET_PAGE - len);
	s->len = len;
	if (len == 0)
		return error_set(e, ERR_PIN_SOURCE, "%s is empty", path);
	if (len > SECRET_MAX)
		return error_set(e, ERR_PIN_SOURCE,
				 "%s: a PIN is at most %d bytes", path,
				 SECRET_MAX);
	return 0;
}

static int secret_read_bytes(struct secret *s, int fd, const char *path,
			     struct error *e)
{
	while (s->len < SECRET_READ) {
		ssize_t got = read(fd, s->ptr + s->len, SECRET_READ - s->len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set_errno(e, ERR_PIN_SOURCE, errno, "%s",
					       path);
		if (got == 0)
			break;
		s->len += (size_t)got;
	}
	return 0;
}

static void secret_wipe(struct secret *s)
{
	explicit_bzero(s->ptr, SECRET_PAGE);
	s->len = 0;
}

int secret_read_file(struct secret *s, const char *path, struct error *e)
{
	AUTO(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY |
					     O_NONBLOCK);
	int r;

	secret_wipe(s);
	if (fd < 0)
		return error_set_errno(e, ERR_PIN_SOURCE, errno, "%s", path);
	r = secret_check_file(fd, path, e);
	if (r == 0)
		r = secret_read_bytes(s, fd, path, e);
	if (r == 0)
		r = secret_first_line(s, path, e);
	if (r != 0)
		secret_wipe(s);
	return r;
}
