/* SPDX-License-Identifier: Apache-2.0 */
/*
 * effect.h - what a rule can do to a call
 *
 * Runs in whatever process loads the mock. One table row an effect; what the
 * effects do is in process.c (to the process), answer.c (to the answer) and
 * pin.c (PINs and logins).
 */
#ifndef MOCK_EFFECT_H
#define MOCK_EFFECT_H

#include "rule.h"

#pragma GCC visibility push(hidden)

enum mock_arg_kind {
	MOCK_ARG_NONE,
	MOCK_ARG_NUMBER,	/* N */
	MOCK_ARG_LENGTH,	/* N or +N */
	MOCK_ARG_TEXT,		/* "text" */
	MOCK_ARG_RV,		/* CKR_NAME or number */
	MOCK_ARG_FLAGS,		/* +CKF_NAME -CKF_NAME ... */
	MOCK_ARG_COUNTER,	/* N "file" */
};

struct mock_effect {
	const char *name;
	enum mock_arg_kind arg;
	unsigned need;		/* a trait (call.h) the function must have */

	/* Before the real function. True: do not call it, call->rv is set. */
	bool (*before)(struct mock_call *call, const struct mock_rule *rule);
	/* After the real function, which has set call->rv. */
	void (*after)(struct mock_call *call, const struct mock_rule *rule);
};

/* The effect called NAME; NULL if there is none. Static. */
const struct mock_effect *mock_effect_find(const char *name);

/* The effects themselves, by file. See README.md for what each does. */
bool mock_process_delay(struct mock_call *, const struct mock_rule *);
bool mock_process_hang(struct mock_call *, const struct mock_rule *);
bool mock_process_deaf_hang(struct mock_call *, const struct mock_rule *);
bool mock_process_spin(struct mock_call *, const struct mock_rule *);
bool mock_process_crash(struct mock_call *, const struct mock_rule *);
bool mock_process_abort(struct mock_call *, const struct mock_rule *);
bool mock_process_exit(struct mock_call *, const struct mock_rule *);
bool mock_process_stdout(struct mock_call *, const struct mock_rule *);
bool mock_process_stderr(struct mock_call *, const struct mock_rule *);
bool mock_process_fork(struct mock_call *, const struct mock_rule *);
bool mock_process_close_fds(struct mock_call *, const struct mock_rule *);
bool mock_process_leak(struct mock_call *, const struct mock_rule *);

bool mock_answer_return(struct mock_call *, const struct mock_rule *);
void mock_answer_return_after(struct mock_call *, const struct mock_rule *);
void mock_answer_wrong_length(struct mock_call *, const struct mock_rule *);
void mock_answer_huge_list(struct mock_call *, const struct mock_rule *);
void mock_answer_endless_list(struct mock_call *, const struct mock_rule *);
void mock_answer_no_such_object(struct mock_call *, const struct mock_rule *);
void mock_answer_garbage(struct mock_call *, const struct mock_rule *);
void mock_answer_flags(struct mock_call *, const struct mock_rule *);
bool mock_answer_other_key(struct mock_call *, const struct mock_rule *);

bool mock_pin_before(struct mock_call *, const struct mock_rule *);
void mock_pin_after(struct mock_call *, const struct mock_rule *);
bool mock_pin_so_before(struct mock_call *, const struct mock_rule *);
void mock_pin_so_after(struct mock_call *, const struct mock_rule *);
bool mock_pin_pad(struct mock_call *, const struct mock_rule *);
void mock_pin_logged_in(struct mock_call *, const struct mock_rule *);

#pragma GCC visibility pop

#endif
