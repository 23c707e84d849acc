/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attr: the few compiler attributes the house style asks for.
 */
#ifndef SIGNET_BASE_ATTR_H
#define SIGNET_BASE_ATTR_H

/* A result that says whether it worked has to be looked at. */
#define MUST_CHECK __attribute__((warn_unused_result))
/* printf-like: number of the format argument and of the first value. */
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
/* Owned local: fn(&local) runs when the scope is left. */
#define AUTO(fn) __attribute__((cleanup(fn)))
#define UNUSED __attribute__((unused))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
