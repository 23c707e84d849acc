/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sign: what the command line of `signet sign` asks for.
 */
#ifndef SIGNET_CLI_SIGN_H
#define SIGNET_CLI_SIGN_H

#include <stdbool.h>

#include "base/attr.h"
#include "cli/option.h"
#include "cli/self.h"
#include "signet.h"

struct cli_sign {
	struct cli_common common;
	const char *key, *algorithm, *media_type, *out, *out_dir;
	enum signet_format format;
	bool attached, detached, p1363, has_encoding, force, quiet;
	unsigned int jobs;
	char **files;
	size_t len;
};

/*
 * Where the signature of a file goes, into path[CLI_PATH_MAX]: --out, else the
 * file's name and .p7s, .p7m (attached), .jws or .sig, in --out-dir.  "" is
 * standard output.  False: the name is too long.
 */
bool cli_sign_output(const struct cli_sign *s, const char *file, char *path)
	MUST_CHECK;

/* The media type by the end of a file's name. */
const char *cli_sign_media_type(const char *file);

/* "-" or a file's name as JSON text, with its quotes, to standard output. */
void cli_sign_print_json(const char *text);

/*
 * Sign one of the files with this client: read, ask, write.  Prints what came
 * of it, and gives an enum cli_exit.
 */
int cli_sign_file(const struct cli_sign *s, struct signet_client *c,
		  const char *file);

#endif
