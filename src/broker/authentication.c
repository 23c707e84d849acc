/* SPDX-License-Identifier: Apache-2.0 */
/*
 * authentication: a request that is a sign-in to a page.
 */
#include "broker/authentication.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "broker/authorise.h"
#include "broker/broker.h"

int authentication_new(struct request *r, const char *origin,
		       const char *nonce, struct error *e)
{
	struct authentication *a;
	struct item *i;

	if (strlen(origin) >= sizeof(a->origin) ||
	    strlen(nonce) >= sizeof(a->nonce))
		return error_set(e, ERR_MALFORMED, "origin has at most %u"
				 " bytes, challenge_nonce %u characters",
				 ORIGIN_SIZE - 1, LIMIT_CHALLENGE);
	a = calloc(1, sizeof(*a));
	i = request_add_item(r);
	if (a == NULL || i == NULL) {
		free(a);
		return error_set(e, ERR_NO_MEMORY, "no memory for a request");
	}
	snprintf(a->origin, sizeof(a->origin), "%s", origin);
	snprintf(a->nonce, sizeof(a->nonce), "%s", nonce);
	a->content.origin = a->origin;
	a->content.nonce = a->nonce;
	snprintf(i->media_type, sizeof(i->media_type), "%s",
		 CONTENT_TYPE_AUTHENTICATION);
	i->authentication = &a->content;
	r->authentication = a;
	r->order.format = FORMAT_RAW;
	return 0;
}

void authentication_free(struct authentication *a)
{
	free(a);
}

/* --- which key ---------------------------------------------------------- */

static bool is_usable(const struct request *r, const struct key *k,
		      int64_t now)
{
	return key_signs(k) && key_has_purpose(k, AUTHENTICATION_USAGE) &&
	       now >= k->certificate->not_before &&
	       now < k->certificate->not_after &&
	       authorise_would(r, k, CONTENT_TYPE_AUTHENTICATION);
}

/* So that the same one is taken each time. */
static struct key *first_of(const struct request *r, struct token *t,
			    struct key *first, int64_t now)
{
	for (size_t i = 0; i < t->keys_count; i++)
		if (is_usable(r, t->keys[i], now) &&
		    (first == NULL ||
		     strcmp(t->keys[i]->uri, first->uri) < 0))
			first = t->keys[i];
	return first;
}

static int choose_key(struct request *r, struct error *e)
{
	int64_t now = clock_unix();
	struct key *first = NULL;
	struct module *m;
	struct token *t;

	TAILQ_FOREACH(m, &r->broker->modules, entry)
		TAILQ_FOREACH(t, &m->tokens, entry)
			if (t->state != TOKEN_ABSENT)
				first = first_of(r, t, first, now);
	if (first == NULL)
		return error_set(e, ERR_NO_SUCH_KEY, "no key that the policy"
				 " allows here has a valid certificate for"
				 " signing in (extended usage "
				 AUTHENTICATION_USAGE ")");
	r->key = key_ref(first);
	return 0;
}

int authentication_find_key(struct request *r, struct error *e)
{
	int failed;

	if (r->key_uri[0] == '\0')
		return choose_key(r, e);
	failed = broker_find_key_for(r->broker, &r->caller, r->key_uri,
				     &r->key, e);
	if (failed == 0 && !key_has_purpose(r->key, AUTHENTICATION_USAGE))
		failed = error_set(e, ERR_IMPOSSIBLE, "the certificate of key"
				   " %s is not for signing in: it lacks the"
				   " extended usage " AUTHENTICATION_USAGE,
				   r->key->wire.label);
	return failed;
}

int authentication_prepare(struct request *r, struct error *e)
{
	struct authentication *a = r->authentication;

	a->content.hash = format_hash_name(r->order.alg->hash);
	if (a->content.hash != NULL)
		return 0;
	return error_set(e, ERR_IMPOSSIBLE, "%s cannot sign in: Web eID has"
			 " ES, RS and PS", r->order.alg->name);
}
