/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config: signetd.yaml into settings, by a schema of libcyaml.
 */
#include "daemon/config.h"

#include <cyaml/cyaml.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/paths.h"
#include "broker/module_path.h"
#include "broker/settings.h"
#include "daemon/check.h"
#include "daemon/evidence_section.h"
#include "daemon/loopback_section.h"
#include "daemon/policy_schema.h"
#include "daemon/profile.h"
#include "daemon/profile_schema.h"
#include "daemon/yaml.h"
#include "policy/policy.h"

#define CONFIG_VERSION 1
#define CONFIG_SPOOL "/var/tmp"
#define CONFIG_SHARDS 1
#define CONFIG_SAMPLE 100
#define CONFIG_TIMEOUT_LEAST 5 /* seconds: to read what is asked */
#define CONFIG_TIMEOUT_MOST 3600
#define CONFIG_KEEP_ALIVE_MOST 86400
#define CONFIG_LOCALE_MAX 32 /* "ca_ES.UTF-8@valencia" */
/* The largest file that makes sense: a thousand modules' worth. */
#define CONFIG_FILE_MAX (1024u * 1024)
#define CONFIG_LOG_MAX ERROR_MESSAGE_MAX

/* The file as it is written; settings is its first member. */
struct config {
	struct settings settings;
	unsigned version;
	bool policy_given; /* libcyaml does not tell [] from nothing */
};

static const cyaml_schema_field_t module_fields[] = {
	CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER,
			       struct settings_module, name, 1,
			       LIMIT_LABEL - 1),
	CYAML_FIELD_STRING_PTR("profile",
			       CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			       struct settings_module, profile, 1,
			       LIMIT_LABEL - 1),
	CYAML_FIELD_STRING_PTR("path",
			       CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			       struct settings_module, path, 1,
			       LIMIT_PATH - 1),
	CYAML_FIELD_UINT("shards", CYAML_FLAG_OPTIONAL,
			 struct settings_module, shards),
	CYAML_FIELD_UINT("deadline_ms", CYAML_FLAG_OPTIONAL,
			 struct settings_module, deadline_ms),
	CYAML_FIELD_STRING_PTR("unblock",
			       CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			       struct settings_module, unblock, 1,
			       LIMIT_LABEL),
	CYAML_FIELD_STRING_PTR("keys",
			       CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			       struct settings_module, keys, 1, LIMIT_LABEL),
	CYAML_FIELD_ENUM("manage_so", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT,
			 struct settings_module, manage_so,
			 policy_schema_bool, POLICY_SCHEMA_BOOL_COUNT),
	CYAML_FIELD_ENUM("per_reader", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT,
			 struct settings_module, per_reader,
			 policy_schema_bool, POLICY_SCHEMA_BOOL_COUNT),
	CYAML_FIELD_ENUM("opensc_conf",
			 CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT,
			 struct settings_module, opensc_conf,
			 policy_schema_bool, POLICY_SCHEMA_BOOL_COUNT),
	CYAML_FIELD_SEQUENCE("environment",
			     CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			     struct settings_module, environment,
			     &profile_schema_variable, 0, CYAML_UNLIMITED),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t module_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct settings_module,
			    module_fields),
};

static const cyaml_strval_t check_words[] = {
	{ "all", false },
	{ "sampled", true },
};

static const cyaml_schema_field_t token_fields[] = {
	CYAML_FIELD_STRING_PTR("uri", CYAML_FLAG_POINTER,
			       struct settings_token, uri, 1, LIMIT_URI),
	CYAML_FIELD_ENUM("unattended", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT,
			 struct settings_token, unattended,
			 policy_schema_bool, POLICY_SCHEMA_BOOL_COUNT),
	CYAML_FIELD_STRING_PTR("pin_source",
			       CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			       struct settings_token, pin_source, 1,
			       LIMIT_PATH - 1),
	CYAML_FIELD_UINT("keep_alive", CYAML_FLAG_OPTIONAL,
			 struct settings_token, keep_alive),
	CYAML_FIELD_ENUM("check", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT,
			 struct settings_token, sampled, check_words,
			 ARRAY_LEN(check_words)),
	CYAML_FIELD_UINT("sample", CYAML_FLAG_OPTIONAL,
			 struct settings_token, sample),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t token_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct settings_token,
			    token_fields),
};

static const cyaml_schema_field_t prompt_fields[] = {
	CYAML_FIELD_STRING_PTR("pinentry",
			       CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			       struct settings_prompt, pinentry, 1,
			       LIMIT_PATH - 1),
	CYAML_FIELD_UINT("timeout", CYAML_FLAG_OPTIONAL,
			 struct settings_prompt, timeout),
	CYAML_FIELD_STRING_PTR("language",
			       CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			       struct settings_prompt, language, 1,
			       CONFIG_LOCALE_MAX),
	CYAML_FIELD_END
};

static const cyaml_schema_field_t config_fields[] = {
	CYAML_FIELD_UINT("version", CYAML_FLAG_DEFAULT, struct config,
			 version),
	CYAML_FIELD_STRING_PTR("socket_group",
			       CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			       struct config, settings.group, 1, LIMIT_LABEL),
	CYAML_FIELD_STRING_PTR("spool",
			       CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			       struct config, settings.spool, 1,
			       LIMIT_PATH - 1),
	CYAML_FIELD_SEQUENCE("modules",
			     CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			     struct config, settings.modules, &module_schema,
			     0, LIMIT_MODULES),
	CYAML_FIELD_SEQUENCE("tokens",
			     CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			     struct config, settings.tokens, &token_schema, 0,
			     LIMIT_TOKENS),
	CYAML_FIELD_STRING_PTR("state",
			       CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			       struct config, settings.state, 1,
			       LIMIT_PATH - 1),
	CYAML_FIELD_MAPPING("prompt", CYAML_FLAG_OPTIONAL, struct config,
			    settings.prompt, prompt_fields),
	CYAML_FIELD_MAPPING("evidence", CYAML_FLAG_OPTIONAL, struct config,
			    settings.evidence, evidence_section_fields),
	CYAML_FIELD_MAPPING("loopback", CYAML_FLAG_OPTIONAL, struct config,
			    settings.loopback, loopback_section_fields),
	CYAML_FIELD_SEQUENCE("policy",
			     CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			     struct config, settings.policy.rules,
			     &policy_schema_rule, 0, LIMIT_RULES),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t config_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct config, config_fields),
};

/* --- what libcyaml says ------------------------------------------------- */

/* Its first complaint and where it was: further lines repeat the way there. */
static void PRINTF_LIKE(3, 0)
config_log(cyaml_log_t level, void *arg, const char *format, va_list ap)
{
	struct buf *said = arg;
	char line[CONFIG_LOG_MAX];
	int n = vsnprintf(line, sizeof(line), format, ap);
	const char *text = line;

	if (n <= 0 || level < CYAML_LOG_ERROR)
		return;
	line[strcspn(line, "\n")] = '\0';
	for (const char *head = "Load: "; strncmp(text, head, 6) == 0;)
		text += 6;
	if (strncmp(text, "Backtrace:", 10) == 0)
		return;
	while (*text == ' ')
		text++;
	if (said->len == 0 || strstr(buf_text(said), "(line") == NULL)
		buf_printf(said, "%s%s", said->len == 0 ? "" : " ", text);
}

static const cyaml_config_t cyaml_base = {
	.log_fn = config_log,
	.mem_fn = cyaml_mem,
	.log_level = CYAML_LOG_WARNING,
	.flags = CYAML_CFG_DEFAULT,
};

static void config_free(struct settings *s)
{
	free(s->worker);
	free(s->prompt_program);
	free(s->webhost);
	free(s->reader_program);
	free(s->pcsc_provider);
	free(s->stamp_program);
	if (s->policy.rules == s->builtin.rules)
		s->policy = (struct policy){ .rules = NULL };
	cyaml_free(&cyaml_base, &config_schema, s, 0);
}

/* --- checks of values --------------------------------------------------- */

static int check_variables(const struct settings_module *m, const char *what,
			   struct error *e)
{
	for (unsigned i = 0; i < m->environment_count; i++) {
		const char *name = m->environment[i].name;

		/* The loader reads these before the module is even there. */
		if (strchr(name, '=') != NULL || strncmp(name, "LD_", 3) == 0)
			return error_set(e, ERR_CONFIG,
					 "%s: %s cannot be set in environment",
					 what, name);
	}
	return 0;
}

static int check_module(struct settings *s, unsigned i, struct error *e)
{
	struct settings_module *m = &s->modules[i];
	char what[LIMIT_LABEL + 16];
	int r;

	snprintf(what, sizeof(what), "module %s", m->name);
	r = profile_apply(m, e);
	if (r != 0)
		return r;
	if (m->shards == 0)
		m->shards = CONFIG_SHARDS;
	if (m->deadline_ms == 0)
		m->deadline_ms = LIMIT_DEADLINE_MS;
	for (unsigned other = 0; other < i; other++)
		if (strcmp(s->modules[other].name, m->name) == 0)
			return error_set(e, ERR_CONFIG, "%s is there twice",
					 what);
	r = check_absolute(what, m->path, e);
	if (r == 0)
		r = check_range(what, "shards", m->shards, 1, LIMIT_SHARDS, e);
	if (r == 0)
		r = check_range(what, "deadline_ms", m->deadline_ms, 100,
				600000, e);
	return r != 0 ? r : check_variables(m, what, e);
}

/* 1: each signature is verified. */
static int check_sample(struct settings_token *t, struct error *e)
{
	bool given = t->sample != 0;

	if (!given)
		t->sample = t->sampled ? CONFIG_SAMPLE : 1;
	if (t->sampled && !t->unattended)
		return error_set(e, ERR_CONFIG, "token %s: check: sampled is"
				 " for unattended tokens only", t->uri);
	if (given && !t->sampled)
		return error_set(e, ERR_CONFIG, "token %s: sample goes with"
				 " check: sampled", t->uri);
	return check_range(t->uri, "sample", t->sample, 1, LIMIT_SAMPLE, e);
}

static int check_token(struct settings_token *t, struct error *e)
{
	int r = check_uri("token", t->uri, e);

	if (r == 0 && t->pin_source != NULL && !t->unattended)
		r = error_set(e, ERR_CONFIG, "token %s: pin_source is for"
			      " unattended tokens only", t->uri);
	if (r == 0 && t->pin_source != NULL)
		r = check_absolute(t->uri, t->pin_source, e);
	if (r == 0 && t->keep_alive > 0 && !t->unattended)
		r = error_set(e, ERR_CONFIG, "token %s: keep_alive is for"
			      " unattended tokens only", t->uri);
	if (r == 0 && t->keep_alive > 0)
		r = check_range(t->uri, "keep_alive", t->keep_alive, 1,
				CONFIG_KEEP_ALIVE_MOST, e);
	return r != 0 ? r : check_sample(t, e);
}

static int check_prompt(struct settings_prompt *p, struct error *e)
{
	static const char locale[] = "abcdefghijklmnopqrstuvwxyz"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				     "_.@-";
	int r = 0;

	if (p->timeout == 0)
		p->timeout = LIMIT_PROMPT_SECONDS;
	if (p->pinentry != NULL)
		r = check_absolute("prompt: pinentry", p->pinentry, e);
	if (r == 0)
		r = check_range("prompt", "timeout", p->timeout,
				CONFIG_TIMEOUT_LEAST, CONFIG_TIMEOUT_MOST, e);
	if (r == 0 && p->language != NULL &&
	    strspn(p->language, locale) != strlen(p->language))
		r = error_set(e, ERR_CONFIG, "prompt: %s is not the name of a"
			      " locale", p->language);
	return r;
}

static int check_folders(struct settings *s, struct error *e)
{
	char state[LIMIT_PATH];
	int r = 0;

	if (s->state == NULL) {
		r = paths_state(state, sizeof(state), e);
		if (r == 0 && (s->state = strdup(state)) == NULL)
			r = error_set(e, ERR_NO_MEMORY,
				      "no memory for settings");
	}
	if (r == 0 && s->spool == NULL &&
	    (s->spool = strdup(CONFIG_SPOOL)) == NULL)
		r = error_set(e, ERR_NO_MEMORY, "no memory for settings");
	if (r == 0)
		r = check_absolute("state", s->state, e);
	return r != 0 ? r : check_absolute("spool", s->spool, e);
}

/* Is there an unattended token that the rule could be about? */
static bool allow_has_token(const struct policy_rule *rule,
			    const struct settings *s)
{
	if (rule->match.key_count == 0)
		return settings_unattended(s, NULL);
	for (unsigned k = 0; k < rule->match.key_count; k++)
		if (settings_unattended(s, rule->match.key[k]))
			return true;
	return false;
}

static int check_policy(struct config *c, struct error *e)
{
	struct settings *s = &c->settings;
	int r;

	if (!c->policy_given) {
		policy_builtin(geteuid(), &s->builtin);
		s->policy = s->builtin.policy;
		return 0;
	}
	r = policy_check(&s->policy, e);
	for (unsigned i = 0; r == 0 && i < s->policy.rules_count; i++)
		if (s->policy.rules[i].outcome == POLICY_ALLOW &&
		    !allow_has_token(&s->policy.rules[i], s))
			r = error_set(e, ERR_CONFIG, "policy: rule %u \"%s\":"
				      " allow is for unattended tokens, and"
				      " none of tokens: that it can be about is"
				      " unattended", i + 1,
				      s->policy.rules[i].name);
	return r;
}

static int config_check(struct config *c, struct error *e)
{
	struct settings *s = &c->settings;
	int r;

	if (c->version != CONFIG_VERSION)
		return error_set(e, ERR_CONFIG,
				 "version is %u; this signetd reads version %d",
				 c->version, CONFIG_VERSION);
	r = check_folders(s, e);
	if (r == 0)
		r = evidence_section_check(s, e);
	if (r == 0 && s->group != NULL && getgrnam(s->group) == NULL)
		r = error_set(e, ERR_CONFIG,
			      "socket_group: there is no group %s", s->group);
	for (unsigned i = 0; r == 0 && i < s->modules_count; i++)
		r = check_module(s, i, e);
	for (unsigned i = 0; r == 0 && i < s->tokens_count; i++)
		r = check_token(&s->tokens[i], e);
	if (r == 0)
		r = check_prompt(&s->prompt, e);
	if (r == 0)
		r = check_policy(c, e);
	return r != 0 ? r : loopback_section_check(s, e);
}

/* --- the file ----------------------------------------------------------- */

static int config_read(const char *path, struct buf *text, struct error *e)
{
	AUTO(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	uint8_t *at;
	ssize_t got = 1;

	if (fd < 0)
		return error_set_errno(e, ERR_CONFIG, errno, "%s", path);
	while (got > 0) {
		at = buf_reserve(text, 4096);
		if (at == NULL)
			return error_set(e, ERR_CONFIG, "%s is larger than %u"
					 " bytes", path, CONFIG_FILE_MAX);
		got = read(fd, at, 4096);
		if (got < 0 && errno != EINTR)
			return error_set_errno(e, ERR_CONFIG, errno, "%s",
					       path);
		if (got > 0)
			buf_commit(text, (size_t)got);
	}
	return 0;
}

/*
 * libcyaml says where the value before an unexpected key was.  The key itself
 * is in one of the next lines: say that one.  Unchanged if it is not found.
 */
static void config_key_line(const char *text, struct error *e)
{
	static const char said[] = "Unexpected key: ";
	char key[LIMIT_LABEL];
	unsigned from, line = 1;
	const char *at = strstr(e->message, "(line: ");
	size_t len;

	if (at == NULL || strncmp(e->message, said, sizeof(said) - 1) != 0 ||
	    sscanf(e->message + sizeof(said) - 1, "%255s", key) != 1 ||
	    sscanf(at, "(line: %u", &from) != 1)
		return;
	len = strlen(key);
	for (; *text != '\0'; text += *text == '\n', line++) {
		const char *word = text + strspn(text, " -{\"'");

		if (line >= from && strncmp(word, key, len) == 0 &&
		    strchr(":\"' ", word[len]) != NULL) {
			error_set(e, ERR_CONFIG, "Unexpected key: %s (line:"
				  " %u)", key, line);
			return;
		}
		text += strcspn(text, "\n");
	}
}

static int config_parse(struct buf *text, struct config **out,
			struct error *e)
{
	cyaml_config_t cyaml = cyaml_base;
	struct buf said;
	cyaml_err_t failed;
	int r = 0;

	buf_init(&said, CONFIG_LOG_MAX);
	cyaml.log_ctx = &said;
	failed = cyaml_load_data(text->ptr, text->len, &cyaml, &config_schema,
				 (cyaml_data_t **)out, NULL);
	if (failed != CYAML_OK) {
		r = error_set(e, ERR_CONFIG, "%s", said.len > 0 ?
			      buf_text(&said) : cyaml_strerror(failed));
		config_key_line(buf_text(text), e);
	} else if (*out == NULL) {
		r = error_set(e, ERR_CONFIG, "the file is empty");
	}
	buf_fini(&said);
	return r;
}

int config_load(const char *path, struct settings **out, struct error *e)
{
	struct config *c = NULL;
	struct buf text;
	int r;

	buf_init(&text, CONFIG_FILE_MAX);
	r = config_read(path, &text, e);
	if (r == 0)
		r = config_parse(&text, &c, e);
	if (r == 0)
		r = yaml_has_key(buf_slice(&text), "policy",
				 &c->policy_given, e);
	buf_fini(&text);
	if (r == 0) {
		c->settings.free = config_free;
		c->settings.refs = 1;
		r = config_check(c, e);
	}
	if (r != 0) {
		error_prefix(e, "%s: ", path);
		if (c != NULL)
			config_free(&c->settings);
		return r;
	}
	*out = &c->settings;
	return 0;
}

int config_check_files(const struct settings *s, struct error *e)
{
	int r = 0;

	for (unsigned i = 0; r == 0 && i < s->modules_count; i++) {
		r = module_path_check(s->modules[i].path, e);
		if (r != 0)
			error_prefix(e, "module %s: ", s->modules[i].name);
	}
	for (unsigned i = 0; r == 0 && i < s->tokens_count; i++)
		if (s->tokens[i].pin_source != NULL &&
		    access(s->tokens[i].pin_source, R_OK) != 0)
			r = error_set_errno(e, ERR_PIN_SOURCE, errno,
					    "token %s: %s", s->tokens[i].uri,
					    s->tokens[i].pin_source);
	if (r == 0 && s->prompt.pinentry != NULL &&
	    access(s->prompt.pinentry, X_OK) != 0)
		r = error_set_errno(e, ERR_CONFIG, errno, "prompt: %s",
				    s->prompt.pinentry);
	if (r == 0 && s->evidence.tsa.ca != NULL &&
	    access(s->evidence.tsa.ca, R_OK) != 0)
		r = error_set_errno(e, ERR_CONFIG, errno, "evidence: tsa: %s",
				    s->evidence.tsa.ca);
	for (unsigned i = 0; r == 0 && i < s->policy.rules_count; i++)
		if (s->policy.rules[i].bank != NULL &&
		    access(s->policy.rules[i].bank, R_OK) != 0)
			r = error_set_errno(e, ERR_CONFIG, errno,
					    "policy: rule \"%s\": %s",
					    s->policy.rules[i].name,
					    s->policy.rules[i].bank);
	return r;
}
