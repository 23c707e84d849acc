/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fixture-keygen: makes the tokens, keys and certificate requests of the test
 * fixtures. A tool for the build folder, run by SoftHSM-fixtures/provision;
 * never installed, and not one of Signet's processes. Whatever goes wrong ends
 * it with a message and status 1: half-made fixtures are of no use to anybody.
 */
#ifndef SIGNET_FIXTURE_H
#define SIGNET_FIXTURE_H

#include <stddef.h>

#include <openssl/evp.h>
#include <p11-kit/pkcs11.h>

/* Lengths of the words of a plan, and of a PIN; longer ones are refused. */
#define FIXTURE_WORD_MAX 64
#define FIXTURE_PIN_MAX 64

/* A line of the plan; see keys.plan for what the columns mean. */
struct fixture_key {
	char token[FIXTURE_WORD_MAX];
	char name[FIXTURE_WORD_MAX];
	char label[FIXTURE_WORD_MAX];
	unsigned char id[FIXTURE_WORD_MAX / 2];
	size_t id_len;
	char type[FIXTURE_WORD_MAX];
	char profile[FIXTURE_WORD_MAX];
};

/* A type of key: how it is made, and how its certificate request is signed. */
struct fixture_type {
	const char *name;
	CK_MECHANISM_TYPE generate;
	CK_MECHANISM_TYPE sign;
	CK_ULONG rsa_bits;	 /* RSA only */
	unsigned char params[16]; /* EC only: CKA_EC_PARAMS, DER */
	size_t params_len;
	const char *group; /* EC only: OpenSSL's name of the curve */
	const char *hash;  /* hashed before C_Sign; NULL: by the mechanism */
	int signature_nid; /* algorithm identifier of the request */
};

/* A token with a session open on it. */
struct fixture_token {
	CK_SLOT_ID slot;
	CK_SESSION_HANDLE session;
	char serial[sizeof(((CK_TOKEN_INFO *)NULL)->serialNumber) + 1];
};

/* The module's functions, after fixture_module_load(). */
extern CK_FUNCTION_LIST *fixture_p11;

/* Says why on stderr and ends the process with status 1. */
void fixture_die(const char *format, ...)
	__attribute__((format(printf, 1, 2), noreturn));

/* Ends the process when @rv, the result of @call, is not CKR_OK. */
void fixture_must(CK_RV rv, const char *call);

/* Loads the module at @path and initialises it. */
void fixture_module_load(const char *path);

/*
 * Makes a new token: label, SO PIN and user PIN set, a read-write session open
 * and the user logged in.
 */
void fixture_token_make(const char *label, const char *so_pin, const char *pin,
			struct fixture_token *token);

/* Opens a read-write session, without login, on the token of that serial. */
void fixture_token_open(const char *serial, struct fixture_token *token);

/* The type named @name in a plan. */
const struct fixture_type *fixture_type_find(const char *name);

/* Makes a key pair on the token; both objects stay there. */
void fixture_key_make(const struct fixture_token *token,
		      const struct fixture_type *type, const char *label,
		      const unsigned char *id, size_t id_len,
		      CK_OBJECT_HANDLE *public_key,
		      CK_OBJECT_HANDLE *private_key);

/* The public key object as an OpenSSL key; the caller frees it. */
EVP_PKEY *fixture_key_export(const struct fixture_token *token,
			     const struct fixture_type *type,
			     CK_OBJECT_HANDLE public_key);

/*
 * Writes a PKCS#10 request (RFC 2986), PEM, for @public_key to @path, with the
 * subject CN=@name and signed on the token with @private_key.
 */
void fixture_request_write(const struct fixture_token *token,
			   const struct fixture_type *type,
			   EVP_PKEY *public_key, CK_OBJECT_HANDLE private_key,
			   const char *name, const char *path);

/* Stores the PEM certificate at @path beside the key of that label and id. */
void fixture_certificate_store(const struct fixture_token *token,
			       const char *path, const char *label,
			       const unsigned char *id, size_t id_len);

#endif
