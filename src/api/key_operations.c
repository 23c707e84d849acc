/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key_operations: POST /v1/key-operations.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "api/exchange.h"
#include "api/members.h"
#include "api/route.h"
#include "base/b64.h"
#include "base/hex.h"
#include "base/writer.h"
#include "broker/key_operation.h"

struct key_members {
	const char *token, *operation, *id, *label, *type, *certificate;
};

static int key_op(struct key_operation *o, const struct key_members *m,
		  struct error *e)
{
	bool import = strcmp(m->operation, "import-certificate") == 0;

	if (!import && strcmp(m->operation, "generate") != 0)
		return error_set(e, ERR_MALFORMED, "operation is generate or"
				 " import-certificate");
	if (import != (m->certificate != NULL) || import != (m->type == NULL))
		return error_set(e, ERR_MALFORMED, "type is for generate, and"
				 " certificate for import-certificate");
	if (import)
		o->op = WIRE_MANAGE_CERTIFICATE;
	else if (strcmp(m->type, "p256") == 0)
		o->op = WIRE_MANAGE_P256;
	else if (strcmp(m->type, "rsa2048") == 0)
		o->op = WIRE_MANAGE_RSA2048;
	else
		return error_set(e, ERR_MALFORMED, "type is p256 or rsa2048");
	return 0;
}

static int key_bytes(struct key_operation *o, const struct key_members *m,
		     struct error *e)
{
	if (!hex_decode(m->id, &o->id) || o->id.len == 0)
		return error_set(e, ERR_MALFORMED, "id is 1 to %u bytes in"
				 " hexadecimal", LIMIT_KEY_ID);
	if (m->certificate != NULL &&
	    (b64_decode(B64_STD, slice_str(m->certificate),
			&o->certificate) != 0 || o->certificate.len == 0))
		return error_set(e, ERR_MALFORMED, "certificate is 1 to %u"
				 " bytes in base64", LIMIT_CERTIFICATE);
	return 0;
}

static int key_members(struct key_operation *o, json_t *root, struct error *e)
{
	struct key_members m = { .token = "", .label = "" };
	const struct member members[] = {
		{ "token", .text = &m.token },
		{ "operation", .text = &m.operation, .required = true },
		{ "id", .text = &m.id, .required = true },
		{ "label", .text = &m.label },
		{ "type", .text = &m.type },
		{ "certificate", .text = &m.certificate },
	};
	int r = members_read(root, "the request", members, ARRAY_LEN(members),
			     e);

	if (r != 0)
		return r;
	if (strlen(m.token) >= sizeof(o->uri) ||
	    strlen(m.label) >= sizeof(o->label))
		return error_set(e, ERR_MALFORMED,
				 "token or label is too long");
	snprintf(o->uri, sizeof(o->uri), "%s", m.token);
	snprintf(o->label, sizeof(o->label), "%s", m.label);
	r = key_op(o, &m, e);
	return r != 0 ? r : key_bytes(o, &m, e);
}

static int key_parse(struct exchange *x, struct key_operation *o,
		     struct error *e)
{
	json_auto_t *root = NULL;
	int r = exchange_json(x, &root, e);

	if (r != 0)
		return r;
	return key_members(o, root, e);
}

static void key_answer(struct exchange *x, const struct key_operation *o)
{
	char id[2 * LIMIT_KEY_ID + 1];
	struct buf text;
	struct writer j = writer_of(&text);

	hex_encode(buf_slice(&o->id), id);
	buf_init(&text, EXCHANGE_TEXT_MAX);
	writer_open(&j, NULL, '{');
	writer_text(&j, "token", o->token->uri);
	writer_text(&j, "id", id);
	writer_b64(&j, "public_key", buf_slice(&o->spki));
	writer_close(&j, '}');
	exchange_answer(x, 200, &text);
}

static void key_done(struct key_operation *o, const struct error *failure)
{
	struct exchange *x = o->done_arg;

	if (x != NULL) {
		x->gone = NULL;
		x->key_operation = NULL;
		if (failure == NULL)
			key_answer(x, o);
		else
			exchange_refuse(x, failure, NULL);
	}
	key_operation_free(o);
}

static void key_gone(struct exchange *x)
{
	struct key_operation *o = x->key_operation;

	x->gone = NULL;
	x->key_operation = NULL;
	o->done_arg = NULL;
	key_operation_cancel(o, "the client has gone");
}

static void key_start(struct exchange *x)
{
	x->gone = key_gone;
	key_operation_start(x->broker, x->key_operation);
}

static void key_wait_gone(struct exchange *x)
{
	x->gone = NULL;
	key_operation_free(x->key_operation);
	x->key_operation = NULL;
}

void api_key_operations_post(struct exchange *x)
{
	struct key_operation *o = key_operation_new();
	struct error e;
	int r;

	if (o == NULL)
		r = error_set(&e, ERR_NO_MEMORY, "no memory for a request");
	else
		r = key_parse(x, o, &e);
	if (r != 0) {
		key_operation_free(o);
		exchange_refuse(x, &e, NULL);
		return;
	}
	o->caller = *x->caller;
	o->done = key_done;
	o->done_arg = x;
	x->key_operation = o;
	/* A module that is still starting may have the token: wait a little. */
	x->gone = key_wait_gone;
	if (!exchange_wait(x, o->uri, LIMIT_KEY_WAIT_MS, key_start))
		key_start(x);
}
