/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record: events, as they are recorded.
 *
 * Members are written in their order (RFC 8785 3.2.3): keep it when one is
 * added; tests/unit/evidence/test_record.c compares with content/jcs.h.
 */
#include "evidence/record.h"

#include "base/err.h"
#include "base/writer.h"
#include "content/content.h"
#include "evidence/chain.h"

/* What is not known has no member. */
static void put_text(struct writer *j, const char *name, const char *value)
{
	if (value != NULL && value[0] != '\0')
		writer_text(j, name, value);
}

static void put_hex(struct writer *j, const char *name, struct slice digest)
{
	if (digest.len > 0)
		writer_hex(j, name, digest);
}

static void put_digest(struct writer *j, const char *name, struct slice bytes)
{
	uint8_t hash[CHAIN_HASH];

	if (bytes.len == 0)
		return;
	chain_hash(bytes, hash);
	writer_hex(j, name, slice_of(hash, sizeof(hash)));
}

static void put_caller(struct writer *j, const struct record_caller *c)
{
	writer_open(j, "caller", '{');
	put_text(j, "exe", c->exe);
	writer_int(j, "gid", c->gid);
	put_text(j, "origin", c->origin);
	writer_int(j, "pid", c->pid);
	writer_int(j, "uid", c->uid);
	put_text(j, "user", c->user);
	writer_close(j, '}');
}

static void put_failure(struct writer *j, const struct error *why)
{
	if (why == NULL)
		return;
	writer_open(j, "failure", '{');
	writer_text(j, "code", err_info(why->code)->code);
	writer_text(j, "detail", why->message);
	writer_close(j, '}');
}

static void put_lines(struct writer *j, const struct record_item *i)
{
	writer_open(j, "lines", '[');
	for (size_t n = 0; n < i->lines_count; n++) {
		writer_open(j, NULL, '[');
		writer_text(j, NULL, i->lines[n].label);
		writer_text(j, NULL, i->lines[n].value);
		writer_close(j, ']');
	}
	writer_close(j, ']');
}

static void put_item(struct writer *j, const struct record_item *i)
{
	writer_open(j, NULL, '{');
	if (i->blind)
		writer_bool(j, "blind", true);
	if (i->unchecked)
		writer_bool(j, "checked", false);
	put_hex(j, "content", i->content);
	put_text(j, "digest_algorithm", i->digest_algorithm);
	put_lines(j, i);
	put_text(j, "name", i->name);
	if (i->raw.len > 0)
		writer_b64(j, "raw", i->raw);
	put_digest(j, "signature", i->signature);
	put_text(j, "type", i->media_type);
	writer_close(j, '}');
}

static void put_items(struct writer *j, const struct record *r)
{
	writer_open(j, "items", '[');
	for (unsigned i = 0; i < r->items_count; i++)
		put_item(j, &r->items[i]);
	writer_close(j, ']');
}

static void put_approvals(struct writer *j, const struct record *r)
{
	if (r->approvals_count == 0)
		return;
	writer_open(j, "approvals", '[');
	for (unsigned i = 0; i < r->approvals_count; i++) {
		writer_open(j, NULL, '{');
		put_hex(j, "certificate", r->approvals[i].certificate);
		if (r->approvals[i].kept)
			writer_bool(j, "kept", true);
		writer_text(j, "role", r->approvals[i].role);
		put_digest(j, "signature", r->approvals[i].signature);
		writer_close(j, '}');
	}
	writer_close(j, ']');
}

static void put_module(struct writer *j, const struct record *r)
{
	if (r->module == NULL || r->module[0] == '\0')
		return;
	writer_open(j, "module", '{');
	put_text(j, "name", r->module);
	put_text(j, "path", r->module_path);
	put_text(j, "version", r->module_version);
	writer_close(j, '}');
}

void record_request(const struct record *r, struct buf *out)
{
	struct writer j = writer_of(out);

	writer_open(&j, NULL, '{');
	put_text(&j, "algorithm", r->algorithm);
	put_approvals(&j, r);
	put_caller(&j, &r->caller);
	put_hex(&j, "certificate", r->certificate);
	writer_int(&j, "count", r->count);
	put_failure(&j, r->failure);
	put_text(&j, "format", r->format);
	put_text(&j, "idempotency_key", r->idempotency_key);
	put_items(&j, r);
	put_text(&j, "key", r->key);
	writer_text(&j, "kind", "request");
	put_module(&j, r);
	writer_text(&j, "outcome", r->outcome);
	writer_text(&j, "request", r->request);
	put_text(&j, "rule", r->rule);
	writer_int(&j, "signed", r->signed_count);
	if (r->worker > 0)
		writer_int(&j, "worker", r->worker);
	writer_close(&j, '}');
}

void record_start(const char *version, pid_t pid, struct slice public,
		  struct buf *out)
{
	struct writer j = writer_of(out);

	writer_open(&j, NULL, '{');
	if (public.len > 0)
		writer_b64(&j, "key", public);
	writer_text(&j, "kind", "start");
	writer_int(&j, "pid", pid);
	writer_text(&j, "version", version);
	writer_close(&j, '}');
}

void record_plain(const char *kind, struct buf *out)
{
	struct writer j = writer_of(out);

	writer_open(&j, NULL, '{');
	writer_text(&j, "kind", kind);
	writer_close(&j, '}');
}

void record_module_failed(const char *module, const struct error *why,
			  struct buf *out)
{
	struct writer j = writer_of(out);

	writer_open(&j, NULL, '{');
	put_failure(&j, why);
	writer_text(&j, "kind", "module-failed");
	writer_text(&j, "module", module);
	writer_close(&j, '}');
}

void record_keep_alive(const char *token, const struct error *why,
		       struct buf *out)
{
	struct writer j = writer_of(out);

	writer_open(&j, NULL, '{');
	put_failure(&j, why);
	writer_text(&j, "kind", "keep-alive");
	writer_text(&j, "token", token);
	writer_close(&j, '}');
}

void record_pin_failed(const char *token, const struct record_caller *caller,
		       const struct error *why, struct buf *out)
{
	struct writer j = writer_of(out);

	writer_open(&j, NULL, '{');
	if (caller != NULL)
		put_caller(&j, caller);
	put_failure(&j, why);
	writer_text(&j, "kind", "pin-failed");
	writer_text(&j, "token", token);
	writer_close(&j, '}');
}

void record_token_changed(const char *kind, const char *token,
			  const char *operation,
			  const struct record_caller *caller, struct buf *out)
{
	struct writer j = writer_of(out);

	writer_open(&j, NULL, '{');
	put_caller(&j, caller);
	writer_text(&j, "kind", kind);
	writer_text(&j, "operation", operation);
	writer_text(&j, "token", token);
	writer_close(&j, '}');
}

void record_origin(const char *kind, const char *origin, const char *by,
		   const struct record_caller *caller, struct buf *out)
{
	struct writer j = writer_of(out);

	writer_open(&j, NULL, '{');
	writer_text(&j, "by", by);
	put_caller(&j, caller);
	writer_text(&j, "kind", kind);
	writer_text(&j, "origin", origin);
	writer_close(&j, '}');
}
