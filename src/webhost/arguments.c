/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arguments: a message of the Web eID extension, read.
 */
#include "webhost/arguments.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/b64.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/origin.h"

#define ARGUMENTS_MAX 5u

/* Which arguments a command has, besides lang; all of them have to be there. */
static const struct command {
	const char *name;
	enum webeid_command command;
	const char *names[ARGUMENTS_MAX]; /* to NULL */
} commands[] = {
	{ "quit", WEBEID_QUIT, { NULL } },
	{ "get-signing-certificate", WEBEID_CERTIFICATE, { "origin", NULL } },
	{ "authenticate", WEBEID_AUTHENTICATE,
	  { "challengeNonce", "origin", NULL } },
	{ "sign", WEBEID_SIGN,
	  { "hash", "hashFunction", "certificate", "origin", NULL } },
};

/* Those that the protocol has, and that Signet has, too: bits is not 0. */
static const struct {
	const char *name;
	size_t len;
	unsigned bits;
} hashes[] = {
	{ "SHA-224", 28, 0 },	{ "SHA-256", 32, 256 },
	{ "SHA-384", 48, 384 }, { "SHA-512", 64, 512 },
	{ "SHA3-224", 28, 0 },	{ "SHA3-256", 32, 0 },
	{ "SHA3-384", 48, 0 },	{ "SHA3-512", 64, 0 },
};

void arguments_fini(struct arguments *a)
{
	buf_fini(&a->certificate);
	json_decref(a->root);
	a->root = NULL;
}

static const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

/* Exactly these, each a text, perhaps with lang. */
static int check_names(const struct command *c, json_t *arguments,
		       struct error *e)
{
	size_t count = 0;
	const char *name;
	json_t *value;

	for (; c->names[count] != NULL; count++)
		if (json_string_length(json_object_get(arguments,
						       c->names[count])) == 0)
			return error_set(e, ERR_MALFORMED, "argument %s of %s"
					 " is missing, empty or no text",
					 c->names[count], c->name);
	json_object_foreach(arguments, name, value) {
		bool known = strcmp(name, "lang") == 0;

		for (size_t i = 0; i < count; i++)
			known = known || strcmp(name, c->names[i]) == 0;
		if (!known || !json_is_string(value))
			return error_set(e, ERR_MALFORMED, "%s has no argument"
					 " %.64s, or it is no text", c->name,
					 name);
	}
	return 0;
}

/* wss is https to whoever is asked for: the host says it. */
static int read_origin(struct arguments *a, const char *text, struct error *e)
{
	char https[ARGUMENTS_ORIGIN + sizeof("https://")];

	if (strlen(text) <= ARGUMENTS_ORIGIN) {
		snprintf(https, sizeof(https), "%s%s",
			 strncmp(text, "wss://", 6) == 0 ? "https://" : "",
			 strncmp(text, "wss://", 6) == 0 ? text + 6 : text);
		a->origin = text;
		if (origin_kind(https) == ORIGIN_HTTPS)
			return 0;
	}
	return error_set(e, ERR_MALFORMED, "origin is https://host or"
			 " wss://host, perhaps with a port, without a path, of"
			 " at most %u bytes", ARGUMENTS_ORIGIN);
}

static int read_nonce(struct arguments *a, const char *text, struct error *e)
{
	size_t len = strlen(text);

	a->nonce = text;
	if (len >= LIMIT_CHALLENGE_LEAST && len <= LIMIT_CHALLENGE)
		return 0;
	return error_set(e, ERR_MALFORMED, "challengeNonce has %u to %u"
			 " characters", LIMIT_CHALLENGE_LEAST,
			 LIMIT_CHALLENGE);
}

static int read_hash(struct arguments *a, const char *name, const char *value,
		     struct error *e)
{
	AUTO(buf_fini) struct buf hash = { .max = ARGUMENTS_HASH };
	int r = b64_decode(B64_STD, slice_str(value), &hash);

	a->hash = value;
	a->hash_function = name;
	for (size_t i = 0; i < ARRAY_LEN(hashes); i++) {
		if (strcmp(hashes[i].name, name) != 0)
			continue;
		a->hash_bits = hashes[i].bits;
		if (r == 0 && hash.len == hashes[i].len)
			return 0;
		return error_set(e, ERR_MALFORMED, "hash is not the base64 of"
				 " %zu bytes", hashes[i].len);
	}
	return error_set(e, ERR_MALFORMED, "hashFunction: there is no %.16s",
			 name);
}

static int read_certificate(struct arguments *a, const char *text,
			    struct error *e)
{
	buf_init(&a->certificate, LIMIT_CERTIFICATE);
	if (b64_decode(B64_STD, slice_str(text), &a->certificate) == 0)
		return 0;
	return error_set(e, ERR_MALFORMED, "certificate is no base64");
}

static const char *text_of(json_t *arguments, const char *name)
{
	return json_string_value(json_object_get(arguments, name));
}

static int read_arguments(struct arguments *a, json_t *arguments,
			  struct error *e)
{
	int r = 0;

	if (a->command != WEBEID_QUIT)
		r = read_origin(a, text_of(arguments, "origin"), e);
	if (r == 0 && a->command == WEBEID_AUTHENTICATE)
		r = read_nonce(a, text_of(arguments, "challengeNonce"), e);
	if (r != 0 || a->command != WEBEID_SIGN)
		return r;
	r = read_hash(a, text_of(arguments, "hashFunction"),
		      text_of(arguments, "hash"), e);
	return r != 0 ? r :
		read_certificate(a, text_of(arguments, "certificate"), e);
}

int arguments_read(struct arguments *a, struct slice message, struct error *e)
{
	const struct command *c;
	json_t *arguments;
	const char *name;
	json_error_t why;
	int r;

	a->root = json_loadb((const char *)message.ptr, message.len,
			     JSON_REJECT_DUPLICATES, &why);
	if (json_unpack_ex(a->root, &why, JSON_STRICT, "{s:s, s:o}",
			   "command", &name, "arguments", &arguments) != 0 ||
	    !json_is_object(arguments))
		return error_set(e, ERR_MALFORMED, "a message is a JSON object"
				 " with a command and its arguments");
	c = command_find(name);
	if (c == NULL)
		return error_set(e, ERR_MALFORMED, "there is no command %.64s",
				 name);
	a->command = c->command;
	r = check_names(c, arguments, e);
	return r != 0 ? r : read_arguments(a, arguments, e);
}
