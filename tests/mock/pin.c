/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pin.c - the user PIN counter of a card, for tokens that have none
 *
 * Runs in whatever process loads the mock. The tries left are a number in a
 * file, as a card keeps them for every process and across restarts; a file
 * that is not there stands for all of them.
 */
#include "effect.h"

#include "log.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#define PIN_FLAGS (CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY | \
		   CKF_USER_PIN_LOCKED)

/* Enough for any number of tries. */
#define NUMBER_MAX 24

enum change { KEEP, SPEND, RESTORE };

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static unsigned long changed(enum change change, unsigned long left,
			     unsigned long all)
{
	if (change == RESTORE)
		return all;
	if (change == SPEND && left > 0)
		return left - 1;
	return left;
}

/*
 * Applies CHANGE to the counter and returns the tries left then. A file that
 * cannot be used counts as locked, so that a test notices.
 */
static unsigned long counter(const struct mock_rule *rule, enum change change)
{
	__attribute__((cleanup(close_fd))) int fd = -1;
	unsigned long left = rule->arg.number;
	char text[NUMBER_MAX] = "";
	ssize_t got;
	int len;

	fd = open(rule->arg.text.text, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || flock(fd, LOCK_EX) != 0) {
		mock_log_complain(rule->line, "the counter cannot be used");
		return 0;
	}
	got = pread(fd, text, sizeof(text) - 1, 0);
	if (got > 0)
		left = strtoul(text, NULL, 10);
	left = changed(change, left, rule->arg.number);
	len = snprintf(text, sizeof(text), "%lu\n", left);
	if (pwrite(fd, text, (size_t)len, 0) != len || ftruncate(fd, len)) {
		mock_log_complain(rule->line, "the counter cannot be kept");
		return 0;
	}
	return left;
}

static bool is_user_login(const struct mock_call *call)
{
	return call->fn == MOCK_C_Login && call->user != CKU_SO;
}

bool mock_pin_before(struct mock_call *call, const struct mock_rule *rule)
{
	if (!is_user_login(call) || counter(rule, KEEP) > 0)
		return false;
	call->rv = CKR_PIN_LOCKED;
	return true;
}

static void show(CK_FLAGS *flags, unsigned long left, unsigned long all)
{
	*flags &= ~PIN_FLAGS;
	if (left < all)
		*flags |= CKF_USER_PIN_COUNT_LOW;
	if (left == 1)
		*flags |= CKF_USER_PIN_FINAL_TRY;
	if (left == 0)
		*flags |= CKF_USER_PIN_LOCKED;
}

void mock_pin_after(struct mock_call *call, const struct mock_rule *rule)
{
	enum change change = KEEP;
	unsigned long left;

	if (is_user_login(call) && call->rv == CKR_PIN_INCORRECT)
		change = SPEND;
	if ((is_user_login(call) || call->fn == MOCK_C_InitPIN) &&
	    call->rv == CKR_OK)
		change = RESTORE;
	left = counter(rule, change);
	if (change != KEEP)
		mock_log_number(call->fn, "pin-tries", (long)left);
	if (call->flags && call->rv == CKR_OK)
		show(call->flags, left, rule->arg.number);
}
