/* SPDX-License-Identifier: Apache-2.0 */
/*
 * key: the table of the keys and certificates of one token.
 */
#include "pkcs11/key.h"

#include <stdlib.h>

#include "base/log.h"
#include "pkcs11/gather.h"
#include "pkcs11/session.h"

static void key_fini(struct p11_key *key)
{
	p11_public_fini(&key->pub);
	buf_fini(&key->certificate);
}

static void key_list_fini(struct p11_key_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		key_fini(&list->item[i]);
	free(list->item);
	*list = (struct p11_key_list){ .item = NULL };
}

void p11_keys_fini(struct p11_keys *keys)
{
	key_list_fini(&keys->pairs);
	key_list_fini(&keys->orphans);
}

int p11_key_list_add(struct p11_key_list *list, struct p11_key *key,
		     struct error *e)
{
	size_t cap = list->cap == 0 ? 16 : list->cap * 2;
	struct p11_key *more;

	if (list->count == list->cap) {
		more = reallocarray(list->item, cap, sizeof(*more));
		if (more == NULL) {
			key_fini(key);
			return error_set(e, ERR_NO_MEMORY,
					 "no memory for %zu keys", cap);
		}
		list->item = more;
		list->cap = cap;
	}
	list->item[list->count++] = *key;
	return 0;
}

static int key_order(const void *a, const void *b)
{
	const struct p11_key *x = a, *y = b;
	int order = memcmp(x->pub.identity, y->pub.identity,
			   WIRE_KEY_IDENTITY);

	/* Of two with one identity, the one that can sign is kept. */
	return order != 0 ? order : y->sign - x->sign;
}

static int key_match(const void *identity, const void *item)
{
	const struct p11_key *key = item;

	return memcmp(identity, key->pub.identity, WIRE_KEY_IDENTITY);
}

struct p11_key *p11_keys_find(struct p11_keys *keys,
			      const uint8_t identity[WIRE_KEY_IDENTITY])
{
	if (keys->pairs.count == 0)
		return NULL;
	return bsearch(identity, keys->pairs.item, keys->pairs.count,
		       sizeof(*keys->pairs.item), key_match);
}

void p11_keys_forget(struct p11_keys *keys)
{
	for (size_t i = 0; i < keys->pairs.count; i++)
		keys->pairs.item[i].handle = CK_INVALID_HANDLE;
}

static void key_sort(struct p11_key_list *list)
{
	size_t kept = 0;

	if (list->count == 0)
		return;
	qsort(list->item, list->count, sizeof(*list->item), key_order);
	for (size_t i = 1; i < list->count; i++) {
		if (key_match(list->item[kept].pub.identity,
			      &list->item[i]) == 0)
			key_fini(&list->item[i]);
		else
			list->item[++kept] = list->item[i];
	}
	list->count = kept + 1;
}

/* A renewed certificate beside the old one: by CKA_ID, then the later end. */
static bool key_better(const struct p11_key *key, const struct p11_key *cert)
{
	bool by_id = slice_equal(slice_of(key->id, key->id_len),
				 slice_of(cert->id, cert->id_len));

	if (key->certificate.len == 0)
		return true;
	if (by_id != key->certificate_by_id)
		return by_id;
	return cert->not_after > key->not_after;
}

static void key_attach(struct p11_key *key, struct p11_key *cert)
{
	struct buf old = key->certificate;

	if (!key_better(key, cert))
		return;
	key->certificate_by_id = slice_equal(slice_of(key->id, key->id_len),
					     slice_of(cert->id, cert->id_len));
	key->not_after = cert->not_after;
	key->certificate = cert->certificate;
	cert->certificate = old;
}

/* Every certificate to its key, the others to the orphans; empties certs. */
static int key_certificates(struct p11_keys *keys, struct p11_key_list *certs,
			    struct error *e)
{
	struct p11_key *key;
	int r = 0;

	for (size_t i = 0; i < certs->count && r == 0; i++) {
		key = p11_keys_find(keys, certs->item[i].pub.identity);
		if (key != NULL) {
			key_attach(key, &certs->item[i]);
			continue;
		}
		r = p11_key_list_add(&keys->orphans, &certs->item[i], e);
		memset(&certs->item[i], 0, sizeof(certs->item[i]));
	}
	return r;
}

static int key_table(struct p11_token *t, struct p11_gather *g,
		     struct p11_keys *keys, struct error *e)
{
	int r = p11_gather_publics(t, g, e);

	if (r == 0)
		r = p11_gather_certificates(t, g, e);
	if (r == 0)
		r = p11_token_open(t) ? p11_gather_privates(t, g, keys, e) :
					p11_gather_stand_ins(g, keys, e);
	if (r != 0)
		return r;
	key_sort(&keys->pairs);
	return key_certificates(keys, &g->certificates, e);
}

int p11_keys_load(struct p11_token *t, struct error *e)
{
	struct p11_gather g = { .left_out = 0 };
	struct p11_keys keys = { .pairs = { .item = NULL } };
	int r = p11_session_open(t, e);

	if (r != 0 || t->keys_loaded)
		return r;
	r = key_table(t, &g, &keys, e);
	key_list_fini(&g.publics);
	key_list_fini(&g.certificates);
	if (r != 0) {
		p11_keys_fini(&keys);
		return r;
	}
	p11_keys_fini(&t->keys);
	t->keys = keys;
	t->keys_loaded = true;
	if (g.left_out > 0)
		log_write(LOG_WARNING, NULL, "%s: token %s: %u objects left "
			  "out", t->module->name, t->info.label, g.left_out);
	return 0;
}
