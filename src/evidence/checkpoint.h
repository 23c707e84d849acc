/* SPDX-License-Identifier: Apache-2.0 */
/*
 * checkpoint: the signed head of the chain (docs/PROTOCOL.evidence, section 5).
 */
#ifndef SIGNET_EVIDENCE_CHECKPOINT_H
#define SIGNET_EVIDENCE_CHECKPOINT_H

#include "base/attr.h"
#include "evidence/chain.h"
#include "evidence/store.h"

struct checkpoint_key;
struct error;

/*
 * The Ed25519 key (PKCS#8 in PEM) of this file, which is made (0600) where it
 * is not there.  ERR_NOT_DURABLE: it cannot be used, or others may read it.
 */
int checkpoint_key_open(const char *path, struct checkpoint_key **out,
			struct error *e) MUST_CHECK;
void checkpoint_key_close(struct checkpoint_key *k); /* NULL is allowed */

/* SubjectPublicKeyInfo; borrowed. */
struct slice checkpoint_key_public(const struct checkpoint_key *k);

/*
 * The statement that follows last and signs head, into out.  algorithm: JOSE
 * name of a key on a token, NULL for the file's.
 */
void checkpoint_statement(const struct store_checkpoint *last,
			  const struct chain *head, struct slice public,
			  const char *algorithm, const char *time,
			  struct buf *out);

/* The Ed25519 signature of a statement, into out.  ERR_CRYPTO. */
int checkpoint_sign(const struct checkpoint_key *k, struct slice statement,
		    struct buf *out, struct error *e) MUST_CHECK;

#endif
