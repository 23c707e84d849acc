/* SPDX-License-Identifier: Apache-2.0 */
/*
 * statement: what a checkpoint says, read back.
 */
#include "evidence/statement.h"

#include <stdio.h>
#include <string.h>

#include "base/b64.h"
#include "base/err.h"
#include "evidence/form.h"
#include "format/verify.h"

static int missing(const char *name, struct error *e)
{
	return error_set(e, ERR_MALFORMED, "its member %s is not there, or not"
			 " what it has to be", name);
}

static int parse_key(const json_t *root, struct statement *s,
		     struct error *e)
{
	struct buf key AUTO(buf_fini) = { .max = sizeof(s->key) };

	if (b64_decode(B64_STD, slice_str(form_text(root, "key")), &key) != 0 ||
	    key.len == 0)
		return missing("key", e);
	memcpy(s->key, key.ptr, key.len);
	s->key_len = key.len;
	return 0;
}

/* Without one it is the file's key, which is of Ed25519. */
static int parse_algorithm(const json_t *root, struct statement *s,
			   struct error *e)
{
	const char *name = form_text(root, "algorithm");

	if (json_object_get(root, "algorithm") == NULL)
		name = "EdDSA";
	s->algorithm = format_alg_by_name(name);
	return s->algorithm != NULL ? 0 : missing("algorithm", e);
}

static int parse_members(const json_t *root, struct statement *s,
			 struct error *e)
{
	const char *time = form_text(root, "time");
	int r;

	if (!form_number(root, "checkpoint", &s->number))
		return missing("checkpoint", e);
	if (!form_number(root, "sequence", &s->sequence))
		return missing("sequence", e);
	if (!form_digest(root, "hash", s->hash))
		return missing("hash", e);
	if (!form_digest(root, "previous", s->previous))
		return missing("previous", e);
	if (!chain_time_is(time))
		return missing("time", e);
	snprintf(s->time, sizeof(s->time), "%s", time);
	r = parse_algorithm(root, s, e);
	return r != 0 ? r : parse_key(root, s, e);
}

int statement_parse(struct slice text, struct statement *out, struct error *e)
{
	struct buf scratch AUTO(buf_fini) = { .max = STATEMENT_MAX };
	json_t *root;
	int r;

	if (text.len > STATEMENT_MAX)
		return error_set(e, ERR_MALFORMED, "it is too long");
	r = form_load(text, &scratch, &root, e);
	if (r != 0)
		return r;
	r = parse_members(root, out, e);
	json_decref(root);
	return r;
}

int statement_check(const struct statement *s, struct slice text,
		    struct slice signature, struct error *e)
{
	const struct format_trust trust = {
		.signer = slice_of(s->key, s->key_len),
	};
	struct format_report report;
	int r = format_verify_raw(signature, s->algorithm, text, &trust,
				  &report, e);

	if (r == ERR_BAD_CERTIFICATE)
		return error_set(e, ERR_BAD_SIGNATURE, "its key is none");
	if (r != 0)
		return r;
	/* Intact, as far as that can be without a certificate. */
	if (report.verdict == FORMAT_INDETERMINATE &&
	    strcmp(report.sub, "NO_CERTIFICATE_CHAIN_FOUND") == 0)
		return 0;
	return error_set(e, ERR_BAD_SIGNATURE, "its signature is not one by"
			 " its key");
}
