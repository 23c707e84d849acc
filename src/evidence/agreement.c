/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agreement: what a supervisor, and then the signer, signed to agree.
 */
#include "evidence/agreement.h"

#include <string.h>

#include "base/b64.h"
#include "base/err.h"
#include "base/limits.h"
#include "evidence/chain.h"
#include "evidence/form.h"
#include "format/verify.h"

static int not_good(const char *why, struct error *e)
{
	return error_set(e, ERR_BAD_SIGNATURE, "%s", why);
}

/* --- its parts ------------------------------------------------------------ */

/* The nth of what dots are between, decoded. */
static int part(struct slice jws, int n, struct buf *out, struct error *e)
{
	const uint8_t *at = jws.ptr, *end = jws.ptr + jws.len, *dot = NULL;

	for (; at != NULL; n--, at = dot == NULL ? NULL : dot + 1) {
		dot = memchr(at, '.', (size_t)(end - at));
		if (n > 0)
			continue;
		if (dot == NULL || b64_decode(B64_URL, slice_of(at,
				(size_t)(dot - at)), out) != 0)
			break;
		return 0;
	}
	return error_set(e, ERR_MALFORMED, "it is no JWS");
}

int agreement_statement(struct slice jws, struct buf *out, struct error *e)
{
	return part(jws, 1, out, e);
}

int agreement_header(struct slice jws, struct buf *out, struct error *e)
{
	return part(jws, 0, out, e);
}

/* --- what it is of -------------------------------------------------------- */

static bool digest_is(const json_t *approval, const char *name,
		      const uint8_t *hash)
{
	uint8_t stated[CHAIN_HASH];

	return form_digest(approval, name, stated) &&
	       memcmp(stated, hash, CHAIN_HASH) == 0;
}

/* All that it says of contents is what the record does. */
static bool same_contents(const json_t *event, const json_t *statement)
{
	const json_t *items = json_object_get(event, "items"), *item;
	const json_t *stated = json_object_get(statement, "items");
	size_t i;

	if (json_array_size(items) != json_array_size(stated))
		return false;
	json_array_foreach(items, i, item) {
		const char *digest = form_text(item, "content");

		if (digest[0] != '\0' &&
		    strcmp(digest, form_text(json_array_get(stated, i),
					     "digest")) != 0)
			return false;
	}
	return true;
}

static int check_statement(const json_t *event, struct slice jws,
			   struct error *e)
{
	struct buf text AUTO(buf_fini) = { .max = LIMIT_EVIDENCE_APPROVAL };
	struct buf scratch AUTO(buf_fini) = { .max = LIMIT_EVIDENCE_APPROVAL };
	json_t *root = NULL;
	int r = agreement_statement(jws, &text, e);

	if (r == 0)
		r = form_load(buf_slice(&text), &scratch, &root, e);
	if (r != 0)
		return r == ERR_MALFORMED ?
			not_good("it has no statement", e) : r;
	if (strcmp(form_text(root, "request"), form_text(event, "request")) !=
	    0)
		r = not_good("it is of another request", e);
	else if (!same_contents(event, root))
		r = not_good("it is of other contents", e);
	json_decref(root);
	return r;
}

int agreement_check(const json_t *event, const json_t *approval,
		    struct slice jws, struct error *e)
{
	static const struct format_trust nobody;
	struct format_report report;
	uint8_t hash[CHAIN_HASH];
	int r;

	chain_hash(jws, hash);
	if (!digest_is(approval, "signature", hash))
		return not_good("it is not the one that was recorded", e);
	r = format_verify_jws(jws, NULL, &nobody, &report, e);
	if (r != 0)
		return r;
	/* Intact, as far as that can be without a CA. */
	if (report.verdict != FORMAT_INDETERMINATE ||
	    strcmp(report.sub, "NO_CERTIFICATE_CHAIN_FOUND") != 0)
		return not_good("its signature is not one by its certificate",
				e);
	if (!report.has_certificate ||
	    !digest_is(approval, "certificate", report.certificate_sha256))
		return not_good("it is by another certificate", e);
	return check_statement(event, jws, e);
}
