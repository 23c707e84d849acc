/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session: the one session with each token, open from its first use on.
 *
 * Runs in signet-worker.  What hangs on a session (login, object handles) is
 * forgotten with it.
 */
#ifndef SIGNET_PKCS11_SESSION_H
#define SIGNET_PKCS11_SESSION_H

#include "pkcs11/token.h"

/*
 * See that t->session is open (read-only, serial: PKCS#11 2.40 section 5.6).
 * ERR_QUOTA: the token has no free session; else as ckr.def.
 */
int p11_session_open(struct p11_token *t, struct error *e) MUST_CHECK;

/*
 * The session is no more: forget it, the login and every handle.  Calls
 * nothing: a module closes the sessions of a token that went (2.40 5.6), and
 * OpenSC can hang in a call about one.
 */
void p11_session_lost(struct p11_token *t);

/*
 * Close it, and with it what hangs on it: a login, an operation that was
 * begun.  No session is fine.
 */
void p11_session_close(struct p11_token *t);

/*
 * Record that a call on the session of t answered rv, which is not CKR_OK;
 * returns the code.  Keeps up what is known of t: an ended session is lost, a
 * missing login is noted.  CKR_GENERAL_ERROR is what OpenSC says first after a
 * removal: the token is asked whether it is there, ERR_TOKEN_GONE if not.
 */
int p11_session_failed(struct p11_token *t, const char *call, CK_RV rv,
		       struct error *e);

/* Does rv say that the session itself has ended? */
bool p11_session_ended(CK_RV rv);

#endif
