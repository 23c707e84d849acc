/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log.h - the call log and complaints about rules
 *
 * Runs in whatever process loads the mock. A log line is one write with
 * O_APPEND, so that lines of several processes do not mix.
 */
#ifndef MOCK_LOG_H
#define MOCK_LOG_H

#include "call.h"

#pragma GCC visibility push(hidden)

/* Appends "PID FUNCTION CKR_NAME" to $SIGNET_MOCK_LOG, if that is set. */
void mock_log_answer(enum mock_fn fn, CK_RV rv);

/* Appends "PID FUNCTION !WHAT": an effect is about to happen. */
void mock_log_effect(enum mock_fn fn, const char *what);

/* Appends "PID FUNCTION !WHAT NUMBER": what came of an effect. */
void mock_log_number(enum mock_fn fn, const char *what, long number);

/* Writes "signet-mock: rules line LINE: WHAT" on stderr. LINE 0: no line. */
void mock_log_complain(unsigned line, const char *what);

#pragma GCC visibility pop

#endif
