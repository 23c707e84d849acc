/* SPDX-License-Identifier: Apache-2.0 */
/*
 * native_host: the names by which browsers know signet-webhost, and the
 * extensions that may speak to it (docs/PROTOCOL.webhost).
 */
#ifndef SIGNET_BASE_NATIVE_HOST_H
#define SIGNET_BASE_NATIVE_HOST_H

#include <stdbool.h>

struct native_host {
	const char *name;    /* in manifests: "signet", "eu.webeid" */
	const char *program; /* a link or the program itself; argv[0] of it */
	const char *text;    /* what it is, for people */
	const char *const *firefox;  /* ids of extensions, to NULL */
	const char *const *chromium; /* the same, of Chrome and its kin */
};

extern const struct native_host native_host_signet;
extern const struct native_host native_host_webeid;

/* The host that a program of this name (argv[0]) is: else that of Web eID. */
const struct native_host *native_host_of(const char *argv0);

/* Is that path one of our programs, wherever it lies? */
bool native_host_is_ours(const char *path);

/*
 * May an extension speak to it, as browsers tell: "chrome-extension://ID/", or
 * the id that Firefox has for it?
 */
bool native_host_allows(const struct native_host *h, const char *extension);

#endif
