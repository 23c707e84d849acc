/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sign_file: `signet sign` for one file.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/err.h"
#include "cli/batch.h"
#include "cli/i18n.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/sign.h"
#include "cli/term.h"

static const char *base_name(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash == NULL ? file : slash + 1;
}

static const char *suffix(const struct cli_sign *s)
{
	switch (s->format) {
	case SIGNET_RAW:
		return ".sig";
	case SIGNET_JWS:
		return ".jws";
	case SIGNET_CMS:
		break;
	}
	return s->attached ? ".p7m" : ".p7s";
}

bool cli_sign_output(const struct cli_sign *s, const char *file, char *path)
{
	int n;

	path[0] = '\0';
	if (s->out != NULL) {
		if (strcmp(s->out, "-") == 0)
			return true;
		n = snprintf(path, CLI_PATH_MAX, "%s", s->out);
	} else if (strcmp(file, "-") == 0) {
		return true;
	} else if (s->out_dir != NULL) {
		n = snprintf(path, CLI_PATH_MAX, "%s/%s%s", s->out_dir,
			     base_name(file), suffix(s));
	} else {
		n = snprintf(path, CLI_PATH_MAX, "%s%s", file, suffix(s));
	}
	return n > 0 && n < CLI_PATH_MAX;
}

const char *cli_sign_media_type(const char *file)
{
	static const struct {
		const char *end, *type;
	} types[] = {
		{ ".xml", "application/xml" },
		{ ".json", "application/json" },
		{ ".pdf", "application/pdf" },
		{ ".txt", "text/plain;charset=utf-8" },
	};
	const char *dot = strrchr(base_name(file), '.');

	for (size_t i = 0; dot != NULL && i < ARRAY_LEN(types); i++)
		if (strcasecmp(dot, types[i].end) == 0)
			return types[i].type;
	return "application/octet-stream";
}

void cli_sign_print_json(const char *text)
{
	char safe[CLI_PATH_MAX];

	/* No control character is left in it, and no broken UTF-8. */
	cli_term_safe(text, safe, sizeof(safe));
	putchar('"');
	for (const char *c = safe; *c != '\0'; c++) {
		if (*c == '"' || *c == '\\')
			putchar('\\');
		putchar(*c);
	}
	putchar('"');
}

/* The members of the request that are not the content. */
static int fill_request(const struct cli_sign *s, const char *file,
			struct signet_request *r)
{
	bool is_file = strcmp(file, "-") != 0;
	const char *type = s->media_type;
	char name[256];
	int err;

	if (type == NULL)
		type = cli_sign_media_type(file);
	cli_term_safe(base_name(file), name, sizeof(name));
	signet_request_set_format(r, s->format);
	if (s->attached || s->detached)
		signet_request_set_detached(r, s->detached);
	signet_request_set_p1363(r, s->p1363);
	err = signet_request_set_key(r, s->key);
	if (err == 0)
		err = signet_request_set_algorithm(r, s->algorithm);
	if (err == 0)
		err = signet_request_set_media_type(r, type);
	if (err == 0)
		err = signet_request_set_name(r, is_file ? name : NULL);
	if (err == 0)
		err = is_file ? signet_request_set_file(r, file) :
				signet_request_set_fd(r, STDIN_FILENO);
	return err;
}

/* One line of JSON for a program, or of text for a person. */
static void report(const struct cli_sign *s, const char *file,
		   const char *path, const struct signet_signature *signature)
{
	cli_batch_lock();
	if (s->common.json) {
		printf("{\"file\":");
		cli_sign_print_json(file);
		printf(",\"output\":");
		cli_sign_print_json(path);
		printf(",\"answer\":%s}\n", signet_signature_json(signature));
	} else if (!s->quiet && path[0] != '\0') {
		cli_message(_("%s: signed with %s: %s"), file,
			    signet_signature_algorithm(signature), path);
	}
	cli_batch_unlock();
}

static int refuse(const struct cli_sign *s, const char *file,
		  const struct signet_error *e)
{
	int status;

	cli_batch_lock();
	status = cli_problem(e, file, false);
	if (s->common.json) {
		printf("{\"file\":");
		cli_sign_print_json(file);
		printf(",\"problem\":%s}\n", signet_error_json(e));
	}
	cli_batch_unlock();
	return status;
}

static int file_trouble(const char *file, const struct error *e)
{
	cli_batch_lock();
	cli_failure(e, file);
	cli_batch_unlock();
	return CLI_FILE;
}

static int sign_to(const struct cli_sign *s, struct signet_client *c,
		   struct signet_request *r, const char *file, const char *path)
{
	AUTO(cli_output_abort) struct cli_output o = CLI_OUTPUT_NONE;
	struct signet_signature *signature = NULL;
	struct error e;

	/* Before it is signed: a signature that has no place is lost. */
	if (cli_output_open(&o, path[0] == '\0' ? NULL : path, s->force, &e))
		return file_trouble(file, &e);
	signet_request_set_output(r, o.fd);
	if (signet_client_sign(c, r, &signature) != 0)
		return refuse(s, file, signet_client_error(c));
	if (cli_output_commit(&o, s->force, &e) != 0) {
		signet_signature_free(signature);
		return file_trouble(file, &e);
	}
	report(s, file, path, signature);
	signet_signature_free(signature);
	return CLI_OK;
}

int cli_sign_file(const struct cli_sign *s, struct signet_client *c,
		  const char *file)
{
	struct signet_request *r;
	char path[CLI_PATH_MAX];
	struct error e;
	int status;

	if (!cli_sign_output(s, file, path)) {
		error_set(&e, ERR_IO, "the name of the output is too long");
		return file_trouble(file, &e);
	}
	if (signet_request_new(&r) != 0) {
		error_set(&e, ERR_NO_MEMORY, "no memory");
		return file_trouble(file, &e);
	}
	if (fill_request(s, file, r) != 0)
		status = refuse(s, file, signet_request_error(r));
	else
		status = sign_to(s, c, r, file, path);
	signet_request_free(r);
	return status;
}
