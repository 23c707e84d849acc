/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pin_operations: POST /v1/pin-operations.
 */
#include <jansson.h>
#include <p11-kit/pkcs11.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/exchange.h"
#include "api/members.h"
#include "api/route.h"
#include "base/writer.h"
#include "broker/pin_operation.h"

static int copy_member(char *out, size_t size, const char *name,
		       const char *value, struct error *e)
{
	if (value != NULL && strlen(value) >= size)
		return error_set(e, ERR_MALFORMED,
				 "%s is longer than %zu bytes", name,
				 size - 1);
	snprintf(out, size, "%s", value == NULL ? "" : value);
	return 0;
}

static int pin_members(struct pin_operation *o, json_t *root, struct error *e)
{
	const char *token = NULL, *operation, *label = NULL;
	const struct member members[] = {
		{ "token", .text = &token },
		{ "operation", .text = &operation, .required = true },
		{ "label", .text = &label },
	};
	int r = members_read(root, "the request", members, ARRAY_LEN(members),
			     e);

	if (r != 0)
		return r;
	if (!pin_operation_by_name(operation, &o->kind))
		return error_set(e, ERR_MALFORMED, "operation is status,"
				 " change, unblock or initialize");
	if (label != NULL && o->kind != PIN_OPERATION_INITIALIZE)
		return error_set(e, ERR_MALFORMED,
				 "label is for the operation initialize");
	r = copy_member(o->uri, sizeof(o->uri), "token", token, e);
	return r != 0 ? r : copy_member(o->label, sizeof(o->label), "label",
					label, e);
}

static int pin_parse(struct exchange *x, struct pin_operation *o,
		     struct error *e)
{
	json_auto_t *root = NULL;
	int r = exchange_json(x, &root, e);

	if (r != 0)
		return r;
	return pin_members(o, root, e);
}

static const char *so_pin_state(uint64_t flags)
{
	if ((flags & CKF_SO_PIN_LOCKED) != 0)
		return "locked";
	if ((flags & CKF_SO_PIN_FINAL_TRY) != 0)
		return "final-try";
	return (flags & CKF_SO_PIN_COUNT_LOW) != 0 ? "count-low" : "ok";
}

/* After initialize the token is another one, which nobody has seen yet. */
static void pin_answer(struct exchange *x, const struct pin_operation *o)
{
	const struct wire_token *t = &o->token->wire;
	bool init = o->kind == PIN_OPERATION_INITIALIZE;
	struct buf text;
	struct writer j = writer_of(&text);

	buf_init(&text, EXCHANGE_TEXT_MAX);
	writer_open(&j, NULL, '{');
	writer_text(&j, "operation", pin_operation_name(o->kind));
	writer_text_or_null(&j, "token", init ? NULL : o->token->uri);
	writer_text(&j, "label", init ? o->label : t->label);
	writer_text(&j, "pin", init ? "ok" : token_pin_state(t));
	writer_text(&j, "so_pin", init ? "ok" : so_pin_state(t->flags));
	writer_bool(&j, "pinpad",
		    (t->flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0);
	writer_int(&j, "min", t->min_pin_len);
	writer_int(&j, "max", t->max_pin_len);
	writer_close(&j, '}');
	exchange_answer(x, 200, &text);
}

static void pin_done(struct pin_operation *o, const struct error *failure)
{
	struct exchange *x = o->done_arg;

	if (x != NULL) {
		x->gone = NULL;
		x->pin_operation = NULL;
		if (failure == NULL)
			pin_answer(x, o);
		else
			exchange_refuse(x, failure, NULL);
	}
	free(o);
}

static void pin_gone(struct exchange *x)
{
	struct pin_operation *o = x->pin_operation;

	x->gone = NULL;
	x->pin_operation = NULL;
	o->done_arg = NULL;
	pin_operation_cancel(o, "the client has gone");
}

static void pin_start(struct exchange *x)
{
	x->gone = pin_gone;
	pin_operation_start(x->broker, x->pin_operation);
}

static void pin_wait_gone(struct exchange *x)
{
	x->gone = NULL;
	free(x->pin_operation);
	x->pin_operation = NULL;
}

void api_pin_operations_post(struct exchange *x)
{
	struct pin_operation *o = calloc(1, sizeof(*o));
	struct error e;
	int r;

	if (o == NULL)
		r = error_set(&e, ERR_NO_MEMORY, "no memory for a request");
	else
		r = pin_parse(x, o, &e);
	if (r != 0) {
		free(o);
		exchange_refuse(x, &e, NULL);
		return;
	}
	o->caller = *x->caller;
	o->done = pin_done;
	o->done_arg = x;
	x->pin_operation = o;
	/* A module that is still starting may have the token: wait a little. */
	x->gone = pin_wait_gone;
	if (!exchange_wait(x, o->uri, LIMIT_KEY_WAIT_MS, pin_start))
		pin_start(x);
}
