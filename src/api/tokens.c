/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tokens: GET /v1/tokens.
 */
#include <p11-kit/pkcs11.h>

#include "api/exchange.h"
#include "api/json.h"
#include "api/problem.h"
#include "api/route.h"
#include "base/limits.h"

static const char *const token_states[] = {
	[TOKEN_ABSENT] = "absent",
	[TOKEN_READY] = "ready",
	[TOKEN_LOGGED_IN] = "logged-in",
	[TOKEN_FAILED] = "failed",
};

static const char *pin_state(uint64_t flags)
{
	if ((flags & CKF_USER_PIN_LOCKED) != 0)
		return "locked";
	if ((flags & CKF_USER_PIN_FINAL_TRY) != 0)
		return "final-try";
	return (flags & CKF_USER_PIN_COUNT_LOW) != 0 ? "count-low" : "ok";
}

static unsigned token_signing_keys(const struct token *t)
{
	unsigned count = 0;

	for (size_t i = 0; i < t->keys_count; i++)
		count += key_signs(t->keys[i]);
	return count;
}

static void put_token(struct json *j, const struct token *t)
{
	const struct wire_token *w = &t->wire;

	json_open(j, NULL, '{');
	json_text(j, "uri", t->uri);
	json_text(j, "label", w->label);
	json_text(j, "serial", w->serial);
	json_text(j, "manufacturer", w->manufacturer);
	json_text(j, "model", w->model);
	json_text(j, "slot", w->slot);
	json_text(j, "module", t->module->config->name);
	json_text(j, "state", token_states[t->state]);
	json_bool(j, "login_required", (w->flags & CKF_LOGIN_REQUIRED) != 0);
	json_bool(j, "pinpad",
		  (w->flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0);
	json_text(j, "pin", pin_state(w->flags));
	json_bool(j, "unattended",
		  t->settings != NULL && t->settings->unattended);
	json_int(j, "keys", token_signing_keys(t));
	if (t->state == TOKEN_FAILED)
		problem_put(j, "error", &t->error, NULL);
	else
		json_null(j, "error");
	json_close(j, '}');
}

static void tokens_answer(struct exchange *x)
{
	const struct module *m;
	const struct token *t;
	struct buf text;
	struct json j = json_of(&text);

	buf_init(&text, EXCHANGE_TEXT_MAX);
	json_open(&j, NULL, '{');
	json_open(&j, "tokens", '[');
	TAILQ_FOREACH(m, &x->broker->modules, entry)
		TAILQ_FOREACH(t, &m->tokens, entry)
			if (t->state != TOKEN_ABSENT)
				put_token(&j, t);
	json_close(&j, ']');
	json_close(&j, '}');
	exchange_answer(x, 200, &text);
}

void api_tokens_get(struct exchange *x)
{
	if (!exchange_wait(x, LIMIT_LIST_WAIT_MS, tokens_answer))
		tokens_answer(x);
}
