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

#endif
