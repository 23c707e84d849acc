/* SPDX-License-Identifier: Apache-2.0 */
/*
 * errand: a text that signetd itself wants signed, by a key of an unattended
 * token: a checkpoint of the evidence, a keep-alive.
 *
 * It waits in the queue of the token as requests do, is a raw signature
 * (ECDSA as r||s), and is verified before it is of use.  Nobody is asked, and
 * no PIN is tried.
 */
#ifndef SIGNET_BROKER_ERRAND_H
#define SIGNET_BROKER_ERRAND_H

#include <stdbool.h>

#include "base/attr.h"
#include "broker/item.h"
#include "broker/module.h"

struct errand {
	/* Over: failure is NULL when item.signature is good. */
	void (*done)(struct errand *x, const struct error *failure);

	struct item item;
	struct key *key;	/* counted */
	struct module *module;	/* held while under way */
	struct item_order order;
	struct wire_sign_item tbs;
	struct sign_job sign;
};

/*
 * Have key sign text; done() is called later, once.  ERR_NOT_UNATTENDED,
 * ERR_IMPOSSIBLE, or as module_sign(): done() is not called then.
 */
int errand_start(struct errand *x, struct key *key, struct slice text,
		 struct error *e) MUST_CHECK;

/* Forget what an errand that is over holds. */
void errand_fini(struct errand *x);

#endif
