/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence_section: `evidence:` of signetd.yaml.
 */
#include "daemon/evidence_section.h"

#include <openssl/objects.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "broker/settings.h"
#include "daemon/check.h"

#define EVIDENCE_RECORDS 1000	 /* from checkpoint to checkpoint */
#define EVIDENCE_SECONDS 300
#define EVIDENCE_LIMIT_MIB 10240
#define EVIDENCE_HOURS 24
#define EVIDENCE_TSA_SECONDS 10

static const cyaml_schema_field_t tsa_fields[] = {
	CYAML_FIELD_STRING_PTR("url", CYAML_FLAG_POINTER, struct settings_tsa,
			       url, 1, LIMIT_PATH - 1),
	CYAML_FIELD_STRING_PTR("ca", CYAML_FLAG_POINTER, struct settings_tsa,
			       ca, 1, LIMIT_PATH - 1),
	CYAML_FIELD_STRING_PTR("policy",
			       CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			       struct settings_tsa, policy, 1,
			       LIMIT_LABEL - 1),
	CYAML_FIELD_UINT("timeout", CYAML_FLAG_OPTIONAL, struct settings_tsa,
			 timeout),
	CYAML_FIELD_END
};

const cyaml_schema_field_t evidence_section_fields[] = {
	CYAML_FIELD_STRING_PTR("file",
			       CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			       struct settings_evidence, file, 1,
			       LIMIT_PATH - 1),
	CYAML_FIELD_STRING_PTR("key",
			       CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			       struct settings_evidence, key, 1, LIMIT_URI),
	CYAML_FIELD_STRING_PTR("key_file",
			       CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
			       struct settings_evidence, key_file, 1,
			       LIMIT_PATH - 1),
	CYAML_FIELD_UINT("checkpoint_records", CYAML_FLAG_OPTIONAL,
			 struct settings_evidence, checkpoint_records),
	CYAML_FIELD_UINT("checkpoint_seconds", CYAML_FLAG_OPTIONAL,
			 struct settings_evidence, checkpoint_seconds),
	CYAML_FIELD_UINT("limit_mib", CYAML_FLAG_OPTIONAL,
			 struct settings_evidence, limit_mib),
	CYAML_FIELD_UINT("idempotency_hours", CYAML_FLAG_OPTIONAL,
			 struct settings_evidence, idempotency_hours),
	CYAML_FIELD_MAPPING("tsa", CYAML_FLAG_OPTIONAL,
			    struct settings_evidence, tsa, tsa_fields),
	CYAML_FIELD_END
};

/* --- checks ------------------------------------------------------------- */

/* A file in the state folder, unless its name is given. */
static int check_path(const struct settings *s, const char *name, char **path,
		      struct error *e)
{
	char made[LIMIT_PATH];

	if (*path != NULL)
		return check_absolute("evidence", *path, e);
	if ((size_t)snprintf(made, sizeof(made), "%s/%s", s->state, name) >=
	    sizeof(made))
		return error_set(e, ERR_CONFIG, "state: %s is too long a name",
				 s->state);
	*path = strdup(made);
	return *path != NULL ? 0 :
		error_set(e, ERR_NO_MEMORY, "no memory for settings");
}

/* Of the file, or of a token that never asks anybody. */
static int check_key(struct settings *s, struct error *e)
{
	struct settings_evidence *v = &s->evidence;
	int r;

	if (v->key == NULL)
		return check_path(s, "evidence.key", &v->key_file, e);
	if (v->key_file != NULL)
		return error_set(e, ERR_CONFIG, "evidence: key is a key on a"
				 " token and key_file one in a file; give one"
				 " of them");
	r = check_uri("evidence: key", v->key, e);
	if (r == 0 && !settings_unattended(s, v->key))
		r = error_set(e, ERR_CONFIG, "evidence: key %s has to be on an"
			      " unattended token, since nobody is asked for"
			      " checkpoints: add its token to tokens: with"
			      " unattended: true", v->key);
	return r;
}

static int check_amount(const char *name, unsigned *value, unsigned common,
			unsigned most, struct error *e)
{
	if (*value == 0)
		*value = common;
	return check_range("evidence", name, *value, 1, most, e);
}

static int check_url(const char *url, struct error *e)
{
	const char *host = strstr(url, "://");
	size_t scheme = host == NULL ? 0 : (size_t)(host - url);
	bool ok = (scheme == 4 && strncmp(url, "http", 4) == 0) ||
		  (scheme == 5 && strncmp(url, "https", 5) == 0);

	ok = ok && host[3] != '\0' && host[3] != '/';
	for (const char *p = url; ok && *p != '\0'; p++)
		ok = *p > ' ' && *p < 0x7f;
	return ok ? 0 : error_set(e, ERR_CONFIG, "evidence: tsa: %s is no"
				  " http:// or https:// URL", url);
}

static int check_policy(const char *oid, struct error *e)
{
	ASN1_OBJECT *o = oid == NULL ? NULL : OBJ_txt2obj(oid, 1);
	bool ok = oid == NULL || o != NULL;

	ASN1_OBJECT_free(o);
	return ok ? 0 : error_set(e, ERR_CONFIG, "evidence: tsa: policy %s is"
				  " no OID, such as 1.2.3.4", oid);
}

static int check_tsa(struct settings_tsa *t, struct error *e)
{
	int r;

	if (t->url == NULL)
		return 0;
	if (t->timeout == 0)
		t->timeout = EVIDENCE_TSA_SECONDS;
	r = check_url(t->url, e);
	if (r == 0)
		r = check_absolute("evidence: tsa: ca", t->ca, e);
	if (r == 0)
		r = check_policy(t->policy, e);
	return r != 0 ? r : check_range("evidence: tsa", "timeout", t->timeout,
					1, 60, e);
}

int evidence_section_check(struct settings *s, struct error *e)
{
	struct settings_evidence *v = &s->evidence;
	int r = check_path(s, "evidence.sqlite", &v->file, e);

	if (r == 0)
		r = check_key(s, e);
	if (r == 0)
		r = check_amount("checkpoint_records", &v->checkpoint_records,
				 EVIDENCE_RECORDS, 1000000, e);
	if (r == 0)
		r = check_amount("checkpoint_seconds", &v->checkpoint_seconds,
				 EVIDENCE_SECONDS, 86400, e);
	if (r == 0)
		r = check_amount("limit_mib", &v->limit_mib,
				 EVIDENCE_LIMIT_MIB, 16777216, e);
	if (r == 0)
		r = check_amount("idempotency_hours", &v->idempotency_hours,
				 EVIDENCE_HOURS, 8760, e);
	return r != 0 ? r : check_tsa(&v->tsa, e);
}
