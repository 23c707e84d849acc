/* SPDX-License-Identifier: Apache-2.0 */
/*
 * auditor: what an auditor has kept elsewhere, to compare the evidence with.
 */
#ifndef SIGNET_EVIDENCE_AUDITOR_H
#define SIGNET_EVIDENCE_AUDITOR_H

#include "base/attr.h"
#include "base/buf.h"
#include "evidence/verify.h"

struct error;

#define AUDITOR_FILE_MAX (1024u * 1024) /* CA certificates of all the world */

/* Append a file to out.  ERR_IO; ERR_TOO_LARGE. */
int auditor_read(const char *path, struct buf *out, struct error *e)
	MUST_CHECK;

/*
 * A public key or a certificate, PEM or DER: its SubjectPublicKeyInfo into
 * out.  ERR_IO; ERR_BAD_CERTIFICATE: the file has none.
 */
int auditor_key(const char *path, struct buf *out, struct error *e) MUST_CHECK;

/*
 * The head of o: of a hash in hexadecimal (of a record or a statement), or of
 * a file with a statement.  ERR_IO; ERR_MALFORMED: text is neither.
 */
int auditor_head(const char *text, struct verify_options *o, struct error *e)
	MUST_CHECK;

#endif
