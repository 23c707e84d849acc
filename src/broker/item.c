/* SPDX-License-Identifier: Apache-2.0 */
/*
 * item: one content of a request, and its signature.
 */
#include "broker/item.h"

#include <string.h>

#include "base/err.h"
#include "broker/key.h"

/* Room for a signature around its content: certificates, attributes. */
#define ITEM_RESULT_MAX (2 * (size_t)LIMIT_CONTENT)

void item_init(struct item *i, const char *spool)
{
	memset(i, 0, sizeof(*i));
	spool_init(&i->data, spool, LIMIT_CONTENT);
	spool_init(&i->result, spool, ITEM_RESULT_MAX);
}

void item_forget(struct item *i)
{
	format_op_free(i->op);
	i->op = NULL;
	content_free(i->content);
	i->content = NULL;
	spool_fini(&i->data);
	i->bytes = slice_of(NULL, 0);
}

void item_fini(struct item *i)
{
	item_forget(i);
	spool_fini(&i->result);
}

bool item_large(const struct item *i)
{
	return spool_large(&i->data);
}

int item_read(struct item *i, struct error *e)
{
	struct content_input in = {
		.media_type = i->media_type,
		.name = i->name,
		.digest = slice_of(i->digest, i->digest_len),
		.digest_algorithm = i->digest_algorithm,
		.size = i->size,
		.authentication = i->authentication,
	};
	int r = 0;

	if (i->digest_len == 0 && i->authentication == NULL)
		r = spool_finish(&i->data, &i->bytes, e);
	if (i->payment)
		in.payment = i->bytes;
	else
		in.data = i->bytes;
	if (r == 0)
		r = content_read(&in, &i->content, e);
	if (r == 0 && i->content->canonical_made)
		i->bytes = buf_slice(&i->content->canonical);
	return r;
}

int item_begin(struct item *i, const struct item_order *order,
	       const struct key *k, int64_t now, struct error *e)
{
	const struct format_key key = key_format(k);
	struct format_input in = {
		.kind = order->format,
		.alg = order->alg,
		.detached = order->detached,
		.ecdsa_der = order->ecdsa_der,
		.signing_time = now,
		.content = i->bytes,
		.digest = slice_of(i->digest, i->digest_len),
	};

	format_op_free(i->op);
	i->op = NULL;
	return format_begin(&in, &key, &i->op, e);
}

void item_tbs(const struct item *i, struct wire_sign_item *out)
{
	const struct format_tbs *tbs = format_op_tbs(i->op);

	out->mechanism = tbs->mechanism;
	/* The others have it in their data. */
	out->hash = tbs->mechanism == WIRE_RSA_PSS ? tbs->hash :
		WIRE_HASH_NONE;
	out->data = tbs->data;
}

int item_signed(struct item *i, struct slice raw, struct error *e)
{
	if (raw.len > sizeof(i->raw) || raw.len == 0)
		return error_set(e, ERR_PROTOCOL, "a signature of %zu bytes",
				 raw.len);
	memcpy(i->raw, raw.ptr, raw.len);
	i->raw_len = raw.len;
	return 0;
}

struct spool_sink {
	struct format_sink sink;
	struct spool *spool;
};

static int spool_sink_put(struct format_sink *sink, struct slice piece,
			  struct error *e)
{
	struct spool_sink *s = (struct spool_sink *)sink;

	return spool_put(s->spool, piece, e);
}

int item_finish(struct item *i, const struct key *k, bool check,
		struct error *e)
{
	struct spool_sink sink = { { spool_sink_put }, &i->result };
	struct slice raw = slice_of(i->raw, i->raw_len);
	int r = 0;

	if (check)
		r = format_check(k->public, format_op_tbs(i->op), raw, e);
	i->checked = check && r == 0;
	if (r == ERR_MISMATCH)
		error_prefix(e, "key %s: ", k->uri);
	if (r == 0)
		r = format_finish(i->op, raw, &sink.sink, e);
	return r != 0 ? r : spool_finish(&i->result, &i->signature, e);
}
