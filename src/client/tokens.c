/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tokens: GET /v1/tokens.
 */
#include <stdlib.h>

#include "client/client.h"
#include "client/json.h"
#include "client/list.h"

struct signet_token {
	const char *uri, *label, *serial, *manufacturer, *model, *module;
	const char *slot, *state, *pin, *error;
	int login_required, pinpad, unattended; /* int: jansson's bool */
	json_int_t keys;
	char *json; /* heap */
};

struct signet_tokens {
	struct client_list list;
};

static int read_token(void *item, json_t *j, struct error *e)
{
	struct signet_token *t = item;
	json_t *slot = NULL;
	int r;

	r = client_json_unpack(
		j, e,
		"{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:b, s:I,"
		" s?o}",
		"uri", &t->uri, "label", &t->label, "serial", &t->serial,
		"manufacturer", &t->manufacturer, "model", &t->model, "module",
		&t->module, "state", &t->state, "pin", &t->pin,
		"login_required", &t->login_required, "pinpad", &t->pinpad,
		"unattended", &t->unattended, "keys", &t->keys,
		"slot", &slot);
	if (r != 0)
		return r;
	t->slot = json_is_string(slot) ? json_string_value(slot) : "";
	t->error = client_json_detail(json_object_get(j, "error"));
	t->json = json_dumps(j, JSON_COMPACT);
	if (t->json == NULL)
		return error_set(e, ERR_NO_MEMORY, "token");
	return 0;
}

static void fini_token(void *item)
{
	struct signet_token *t = item;

	free(t->json);
}

static const struct client_list_type token_list = {
	.member = "tokens",
	.item_size = sizeof(struct signet_token),
	.read = read_token,
	.fini = fini_token,
};

static int get_tokens(struct signet_client *c, const char *path,
		      struct signet_tokens **out)
{
	struct signet_tokens *t;
	int r = client_begin(c);

	if (r != 0)
		return r;
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return error_set(&c->error.base, ERR_NO_MEMORY, "tokens");
	r = client_list_get(&t->list, &token_list, c, path);
	if (r != 0)
		free(t);
	else
		*out = t;
	return r;
}

int signet_client_tokens(struct signet_client *c, struct signet_tokens **out)
{
	return get_tokens(c, "/v1/tokens", out);
}

int signet_client_all_tokens(struct signet_client *c,
			     struct signet_tokens **out)
{
	return get_tokens(c, "/v1/tokens?uninitialized=true", out);
}

void signet_tokens_free(struct signet_tokens *t)
{
	if (t == NULL)
		return;
	client_list_fini(&t->list);
	free(t);
}

const char *signet_tokens_json(const struct signet_tokens *t)
{
	return t->list.json;
}

const struct signet_token *signet_tokens_at(const struct signet_tokens *t,
					    size_t i)
{
	return client_list_at(&t->list, i);
}

const char *signet_token_json(const struct signet_token *t)
{
	return t->json;
}

const char *signet_token_uri(const struct signet_token *t)
{
	return t->uri;
}

const char *signet_token_label(const struct signet_token *t)
{
	return t->label;
}

const char *signet_token_serial(const struct signet_token *t)
{
	return t->serial;
}

const char *signet_token_manufacturer(const struct signet_token *t)
{
	return t->manufacturer;
}

const char *signet_token_model(const struct signet_token *t)
{
	return t->model;
}

const char *signet_token_module(const struct signet_token *t)
{
	return t->module;
}

const char *signet_token_slot(const struct signet_token *t)
{
	return t->slot;
}

const char *signet_token_state(const struct signet_token *t)
{
	return t->state;
}

const char *signet_token_pin(const struct signet_token *t)
{
	return t->pin;
}

bool signet_token_login_required(const struct signet_token *t)
{
	return t->login_required != 0;
}

bool signet_token_pinpad(const struct signet_token *t)
{
	return t->pinpad != 0;
}

bool signet_token_unattended(const struct signet_token *t)
{
	return t->unattended != 0;
}

int64_t signet_token_keys(const struct signet_token *t)
{
	return t->keys;
}

const char *signet_token_error(const struct signet_token *t)
{
	return t->error;
}
