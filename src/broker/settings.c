/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settings: what the configuration says, as plain data.
 */
#include "broker/settings.h"

#include <string.h>

#include "policy/key.h"

struct settings *settings_ref(struct settings *s)
{
	s->refs++;
	return s;
}

void settings_unref(struct settings *s)
{
	if (s != NULL && --s->refs == 0)
		s->free(s);
}

static bool text_equal(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool settings_module_equal(const struct settings_module *a,
			   const struct settings_module *b)
{
	if (!text_equal(a->name, b->name) || !text_equal(a->path, b->path) ||
	    a->shards != b->shards || a->deadline_ms != b->deadline_ms ||
	    a->per_reader != b->per_reader ||
	    a->opensc_conf != b->opensc_conf ||
	    a->environment_count != b->environment_count)
		return false;
	for (unsigned i = 0; i < a->environment_count; i++)
		if (!text_equal(a->environment[i].name,
				b->environment[i].name) ||
		    !text_equal(a->environment[i].value,
				b->environment[i].value))
			return false;
	return true;
}

bool settings_tokens_equal(const struct settings *a, const struct settings *b)
{
	if (a->tokens_count != b->tokens_count)
		return false;
	for (unsigned i = 0; i < a->tokens_count; i++)
		if (!text_equal(a->tokens[i].uri, b->tokens[i].uri) ||
		    !text_equal(a->tokens[i].pin_source,
				b->tokens[i].pin_source) ||
		    a->tokens[i].unattended != b->tokens[i].unattended ||
		    a->tokens[i].keep_alive != b->tokens[i].keep_alive ||
		    a->tokens[i].sample != b->tokens[i].sample)
			return false;
	return true;
}

bool settings_evidence_equal(const struct settings_evidence *a,
			     const struct settings_evidence *b)
{
	return text_equal(a->file, b->file) && text_equal(a->key, b->key) &&
	       text_equal(a->key_file, b->key_file) &&
	       a->checkpoint_records == b->checkpoint_records &&
	       a->checkpoint_seconds == b->checkpoint_seconds &&
	       a->limit_mib == b->limit_mib &&
	       text_equal(a->tsa.url, b->tsa.url) &&
	       text_equal(a->tsa.ca, b->tsa.ca) &&
	       text_equal(a->tsa.policy, b->tsa.policy) &&
	       a->tsa.timeout == b->tsa.timeout;
}

bool settings_unattended(const struct settings *s, const char *uri)
{
	for (unsigned i = 0; i < s->tokens_count; i++) {
		const struct settings_token *t = &s->tokens[i];

		if (t->unattended && (uri == NULL ||
				      policy_key_same_token(uri, t->uri)))
			return true;
	}
	return false;
}

bool settings_develops(const struct settings *s, const char *origin)
{
	for (unsigned i = 0; i < s->loopback.development_count; i++)
		if (strcmp(s->loopback.development[i], origin) == 0)
			return true;
	return false;
}
