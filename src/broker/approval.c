/* SPDX-License-Identifier: Apache-2.0 */
/*
 * approval: did somebody, or a standing rule, consent to this signature?
 */
#include "broker/approval.h"

#include "base/err.h"
#include "broker/token.h"

int approval_decide(const struct token *t, struct error *e)
{
	if (t->settings == NULL || !t->settings->unattended)
		return error_set(e, ERR_NOT_UNATTENDED,
				 "token %s is not configured as unattended and"
				 " nobody can be asked yet; see tokens: in"
				 " signetd.conf(5)", t->wire.label);
	return 0;
}
