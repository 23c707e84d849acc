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

struct error;

struct cli_sign {
	struct cli_common common;
	const char *key, *algorithm, *media_type, *out, *out_dir;
	enum signet_format format;
	bool attached, detached, p1363, has_encoding, force, quiet, payment;
	unsigned int jobs; /* 0: several files are one batch */
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

/* A file's name without its folder. */
const char *cli_sign_base_name(const char *file);

/* The members of a request that are not about the content. */
int cli_sign_request(const struct cli_sign *s, struct signet_request *r)
	MUST_CHECK;

/*
 * Sign one of the files with this client: read, ask, write.  Prints what came
 * of it, and gives an enum cli_exit.
 */
int cli_sign_file(const struct cli_sign *s, struct signet_client *c,
		  const char *file);

/*
 * Sign all files under one approval (of 1000 each, if they are more).  One that
 * cannot be read or has no place for its signature is left out.  Prints what
 * came of each, and gives the highest enum cli_exit.
 */
int cli_sign_batch(const struct cli_sign *s, struct signet_client *c);

/* --- what came of a file: a line of JSON for a program, or a text -------- */

/* "-" or a file's name as JSON text, with its quotes, to standard output. */
void cli_sign_print_json(const char *text);

/* It is signed; item counts from 1 in a batch, and is 0 in none. */
void cli_sign_done(const struct cli_sign *s, const char *file,
		   const char *path, size_t item,
		   const struct signet_signature *signature);

/* signetd or the library refused it.  Gives an enum cli_exit. */
int cli_sign_refused(const struct cli_sign *s, const char *file,
		     const struct signet_error *e);

/* The same, only for a program: what a person has to know was told. */
void cli_sign_refused_json(const struct cli_sign *s, const char *file,
			   const struct signet_error *e);

/* This command could not read or write it.  Gives an enum cli_exit. */
int cli_sign_trouble(const struct cli_sign *s, const char *file,
		     const struct error *e);

#endif
