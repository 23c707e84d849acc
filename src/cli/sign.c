/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sign: signet sign: signatures over files.
 */
#include "cli/sign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/attr.h"
#include "cli/batch.h"
#include "cli/cli.h"
#include "cli/connect.h"
#include "cli/content.h"
#include "cli/i18n.h"
#include "cli/message.h"
#include "cli/output.h"

enum {
	OPTION_ATTACHED = CLI_OPTION_LONG,
	OPTION_DETACHED,
	OPTION_ENCODING,
	OPTION_OUT_DIR,
	OPTION_MEDIA_TYPE,
	OPTION_PAYMENT,
	OPTION_FORCE
};

static bool take_format(struct cli_sign *s, const char *value)
{
	static const struct {
		const char *name;
		enum signet_format format;
	} formats[] = {
		{ "cms", SIGNET_CMS },
		{ "jws", SIGNET_JWS },
		{ "raw", SIGNET_RAW },
	};

	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (strcmp(value, formats[i].name) == 0) {
			s->format = formats[i].format;
			return true;
		}
	return false;
}

static bool take_encoding(struct cli_sign *s, const char *value)
{
	s->has_encoding = true;
	s->p1363 = strcmp(value, "p1363") == 0;
	return s->p1363 || strcmp(value, "der") == 0;
}

static bool take_text(struct cli_sign *s, int id, const char *value)
{
	switch (id) {
	case 'k':
		s->key = value;
		return true;
	case 'a':
		s->algorithm = value;
		return true;
	case 'o':
		s->out = value;
		return value[0] != '\0';
	case OPTION_OUT_DIR:
		s->out_dir = value;
		return value[0] != '\0';
	case OPTION_MEDIA_TYPE:
		s->media_type = value;
		s->payment = s->payment ||
			     strcmp(value, CLI_CONTENT_PAYMENT) == 0;
		return strchr(value, '/') != NULL;
	}
	return false;
}

static bool take(void *context, int id, const char *value)
{
	struct cli_sign *s = context;

	switch (id) {
	case 'f':
		return take_format(s, value);
	case 'j':
		return cli_option_number(value, 1, CLI_BATCH_JOBS_MAX,
					 &s->jobs);
	case OPTION_ENCODING:
		return take_encoding(s, value);
	case OPTION_ATTACHED:
		s->attached = true;
		return true;
	case OPTION_DETACHED:
		s->detached = true;
		return true;
	case OPTION_PAYMENT:
		s->payment = true;
		return true;
	case OPTION_FORCE:
		s->force = true;
		return true;
	case 'q':
		s->quiet = true;
		return true;
	}
	return take_text(s, id, value);
}

/* What does not go together; NULL when all is well. */
static const char *conflict(const struct cli_sign *s)
{
	bool to_stdout = s->out != NULL && strcmp(s->out, "-") == 0;
	size_t dashes = 0;

	for (size_t i = 0; i < s->len; i++)
		dashes += strcmp(s->files[i], "-") == 0;
	if (s->out == NULL && dashes > 0)
		to_stdout = true;
	if (s->len == 0)
		return _("name the files to sign, or - for standard input");
	if (s->attached && s->detached)
		return _("--attached and --detached exclude each other");
	if (s->format == SIGNET_RAW && (s->attached || s->detached))
		return _("a raw signature never holds the content");
	if (s->format != SIGNET_RAW && s->has_encoding)
		return _("--raw-encoding needs --format raw");
	if (s->payment && s->media_type != NULL &&
	    strcmp(s->media_type, CLI_CONTENT_PAYMENT) != 0)
		return _("--payment and --media-type exclude each other");
	if (s->out != NULL && s->out_dir != NULL)
		return _("--out and --out-dir exclude each other");
	if (s->len > 1 && (s->out != NULL || dashes > 0))
		return _("several files need --out-dir, or no option at all");
	if (to_stdout && s->common.json)
		return _("standard output cannot take both: use --out FILE");
	if (to_stdout && s->format != SIGNET_JWS && isatty(STDOUT_FILENO))
		return _("a terminal cannot show a signature: use --out FILE");
	return NULL;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Two inputs of one name would write one output. */
static bool outputs_differ(const struct cli_sign *s)
{
	char path[CLI_PATH_MAX];
	char **all = calloc(s->len, sizeof(*all));
	bool differ = all != NULL;

	for (size_t i = 0; i < s->len && differ; i++) {
		differ = cli_sign_output(s, s->files[i], path);
		all[i] = strdup(path);
		differ = differ && all[i] != NULL;
	}
	if (differ)
		qsort(all, s->len, sizeof(*all), compare);
	for (size_t i = 1; i < s->len && differ; i++)
		differ = strcmp(all[i - 1], all[i]) != 0;
	for (size_t i = 0; all != NULL && i < s->len; i++)
		free(all[i]);
	free(all);
	return differ;
}

static void *open_one(void *context)
{
	const struct cli_sign *s = context;

	return cli_connect_more(&s->common);
}

static void close_one(void *own)
{
	signet_client_free(own);
}

static int work(void *context, void *own, size_t i)
{
	const struct cli_sign *s = context;

	return cli_sign_file(s, own, s->files[i]);
}

/* Each file for itself, some at a time. */
static int sign_each(struct cli_sign *s)
{
	const struct cli_batch batch = {
		.len = s->len, .jobs = s->jobs, .context = s,
		.progress = s->len > 1 && !s->quiet && isatty(STDERR_FILENO),
		.open = open_one, .close = close_one, .work = work,
	};
	struct cli_batch_result result;

	if (!cli_batch_run(&batch, &result)) {
		cli_error(_("there is no memory"));
		return CLI_FAULT;
	}
	if (s->len > 1 && (!s->quiet || result.failed > 0))
		cli_message(_("%zu signed, %zu failed"),
			    result.done - result.failed, result.failed);
	return result.status;
}

static int sign_all(struct cli_sign *s, struct signet_client *c)
{
	if (s->len == 1)
		return cli_sign_file(s, c, s->files[0]);
	return s->jobs == 0 ? cli_sign_batch(s, c) : sign_each(s);
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	AUTO(cli_connect_freep) struct signet_client *c = NULL;
	struct cli_sign s = { .format = SIGNET_CMS };
	struct cli_common common;
	const char *wrong;
	int r = cli_option_parse(command, argc, argv, &common, take, &s);

	if (r < 0)
		return -1 - r;
	s.common = common;
	s.files = argv + r;
	s.len = (size_t)(argc - r);
	wrong = conflict(&s);
	if (wrong == NULL && !outputs_differ(&s))
		wrong = _("two of the files have the same output");
	if (wrong != NULL) {
		cli_error("%s", wrong);
		cli_message(_("try: signet %s --help"), command->name);
		return CLI_USAGE;
	}
	/* Once, before threads there may be: they need not start it. */
	r = cli_connect(&s.common, &c);
	if (r != CLI_OK)
		return r;
	cli_output_catch_signals();
	return sign_all(&s, c);
}

static const struct cli_option options[] = {
	{ 'k', "key", "URI", N_("sign with this key (PKCS#11 URI)") },
	{ 'f', "format", "FORMAT", N_("cms (default), jws or raw") },
	{ OPTION_ATTACHED, "attached", NULL,
	  N_("put the content into the signature (default for jws)") },
	{ OPTION_DETACHED, "detached", NULL,
	  N_("leave the content out (default for cms)") },
	{ 'a', "algorithm", "NAME",
	  N_("RS256, PS256, ES256, ES384, EdDSA ...") },
	{ OPTION_ENCODING, "raw-encoding", "ENCODING",
	  N_("of a raw ECDSA signature: der (default) or p1363") },
	{ 'o', "out", "FILE", N_("write to this file; - is standard output") },
	{ OPTION_OUT_DIR, "out-dir", "DIR", N_("write into this folder") },
	{ OPTION_MEDIA_TYPE, "media-type", "TYPE",
	  N_("of the content; otherwise by the file's name") },
	{ OPTION_PAYMENT, "payment", NULL,
	  N_("the files are payments (JSON), shown field by field") },
	{ OPTION_FORCE, "force", NULL, N_("replace files that are there") },
	{ 'j', "jobs", "N", N_("ask for each file alone, N at a time") },
	{ 'q', "quiet", NULL, N_("say only what went wrong") },
	CLI_OPTIONS_DAEMON,
	CLI_OPTIONS_ALL,
};

const struct cli_command cli_sign_command = {
	.name = "sign",
	.operands = "FILE...",
	.summary = N_("sign files: several under one approval"),
	.options = options,
	.run = run,
};
