/* SPDX-License-Identifier: Apache-2.0 */
/*
 * effect.c - the table of effects
 *
 * Runs in whatever process loads the mock. Every row is described in
 * README.md and shown to work by tests/regress/mock.bats.
 */
#include "effect.h"

#include <string.h>

static const struct mock_effect effects[] = {
	{ "delay", MOCK_ARG_NUMBER, 0, mock_process_delay, NULL },
	{ "hang", MOCK_ARG_NONE, 0, mock_process_hang, NULL },
	{ "deaf-hang", MOCK_ARG_NONE, 0, mock_process_deaf_hang, NULL },
	{ "spin", MOCK_ARG_NONE, 0, mock_process_spin, NULL },
	{ "crash", MOCK_ARG_NONE, 0, mock_process_crash, NULL },
	{ "abort", MOCK_ARG_NONE, 0, mock_process_abort, NULL },
	{ "exit", MOCK_ARG_NUMBER, 0, mock_process_exit, NULL },
	{ "stdout", MOCK_ARG_TEXT, 0, mock_process_stdout, NULL },
	{ "stderr", MOCK_ARG_TEXT, 0, mock_process_stderr, NULL },
	{ "fork", MOCK_ARG_NUMBER, 0, mock_process_fork, NULL },
	{ "close-fds", MOCK_ARG_NONE, 0, mock_process_close_fds, NULL },
	{ "leak", MOCK_ARG_NUMBER, 0, mock_process_leak, NULL },
	{ "return", MOCK_ARG_RV, 0, mock_answer_return, NULL },
	{ "return-after", MOCK_ARG_RV, 0, NULL, mock_answer_return_after },
	{ "wrong-length", MOCK_ARG_LENGTH, MOCK_LENGTH, NULL,
	  mock_answer_wrong_length },
	{ "huge-list", MOCK_ARG_NUMBER, MOCK_LIST, NULL,
	  mock_answer_huge_list },
	{ "endless-list", MOCK_ARG_NONE, MOCK_FIND, NULL,
	  mock_answer_endless_list },
	{ "no-such-object", MOCK_ARG_NONE, MOCK_FIND, NULL,
	  mock_answer_no_such_object },
	{ "garbage-signature", MOCK_ARG_NONE, MOCK_SIGNATURE, NULL,
	  mock_answer_garbage },
	{ "other-key", MOCK_ARG_TEXT, MOCK_SIGN_INIT, mock_answer_other_key,
	  NULL },
	{ "flags", MOCK_ARG_FLAGS, MOCK_FLAGS, NULL, mock_answer_flags },
	{ "pin-counter", MOCK_ARG_COUNTER, MOCK_PIN, mock_pin_before,
	  mock_pin_after },
	{ "so-counter", MOCK_ARG_COUNTER, MOCK_PIN, mock_pin_so_before,
	  mock_pin_so_after },
	{ "pinpad", MOCK_ARG_TEXT, MOCK_PAD, mock_pin_pad, NULL },
	{ "logged-in", MOCK_ARG_TEXT, MOCK_OPEN, NULL, mock_pin_logged_in },
};

const struct mock_effect *mock_effect_find(const char *name)
{
	for (size_t i = 0; i < sizeof(effects) / sizeof(effects[0]); i++)
		if (strcmp(effects[i].name, name) == 0)
			return &effects[i];
	return NULL;
}
