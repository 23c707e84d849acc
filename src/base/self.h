/* SPDX-License-Identifier: Apache-2.0 */
/*
 * self: where this program itself lies, to find what was installed with it.
 */
#ifndef SIGNET_BASE_SELF_H
#define SIGNET_BASE_SELF_H

#include <stdbool.h>
#include <stddef.h>

/* The folder of the running program into dir; false when it does not fit. */
bool self_dir(char *dir, size_t size);

/*
 * Another program of ours into path: beside this one, or where `make install`
 * puts it, seen from bin and from lib/signet.  False: it is not there.
 */
bool self_program(const char *name, char *path, size_t size);

#endif
