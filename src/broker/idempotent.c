/* SPDX-License-Identifier: Apache-2.0 */
/*
 * idempotent: a request with an Idempotency-Key is signed once.
 */
#include "broker/idempotent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "broker/broker.h"

static int check_key(const char *key, size_t len, struct error *e)
{
	bool good = len > 0 && len <= LIMIT_IDEMPOTENCY_KEY;

	for (size_t i = 0; good && i < len; i++)
		good = key[i] > 0x20 && key[i] < 0x7f && key[i] != '"' &&
		       key[i] != '\\';
	if (good)
		return 0;
	return error_set(e, ERR_MALFORMED, "Idempotency-Key: 1 to %u visible"
			 " ASCII characters, such as a UUID",
			 LIMIT_IDEMPOTENCY_KEY);
}

/* A result that holds a large content is not kept twice. */
static bool answer_is_large(const struct request *r)
{
	if (r->order.detached || r->order.format == FORMAT_RAW)
		return false;
	for (unsigned i = 0; i < r->count; i++)
		if (item_large(&r->items[i]))
			return true;
	return false;
}

int idempotent_new(struct request *r, const char *key, const uint8_t *digest,
		   struct error *e)
{
	size_t len = strlen(key);
	struct idempotent *i;

	if (len >= 2 && key[0] == '"' && key[len - 1] == '"') {
		key++;
		len -= 2;
	}
	if (check_key(key, len, e) != 0)
		return e->code;
	if (answer_is_large(r))
		return error_set(e, ERR_UNSUPPORTED, "with an Idempotency-Key"
				 " the signature of a content above %u bytes"
				 " has to be detached", LIMIT_CONTENT_INLINE);
	i = calloc(1, sizeof(*i));
	if (i == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for a request");
	memcpy(i->key, key, len);
	memcpy(i->digest, digest, CHAIN_HASH);
	buf_init(&i->answer.body, LIMIT_IDEMPOTENCY_ANSWER);
	i->answer.uid = r->caller.uid;
	i->answer.origin = r->caller.origin;
	i->answer.key = i->key;
	r->idempotent = i;
	return 0;
}

void idempotent_free(struct idempotent *i)
{
	if (i == NULL)
		return;
	buf_fini(&i->answer.body);
	free(i);
}

static int check_digest(const struct idempotent *i, const uint8_t *other,
			struct error *e)
{
	if (memcmp(i->digest, other, CHAIN_HASH) == 0)
		return 0;
	return error_set(e, ERR_IDEMPOTENCY_MISMATCH, "Idempotency-Key %s was"
			 " used with another body; a new request needs a new"
			 " key", i->key);
}

int idempotent_check_running(const struct request *r, struct error *e)
{
	const struct idempotent *i = r->idempotent;
	const struct request *other;

	TAILQ_FOREACH(other, &r->broker->living, entry) {
		if (other == r || other->idempotent == NULL ||
		    other->caller.uid != r->caller.uid ||
		    strcmp(other->caller.origin, r->caller.origin) != 0 ||
		    strcmp(other->idempotent->key, i->key) != 0)
			continue;
		if (check_digest(i, other->idempotent->digest, e) != 0)
			return e->code;
		return error_set(e, ERR_IDEMPOTENCY_RUNNING, "request %s has"
				 " this Idempotency-Key and has not ended; ask"
				 " again later", other->id);
	}
	return 0;
}

int idempotent_find(struct request *r, struct error *e)
{
	struct idempotent *i = r->idempotent;
	struct journal *j = r->broker->recording.journal;
	bool found;
	int failed;

	if (j == NULL)
		return error_set(e, ERR_NOT_DURABLE, "%s",
				 r->broker->recording.retry.failure.message);
	failed = journal_find_answer(j, &i->answer, clock_unix(), &found, e);
	if (failed == 0 && found)
		failed = check_digest(i, i->answer.digest, e);
	if (failed == 0)
		i->kept = i->found = found;
	return failed;
}

int idempotent_render(struct request *r, struct error *e)
{
	struct idempotent *i = r->idempotent;
	struct store_answer *a = &i->answer;

	buf_reset(&a->body);
	memcpy(a->digest, i->digest, CHAIN_HASH);
	a->expires = clock_unix() +
		(int64_t)r->settings->evidence.idempotency_hours * 3600;
	r->render(r, &a->body, &a->status);
	if (buf_error(&a->body) != 0)
		return error_set(e, ERR_NOT_DURABLE, "the answer is too large"
				 " to be kept for its Idempotency-Key");
	return 0;
}
