/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sign_batch: `signet sign` for several files under one approval.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/content.h"
#include "cli/i18n.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/sign.h"
#include "cli/wait.h"

/* Files that are open at a time: those of a batch, and a few of our own. */
#define BATCH_FILES (LIMIT_BATCH + 64u)

struct batch {
	const struct cli_sign *sign;
	struct signet_client *client;
	struct signet_request *request;
	const char *files[LIMIT_BATCH]; /* of its items */
	size_t len;
	size_t written, wanted; /* in all batches */
	int status;		/* the highest */
};

static void note(struct batch *b, int status)
{
	if (status > b->status)
		b->status = status;
}

/* Contents stay open until they are sent. */
static void allow_many_files(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_cur >= BATCH_FILES)
		return;
	r.rlim_cur = r.rlim_max < BATCH_FILES ? r.rlim_max : BATCH_FILES;
	/* Where that does not do, the files that cannot be opened are told. */
	if (setrlimit(RLIMIT_NOFILE, &r) != 0)
		return;
}

/* --- before ------------------------------------------------------------- */

/* A signature that has no place is lost: try before it is signed. */
static int check_output(const struct cli_sign *s, const char *file,
			struct error *e)
{
	AUTO(cli_output_abort) struct cli_output o = CLI_OUTPUT_NONE;
	char path[CLI_PATH_MAX];

	if (!cli_sign_output(s, file, path))
		return error_set(e, ERR_IO,
				 "the name of the output is too long");
	return cli_output_open(&o, path, s->force, e);
}

/* The request has an empty last item only while it has no other. */
static int add_content(struct batch *b, const char *file, struct error *e)
{
	int r = b->len == 0 ? 0 : signet_request_add(b->request);

	if (r != 0)
		return error_set(e, ERR_NO_MEMORY, "no memory");
	r = cli_content_set(b->sign, file, b->request, e);
	if (r != 0)
		signet_request_drop(b->request);
	return r;
}

static void add(struct batch *b, const char *file)
{
	struct error e;
	int r = check_output(b->sign, file, &e);

	if (r == 0)
		r = add_content(b, file, &e);
	if (r == 0)
		b->files[b->len++] = file;
	else
		note(b, cli_sign_trouble(b->sign, file, &e));
}

/* --- after -------------------------------------------------------------- */

static void write_item(struct batch *b, size_t i,
		       const struct signet_signature *signature)
{
	AUTO(cli_output_abort) struct cli_output o = CLI_OUTPUT_NONE;
	const struct cli_sign *s = b->sign;
	char path[CLI_PATH_MAX];
	struct slice bytes;
	struct error e;

	bytes.ptr = signet_signature_item(signature, i, &bytes.len);
	if (!cli_sign_output(s, b->files[i], path) ||
	    cli_output_open(&o, path, s->force, &e) != 0 ||
	    fd_write_all(o.fd, bytes, &e) != 0 ||
	    cli_output_commit(&o, s->force, &e) != 0) {
		note(b, cli_sign_trouble(s, b->files[i], &e));
		return;
	}
	b->written++;
	cli_sign_done(s, b->files[i], path, i + 1, signature);
}

/* "item 2: ..." in what signetd says: the file that it is about. */
static const char *subject(const struct batch *b, const struct signet_error *e)
{
	size_t item = 0;

	if (sscanf(signet_error_detail(e), "item %zu: ", &item) == 1 &&
	    item > 0 && item <= b->len)
		return b->files[item - 1];
	return b->len == 1 ? b->files[0] : NULL;
}

static void tell_missing(struct batch *b, size_t done,
			 const struct signet_error *e)
{
	note(b, cli_problem(e, subject(b, e), false));
	for (size_t i = done; i < b->len; i++) {
		cli_sign_refused_json(b->sign, b->files[i], e);
		if (b->len > 1)
			cli_message(_("%s: not signed"), b->files[i]);
	}
}

static void ask(struct batch *b)
{
	const struct signet_signature *results;
	struct signet_signature *all = NULL;
	size_t done = 0;
	int r;

	cli_wait_begin();
	r = signet_client_sign(b->client, b->request, &all);
	cli_wait_end();
	results = r == 0 ? all : signet_client_partial(b->client);
	if (results != NULL)
		done = signet_signature_signed(results);
	for (size_t i = 0; i < done && i < b->len; i++)
		write_item(b, i, results);
	if (r != 0)
		tell_missing(b, done, signet_client_error(b->client));
	signet_signature_free(all);
}

/* One approval: as many of the files as a batch may have, from the first. */
static size_t sign_some(struct batch *b, char **files, size_t len)
{
	const struct cli_sign *s = b->sign;
	struct error e;
	size_t i = 0;

	b->len = 0;
	if (signet_request_new(&b->request) != 0) {
		error_set(&e, ERR_NO_MEMORY, "no memory");
		note(b, cli_sign_trouble(s, files[0], &e));
		return len;
	}
	if (cli_sign_request(s, b->request) != 0) {
		note(b, cli_sign_refused(s, files[0],
					 signet_request_error(b->request)));
		i = len;
	}
	for (; i < len && b->len < LIMIT_BATCH; i++)
		add(b, files[i]);
	if (b->len > 0)
		ask(b);
	signet_request_free(b->request);
	return i;
}

int cli_sign_batch(const struct cli_sign *s, struct signet_client *c)
{
	struct batch *b = calloc(1, sizeof(*b));
	int status;

	if (b == NULL) {
		cli_error(_("there is no memory"));
		return CLI_FAULT;
	}
	*b = (struct batch){ .sign = s, .client = c, .wanted = s->len };
	allow_many_files();
	for (size_t i = 0; i < s->len;)
		i += sign_some(b, s->files + i, s->len - i);
	if (!s->quiet || b->written < b->wanted)
		cli_message(_("%zu of %zu signed"), b->written, b->wanted);
	status = b->status;
	free(b);
	return status;
}
