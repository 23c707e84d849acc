/* SPDX-License-Identifier: Apache-2.0 */
/*
 * origins: the pages that may ask, for GET /v1/status.
 */
#ifndef SIGNET_API_ORIGINS_H
#define SIGNET_API_ORIGINS_H

struct exchange;
struct writer;

/*
 * An array of that name: the pages that rules name, and those that the user
 * who asks has allowed.
 */
void api_origins_put(struct writer *j, const char *name,
		     const struct exchange *x);

#endif
