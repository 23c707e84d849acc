/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sign_file: `signet sign` for one file.
 */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "cli/cli.h"
#include "cli/content.h"
#include "cli/output.h"
#include "cli/sign.h"
#include "cli/wait.h"

const char *cli_sign_base_name(const char *file)
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
			     cli_sign_base_name(file), suffix(s));
	} else {
		n = snprintf(path, CLI_PATH_MAX, "%s%s", file, suffix(s));
	}
	return n > 0 && n < CLI_PATH_MAX;
}

int cli_sign_request(const struct cli_sign *s, struct signet_request *r)
{
	int err;

	signet_request_set_format(r, s->format);
	if (s->attached || s->detached)
		signet_request_set_detached(r, s->detached);
	signet_request_set_p1363(r, s->p1363);
	err = signet_request_set_key(r, s->key);
	if (err == 0)
		err = signet_request_set_algorithm(r, s->algorithm);
	return err;
}

static int ask(struct signet_client *c, const struct signet_request *r,
	       struct signet_signature **out)
{
	int err;

	cli_wait_begin();
	err = signet_client_sign(c, r, out);
	cli_wait_end();
	return err;
}

static int sign_to(const struct cli_sign *s, struct signet_client *c,
		   struct signet_request *r, const char *file, const char *path)
{
	AUTO(cli_output_abort) struct cli_output o = CLI_OUTPUT_NONE;
	struct signet_signature *signature = NULL;
	struct error e;

	/* Before it is signed: a signature that has no place is lost. */
	if (cli_output_open(&o, path[0] == '\0' ? NULL : path, s->force, &e))
		return cli_sign_trouble(s, file, &e);
	signet_request_set_output(r, o.fd);
	if (ask(c, r, &signature) != 0)
		return cli_sign_refused(s, file, signet_client_error(c));
	if (cli_output_commit(&o, s->force, &e) != 0) {
		signet_signature_free(signature);
		return cli_sign_trouble(s, file, &e);
	}
	cli_sign_done(s, file, path, 0, signature);
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
		return cli_sign_trouble(s, file, &e);
	}
	if (signet_request_new(&r) != 0) {
		error_set(&e, ERR_NO_MEMORY, "no memory");
		return cli_sign_trouble(s, file, &e);
	}
	if (cli_sign_request(s, r) != 0)
		status = cli_sign_refused(s, file, signet_request_error(r));
	else if (cli_content_set(s, file, r, &e) != 0)
		status = cli_sign_trouble(s, file, &e);
	else
		status = sign_to(s, c, r, file, path);
	signet_request_free(r);
	return status;
}
