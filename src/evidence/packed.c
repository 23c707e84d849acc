/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packed: a file, compressed.
 */
#include "evidence/packed.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/limits.h"

#define PACKED_PIECE (64u * 1024)
/* deflateInit2(): the largest window, with the head and tail of gzip. */
#define PACKED_WINDOW (MAX_WBITS + 16)
#define PACKED_MEMORY 8

bool packed_is(int fd)
{
	uint8_t magic[2];

	return pread(fd, magic, sizeof(magic), 0) == sizeof(magic) &&
	       magic[0] == 0x1f && magic[1] == 0x8b;
}

/* --- writing -------------------------------------------------------------- */

struct packing {
	z_stream z;
	EVP_MD_CTX *digest;
	uint8_t in[PACKED_PIECE], out[PACKED_PIECE];
};

static void packing_free(struct packing *p)
{
	if (p == NULL)
		return;
	deflateEnd(&p->z);
	EVP_MD_CTX_free(p->digest);
	free(p);
}

static struct packing *packing_new(void)
{
	struct packing *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->digest = EVP_MD_CTX_new();
	if (p->digest != NULL &&
	    EVP_DigestInit_ex(p->digest, EVP_sha256(), NULL) == 1 &&
	    deflateInit2(&p->z, Z_DEFAULT_COMPRESSION, Z_DEFLATED,
			 PACKED_WINDOW, PACKED_MEMORY,
			 Z_DEFAULT_STRATEGY) == Z_OK)
		return p;
	packing_free(p);
	return NULL;
}

/* What is there now; flush: Z_NO_FLUSH, Z_FINISH. */
static int pack(struct packing *p, int to, int flush, struct error *e)
{
	struct slice made;
	int r = 0;

	do {
		p->z.next_out = p->out;
		p->z.avail_out = sizeof(p->out);
		if (deflate(&p->z, flush) == Z_STREAM_ERROR)
			return error_set(e, ERR_INTERNAL, "zlib");
		made = slice_of(p->out, sizeof(p->out) - p->z.avail_out);
		r = fd_write_all(to, made, e);
		if (r == 0 && EVP_DigestUpdate(p->digest, made.ptr,
					       made.len) != 1)
			r = error_set(e, ERR_CRYPTO, "a digest");
	} while (r == 0 && p->z.avail_out == 0);
	return r;
}

static int pack_all(struct packing *p, int from, int to, struct error *e)
{
	ssize_t n;
	int r = 0;

	while (r == 0 && (n = read(from, p->in, sizeof(p->in))) != 0) {
		if (n < 0)
			return error_set_errno(e, ERR_IO, errno,
					       "what is to be compressed");
		p->z.next_in = p->in;
		p->z.avail_in = (unsigned)n;
		r = pack(p, to, Z_NO_FLUSH, e);
	}
	return r != 0 ? r : pack(p, to, Z_FINISH, e);
}

int packed_write(int from, int to, uint8_t *sha256, struct error *e)
{
	struct packing *p = packing_new();
	int r;

	if (p == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory to compress");
	r = pack_all(p, from, to, e);
	if (r == 0 && EVP_DigestFinal_ex(p->digest, sha256, NULL) != 1)
		r = error_set(e, ERR_CRYPTO, "a digest");
	packing_free(p);
	return r;
}

/* --- reading -------------------------------------------------------------- */

static int unpack(gzFile file, const char *path, int to, struct error *e)
{
	uint8_t piece[PACKED_PIECE];
	int n, failed, r = 0;

	while (r == 0 && (n = gzread(file, piece, sizeof(piece))) > 0)
		r = fd_write_all(to, slice_of(piece, (size_t)n), e);
	if (r != 0)
		return r;
	/* One that is cut off is told at its end. */
	gzerror(file, &failed);
	if (failed == Z_ERRNO)
		return error_set_errno(e, ERR_IO, errno, "%s", path);
	return failed == Z_OK ? 0 :
		error_set(e, ERR_MALFORMED, "%s: the compressed file is"
			  " damaged or cut off", path);
}

int packed_read(const char *path, int to, struct error *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), r;
	gzFile file = fd < 0 ? NULL : gzdopen(fd, "rb");

	if (file == NULL) {
		r = error_set_errno(e, ERR_IO, errno, "%s", path);
		fd_closep(&fd);
		return r;
	}
	r = unpack(file, path, to, e);
	if (gzclose_r(file) == Z_BUF_ERROR && r == 0)
		r = error_set(e, ERR_MALFORMED, "%s: the compressed file is"
			      " cut off", path);
	return r;
}

static int nameless(const char *folder)
{
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
	char name[LIMIT_PATH];

	if (fd >= 0)
		return fd;
	/* Not every file system can do that. */
	snprintf(name, sizeof(name), "%s/signet-evidence.XXXXXX", folder);
	fd = mkostemp(name, O_CLOEXEC);
	if (fd >= 0)
		unlink(name);
	return fd;
}

static int map(int fd, const char *path, void **at, size_t *len,
	       struct error *e)
{
	struct stat st;
	void *all;

	if (fstat(fd, &st) != 0)
		return error_set_errno(e, ERR_IO, errno, "%s", path);
	*len = (size_t)st.st_size;
	*at = NULL;
	if (*len == 0)
		return 0;
	all = mmap(NULL, *len, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_NORESERVE, fd, 0);
	if (all == MAP_FAILED)
		return error_set_errno(e, ERR_IO, errno, "%s", path);
	*at = all;
	return 0;
}

int packed_map(const char *path, void **at, size_t *len, struct error *e)
{
	const char *folder = getenv("TMPDIR");
	AUTO(fd_closep) int fd = -1;
	int r;

	if (folder == NULL || folder[0] != '/')
		folder = "/tmp";
	fd = nameless(folder);
	if (fd < 0)
		return error_set_errno(e, ERR_IO, errno, "a file in %s",
				       folder);
	r = packed_read(path, fd, e);
	return r != 0 ? r : map(fd, path, at, len, e);
}
