/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judging: one record, item or checkpoint.
 *
 * Of each the first thing that is wrong is told, and the next one is compared
 * with what lies there: one change is one failure, or two where it cannot be
 * said which of both was changed.
 */
#include "evidence/judging.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/b64.h"
#include "evidence/agreement.h"
#include "evidence/form.h"
#include "evidence/stamp.h"
#include "evidence/statement.h"

/* --- keys ----------------------------------------------------------------- */

static bool key_known(const struct verify *v, const uint8_t *sha256)
{
	for (unsigned i = 0; i < v->result.keys_count; i++)
		if (memcmp(v->result.keys[i].sha256, sha256, CHAIN_HASH) == 0)
			return true;
	return false;
}

static void key_add(struct verify *v, struct slice key, uint64_t sequence,
		    bool by_checkpoint)
{
	struct verify_key *k = &v->result.keys[v->result.keys_count];
	uint8_t sha256[CHAIN_HASH];

	chain_hash(key, sha256);
	if (key_known(v, sha256))
		return;
	if (v->result.keys_count == VERIFY_KEYS) {
		judging_failed(v, sequence, "signature", "it names a further"
			       " key, after %u others", VERIFY_KEYS);
		return;
	}
	memcpy(k->sha256, sha256, CHAIN_HASH);
	k->sequence = sequence;
	k->by_checkpoint = by_checkpoint;
	v->result.keys_count++;
}

/*
 * A start names the key that signs from then on, unless it is a token's; one
 * that was changed may name any.
 */
static void take_key(struct verify *v, bool good)
{
	struct buf key AUTO(buf_fini) = { .max = LIMIT_SPKI };
	const char *text = form_text(v->event, "key");

	v->key_open = text[0] == '\0' || !good;
	if (!v->key_open && b64_decode(B64_STD, slice_str(text), &key) == 0)
		key_add(v, buf_slice(&key), v->sequence, false);
}

static bool key_trusted(struct verify *v, const struct statement *s)
{
	struct slice key = slice_of(s->key, s->key_len);
	uint8_t sha256[CHAIN_HASH];

	if (v->o->key.len > 0)
		return slice_equal(v->o->key, key);
	if (v->key_open)
		key_add(v, key, s->sequence, true);
	v->key_open = false;
	chain_hash(key, sha256);
	return key_known(v, sha256);
}

/* --- records -------------------------------------------------------------- */

static bool has_previous(const struct verify *v, const uint8_t *previous)
{
	return !v->linked || memcmp(previous, v->hash, CHAIN_HASH) == 0 ||
	       memcmp(previous, v->column, CHAIN_HASH) == 0;
}

static void check_members(struct verify *v, const json_t *root,
			  uint64_t sequence)
{
	const json_t *event = json_object_get(root, "event");
	const char *kind = form_text(event, "kind");
	uint8_t previous[CHAIN_HASH];
	uint64_t stated;

	if (kind[0] == '\0' || !chain_time_is(form_text(root, "time")) ||
	    !form_number(root, "sequence", &stated) ||
	    !form_digest(root, "previous", previous))
		judging_failed(v, sequence, "form", "it has not the members"
			       " of a record");
	else if (stated != sequence)
		judging_failed(v, sequence, "sequence", "it says that it is"
			       " record %" PRIu64, stated);
	else if (!has_previous(v, previous))
		judging_failed(v, sequence, "previous", sequence == 1 ?
			       "it is not the first one" :
			       "it does not follow the record before: one of"
			       " the two was changed");
	else if (v->stopped && strcmp(kind, "start") != 0)
		judging_failed(v, sequence, "order", "signetd had ended and"
			       " not started again");
	v->stopped = strcmp(kind, "stop") == 0;
}

/* A signature's certificate is kept. */
static int check_certificate(struct verify *v, struct error *e)
{
	struct reader_certificate found_row;
	uint8_t sha256[CHAIN_HASH];
	uint64_t signed_count;
	bool found;
	int r;

	if (!form_number(v->event, "signed", &signed_count) ||
	    signed_count == 0 || !form_digest(v->event, "certificate",
					      sha256) ||
	    memcmp(sha256, v->certificate, CHAIN_HASH) == 0)
		return 0;
	r = reader_find_certificate(v->r, slice_of(sha256, CHAIN_HASH),
				    &found_row, &found, e);
	if (r != 0)
		return r;
	if (!found)
		judging_failed(v, v->sequence, "certificate", "the signer's"
			       " certificate is not there");
	memcpy(v->certificate, sha256, CHAIN_HASH);
	return 0;
}

static void judge_text(struct verify *v, const struct reader_record *rec,
		       const uint8_t *hash)
{
	uint64_t sequence = (uint64_t)rec->sequence;
	bool same = slice_equal(rec->hash, slice_of(hash, CHAIN_HASH));
	json_t *root = NULL;
	struct error e;
	int r = form_load(rec->text, &v->scratch, &root, &e);

	if (rec->odd)
		judging_failed(v, sequence, "form", "it is no text, or its"
			       " hash is none");
	else if (!same)
		judging_failed(v, sequence, "hash", "its bytes have another"
			       " hash than the one beside them");
	else if (r != 0)
		judging_failed(v, sequence, "form", "%s", e.message);
	else
		check_members(v, root, sequence);
	json_decref(v->event);
	v->event = json_incref(json_object_get(root, "event"));
	json_decref(root);
}

int judging_record(struct verify *v, const struct reader_record *rec,
		   struct error *e)
{
	uint64_t failures = v->result.failures;
	uint8_t hash[CHAIN_HASH];

	chain_hash(rec->text, hash);
	judge_text(v, rec, hash);
	v->sequence = (uint64_t)rec->sequence;
	v->linked = true;
	memcpy(v->hash, hash, CHAIN_HASH);
	memcpy(v->column, rec->hash.len == CHAIN_HASH ? rec->hash.ptr : hash,
	       CHAIN_HASH);
	if (v->result.first == 0)
		v->result.first = v->sequence;
	v->result.records++;
	if (v->o->head && memcmp(hash, v->o->head_hash, CHAIN_HASH) == 0)
		v->result.head_found = true;
	if (strcmp(form_text(v->event, "kind"), "start") == 0)
		take_key(v, v->result.failures == failures);
	return v->result.failures == failures ? check_certificate(v, e) : 0;
}

/* --- items ---------------------------------------------------------------- */

void judging_items_begin(struct verify *v)
{
	v->items_done = 0;
}

static const json_t *item_of(const struct verify *v, uint64_t i)
{
	return json_array_get(json_object_get(v->event, "items"), i);
}

/* What was shown of a request that signed is kept; nothing is not. */
static bool content_kept(const struct verify *v, const json_t *item)
{
	static const char nothing[] = "e3b0c44298fc1c149afbf4c8996fb924"
				      "27ae41e4649b934ca495991b7852b855";
	uint64_t signed_count;

	return form_number(v->event, "signed", &signed_count) &&
	       signed_count > 0 &&
	       !json_is_true(json_object_get(item, "blind")) &&
	       json_array_size(json_object_get(item, "lines")) > 0 &&
	       strcmp(form_text(item, "content"), nothing) != 0;
}

static void content_missing(struct verify *v, uint64_t i)
{
	if (content_kept(v, item_of(v, i)))
		judging_failed(v, v->sequence, "item", "item %" PRIu64 ": its"
			       " content is not there", i);
}

static bool digest_is(const json_t *item, const char *name, struct slice bytes)
{
	uint8_t stated[CHAIN_HASH], hash[CHAIN_HASH];

	if (bytes.ptr == NULL)
		return true;
	chain_hash(bytes, hash);
	return form_digest(item, name, stated) &&
	       memcmp(stated, hash, CHAIN_HASH) == 0;
}

void judging_item(struct verify *v, const struct reader_item *row)
{
	const json_t *item = item_of(v, (uint64_t)row->item);

	v->result.items++;
	if (v->event == NULL)
		return;
	for (; v->items_done < (uint64_t)row->item &&
	       item_of(v, v->items_done) != NULL; v->items_done++)
		content_missing(v, v->items_done);
	v->items_done++;
	if (row->odd || item == NULL)
		judging_failed(v, v->sequence, "item", "item %" PRId64
			       ": the record does not have it", row->item);
	else if (!digest_is(item, "content", row->content))
		judging_failed(v, v->sequence, "item", "item %" PRId64
			       ": its content is not what was shown",
			       row->item);
	else if (!digest_is(item, "signature", row->signature))
		judging_failed(v, v->sequence, "item", "item %" PRId64
			       ": its signature is not the one that was"
			       " released", row->item);
	else if (row->content.ptr == NULL)
		content_missing(v, (uint64_t)row->item);
}

void judging_items_end(struct verify *v)
{
	for (; item_of(v, v->items_done) != NULL; v->items_done++)
		content_missing(v, v->items_done);
}

/* --- approvals ------------------------------------------------------------ */

void judging_approvals_begin(struct verify *v)
{
	v->approvals_done = 0;
}

static const json_t *approval_of(const struct verify *v, uint64_t i)
{
	return json_array_get(json_object_get(v->event, "approvals"), i);
}

/* Up to this one there is none. */
static void approvals_missing(struct verify *v, uint64_t end)
{
	const json_t *a;

	for (; v->approvals_done < end &&
	       (a = approval_of(v, v->approvals_done)) != NULL;
	     v->approvals_done++)
		if (json_is_true(json_object_get(a, "kept")))
			judging_failed(v, v->sequence, "approval", "what the"
				       " %s signed to agree is not there",
				       form_text(a, "role"));
}

void judging_approval(struct verify *v, const struct reader_approval *row)
{
	const json_t *a = approval_of(v, (uint64_t)row->approval);
	struct error e;

	v->result.approvals++;
	if (v->event == NULL)
		return;
	approvals_missing(v, (uint64_t)row->approval);
	v->approvals_done = (uint64_t)row->approval + 1;
	if (a == NULL)
		judging_failed(v, v->sequence, "approval", "approval %" PRId64
			       ": the record does not have it", row->approval);
	else if (row->odd)
		judging_failed(v, v->sequence, "approval", "approval %" PRId64
			       ": it is no JWS", row->approval);
	else if (agreement_check(v->event, a, row->signature, &e) != 0)
		judging_failed(v, v->sequence, "approval", "what the %s signed"
			       " to agree: %s", form_text(a, "role"),
			       e.message);
}

void judging_approvals_end(struct verify *v)
{
	approvals_missing(v, UINT64_MAX);
}

/* --- checkpoints ---------------------------------------------------------- */

static int stamp_missing(struct verify *v, uint64_t sequence, uint64_t number)
{
	if (v->result.unstamped++ == 0)
		v->result.first_unstamped = sequence;
	if (!v->o->stamped)
		return 0;
	judging_failed(v, sequence, "stamp", "checkpoint %" PRIu64 " has no"
		       " time stamp", number);
	return ERR_BAD_SIGNATURE;
}

static int check_stamp(struct verify *v, const struct reader_checkpoint *c,
		       uint64_t number)
{
	int64_t time;
	struct error e;
	int r;

	if (c->stamp.ptr == NULL)
		return stamp_missing(v, (uint64_t)c->sequence, number);
	v->result.stamps++;
	r = stamp_check(c->stamp, c->signature, v->o->tsa_ca, &time, &e);
	if (r == 0)
		v->result.stamps_trusted += v->o->tsa_ca.len > 0;
	else
		judging_failed(v, (uint64_t)c->sequence, "stamp", "time stamp"
			       " of checkpoint %" PRIu64 ": %s", number,
			       e.message);
	return r;
}

/* Does it follow the last one?  The first behind an archive follows what is
 * there. */
static bool follows(const struct verify *v, const struct statement *s,
		    enum judging_place place)
{
	if (v->number == 0 && place == JUDGING_BEFORE)
		return s->number > 0;
	return s->number == v->number + 1 &&
	       memcmp(s->previous, v->statement, CHAIN_HASH) == 0;
}

static bool signs_record(const struct verify *v, const struct statement *s)
{
	return memcmp(s->hash, v->hash, CHAIN_HASH) == 0 ||
	       memcmp(s->hash, v->column, CHAIN_HASH) == 0;
}

static bool checkpoint_good(struct verify *v, const struct statement *s,
			    const struct reader_checkpoint *c,
			    enum judging_place place)
{
	uint64_t at = (uint64_t)c->sequence;
	struct error e;

	if (s->sequence != at)
		judging_failed(v, at, "checkpoint", "checkpoint %" PRIu64
			       " says that it is of record %" PRIu64,
			       s->number, s->sequence);
	else if (!follows(v, s, place))
		judging_failed(v, at, "checkpoint", "checkpoint %" PRIu64
			       " does not follow checkpoint %" PRIu64,
			       s->number, v->number);
	else if (place == JUDGING_ALONE)
		judging_failed(v, at, "checkpoint", "checkpoint %" PRIu64
			       " is of a record that is not there", s->number);
	else if (place == JUDGING_RECORD && !signs_record(v, s))
		judging_failed(v, at, "checkpoint", "checkpoint %" PRIu64
			       " signs another record: this one, or one before"
			       " it, was changed", s->number);
	else if (!key_trusted(v, s))
		judging_failed(v, at, "signature", "checkpoint %" PRIu64
			       " is signed by a key that is not trusted",
			       s->number);
	else if (statement_check(s, c->statement, c->signature, &e) != 0)
		judging_failed(v, at, "signature", "checkpoint %" PRIu64
			       ": %s", s->number, e.message);
	else
		return check_stamp(v, c, s->number) == 0;
	return false;
}

/* An archive ends with the checkpoint that the next file begins with. */
static bool is_the_last(const struct verify *v,
			const struct reader_checkpoint *c)
{
	uint8_t hash[CHAIN_HASH];

	chain_hash(c->statement, hash);
	return v->number > 0 && (uint64_t)c->sequence == v->sequence &&
	       memcmp(hash, v->statement, CHAIN_HASH) == 0;
}

int judging_checkpoint(struct verify *v, const struct reader_checkpoint *c,
		       enum judging_place place, struct error *e)
{
	struct statement *s;

	if (place == JUDGING_BEFORE && v->begun &&
	    ((uint64_t)c->sequence < v->sequence || is_the_last(v, c)))
		return 0;
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory");
	v->result.checkpoints++;
	if (c->odd || statement_parse(c->statement, s, e) != 0) {
		judging_failed(v, (uint64_t)c->sequence, "checkpoint",
			       "checkpoint %" PRIu64 ": %s", v->number + 1,
			       c->odd ? "it is none" : e->message);
		s->number = v->number + 1;
	} else if (checkpoint_good(v, s, c, place)) {
		v->result.signed_to = (uint64_t)c->sequence;
	}
	v->number = s->number;
	chain_hash(c->statement, v->statement);
	v->before_sequence = (uint64_t)c->sequence;
	memcpy(v->before_hash, s->hash, CHAIN_HASH);
	if (v->o->head &&
	    memcmp(v->statement, v->o->head_hash, CHAIN_HASH) == 0)
		v->result.head_found = true;
	free(s);
	return 0;
}
