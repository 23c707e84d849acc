/* SPDX-License-Identifier: Apache-2.0 */
/*
 * call.h - one call of a PKCS#11 function on its way through the mock
 *
 * Runs in whatever process loads the mock. A forwarder fills a struct
 * mock_call with what its function knows, asks mock_call_begin() whether the
 * real function is to be called, and returns what mock_call_end() says.
 */
#ifndef MOCK_CALL_H
#define MOCK_CALL_H

#include <p11-kit/pkcs11.h>
#include <stdbool.h>
#include <stddef.h>

#pragma GCC visibility push(hidden)

/* Rules of one file. A test needs a handful. */
#define MOCK_RULES_MAX 64

/* What every call answers while the rule file does not parse. */
#define MOCK_CKR_BAD_RULES (CKR_VENDOR_DEFINED | 0x4d4f434bUL)

/* What a function has that an effect may need (functions.def). */
#define MOCK_LENGTH	0x01u	/* says how long its output is */
#define MOCK_LIST	0x02u	/* gives a list of handles or types */
#define MOCK_FIND	0x04u	/* gives objects found */
#define MOCK_SIGNATURE	0x08u	/* gives a signature */
#define MOCK_SIGN_INIT	0x10u	/* takes the key that will sign */
#define MOCK_KEY	0x20u	/* starts an operation with a key */
#define MOCK_FLAGS	0x40u	/* gives a structure with flags */
#define MOCK_PIN	0x80u	/* spends, gives back or shows PIN tries */
#define MOCK_PAD	0x100u	/* takes a PIN that may come from a pad */
#define MOCK_OPEN	0x200u	/* opens a session */

enum mock_fn {
#define LOCAL(name) MOCK_##name,
#define FN(name, traits, params, args, ...) MOCK_##name,
#include "functions.def"
	MOCK_FN_COUNT,
	MOCK_ANY = MOCK_FN_COUNT,
};

struct mock_rule;

struct mock_call {
	enum mock_fn fn;
	bool has_slot;
	CK_SLOT_ID slot;
	CK_SESSION_HANDLE session;	/* CK_INVALID_HANDLE: none */
	CK_OBJECT_HANDLE object;	/* CK_INVALID_HANDLE: none */
	CK_USER_TYPE user;
	CK_BYTE_PTR *pin;		/* what the real function will get */
	CK_ULONG *pin_len;
	CK_SESSION_HANDLE *opened;
	CK_BYTE_PTR out;
	CK_ULONG_PTR out_len;		/* length, or count of a list */
	CK_ULONG_PTR list;
	CK_ULONG list_max;		/* what the caller has room for */
	CK_ATTRIBUTE_PTR templ;
	CK_ULONG templ_count;
	CK_FLAGS *flags;
	CK_RV rv;

	bool skipped;			/* the real function was not called */
	const struct mock_rule *fired[MOCK_RULES_MAX];
	size_t fired_count;
};

/* The module behind; NULL until C_GetFunctionList has loaded it. */
extern CK_FUNCTION_LIST *mock_real;

/*
 * Picks the rules that fire for CALL and runs the part of their effects that
 * comes before the real function. May not return (crash, hang, exit).
 * True: call the real function and put its answer in call->rv.
 */
bool mock_call_begin(struct mock_call *call);

/*
 * Runs the part of the effects that comes after the real function, writes the
 * log line and returns what the caller of the mock gets.
 */
CK_RV mock_call_end(struct mock_call *call);

/*
 * The slot of CALL, through its session if need be. False: it has none, or
 * the real module does not say.
 */
bool mock_call_slot(const struct mock_call *call, CK_SLOT_ID *slot);

#pragma GCC visibility pop

#endif
