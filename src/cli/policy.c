/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy: signet policy: is it good, and what does it say of a request?
 *
 * signetd itself answers, so that what is told is what will be done: this
 * command puts the question and becomes `signetd --explain`.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/paths.h"
#include "base/writer.h"
#include "cli/cli.h"
#include "cli/i18n.h"
#include "cli/message.h"
#include "cli/self.h"

#define POLICY_LIST_MAX 64 /* as many as signetd takes */
#define POLICY_QUESTION_MAX (256u * 1024)

enum {
	OPTION_CONFIG = CLI_OPTION_LONG,
	OPTION_USER,
	OPTION_GROUP,
	OPTION_EXE,
	OPTION_ORIGIN,
	OPTION_PAIRED,
	OPTION_ISSUER,
	OPTION_EKU,
	OPTION_UNATTENDED,
	OPTION_CONTENT,
	OPTION_BLIND,
	OPTION_ITEMS,
	OPTION_SUM
};

struct list {
	const char *texts[POLICY_LIST_MAX];
	size_t count;
};

struct policy_args {
	const char *config, *user, *exe, *origin, *key, *issuer, *format;
	struct list groups, ekus, contents, sums;
	unsigned int items;
	bool paired, unattended, blind, any;
};

static bool add(struct list *l, const char *text)
{
	if (l->count == POLICY_LIST_MAX)
		return false;
	l->texts[l->count++] = text;
	return true;
}

/* "CNY:5000.00" */
static bool add_sum(struct list *l, const char *text)
{
	const char *colon = strchr(text, ':');

	return colon != NULL && colon == text + 3 && colon[1] != '\0' &&
	       add(l, text);
}

static bool take_list(struct policy_args *args, int id, const char *value)
{
	switch (id) {
	case OPTION_GROUP:
		return add(&args->groups, value);
	case OPTION_EKU:
		return add(&args->ekus, value);
	case OPTION_CONTENT:
		return add(&args->contents, value);
	case OPTION_SUM:
		return add_sum(&args->sums, value);
	case OPTION_ITEMS:
		return cli_option_number(value, 1, 1000000, &args->items);
	}
	return false;
}

static bool take(void *context, int id, const char *value)
{
	struct policy_args *args = context;

	if (id == OPTION_CONFIG) {
		args->config = value;
		return true;
	}
	args->any = true;
	switch (id) {
	case OPTION_USER:
		args->user = value;
		return true;
	case OPTION_EXE:
		args->exe = value;
		return true;
	case OPTION_ORIGIN:
		args->origin = value;
		return true;
	case OPTION_PAIRED:
		args->paired = true;
		return true;
	case 'k':
		args->key = value;
		return true;
	case OPTION_ISSUER:
		args->issuer = value;
		return true;
	case 'f':
		args->format = value;
		return true;
	case OPTION_UNATTENDED:
		args->unattended = true;
		return true;
	case OPTION_BLIND:
		args->blind = true;
		return true;
	}
	return take_list(args, id, value);
}

/* --- the question ------------------------------------------------------- */

static void put_text(struct writer *j, const char *name, const char *text)
{
	if (text != NULL)
		writer_text(j, name, text);
}

static void put_list(struct writer *j, const char *name, const struct list *l)
{
	if (l->count == 0)
		return;
	writer_open(j, name, '[');
	for (size_t i = 0; i < l->count; i++)
		writer_text(j, NULL, l->texts[i]);
	writer_close(j, ']');
}

static void put_sums(struct writer *j, const struct list *l)
{
	writer_open(j, "sums", '[');
	for (size_t i = 0; i < l->count; i++) {
		char currency[4];

		snprintf(currency, sizeof(currency), "%.3s", l->texts[i]);
		writer_open(j, NULL, '{');
		writer_text(j, "currency", currency);
		writer_text(j, "value", l->texts[i] + 4);
		writer_close(j, '}');
	}
	writer_close(j, ']');
}

static void put_question(struct buf *out, const struct policy_args *args)
{
	struct writer j = writer_of(out);

	writer_open(&j, NULL, '{');
	put_text(&j, "user", args->user);
	put_list(&j, "groups", &args->groups);
	put_text(&j, "exe", args->exe);
	put_text(&j, "origin", args->origin);
	if (args->paired)
		writer_bool(&j, "paired", true);
	put_text(&j, "key", args->key);
	put_text(&j, "issuer", args->issuer);
	put_list(&j, "ekus", &args->ekus);
	if (args->unattended)
		writer_bool(&j, "unattended", true);
	put_text(&j, "format", args->format);
	put_list(&j, "media_types", &args->contents);
	writer_bool(&j, "blind", args->blind);
	writer_int(&j, "items", args->items);
	put_sums(&j, &args->sums);
	writer_close(&j, '}');
}

/* The question becomes standard input: a file in memory never blocks. */
static int give_question(const struct policy_args *args, struct error *e)
{
	AUTO(fd_closep) int fd = memfd_create("question", MFD_CLOEXEC);
	struct buf text;
	int r;

	if (fd < 0)
		return error_set_errno(e, ERR_IO, errno, "memfd_create");
	buf_init(&text, POLICY_QUESTION_MAX);
	put_question(&text, args);
	r = buf_error(&text);
	if (r != 0)
		error_set(e, r, "the question is too long");
	else
		r = fd_write_all(fd, buf_slice(&text), e);
	buf_fini(&text);
	if (r == 0 && (lseek(fd, 0, SEEK_SET) != 0 ||
		       dup2(fd, STDIN_FILENO) < 0))
		r = error_set_errno(e, ERR_IO, errno, "standard input");
	return r;
}

/* --- signetd ------------------------------------------------------------ */

/* Comes back only when there is none. */
static int become_signetd(const char *what, const char *config, bool json)
{
	char program[CLI_PATH_MAX], file[CLI_PATH_MAX];
	char json_option[] = "--json", config_option[] = "--config";
	char how[32];
	char *argv[] = { program, how, config_option, file,
			 json ? json_option : NULL, NULL };

	cli_self_signetd(program);
	snprintf(how, sizeof(how), "%s", what);
	snprintf(file, sizeof(file), "%s", config);
	fflush(stdout);
	execvp(program, argv);
	cli_error(_("cannot start %s: %s"), program, strerror(errno));
	return CLI_NO_DAEMON;
}

/* Which configuration; CLI_OK, or the exit status. */
static int find_config(const char *named, char *out)
{
	struct error e;

	if (named == NULL) {
		if (paths_config(out, CLI_PATH_MAX, &e) != 0)
			return cli_failure(&e, NULL);
	} else if (snprintf(out, CLI_PATH_MAX, "%s", named) >= CLI_PATH_MAX) {
		cli_error(_("the file's name is too long"));
		return CLI_USAGE;
	}
	if (access(out, R_OK) == 0)
		return CLI_OK;
	cli_error("%s: %s", out, strerror(errno));
	return CLI_FILE;
}

static int check(const struct policy_args *args, int argc, char **argv,
		 bool json)
{
	char config[CLI_PATH_MAX];
	int r;

	if (argc > 1 || (argc == 1 && args->config != NULL) || args->any) {
		cli_error(_("signet policy check takes one configuration and"
			    " no request"));
		return CLI_USAGE;
	}
	r = find_config(argc == 1 ? argv[0] : args->config, config);
	if (r != CLI_OK)
		return r;
	return become_signetd("--check-config", config, json);
}

static int explain(const struct policy_args *args, int argc, char **argv,
		   bool json)
{
	char config[CLI_PATH_MAX];
	struct error e;
	int r;

	if (argc > 0) {
		cli_error(_("signet policy explain takes options only: %s"),
			  argv[0]);
		return CLI_USAGE;
	}
	r = find_config(args->config, config);
	if (r != CLI_OK)
		return r;
	if (give_question(args, &e) != 0)
		return cli_failure(&e, NULL);
	return become_signetd("--explain", config, json);
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	struct policy_args args = { .items = 1 };
	struct cli_common common;
	int first = cli_option_parse(command, argc, argv, &common, take, &args);

	if (first < 0)
		return -1 - first;
	argc -= first;
	argv += first;
	if (argc > 0 && strcmp(argv[0], "check") == 0)
		return check(&args, argc - 1, argv + 1, common.json);
	if (argc > 0 && strcmp(argv[0], "explain") == 0)
		return explain(&args, argc - 1, argv + 1, common.json);
	cli_error(_("signet policy can check or explain"));
	cli_message(_("try: signet %s --help"), command->name);
	return CLI_USAGE;
}

static const struct cli_option options[] = {
	{ OPTION_CONFIG, "config", "FILE", N_("configuration of signetd") },
	{ OPTION_USER, "user", "NAME", N_("explain: who asks (you)") },
	{ OPTION_GROUP, "group", "NAME",
	  N_("explain: a group of the user (those there are)") },
	{ OPTION_EXE, "exe", "PATH", N_("explain: the program that asks") },
	{ OPTION_ORIGIN, "origin", "URL", N_("explain: the page that asks") },
	{ OPTION_PAIRED, "paired", NULL,
	  N_("explain: the user has allowed that page") },
	{ 'k', "key", "URI", N_("explain: the key, as PKCS#11 URI") },
	{ OPTION_ISSUER, "issuer", "NAME",
	  N_("explain: issuer of the certificate") },
	{ OPTION_EKU, "eku", "NAME",
	  N_("explain: extended usage of the certificate") },
	{ OPTION_UNATTENDED, "unattended", NULL,
	  N_("explain: the token is unattended") },
	{ 'f', "format", "FORMAT", N_("explain: cms, jws or raw") },
	{ OPTION_CONTENT, "content", "TYPE",
	  N_("explain: media type of the content") },
	{ OPTION_BLIND, "blind", NULL,
	  N_("explain: the content cannot be shown") },
	{ OPTION_ITEMS, "items", "N", N_("explain: items of a batch (1)") },
	{ OPTION_SUM, "sum", "CUR:VALUE",
	  N_("explain: total in a currency") },
	CLI_OPTIONS_ALL,
};

const struct cli_command cli_policy_command = {
	.name = "policy",
	.operands = "check [FILE] | explain",
	.summary = N_("check the policy, or explain what it says"),
	.options = options,
	.run = run,
};
