/* SPDX-License-Identifier: Apache-2.0 */
/*
 * error: a struct error as the users of the library see it.
 */
#include "client/error.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/json.h"

#define CLIENT_PROBLEM_TYPE "urn:signet:problem:"

void client_error_clear(struct signet_error *e)
{
	free(e->json);
	memset(e, 0, sizeof(*e));
	error_clear(&e->base);
}

/* A text member into a field of fixed size; one that is no text is left out. */
static void copy_text(const json_t *o, const char *name, char *out, size_t size)
{
	const char *text = json_string_value(json_object_get(o, name));

	snprintf(out, size, "%s", text == NULL ? "" : text);
}

/* CKR_* by name, or the number of a vendor's. */
static void copy_ckr(struct signet_error *e, const json_t *problem)
{
	const json_t *ckr = json_object_get(problem, "ckr");

	if (json_is_integer(ckr))
		snprintf(e->ckr, sizeof(e->ckr), "0x%llx",
			 (unsigned long long)json_integer_value(ckr));
	else
		copy_text(problem, "ckr", e->ckr, sizeof(e->ckr));
}

int client_error_problem(struct signet_error *e, long status, struct slice body)
{
	AUTO(client_json_unref) json_t *problem = client_json_parse(body);
	const struct err_info *info;
	char detail[ERROR_MESSAGE_MAX];

	client_error_clear(e);
	copy_text(problem, "code", e->word, sizeof(e->word));
	if (e->word[0] == '\0')
		return error_set(&e->base, ERR_PROTOCOL,
				 "HTTP status %ld without a problem document:"
				 " is it signetd that listens there?", status);
	copy_text(problem, "detail", detail, sizeof(detail));
	info = err_info_by_code(e->word);
	error_set_at(&e->base, "signetd",
		     info == NULL ? ERR_INTERNAL : info->number, 0, "%s",
		     detail);
	copy_text(problem, "title", e->title, sizeof(e->title));
	copy_text(problem, "request", e->request, sizeof(e->request));
	copy_ckr(e, problem);
	e->once = json_is_false(json_object_get(problem, "retry"));
	/* Signatures are results: signet_client_partial() gives them. */
	json_object_del(problem, "items");
	e->json = json_dumps(problem, JSON_COMPACT);
	return e->base.code;
}

int signet_error_code(const struct signet_error *e)
{
	return e->base.code;
}

enum signet_kind signet_error_kind(const struct signet_error *e)
{
	switch (err_info(e->base.code)->kind) {
	case ERR_KIND_REFUSAL:
		return SIGNET_REFUSAL;
	case ERR_KIND_FAULT:
		return SIGNET_FAULT;
	case ERR_KIND_BUG:
		break;
	}
	return SIGNET_BUG;
}

const char *signet_error_word(const struct signet_error *e)
{
	return e->word[0] != '\0' ? e->word : err_info(e->base.code)->code;
}

const char *signet_error_title(const struct signet_error *e)
{
	return e->title[0] != '\0' ? e->title : err_info(e->base.code)->title;
}

const char *signet_error_detail(const struct signet_error *e)
{
	return e->base.message;
}

const char *signet_error_ckr(const struct signet_error *e)
{
	return e->ckr[0] != '\0' ? e->ckr : NULL;
}

const char *signet_error_request(const struct signet_error *e)
{
	return e->request[0] != '\0' ? e->request : NULL;
}

bool signet_error_retry(const struct signet_error *e)
{
	return !e->once && err_info(e->base.code)->retry;
}

/* The document that signetd would have sent for a failure on this side. */
static char *local_problem(const struct signet_error *e)
{
	const struct err_info *info = err_info(e->base.code);
	char type[CLIENT_WORD_MAX + sizeof(CLIENT_PROBLEM_TYPE)];
	AUTO(client_json_unref) json_t *problem = NULL;

	snprintf(type, sizeof(type), CLIENT_PROBLEM_TYPE "%s", info->code);
	/* A message cut inside a character is no UTF-8, which "s" refuses. */
	problem = json_pack("{s:s, s:s, s:i, s:s, s:o, s:b}", "type", type,
			    "title", info->title, "status", info->http, "code",
			    info->code, "detail",
			    client_json_text(e->base.message), "retry",
			    (int)info->retry);
	return problem == NULL ? NULL : json_dumps(problem, JSON_COMPACT);
}

const struct signet_error *client_error_view(struct signet_error *e)
{
	if (e->json == NULL)
		e->json = local_problem(e);
	return e;
}

const char *signet_error_json(const struct signet_error *e)
{
	return e->json == NULL ? "{}" : e->json;
}
