/* SPDX-License-Identifier: Apache-2.0 */
/*
 * locked: memory for libassuan, through whose line buffer a PIN comes.
 *
 * Each piece has pages of its own, locked, left out of core files, and wiped
 * when released.  The library asks for a few of them.
 */
#ifndef SIGNET_PROMPT_LOCKED_H
#define SIGNET_PROMPT_LOCKED_H

#include <stddef.h>

/* As malloc(3), realloc(3) and free(3); NULL when it cannot be locked. */
void *prompt_locked_new(size_t size);
void *prompt_locked_resize(void *p, size_t size);
void prompt_locked_free(void *p);

#endif
