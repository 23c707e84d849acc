/* SPDX-License-Identifier: Apache-2.0 */
/*
 * webeid: the native messaging protocol of Web eID: one request, one reply.
 */
#include "webhost/webeid.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"
#include "webhost/arguments.h"
#include "webhost/certificate.h"

#define WEBEID_FATAL "ERR_WEBEID_NATIVE_FATAL"
#define WEBEID_CANCELLED "ERR_WEBEID_USER_CANCELLED"
#define WEBEID_INVALID "ERR_WEBEID_NATIVE_INVALID_ARGUMENT"

struct webeid {
	struct port *port;
	struct arguments arguments;
	bool asked; /* the one request is there */
	struct client_relay_call *call;
	unsigned status;
	json_t *answer;		       /* to the last call; NULL: no JSON */
	void (*then)(struct webeid *w); /* with answer, of a status 2xx */
};

/* --- replies ------------------------------------------------------------ */

static void reply(struct webeid *w, struct buf *text)
{
	port_write(w->port, text);
	w->port->ended = true;
}

static void reply_error(struct port *p, const char *code, const char *message)
{
	AUTO(buf_fini) struct buf text = { .max = LIMIT_NATIVE_MESSAGE };
	struct writer j = writer_of(&text);

	writer_open(&j, NULL, '{');
	writer_open(&j, "error", '{');
	writer_text(&j, "code", code);
	writer_text(&j, "message", message);
	writer_close(&j, '}');
	writer_close(&j, '}');
	port_write(p, &text);
	p->ended = true;
}

/* Our error, and those of problem documents, as Web eID has them. */
static const char *code_of(int code)
{
	switch (code) {
	case ERR_DECLINED:
	case ERR_NOT_ANSWERED:
		return WEBEID_CANCELLED;
	case ERR_MALFORMED:
	case ERR_TOO_LARGE:
	case ERR_CONTENT:
	case ERR_IMPOSSIBLE:
		return WEBEID_INVALID;
	default:
		return WEBEID_FATAL;
	}
}

static void refuse(struct port *p, const struct error *why)
{
	reply_error(p, code_of(why->code), why->message);
}

/* Without a problem document it is a stranger, who learns nothing else. */
static void refuse_answer(struct webeid *w)
{
	const char *code = json_string_value(json_object_get(w->answer,
							     "code"));
	const char *detail = json_string_value(json_object_get(w->answer,
							       "detail"));
	const struct err_info *info = code == NULL ? NULL :
		err_info_by_code(code);

	reply_error(w->port, info == NULL ? WEBEID_FATAL :
		    code_of(info->number), detail == NULL ?
		    "this page is not allowed" : detail);
}

/* --- calls -------------------------------------------------------------- */

static void answered(void *arg, const struct client_relay_answer *a)
{
	struct webeid *w = arg;

	w->status = a->status;
	json_decref(w->answer);
	w->answer = json_loadb((const char *)a->body.ptr, a->body.len, 0,
			       NULL);
}

static void ended(void *arg, const struct error *failure)
{
	struct webeid *w = arg;

	w->call = NULL;
	if (failure != NULL)
		refuse(w->port, failure);
	else if (w->status >= 300 || w->answer == NULL)
		refuse_answer(w);
	else
		w->then(w);
}

/* body is taken over. */
static int ask(struct webeid *w, const char *method, const char *path,
	       char *body, void (*then)(struct webeid *w), struct error *e)
{
	const struct client_relay_order order = {
		.method = method,
		.path = path,
		.body = body,
		.answered = answered,
		.ended = ended,
		.arg = w,
	};

	w->then = then;
	return port_call(w->port, w->arguments.origin, &order, &w->call, e);
}

/* --- get-signing-certificate -------------------------------------------- */

static const json_t *keys_of(const struct webeid *w)
{
	return json_object_get(w->answer, "keys");
}

static void certificate_then(struct webeid *w)
{
	AUTO(buf_fini) struct buf text = { .max = LIMIT_NATIVE_MESSAGE };
	struct writer j = writer_of(&text);
	const json_t *key;
	struct error e;

	if (certificate_choose(keys_of(w), clock_unix(), &key, &e) != 0) {
		refuse(w->port, &e);
		return;
	}
	writer_open(&j, NULL, '{');
	writer_text(&j, "certificate", certificate_of(key));
	certificate_put_algorithms(&j, key);
	writer_close(&j, '}');
	reply(w, &text);
}

/* --- authenticate ------------------------------------------------------- */

/* What the protocol has of the token, and nothing else: all of it reaches the
 * page. */
static void authenticate_then(struct webeid *w)
{
	static const char *const names[] = { "unverifiedCertificate",
					     "algorithm", "signature",
					     "format", "appVersion" };
	AUTO(buf_fini) struct buf text = { .max = LIMIT_NATIVE_MESSAGE };
	struct writer j = writer_of(&text);

	writer_open(&j, NULL, '{');
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *value = json_string_value(
			json_object_get(w->answer, names[i]));

		writer_text(&j, names[i], value == NULL ? "" : value);
	}
	writer_close(&j, '}');
	reply(w, &text);
}

static int authenticate(struct webeid *w, struct error *e)
{
	json_auto_t *order = json_pack("{s:s}", "challenge_nonce",
				       w->arguments.nonce);
	char *body = json_dumps(order, JSON_COMPACT);

	if (body == NULL)
		return error_set(e, ERR_NO_MEMORY, "request");
	return ask(w, "POST", "/v1/authentications", body, authenticate_then,
		   e);
}

/* --- sign --------------------------------------------------------------- */

static void signed_then(struct webeid *w)
{
	AUTO(buf_fini) struct buf text = { .max = LIMIT_NATIVE_MESSAGE };
	struct writer j = writer_of(&text);
	const char *signature, *algorithm;

	if (json_unpack(w->answer, "{s:s, s:s}", "signature", &signature,
			"algorithm", &algorithm) != 0) {
		reply_error(w->port, WEBEID_FATAL,
			    "signetd's answer has no signature");
		return;
	}
	writer_open(&j, NULL, '{');
	writer_text(&j, "signature", signature);
	certificate_put_algorithm(&j, "signatureAlgorithm", algorithm);
	writer_close(&j, '}');
	reply(w, &text);
}

/* "SHA-256" is "sha-256" to signetd. */
static char *sign_body(const struct arguments *a, const json_t *key,
		       const char *algorithm)
{
	const char *uri = json_string_value(json_object_get(key, "uri"));
	const char *encoding = algorithm[0] == 'E' ? "p1363" : NULL;
	json_auto_t *order = json_pack(
		"{s:s, s:s, s:s, s:s*, s:{s:{s:s+, s:s}}}", "key", uri,
		"algorithm", algorithm, "format", "raw", "encoding", encoding,
		"content", "digest", "algorithm", "sha-",
		a->hash_function + strlen("SHA-"), "value", a->hash);

	return json_dumps(order, JSON_COMPACT);
}

static int sign_with(struct webeid *w, const json_t *key, struct error *e)
{
	const struct arguments *a = &w->arguments;
	const char *algorithm = a->hash_bits == 0 ? NULL :
		certificate_algorithm(key, a->hash_bits);
	char *body;

	if (algorithm == NULL)
		return error_set(e, ERR_MALFORMED, "this key does not sign"
				 " %s; get-signing-certificate tells what it"
				 " does", a->hash_function);
	body = sign_body(a, key, algorithm);
	if (body == NULL)
		return error_set(e, ERR_NO_MEMORY, "request");
	return ask(w, "POST", "/v1/signatures", body, signed_then, e);
}

static void sign_then(struct webeid *w)
{
	const json_t *key;
	struct error e;
	int r = certificate_find(keys_of(w),
				 buf_slice(&w->arguments.certificate), &key,
				 &e);

	if (r == 0)
		r = sign_with(w, key, &e);
	if (r != 0)
		refuse(w->port, &e);
}

/* --- the port ----------------------------------------------------------- */

static int begin(struct port *p, struct error *e)
{
	AUTO(buf_fini) struct buf hello = { .max = LIMIT_NATIVE_MESSAGE };
	struct webeid *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return error_set(e, ERR_NO_MEMORY, "port");
	w->port = p;
	p->state = w;
	buf_put_str(&hello, "{\"version\":\"" WEBEID_VERSION "\"}");
	port_write(p, &hello);
	return 0;
}

static int quit(struct webeid *w)
{
	AUTO(buf_fini) struct buf text = { .max = LIMIT_NATIVE_MESSAGE };

	buf_put_str(&text, "{}");
	reply(w, &text);
	return 0;
}

static int message(struct port *p, struct slice text, struct error *e)
{
	struct webeid *w = p->state;
	int r;

	if (w->asked)
		return error_set(e, ERR_MALFORMED, "there is one request for"
				 " each start of this program");
	w->asked = true;
	r = arguments_read(&w->arguments, text, e);
	if (r != 0)
		return r;
	switch (w->arguments.command) {
	case WEBEID_CERTIFICATE:
		return ask(w, "GET", "/v1/keys", NULL, certificate_then, e);
	case WEBEID_AUTHENTICATE:
		return authenticate(w, e);
	case WEBEID_SIGN:
		return ask(w, "GET", "/v1/keys", NULL, sign_then, e);
	case WEBEID_QUIT:
	default:
		return quit(w);
	}
}

static void end(struct port *p)
{
	struct webeid *w = p->state;

	if (w == NULL)
		return;
	if (w->call != NULL)
		client_relay_cancel(w->call);
	arguments_fini(&w->arguments);
	json_decref(w->answer);
	free(w);
}

const struct port_protocol webeid_protocol = {
	.most = LIMIT_WEBEID_MESSAGE,
	.begin = begin,
	.message = message,
	.refuse = refuse,
	.end = end,
};
