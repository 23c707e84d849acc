/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gather: the objects of a token, read and joined to keys.
 */
#include "pkcs11/gather.h"

#include <stdlib.h>

#include "base/log.h"
#include "pkcs11/certificate.h"
#include "pkcs11/object.h"

/* Objects left out that are logged one by one. */
#define LEFT_OUT_LOGGED 8

/*
 * Is r about one object (left out, and 0 is returned), or about the module,
 * the token, or us?
 */
static int gather_skip(struct p11_token *t, struct p11_gather *g,
		       const struct p11_object *o, int r,
		       const struct error *e)
{
	if (r != ERR_UNSUPPORTED && r != ERR_MALFORMED &&
	    r != ERR_TOO_LARGE && r != ERR_BAD_CERTIFICATE &&
	    r != ERR_NO_SUCH_KEY && r != ERR_CRYPTO)
		return r;
	if (g->left_out++ < LEFT_OUT_LOGGED)
		log_write(LOG_WARNING, NULL, "%s: token %s: object \"%s\" is "
			  "left out: %s", t->module->name, t->info.label,
			  o->label, e->message);
	return 0;
}

static int gather_order(const void *a, const void *b)
{
	const struct p11_key *x = a, *y = b;

	if (x->pub.type != y->pub.type)
		return x->pub.type < y->pub.type ? -1 : 1;
	return slice_compare(slice_of(x->id, x->id_len),
			     slice_of(y->id, y->id_len));
}

static void gather_sort(struct p11_key_list *list)
{
	if (list->count > 0)
		qsort(list->item, list->count, sizeof(*list->item),
		      gather_order);
}

static void gather_name(struct p11_key *key, const struct p11_object *o)
{
	memcpy(key->label, o->label, sizeof(key->label));
	memcpy(key->id, o->id, sizeof(key->id));
	key->id_len = o->id_len;
}

static int gather_public(struct p11_token *t, CK_OBJECT_HANDLE handle,
			 struct p11_gather *g, struct error *e)
{
	struct p11_object o = { .label = "" };
	struct p11_key key = { .sign = false };
	int r = p11_object_key(t, handle, CKA_VERIFY, &o, e);

	if (r == 0)
		r = p11_object_public(t, &o, &key.pub, e);
	if (r != 0)
		return gather_skip(t, g, &o, r, e);
	key.sign = o.allowed;
	gather_name(&key, &o);
	return p11_key_list_add(&g->publics, &key, e);
}

static int gather_certificate(struct p11_token *t, CK_OBJECT_HANDLE handle,
			      struct p11_gather *g, struct error *e)
{
	struct p11_object o = { .label = "" };
	struct p11_key key = { .sign = false };
	int r = p11_object_certificate(t, handle, &o, &key.certificate, e);

	/* Empty places for certificates exist on cards; they are no news. */
	if (r == 0 && key.certificate.len == 0)
		return 0;
	if (r == 0)
		r = p11_certificate_read(buf_slice(&key.certificate), &key.pub,
					 &key.not_after, &key.ca, e);
	if (r != 0) {
		buf_fini(&key.certificate);
		return gather_skip(t, g, &o, r, e);
	}
	gather_name(&key, &o);
	return p11_key_list_add(&g->certificates, &key, e);
}

typedef int gather_one(struct p11_token *t, CK_OBJECT_HANDLE handle,
		       struct p11_gather *g, struct error *e);

static int gather_each(struct p11_token *t, CK_ATTRIBUTE *template,
		       size_t count, gather_one *one, struct p11_gather *g,
		       struct error *e)
{
	AUTO(p11_handles_fini) struct p11_handles h = { .item = NULL };
	int r = p11_object_find(t, template, count, &h, e);

	for (size_t i = 0; i < h.count && r == 0; i++)
		r = one(t, h.item[i], g, e);
	return r;
}

int p11_gather_publics(struct p11_token *t, struct p11_gather *g,
		       struct error *e)
{
	CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
	CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof(class) } };
	int r = gather_each(t, template, ARRAY_LEN(template), gather_public, g,
			    e);

	gather_sort(&g->publics);
	return r;
}

int p11_gather_certificates(struct p11_token *t, struct p11_gather *g,
			    struct error *e)
{
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_CERTIFICATE_TYPE type = CKC_X_509;
	CK_ATTRIBUTE template[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_CERTIFICATE_TYPE, &type, sizeof(type) },
	};
	int r = gather_each(t, template, ARRAY_LEN(template),
			    gather_certificate, g, e);

	gather_sort(&g->certificates);
	return r;
}

static bool gather_type(const struct p11_object *o, enum wire_key_type *out)
{
	switch (o->type) {
	case CKK_RSA:
		*out = WIRE_KEY_RSA;
		return true;
	case CKK_EC:
		*out = WIRE_KEY_EC;
		return true;
	case CKK_EC_EDWARDS:
		*out = WIRE_KEY_ED;
		return true;
	default:
		return false;
	}
}

/*
 * The entry of list with type and id of o.  NULL when there is none, when
 * entries of that id are different keys, or when there is no id.
 */
static const struct p11_key *gather_by_id(const struct p11_key_list *list,
					  const struct p11_object *o)
{
	struct p11_key want = { .id_len = o->id_len };
	const struct p11_key *at, *end = list->item + list->count, *found;

	if (list->count == 0 || o->id_len == 0 ||
	    !gather_type(o, &want.pub.type))
		return NULL;
	memcpy(want.id, o->id, o->id_len);
	found = bsearch(&want, list->item, list->count, sizeof(want),
			gather_order);
	if (found == NULL)
		return NULL;
	for (at = found; at > list->item; at--)
		if (gather_order(at - 1, &want) != 0)
			break;
	for (; at < end && gather_order(at, &want) == 0; at++)
		if (memcmp(at->pub.identity, found->pub.identity,
			   WIRE_KEY_IDENTITY) != 0)
			return NULL;
	return found;
}

static int gather_copy(const struct p11_public *from, struct p11_public *to,
		       struct error *e)
{
	struct p11_public p = *from;

	buf_init(&p.spki, LIMIT_SPKI);
	buf_put_slice(&p.spki, buf_slice(&from->spki));
	if (buf_error(&p.spki) != 0)
		return error_set(e, buf_error(&p.spki), "no room for a key");
	*to = p;
	return 0;
}

/* The public part: of its own id, else as the object tells, else certified. */
static int gather_join(struct p11_token *t, const struct p11_gather *g,
		       const struct p11_object *o, struct p11_public *out,
		       struct error *e)
{
	const struct p11_key *found = gather_by_id(&g->publics, o);
	int r;

	if (found != NULL)
		return gather_copy(&found->pub, out, e);
	r = p11_object_public(t, o, out, e);
	if (r != ERR_UNSUPPORTED && r != ERR_MALFORMED)
		return r;
	found = gather_by_id(&g->certificates, o);
	if (found != NULL)
		return gather_copy(&found->pub, out, e);
	return error_set(e, ERR_UNSUPPORTED, "no public key or certificate "
			 "says whose private key it is (CKA_ID)");
}

static int gather_private(struct p11_token *t, CK_OBJECT_HANDLE handle,
			  struct p11_gather *g, struct p11_keys *keys,
			  struct error *e)
{
	struct p11_object o = { .label = "" };
	struct p11_key key = { .handle = handle };
	int r = p11_object_key(t, handle, CKA_SIGN, &o, e);

	if (r == 0)
		r = gather_join(t, g, &o, &key.pub, e);
	if (r != 0)
		return gather_skip(t, g, &o, r, e);
	key.sign = o.allowed;
	key.always_auth = o.always_auth;
	gather_name(&key, &o);
	return p11_key_list_add(&keys->pairs, &key, e);
}

int p11_gather_privates(struct p11_token *t, struct p11_gather *g,
			struct p11_keys *keys, struct error *e)
{
	AUTO(p11_handles_fini) struct p11_handles h = { .item = NULL };
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_ATTRIBUTE template[] = { { CKA_CLASS, &class, sizeof(class) } };
	int r = p11_object_find(t, template, ARRAY_LEN(template), &h, e);

	for (size_t i = 0; i < h.count && r == 0; i++)
		r = gather_private(t, h.item[i], g, keys, e);
	return r;
}

static int gather_stand_in(const struct p11_key *from, struct p11_keys *keys,
			   struct error *e)
{
	struct p11_key key = { .sign = true, .handle = CK_INVALID_HANDLE };
	int r = gather_copy(&from->pub, &key.pub, e);

	if (r != 0)
		return r;
	memcpy(key.label, from->label, sizeof(key.label));
	memcpy(key.id, from->id, sizeof(key.id));
	key.id_len = from->id_len;
	return p11_key_list_add(&keys->pairs, &key, e);
}

int p11_gather_stand_ins(const struct p11_gather *g, struct p11_keys *keys,
			 struct error *e)
{
	const struct p11_key_list *certs = &g->certificates;
	int r = 0;

	for (size_t i = 0; i < g->publics.count && r == 0; i++)
		if (g->publics.item[i].sign)
			r = gather_stand_in(&g->publics.item[i], keys, e);
	for (size_t i = 0; i < certs->count && r == 0; i++)
		if (!certs->item[i].ca)
			r = gather_stand_in(&certs->item[i], keys, e);
	return r;
}
