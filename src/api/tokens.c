/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tokens: GET /v1/tokens.
 */
#include <p11-kit/pkcs11.h>
#include <string.h>

#include "api/exchange.h"
#include "base/problem.h"
#include "api/route.h"
#include "base/limits.h"
#include "broker/authorise.h"
#include "base/writer.h"

static const char *const token_states[] = {
	[TOKEN_ABSENT] = "absent",
	[TOKEN_UNINITIALIZED] = "uninitialized",
	[TOKEN_CONFIRMING] = "confirming",
	[TOKEN_READY] = "ready",
	[TOKEN_LOGGED_IN] = "logged-in",
	[TOKEN_FAILED] = "failed",
};

static unsigned token_signing_keys(const struct token *t)
{
	unsigned count = 0;

	for (size_t i = 0; i < t->keys_count; i++)
		count += key_signs(t->keys[i]);
	return count;
}

static void put_token(struct writer *j, const struct token *t)
{
	const struct wire_token *w = &t->wire;

	writer_open(j, NULL, '{');
	writer_text(j, "uri", t->uri);
	writer_text(j, "label", w->label);
	writer_text(j, "serial", w->serial);
	writer_text(j, "manufacturer", w->manufacturer);
	writer_text(j, "model", w->model);
	writer_text(j, "slot", w->slot);
	writer_text(j, "module", t->module->config->name);
	writer_text(j, "state", token_states[t->state]);
	writer_bool(j, "login_required", (w->flags & CKF_LOGIN_REQUIRED) != 0);
	writer_bool(j, "pinpad",
		  (w->flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0);
	writer_text(j, "pin", token_pin_state(w));
	writer_bool(j, "unattended",
		  t->settings != NULL && t->settings->unattended);
	writer_text(j, "check", sampling_applies(t) ? "sampled" : "all");
	writer_int(j, "keys", token_signing_keys(t));
	if (t->state == TOKEN_FAILED)
		problem_put(j, "error", &t->error, NULL);
	else
		writer_null(j, "error");
	writer_close(j, '}');
}

/* Software tokens always have a blank one: it is for who wants to use it up. */
static bool token_listed(const struct token *t, bool blank)
{
	return t->state != TOKEN_ABSENT &&
	       (blank || t->state != TOKEN_UNINITIALIZED);
}

static void tokens_answer(struct exchange *x)
{
	const char *query = exchange_query(x, "uninitialized");
	bool blank = query != NULL && strcmp(query, "true") == 0;
	const struct module *m;
	const struct token *t;
	struct buf text;
	struct writer j = writer_of(&text);

	buf_init(&text, EXCHANGE_TEXT_MAX);
	writer_open(&j, NULL, '{');
	writer_open(&j, "tokens", '[');
	TAILQ_FOREACH(m, &x->broker->modules, entry)
		TAILQ_FOREACH(t, &m->tokens, entry)
			if (token_listed(t, blank) &&
			    authorise_sees_token(x->broker, x->caller, t))
				put_token(&j, t);
	writer_close(&j, ']');
	writer_close(&j, '}');
	exchange_answer(x, 200, &text);
}

void api_tokens_get(struct exchange *x)
{
	if (!exchange_wait(x, NULL, LIMIT_LIST_WAIT_MS, tokens_answer))
		tokens_answer(x);
}
