/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pain001: customer credit transfers, ISO 20022 pain.001.001.03 to .13.
 *
 * Who pays whom how much, and every bank between, is shown; of all else the
 * names of the elements are, in lines "not-shown".  The counts and sums that
 * the file has of itself have to be those of its payments.
 */
#ifndef SIGNET_CONTENT_PAIN001_H
#define SIGNET_CONTENT_PAIN001_H

#include "content/content.h"

/* ERR_CONTENT when it is another document. */
int content_pain001_read(struct content *c, const struct content_input *in,
			 struct error *e) MUST_CHECK;

/* For application/xml: another document, or another encoding, is blind. */
int content_pain001_read_any(struct content *c, const struct content_input *in,
			     struct error *e) MUST_CHECK;

#endif
