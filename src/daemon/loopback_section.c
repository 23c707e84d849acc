/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loopback_section: `loopback:` of signetd.yaml.
 */
#include "daemon/loopback_section.h"

#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/origin.h"
#include "broker/settings.h"
#include "daemon/check.h"

#define LOOPBACK_PORT_LEAST 1024 /* those below are of root */
#define LOOPBACK_PORT_MOST 65535

static const cyaml_schema_value_t origin_schema = {
	CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, ORIGIN_SIZE - 1),
};

const cyaml_schema_field_t loopback_section_fields[] = {
	CYAML_FIELD_UINT("port", CYAML_FLAG_OPTIONAL, struct settings_loopback,
			 port),
	CYAML_FIELD_SEQUENCE("development",
			     CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			     struct settings_loopback, development,
			     &origin_schema, 1, LIMIT_PAGES),
	CYAML_FIELD_END
};

static bool is_listed(const struct settings_loopback *l, const char *origin)
{
	for (unsigned i = 0; i < l->development_count; i++)
		if (strcmp(l->development[i], origin) == 0)
			return true;
	return false;
}

static int check_development(const struct settings_loopback *l,
			     struct error *e)
{
	for (unsigned i = 0; i < l->development_count; i++)
		if (origin_kind(l->development[i]) != ORIGIN_LOCALHOST)
			return error_set(e, ERR_CONFIG, "loopback:"
					 " development: %s is not"
					 " http://localhost or"
					 " http://localhost:port",
					 l->development[i]);
	return 0;
}

/* Pages without TLS are anybody's: those of developers only. */
static int check_rule(const struct settings *s, unsigned i, struct error *e)
{
	const struct policy_rule *r = &s->policy.rules[i];

	for (unsigned k = 0; k < r->match.origin_count; k++) {
		const char *origin = r->match.origin[k];

		if (origin_kind(origin) == ORIGIN_LOCALHOST &&
		    !is_listed(&s->loopback, origin))
			return error_set(e, ERR_CONFIG, "policy: rule %u"
					 " \"%s\": origin: %s is not in"
					 " loopback: development:", i + 1,
					 r->name, origin);
	}
	return 0;
}

int loopback_section_check(const struct settings *s, struct error *e)
{
	const struct settings_loopback *l = &s->loopback;
	int r = check_development(l, e);

	if (r == 0 && l->port != 0)
		r = check_range("loopback", "port", l->port,
				LOOPBACK_PORT_LEAST, LOOPBACK_PORT_MOST, e);
	for (unsigned i = 0; r == 0 && i < s->policy.rules_count; i++)
		r = check_rule(s, i, e);
	return r;
}
