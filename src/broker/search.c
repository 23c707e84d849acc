/* SPDX-License-Identifier: Apache-2.0 */
/*
 * search: keys and tokens by their URIs.
 */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "broker/authorise.h"
#include "broker/broker.h"
#include "broker/uri.h"

/* --- resolved URIs ------------------------------------------------------ */

static struct broker_found *found_slot(struct broker *b, const char *uri)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (const char *p = uri; *p != '\0'; p++)
		hash = (hash ^ (uint8_t)*p) * 16777619u;
	return &b->found[hash % BROKER_FOUND];
}

void broker_forget_found(struct broker *b)
{
	for (unsigned i = 0; i < BROKER_FOUND; i++) {
		key_unref(b->found[i].key);
		b->found[i].key = NULL;
	}
}

/* --- keys --------------------------------------------------------------- */

/* What a search by URI met. */
struct search {
	const struct uri *uri; /* NULL: any key */
	bool unattended;       /* of unattended tokens only */
	const struct broker *broker;
	const struct caller *page; /* NULL: for a program */
	unsigned count;
	struct key *first;
	const struct token *unable; /* matched, but cannot be used now */
	struct buf names;	    /* of the first few, for the message */
};

#define SEARCH_NAMED 4

static void search_key(struct search *s, struct key *k)
{
	if (!key_signs(k) ||
	    (s->uri != NULL &&
	     !uri_matches_key(s->uri, k->wire.id, k->wire.label)) ||
	    (s->page != NULL && !authorise_sees(s->broker, s->page, k)))
		return;
	if (s->count++ == 0)
		s->first = k;
	if (s->count <= SEARCH_NAMED && s->page == NULL)
		buf_printf(&s->names, "%s%s", s->count > 1 ? ", " : "",
			   k->uri);
}

static void search_token(struct search *s, struct token *t)
{
	if (s->unattended &&
	    (t->settings == NULL || !t->settings->unattended))
		return;
	if (s->uri != NULL && !uri_matches_token(s->uri, &t->wire))
		return;
	if (t->state == TOKEN_FAILED)
		s->unable = t;
	for (size_t i = 0; i < t->keys_count; i++)
		search_key(s, t->keys[i]);
}

static int search_nothing(struct broker *b, const struct search *s,
			  const char *uri, struct error *e)
{
	const struct module *m;

	if (s->unable != NULL) {
		*e = s->unable->error;
		error_prefix(e, "token %s: ", s->unable->wire.label);
		return e->code;
	}
	TAILQ_FOREACH(m, &b->modules, entry) {
		if (!m->down)
			continue;
		*e = m->last_error;
		error_prefix(e, "no such key is there now, and module %s does"
			     " not work: ", m->config->name);
		return e->code;
	}
	if (!broker_knows(b, uri))
		return error_set(e, ERR_STARTING, "no such key yet, and a"
				 " module is still starting; try again");
	if (b->settings->modules_count == 0)
		return error_set(e, ERR_NO_SUCH_KEY, "no module is configured;"
				 " see signetd.conf(5)");
	return error_set(e, ERR_NO_SUCH_KEY, "%s%s matches no key; `signet"
			 " keys` lists what there is", uri[0] == '\0' ?
			 "no URI was given, which" : "", uri);
}

static int search_result(struct broker *b, struct search *s, const char *uri,
			 struct error *e)
{
	if (s->count == 1)
		return 0;
	if (s->count == 0)
		return search_nothing(b, s, uri, e);
	return error_set(e, ERR_AMBIGUOUS,
			 "%u keys match; name one of them by its serial= and"
			 " id=: %s%s", s->count, buf_text(&s->names),
			 s->count > SEARCH_NAMED ? ", ..." : "");
}

static void search_tokens(struct broker *b, struct search *s)
{
	struct module *m;
	struct token *t;

	TAILQ_FOREACH(m, &b->modules, entry)
		TAILQ_FOREACH(t, &m->tokens, entry)
			search_token(s, t);
}

static int broker_search(struct broker *b, const char *uri,
			 struct search *s, struct error *e)
{
	AUTO(uri_freep) struct uri *parsed = NULL;
	int r;

	if (uri[0] != '\0') {
		r = uri_parse(uri, &parsed, e);
		if (r != 0)
			return r;
	}
	s->uri = parsed;
	/* Nothing said: the unattended key, or else the only key there is. */
	s->unattended = parsed == NULL;
	search_tokens(b, s);
	if (s->count == 0 && s->unattended) {
		s->unattended = false;
		search_tokens(b, s);
	}
	return search_result(b, s, uri, e);
}

int broker_find_key(struct broker *b, const char *uri, struct key **out,
		    struct error *e)
{
	struct broker_found *f = found_slot(b, uri);
	struct search s = { .count = 0 };
	int r;

	if (f->key == NULL || strcmp(f->uri, uri) != 0) {
		buf_init(&s.names, (size_t)SEARCH_NAMED * (LIMIT_URI + 2));
		r = broker_search(b, uri, &s, e);
		buf_fini(&s.names);
		if (r != 0)
			return r;
		key_unref(f->key);
		f->key = key_ref(s.first);
		snprintf(f->uri, sizeof(f->uri), "%s", uri);
	}
	*out = key_ref(f->key);
	return 0;
}

static int search_page(const struct search *s, const struct broker *b,
		       struct error *e)
{
	if (s->count == 1)
		return 0;
	if (s->count > 1)
		return error_set(e, ERR_AMBIGUOUS, "%u keys of this page"
				 " match; name one of GET /v1/keys", s->count);
	if (!broker_settled(b))
		return error_set(e, ERR_STARTING, "no such key yet; try"
				 " again");
	return error_set(e, ERR_NO_SUCH_KEY, "there is no such key for this"
			 " page");
}

int broker_find_key_for(struct broker *b, const struct caller *caller,
			const char *uri, struct key **out, struct error *e)
{
	AUTO(uri_freep) struct uri *parsed = NULL;
	struct search s = { .broker = b, .page = caller };
	int r;

	if (caller->origin[0] == '\0')
		return broker_find_key(b, uri, out, e);
	r = uri[0] == '\0' ? 0 : uri_parse(uri, &parsed, e);
	if (r != 0)
		return r;
	s.uri = parsed;
	search_tokens(b, &s);
	r = search_page(&s, b, e);
	if (r == 0)
		*out = key_ref(s.first);
	return r;
}

/* --- tokens ------------------------------------------------------------- */

/* Its own URI, to the letter: a blank token has few names to match. */
static bool token_named(const struct token *t, const struct uri *u,
			const char *uri)
{
	if (t->state == TOKEN_UNINITIALIZED)
		return strcmp(t->uri, uri) == 0;
	return u == NULL || uri_matches_token(u, &t->wire);
}

/* The worker that had it is gone, and the next one is to come. */
static bool token_is_awaited(const struct token *t)
{
	struct error why;

	return t->state == TOKEN_ABSENT &&
	       module_unable(t->module, t, &why) == 0;
}

/* May uri mean this one?  What is no URI is refused elsewhere. */
static bool token_is_meant(const struct token *t, const char *uri)
{
	AUTO(uri_freep) struct uri *u = NULL;

	if (uri == NULL)
		return t->changed;
	if (uri[0] == '\0' || strcmp(t->uri, uri) == 0)
		return true;
	return uri_parse(uri, &u, NULL) == 0 && uri_matches_token(u, &t->wire);
}

bool broker_knows(struct broker *b, const char *uri)
{
	const struct module *m;
	const struct token *t;

	if (!broker_settled(b))
		return false;
	TAILQ_FOREACH(m, &b->modules, entry)
		TAILQ_FOREACH(t, &m->tokens, entry)
			if (token_is_awaited(t) && token_is_meant(t, uri))
				return false;
	return true;
}

static int found_token(struct broker *b, const char *uri, struct token *found,
		       unsigned count, struct buf *names, struct token **out,
		       struct error *e)
{
	if (count == 1) {
		*out = found;
		return 0;
	}
	if (count == 0 && !broker_knows(b, uri))
		return error_set(e, ERR_STARTING, "no such token yet, and a"
				 " module is still starting; try again");
	if (count == 0)
		return error_set(e, ERR_NO_SUCH_TOKEN, "%s matches no token;"
				 " `signet tokens` lists what there is",
				 uri[0] == '\0' ? "the empty URI" : uri);
	return error_set(e, ERR_AMBIGUOUS, "%u tokens match; name one of them:"
			 " %s%s", count, buf_text(names),
			 count > SEARCH_NAMED ? ", ..." : "");
}

int broker_find_token(struct broker *b, const char *uri, bool blank,
		      struct token **out, struct error *e)
{
	AUTO(uri_freep) struct uri *parsed = NULL;
	AUTO(buf_fini) struct buf names;
	struct token *t, *found = NULL;
	struct module *m;
	unsigned count = 0;
	int r;

	buf_init(&names, (size_t)SEARCH_NAMED * (LIMIT_URI + 2));
	r = uri[0] == '\0' ? 0 : uri_parse(uri, &parsed, e);
	if (r != 0)
		return r;
	TAILQ_FOREACH(m, &b->modules, entry)
		TAILQ_FOREACH(t, &m->tokens, entry) {
			if (t->state == TOKEN_ABSENT ||
			    (!blank && t->state == TOKEN_UNINITIALIZED) ||
			    !token_named(t, parsed, uri))
				continue;
			found = t;
			if (count++ < SEARCH_NAMED)
				buf_printf(&names, "%s%s",
					   count > 1 ? ", " : "", t->uri);
		}
	return found_token(b, uri, found, count, &names, out, e);
}
