/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pin.c - the PIN counters of a card, a pad, and another's login, for tokens
 * that have none
 *
 * Runs in whatever process loads the mock. The tries left are a number in a
 * file, as a card keeps them for every process and across restarts; a file
 * that is not there stands for all of them.
 */
#include "effect.h"

#include "log.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

/* Enough for any number of tries. */
#define NUMBER_MAX 24

enum change { KEEP, SPEND, RESTORE };

/* Whose PIN, and how its counter shows. */
struct who {
	bool so;
	CK_FLAGS low, final, locked;
};

static const struct who user = {
	false, CKF_USER_PIN_COUNT_LOW, CKF_USER_PIN_FINAL_TRY,
	CKF_USER_PIN_LOCKED
};
static const struct who officer = {
	true, CKF_SO_PIN_COUNT_LOW, CKF_SO_PIN_FINAL_TRY, CKF_SO_PIN_LOCKED
};

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

static bool tries(const struct mock_call *call, const struct who *who)
{
	if (call->fn == MOCK_C_Login)
		return (call->user == CKU_SO) == who->so;
	return call->fn == (who->so ? MOCK_C_InitToken : MOCK_C_SetPIN);
}

/* A token that is made anew, or unblocked, has all tries of the user again. */
static bool forgives(const struct mock_call *call, const struct who *who)
{
	return tries(call, who) ||
	       (!who->so && (call->fn == MOCK_C_InitPIN ||
			     call->fn == MOCK_C_InitToken));
}

static bool before(struct mock_call *call, const struct mock_rule *rule,
		   const struct who *who)
{
	if (!tries(call, who) || counter(rule, KEEP) > 0)
		return false;
	call->rv = CKR_PIN_LOCKED;
	return true;
}

static void show(CK_FLAGS *flags, unsigned long left, unsigned long all,
		 const struct who *who)
{
	*flags &= ~(who->low | who->final | who->locked);
	if (left < all)
		*flags |= who->low;
	if (left == 1)
		*flags |= who->final;
	if (left == 0)
		*flags |= who->locked;
}

static void after(struct mock_call *call, const struct mock_rule *rule,
		  const struct who *who)
{
	enum change change = KEEP;
	unsigned long left;

	if (tries(call, who) && call->rv == CKR_PIN_INCORRECT)
		change = SPEND;
	if (forgives(call, who) && call->rv == CKR_OK)
		change = RESTORE;
	left = counter(rule, change);
	if (change != KEEP)
		mock_log_number(call->fn, who->so ? "so-tries" : "pin-tries",
				(long)left);
	if (call->flags && call->rv == CKR_OK)
		show(call->flags, left, rule->arg.number, who);
}

bool mock_pin_before(struct mock_call *call, const struct mock_rule *rule)
{
	return before(call, rule, &user);
}

void mock_pin_after(struct mock_call *call, const struct mock_rule *rule)
{
	after(call, rule, &user);
}

bool mock_pin_so_before(struct mock_call *call, const struct mock_rule *rule)
{
	return before(call, rule, &officer);
}

void mock_pin_so_after(struct mock_call *call, const struct mock_rule *rule)
{
	after(call, rule, &officer);
}

/* The text of a rule is ours; PKCS#11 knows no const. */
static CK_BYTE_PTR text_of(const struct mock_rule *rule)
{
	return (CK_BYTE_PTR)(uintptr_t)rule->arg.text.text;
}

bool mock_pin_pad(struct mock_call *call, const struct mock_rule *rule)
{
	if (call->pin && !*call->pin) {
		*call->pin = text_of(rule);
		*call->pin_len = rule->arg.text.len;
	}
	return false;
}

void mock_pin_logged_in(struct mock_call *call, const struct mock_rule *rule)
{
	if (call->rv == CKR_OK && call->opened &&
	    mock_real->C_Login(*call->opened, CKU_USER, text_of(rule),
			       rule->arg.text.len) != CKR_OK)
		mock_log_complain(rule->line, "nobody could be logged in");
}
