/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packed: a file, compressed (gzip, RFC 1952).
 */
#ifndef SIGNET_EVIDENCE_PACKED_H
#define SIGNET_EVIDENCE_PACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct error;

/* Does what fd reads begin as gzip does?  Leaves it at its beginning. */
bool packed_is(int fd);

/*
 * All that from has, compressed, behind what to has; sha256[32] is that of
 * what was written.  ERR_IO.
 */
int packed_write(int from, int to, uint8_t *sha256, struct error *e)
	MUST_CHECK;

/*
 * What path holds, unpacked, behind what to has.  ERR_IO; ERR_MALFORMED: it is
 * cut off or damaged.
 */
int packed_read(const char *path, int to, struct error *e) MUST_CHECK;

/*
 * What path holds, unpacked, as memory of one's own; for munmap(2), NULL when
 * nothing is in it.  It lies in a file of TMPDIR that never has a name, so that
 * nothing is left of it whenever the program ends.  Errors as above.
 */
int packed_map(const char *path, void **at, size_t *len, struct error *e)
	MUST_CHECK;

#endif
