/* SPDX-License-Identifier: Apache-2.0 */
/*
 * err: the error list and the error object of every process.
 *
 * A function that can fail returns 0 or a negative ERR_* number and fills a
 * struct error at the origin.  The struct has a fixed size and no pointers: it
 * crosses the worker border whole and ends in the API answer and the evidence.
 */
#ifndef SIGNET_BASE_ERR_H
#define SIGNET_BASE_ERR_H

#include <stdbool.h>

#include "base/attr.h"

enum err {
	ERR_OK = 0,
#define ERR(name, number, code, http, kind, retry, title) ERR_##name = (number),
#include "base/err.def"
#undef ERR
};

/* Refusal (policy, user, PIN, bad input), fault (module, device, time), bug. */
enum err_kind { ERR_KIND_REFUSAL, ERR_KIND_FAULT, ERR_KIND_BUG };

struct err_info {
	int number;	   /* ERR_* */
	const char *code;  /* "no-such-key": the end of the problem type */
	int http;	   /* HTTP status of the problem document */
	enum err_kind kind;
	bool retry;	   /* again signs nothing twice, costs no PIN try */
	const char *title; /* one line for people, lower case, no full stop */
};

#define ERROR_WHERE_MAX 48
/* Two URIs of keys fit in. */
#define ERROR_MESSAGE_MAX 768

/* ckr of a struct error when no PKCS#11 call was at fault. */
#define ERROR_NO_CKR (~0UL)

struct error {
	int code;		   /* ERR_*, 0 when nothing failed */
	int errnum;		   /* errno, or 0 */
	unsigned long ckr;	   /* CK_RV, or ERROR_NO_CKR */
	unsigned retry_after;	   /* seconds; 0: nobody knows */
	char where[ERROR_WHERE_MAX]; /* function, and module where it is so */
	char message[ERROR_MESSAGE_MAX]; /* detail, says what to do */
};

/*
 * Look up a number; numbers that are not in the list (a newer peer) give the
 * entry of ERR_INTERNAL.  Never NULL.
 */
const struct err_info *err_info(int number);

/*
 * Look up by the code word of a problem type ("no-such-key"); NULL if unknown.
 */
const struct err_info *err_info_by_code(const char *code);

/* "nothing failed": the state a caller hands in. */
void error_clear(struct error *e);

/*
 * Record a failure at its origin and return its code, so that
 * `return error_set(e, ERR_X, "...")` reads as one thought.  e may be NULL.
 * The message is cut at ERROR_MESSAGE_MAX.
 */
#define error_set(e, code, ...) \
	error_set_at((e), __func__, (code), 0, __VA_ARGS__)

/* The same, with errno's value, whose text is appended to the message. */
#define error_set_errno(e, code, errnum, ...) \
	error_set_at((e), __func__, (code), (errnum), __VA_ARGS__)

int error_set_at(struct error *e, const char *where, int code, int errnum,
		 const char *format, ...) PRINTF_LIKE(5, 6);

/*
 * Put text in front of the message of a failure on its way up ("module
 * opensc: ..."); where and code stay.  e may be NULL.
 */
void error_prefix(struct error *e, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
