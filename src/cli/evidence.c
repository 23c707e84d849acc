/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence: signet evidence: the options, and which file it is about.
 */
#include "cli/evidence.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/paths.h"
#include "cli/cli.h"
#include "cli/doctor_connect.h"
#include "cli/i18n.h"
#include "cli/message.h"
#include "evidence/reader.h"

enum {
	OPTION_FILE = CLI_OPTION_LONG,
	OPTION_CONFIG,
	OPTION_CHECKPOINT_KEY,
	OPTION_TSA_CA,
	OPTION_HEAD,
	OPTION_SIGNED,
	OPTION_STAMPED,
	OPTION_SINCE,
	OPTION_UNTIL,
	OPTION_OUTCOME,
	OPTION_KEY,
	OPTION_CALLER,
	OPTION_REQUEST,
	OPTION_BEFORE,
	OPTION_KEEP,
	OPTION_OUT_DIR,
};

static bool take_choice(struct cli_evidence *args, int id, const char *value)
{
	switch (id) {
	case OPTION_SINCE:
		args->has_since = true;
		return cli_evidence_time(value, &args->since);
	case OPTION_UNTIL:
		args->has_until = true;
		return cli_evidence_time(value, &args->until);
	case OPTION_OUTCOME:
		args->outcome = value;
		return true;
	case OPTION_KEY:
		args->key = value;
		return true;
	case OPTION_CALLER:
		args->caller = value;
		return true;
	case OPTION_REQUEST:
		args->request = value;
		return true;
	case OPTION_BEFORE:
		args->has_before = true;
		return cli_evidence_time(value, &args->before);
	case OPTION_KEEP:
		args->has_keep = true;
		return cli_option_number(value, 0, INT32_MAX, &args->keep);
	case OPTION_OUT_DIR:
		args->out_dir = value;
		return true;
	}
	return false;
}

static bool take(void *context, int id, const char *value)
{
	struct cli_evidence *args = context;

	switch (id) {
	case OPTION_FILE:
		args->file = value;
		return true;
	case OPTION_CONFIG:
		args->config = value;
		return true;
	case OPTION_CHECKPOINT_KEY:
		args->checkpoint_key = value;
		return true;
	case OPTION_TSA_CA:
		args->tsa_ca = value;
		return true;
	case OPTION_HEAD:
		args->head = value;
		return true;
	case OPTION_SIGNED:
		args->whole = true;
		return true;
	case OPTION_STAMPED:
		args->stamped = true;
		return true;
	}
	return take_choice(args, id, value);
}

/* --- where it is ---------------------------------------------------------- */

/* signetd says where it writes: what it reads of its configuration counts. */
static int ask_signetd(const char *config, char *out)
{
	char program[CLI_PATH_MAX], file[CLI_PATH_MAX];
	char where[] = "--evidence-file", option[] = "--config";
	char *argv[] = { program, where, option, file, NULL };
	int status;

	cli_self_signetd(program);
	snprintf(file, sizeof(file), "%s", config);
	status = doctor_program(argv, out, CLI_PATH_MAX);
	out[strcspn(out, "\n")] = '\0';
	if (status == 0 && out[0] == '/')
		return CLI_OK;
	cli_error(_("signetd does not say where the evidence is: %s"), out);
	cli_message(_("name it: --file"));
	return CLI_FILE;
}

static int find_path(struct cli_evidence *args)
{
	char config[CLI_PATH_MAX], state[CLI_PATH_MAX];
	struct error e;

	if (args->config != NULL)
		return ask_signetd(args->config, args->path);
	if (paths_config(config, sizeof(config), &e) == 0)
		return ask_signetd(config, args->path);
	if (paths_state(state, sizeof(state), &e) != 0)
		return cli_failure(&e, NULL);
	if (snprintf(args->path, sizeof(args->path), "%s/evidence.sqlite",
		     state) < CLI_PATH_MAX)
		return CLI_OK;
	cli_error(_("the file's name is too long"));
	return CLI_FILE;
}

/* Where nothing was written, another signetd's is meant, or a copy. */
static int find_file(struct cli_evidence *args)
{
	int r;

	if (args->file != NULL) {
		snprintf(args->path, sizeof(args->path), "%s", args->file);
		return CLI_OK;
	}
	r = find_path(args);
	if (r != CLI_OK || access(args->path, F_OK) == 0 || errno != ENOENT)
		return r;
	cli_error(_("there is no evidence at %s"), args->path);
	cli_message(_("name it: --file, or by its signetd's configuration:"
		      " --config"));
	return CLI_FILE;
}

int cli_evidence_open(const struct cli_evidence *args, struct reader **out)
{
	struct error e;

	if (reader_open(args->path, out, &e) == 0)
		return CLI_OK;
	cli_failure(&e, NULL);
	return CLI_FILE;
}

/* --- what to do ----------------------------------------------------------- */

static const struct word {
	const char *name;
	int least, most; /* operands */
	int (*run)(const struct cli_evidence *args);
} words[] = {
	{ "archive", 0, 0, cli_evidence_archive },
	{ "export", 2, 2, cli_evidence_export },
	{ "list", 0, 0, cli_evidence_list },
	{ "show", 1, 1, cli_evidence_show },
	{ "verify", 0, INT16_MAX, cli_evidence_verify },
};

static const struct word *find_word(int argc, char **argv)
{
	for (size_t i = 0; argc > 0 && i < ARRAY_LEN(words); i++)
		if (strcmp(words[i].name, argv[0]) == 0 &&
		    argc - 1 >= words[i].least && argc - 1 <= words[i].most)
			return &words[i];
	return NULL;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	struct cli_evidence args = { .file = NULL };
	const struct word *word;
	int r = cli_option_parse(command, argc, argv, &args.common, take,
				 &args);

	if (r < 0)
		return -1 - r;
	word = find_word(argc - r, argv + r);
	if (word == NULL) {
		cli_error(_("say what to do: %s"), command->operands);
		cli_message(_("try: signet %s --help"), command->name);
		return CLI_USAGE;
	}
	args.operands = argv + r + 1;
	args.count = argc - r - 1;
	r = find_file(&args);
	return r != CLI_OK ? r : word->run(&args);
}

static const struct cli_option options[] = {
	{ OPTION_FILE, "file", "FILE",
	  N_("the evidence, or an archive of it (that of signetd)") },
	{ OPTION_CONFIG, "config", "FILE", N_("configuration of signetd") },
	{ OPTION_HEAD, "head", "FILE|HASH",
	  N_("verify: a checkpoint, or a record's hash, that was kept") },
	{ OPTION_CHECKPOINT_KEY, "checkpoint-key", "FILE",
	  N_("verify: the key of checkpoints that is trusted") },
	{ OPTION_TSA_CA, "tsa-ca", "FILE",
	  N_("verify: CA certificates for time stamps") },
	{ OPTION_SIGNED, "signed", NULL,
	  N_("verify: every record has to be signed by a checkpoint") },
	{ OPTION_STAMPED, "stamped", NULL,
	  N_("verify: every checkpoint has to have a time stamp") },
	{ OPTION_SINCE, "since", "TIME",
	  N_("list: from this time on, 2026-11-24 or RFC 3339") },
	{ OPTION_UNTIL, "until", "TIME", N_("list: before this time") },
	{ OPTION_OUTCOME, "outcome", "WORD",
	  N_("list: released, refused, declined, failed or cancelled") },
	{ OPTION_KEY, "key", "TEXT", N_("list: the key's URI has this") },
	{ OPTION_CALLER, "caller", "NAME",
	  N_("list: asked by this user, program or page") },
	{ OPTION_REQUEST, "request", "ID", N_("list: this request") },
	{ OPTION_BEFORE, "before", "TIME",
	  N_("archive: records before this time") },
	{ OPTION_KEEP, "keep", "N", N_("archive: all but the last N records") },
	{ OPTION_OUT_DIR, "out-dir", "DIR", N_("archive: into this folder") },
	CLI_OPTIONS_ALL,
};

const struct cli_command cli_evidence_command = {
	.name = "evidence",
	.operands = "verify [ARCHIVE]... | list | show N |"
		    " export N DIR | archive",
	.summary = N_("verify and read what was recorded; needs no signetd"),
	.options = options,
	.run = run,
};
