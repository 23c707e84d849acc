/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pin: POST /v1/pin-operations: PINs are typed in a dialog of signetd's, or on
 * the reader; none passes here.
 */
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "client/client.h"
#include "client/http.h"
#include "client/json.h"

struct signet_pin {
	json_t *root;
	char *json;
	const char *token, *label, *state, *so_state;
	int pinpad; /* int: jansson's bool */
	json_int_t least, most;
};

static const char *operation_name(enum signet_pin_operation operation)
{
	switch (operation) {
	case SIGNET_PIN_CHANGE:
		return "change";
	case SIGNET_PIN_UNBLOCK:
		return "unblock";
	case SIGNET_PIN_INITIALIZE:
		return "initialize";
	case SIGNET_PIN_STATUS:
		break;
	}
	return "status";
}

static int make_body(struct signet_client *c, enum signet_pin_operation what,
		     const char *token, const char *label, struct buf *text)
{
	AUTO(client_json_unref) json_t *j = NULL;
	AUTO(client_json_text_free) char *plain = NULL;

	j = json_pack("{s:s, s:s*, s:s*}", "operation", operation_name(what),
		      "token", token, "label", label);
	if (j != NULL)
		plain = json_dumps(j, JSON_COMPACT);
	if (plain == NULL)
		return error_set(&c->error.base, ERR_USAGE, "a text of the"
				 " request is not UTF-8, or there is no"
				 " memory");
	buf_put_str(text, plain);
	if (buf_error(text) != 0)
		return error_set(&c->error.base, buf_error(text),
				 "the label or the URI is too long");
	return 0;
}

static int read_pin(struct signet_pin *p, struct error *e)
{
	int r;

	/* A token that was initialised has no URI until it is seen again. */
	r = client_json_unpack(p->root, e,
			       "{s?s, s:s, s:s, s:s, s:b, s:I, s:I}", "token",
			       &p->token, "label", &p->label, "pin", &p->state,
			       "so_pin", &p->so_state, "pinpad", &p->pinpad,
			       "min", &p->least, "max", &p->most);
	if (r != 0)
		return r;
	p->json = json_dumps(p->root, JSON_COMPACT);
	return p->json != NULL ? 0 : error_set(e, ERR_NO_MEMORY, "answer");
}

static int make_pin(struct signet_client *c, struct slice answer,
		    struct signet_pin **out)
{
	struct error *e = &c->error.base;
	struct signet_pin *p = calloc(1, sizeof(*p));
	int r;

	if (p == NULL)
		return error_set(e, ERR_NO_MEMORY, "answer");
	p->root = client_json_parse(answer);
	if (p->root != NULL && json_is_null(json_object_get(p->root, "token")))
		json_object_del(p->root, "token");
	r = read_pin(p, e);
	if (r != 0)
		signet_pin_free(p);
	else
		*out = p;
	return r;
}

int signet_client_pin(struct signet_client *c,
		      enum signet_pin_operation operation, const char *token,
		      const char *label, struct signet_pin **out)
{
	AUTO(buf_fini) struct buf text;
	AUTO(buf_fini) struct buf answer;
	struct client_body body;
	struct client_part part;
	struct client_call call = {
		.method = "POST", .path = "/v1/pin-operations",
		.body = &body, .asks = operation != SIGNET_PIN_STATUS,
	};
	int r = client_begin(c);

	buf_init(&text, LIMIT_BODY_MEMBERS);
	buf_init(&answer, CLIENT_ANSWER_MAX);
	if (r == 0)
		r = make_body(c, operation, token, label, &text);
	if (r != 0)
		return r;
	part = (struct client_part){ .end = text.len };
	client_body_init(&body, buf_slice(&text), &part, 1, &c->error.base);
	r = client_http(c, &call, &answer);
	client_body_fini(&body);
	return r == 0 ? make_pin(c, buf_slice(&answer), out) : r;
}

void signet_pin_free(struct signet_pin *p)
{
	if (p == NULL)
		return;
	json_decref(p->root);
	free(p->json);
	free(p);
}

const char *signet_pin_json(const struct signet_pin *p)
{
	return p->json;
}

const char *signet_pin_token(const struct signet_pin *p)
{
	return p->token;
}

const char *signet_pin_label(const struct signet_pin *p)
{
	return p->label;
}

const char *signet_pin_state(const struct signet_pin *p)
{
	return p->state;
}

const char *signet_pin_so_state(const struct signet_pin *p)
{
	return p->so_state;
}

bool signet_pin_pinpad(const struct signet_pin *p)
{
	return p->pinpad != 0;
}

int64_t signet_pin_min(const struct signet_pin *p)
{
	return p->least;
}

int64_t signet_pin_max(const struct signet_pin *p)
{
	return p->most;
}
