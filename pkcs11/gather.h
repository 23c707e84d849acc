/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gather: the objects of a token, read and joined to keys.
 *
 * Runs in signet-worker, for key.c.  A private key is joined with the public
 * key or certificate of its CKA_ID and type; where several have that id, the
 * private key object itself has to tell (RSA ones do).
 */
#ifndef SIGNET_PKCS11_GATHER_H
#define SIGNET_PKCS11_GATHER_H

#include "pkcs11/key.h"
#include "pkcs11/token.h"

struct p11_gather {
	struct p11_key_list publics;	  /* sorted by type and id */
	struct p11_key_list certificates; /* likewise */
	unsigned left_out;		  /* objects that make no sense */
};

/*
 * Read all objects of a kind into g.  One that makes no sense is logged and
 * counted; errors are those of the module.
 */
int p11_gather_publics(struct p11_token *t, struct p11_gather *g,
		       struct error *e) MUST_CHECK;
int p11_gather_certificates(struct p11_token *t, struct p11_gather *g,
			    struct error *e) MUST_CHECK;

/* Read the private keys and add the key pairs to keys->pairs, unsorted. */
int p11_gather_privates(struct p11_token *t, struct p11_gather *g,
			struct p11_keys *keys, struct error *e) MUST_CHECK;

/* The same where private keys are not to be seen (p11_keys_load()). */
int p11_gather_stand_ins(const struct p11_gather *g, struct p11_keys *keys,
			 struct error *e) MUST_CHECK;

#endif
