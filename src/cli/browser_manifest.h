/* SPDX-License-Identifier: Apache-2.0 */
/*
 * browser_manifest: one manifest of a native messaging host: its text, what is
 * in its place, putting it there.
 */
#ifndef SIGNET_CLI_BROWSER_MANIFEST_H
#define SIGNET_CLI_BROWSER_MANIFEST_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "cli/self.h"

struct error;
struct native_host;

enum browser_found {
	BROWSER_NOTHING, /* there is no such file */
	BROWSER_OURS,	 /* it names our program, and no other text is wanted */
	BROWSER_OTHER,	 /* ... another text is */
	BROWSER_FOREIGN, /* another program's, or nobody can tell whose */
};

struct browser_manifest {
	enum browser_found found;
	char program[CLI_PATH_MAX]; /* that it names; "" when it names none */
};

/*
 * The text that names program, for Firefox or for the others, to the end of
 * out; the caller looks at buf_error(out).
 */
void browser_manifest_text(const struct native_host *h, const char *program,
			   bool firefox, struct buf *out);

/* What is there at path, where that text is wanted. */
void browser_manifest_look(const char *path, struct slice wanted,
			   struct browser_manifest *out);

/*
 * Put it there, whole or not at all, for everybody to read.  ERR_IO.  Without
 * replace only where nothing is.
 */
int browser_manifest_put(const char *path, struct slice text, bool replace,
			 struct error *e) MUST_CHECK;

#endif
