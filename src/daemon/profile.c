/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile: what is known of a PKCS#11 module, as a file of modules.d.
 */
#include "daemon/profile.h"

#include <cyaml/cyaml.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/self.h"
#include "broker/settings.h"
#include "daemon/policy_schema.h"
#include "daemon/profile_schema.h"

#define PROFILE_FOLDER "../share/signet/modules.d"
#define PROFILE_PATHS 16
/* A name that is part of a file's name. */
#define PROFILE_NAME "abcdefghijklmnopqrstuvwxyz0123456789-_"

struct profile {
	char **paths;
	unsigned paths_count;
	bool per_reader;
	bool opensc_conf;
	unsigned deadline_ms;
	char *unblock;
	char *keys;
	bool manage_so;
	struct settings_variable *environment;
	unsigned environment_count;
};

static const cyaml_schema_field_t variable_fields[] = {
	CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER,
			       struct settings_variable, name, 1, LIMIT_LABEL),
	CYAML_FIELD_STRING_PTR("value", CYAML_FLAG_POINTER,
			       struct settings_variable, value, 0, LIMIT_PATH),
	CYAML_FIELD_END
};

const cyaml_schema_value_t profile_schema_variable = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct settings_variable,
			    variable_fields),
};

static const cyaml_schema_value_t path_schema = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, LIMIT_PATH - 1),
};

static const cyaml_schema_field_t profile_fields[] = {
	CYAML_FIELD_SEQUENCE("paths",
			     CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			     struct profile, paths, &path_schema, 0,
			     PROFILE_PATHS),
	CYAML_FIELD_ENUM("per_reader", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT,
			 struct profile, per_reader, policy_schema_bool,
			 POLICY_SCHEMA_BOOL_COUNT),
	CYAML_FIELD_ENUM("opensc_conf",
			 CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT,
			 struct profile, opensc_conf, policy_schema_bool,
			 POLICY_SCHEMA_BOOL_COUNT),
	CYAML_FIELD_UINT("deadline_ms", CYAML_FLAG_OPTIONAL, struct profile,
			 deadline_ms),
	CYAML_FIELD_STRING_PTR("unblock",
			       CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			       struct profile, unblock, 1, LIMIT_LABEL),
	CYAML_FIELD_STRING_PTR("keys",
			       CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			       struct profile, keys, 1, LIMIT_LABEL),
	CYAML_FIELD_ENUM("manage_so", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT,
			 struct profile, manage_so, policy_schema_bool,
			 POLICY_SCHEMA_BOOL_COUNT),
	CYAML_FIELD_SEQUENCE("environment",
			     CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			     struct profile, environment,
			     &profile_schema_variable, 0, CYAML_UNLIMITED),
	CYAML_FIELD_END
};

static const cyaml_schema_value_t profile_schema = {
	CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct profile,
			    profile_fields),
};

static const cyaml_config_t profile_cyaml = {
	.mem_fn = cyaml_mem,
	.log_level = CYAML_LOG_ERROR,
	.flags = CYAML_CFG_DEFAULT,
};

/* The file that is there; else the first, which may come. */
static int profile_path(struct settings_module *m, const struct profile *p,
			struct error *e)
{
	const char *path = p->paths_count == 0 ? NULL : p->paths[0];

	for (unsigned i = 0; i < p->paths_count; i++)
		if (access(p->paths[i], F_OK) == 0) {
			path = p->paths[i];
			break;
		}
	if (path == NULL)
		return error_set(e, ERR_CONFIG, "module %s: profile %s names no"
				 " file; add path:", m->name, m->profile);
	m->path = strdup(path);
	return m->path == NULL ? error_set(e, ERR_NO_MEMORY, "no memory") : 0;
}

/* The module's own come last, and so count. */
static int profile_environment(struct settings_module *m, struct profile *p,
			       struct error *e)
{
	unsigned count = p->environment_count + m->environment_count;
	struct settings_variable *all;

	if (p->environment_count == 0)
		return 0;
	all = reallocarray(p->environment, count, sizeof(*all));
	if (all == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory");
	if (m->environment_count > 0)
		memcpy(all + p->environment_count, m->environment,
		       m->environment_count * sizeof(*all));
	free(m->environment);
	m->environment = all;
	m->environment_count = count;
	p->environment = NULL;
	p->environment_count = 0;
	return 0;
}

static int profile_use(struct settings_module *m, struct profile *p,
		       struct error *e)
{
	int r = m->path != NULL ? 0 : profile_path(m, p, e);

	if (r == 0)
		r = profile_environment(m, p, e);
	m->per_reader = m->per_reader || p->per_reader;
	m->opensc_conf = m->opensc_conf || p->opensc_conf;
	m->manage_so = m->manage_so || p->manage_so;
	if (m->deadline_ms == 0)
		m->deadline_ms = p->deadline_ms;
	if (m->unblock == NULL) {
		m->unblock = p->unblock;
		p->unblock = NULL;
	}
	if (m->keys == NULL) {
		m->keys = p->keys;
		p->keys = NULL;
	}
	return r;
}

int profile_apply(struct settings_module *m, struct error *e)
{
	char dir[LIMIT_PATH], path[2 * LIMIT_PATH];
	struct profile *p = NULL;
	cyaml_err_t failed;
	int r;

	if (m->profile == NULL)
		return m->path != NULL ? 0 :
			error_set(e, ERR_CONFIG, "module %s: path: or profile:"
				  " is missing", m->name);
	if (strspn(m->profile, PROFILE_NAME) != strlen(m->profile) ||
	    !self_dir(dir, sizeof(dir)))
		return error_set(e, ERR_CONFIG, "module %s: %s is no name of a"
				 " profile", m->name, m->profile);
	snprintf(path, sizeof(path), "%s/" PROFILE_FOLDER "/%s.yaml", dir,
		 m->profile);
	failed = cyaml_load_file(path, &profile_cyaml, &profile_schema,
				 (cyaml_data_t **)&p, NULL);
	if (failed != CYAML_OK || p == NULL)
		return error_set(e, ERR_CONFIG, "module %s: profile %s: %s",
				 m->name, path, cyaml_strerror(failed));
	r = profile_use(m, p, e);
	cyaml_free(&profile_cyaml, &profile_schema, p, 0);
	return r;
}
