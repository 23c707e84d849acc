/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sampling: which signatures are verified before they leave.
 *
 * A worker is known by its place in the pool, and by how many were there before
 * it.  What is known of it and a key is kept with the key.
 */
#include "broker/sampling.h"

#include <stdlib.h>

#include "base/clock.h"
#include "broker/request.h"

/* After a bad signature: so long every one of this place is verified. */
#define SAMPLING_DISTRUST_NS (600 * CLOCK_NS_PER_S)

/* Of one place in the pool. */
struct key_sample {
	bool proven;
	unsigned restarts; /* of the place, before this worker */
	unsigned next;	   /* place of the next signature, below N */
};

bool sampling_applies(const struct token *t)
{
	return t->settings != NULL && t->settings->sample > 1 &&
	       !t->module->config->per_reader;
}

static struct key_sample *sample_of(struct request *r)
{
	struct key *k = r->key;
	const struct sign_job *job = &r->sign;
	struct key_sample *sample;

	if (k->samples == NULL)
		k->samples = calloc(r->module->shards_count,
				    sizeof(*k->samples));
	if (k->samples == NULL)
		return NULL;
	sample = &k->samples[job->shard->number];
	if (sample->restarts != job->restarts)
		*sample = (struct key_sample){ .restarts = job->restarts };
	return sample;
}

void sampling_begin(struct request *r, unsigned count, struct sampling *out)
{
	const struct token *t = r->key->token;
	struct key_sample *sample;

	*out = (struct sampling){ .every = 1 };
	if (!sampling_applies(t) || r->verdict.outcome != POLICY_ALLOW ||
	    clock_mono_ns() < r->sign.shard->distrusted_until_ns)
		return;
	sample = sample_of(r);
	if (sample == NULL)
		return;
	out->every = t->settings->sample;
	out->proven = sample->proven;
	out->place = sample->next;
	sample->next = (sample->next + count) % out->every;
}

bool sampling_wants(const struct sampling *s, unsigned item)
{
	return (!s->proven && item == 0) || (s->place + item) % s->every == 0;
}

unsigned sampling_count(const struct sampling *s, unsigned count)
{
	unsigned wanted = 0;

	for (unsigned i = 0; i < count; i++)
		wanted += sampling_wants(s, i);
	return wanted;
}

void sampling_passed(struct request *r)
{
	struct key_sample *samples = r->key->samples;
	const struct sign_job *job = &r->sign;

	/* It may have been replaced meanwhile. */
	if (r->sampling.every > 1 &&
	    samples[job->shard->number].restarts == job->restarts)
		samples[job->shard->number].proven = true;
}

void sampling_failed(struct request *r, const struct error *why)
{
	struct shard *s = r->sign.shard;

	s->distrusted_until_ns = clock_mono_ns() + SAMPLING_DISTRUST_NS;
	if (s->worker != NULL && s->restarts == r->sign.restarts)
		worker_retire(s->worker, why);
}
