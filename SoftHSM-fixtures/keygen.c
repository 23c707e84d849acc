/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fixture-keygen: reads a plan of tokens and keys and carries it out. Started
 * twice by SoftHSM-fixtures/provision: to make everything, and, when the CA has
 * issued the certificates, to store these beside their keys. SOFTHSM2_CONF must
 * name a private configuration.
 *
 *   fixture-keygen MODULE make  DIR <plan    prints "NICK SERIAL" per token
 *   fixture-keygen MODULE store DIR <plan
 *
 * DIR holds pin, so-pin and, for store, serials (what make printed) and certs/.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/pem.h>

#include "fixture.h"

struct plan {
	const char *dir;
	char pin[FIXTURE_PIN_MAX];
	char so_pin[FIXTURE_PIN_MAX];
	char nick[FIXTURE_WORD_MAX]; /* the token at hand */
	struct fixture_token token;
};

void
fixture_die(const char *format, ...)
{
	va_list args;

	fputs("fixture-keygen: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	/* SoftHSM is known to crash in atexit handlers (SoftHSMv2#635). */
	_exit(1);
}

static FILE *
open_in(const struct plan *plan, const char *name, const char *suffix,
	const char *mode)
{
	char path[4096];
	FILE *file;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s%s", plan->dir, name,
			     suffix) >= sizeof(path))
		fixture_die("path too long: %s/%s", plan->dir, name);
	file = fopen(path, mode);
	if (file == NULL)
		fixture_die("%s: %s", path, strerror(errno));
	return file;
}

static void
read_pin(const struct plan *plan, const char *name, char pin[FIXTURE_PIN_MAX])
{
	FILE *file = open_in(plan, name, "", "re");

	if (fgets(pin, FIXTURE_PIN_MAX, file) == NULL)
		fixture_die("%s/%s is empty", plan->dir, name);
	pin[strcspn(pin, "\n")] = '\0';
	fclose(file);
}

static void
parse_id(const char *hex, struct fixture_key *key)
{
	long len;
	unsigned char *id = OPENSSL_hexstr2buf(hex, &len);

	if (id == NULL || (size_t)len > sizeof(key->id))
		fixture_die("not an id in hex: %s", hex);
	memcpy(key->id, id, (size_t)len);
	key->id_len = (size_t)len;
	OPENSSL_free(id);
}

static void
need_token(const struct plan *plan, const char *nick)
{
	if (strcmp(plan->nick, nick) != 0)
		fixture_die("keys of %s do not follow its token line", nick);
}

static void
make_key(const struct plan *plan, const struct fixture_key *key)
{
	const struct fixture_type *type = fixture_type_find(key->type);
	CK_OBJECT_HANDLE public_key, private_key;
	char path[4096];
	EVP_PKEY *pkey;
	FILE *file;

	fixture_key_make(&plan->token, type, key->label, key->id, key->id_len,
			 &public_key, &private_key);
	pkey = fixture_key_export(&plan->token, type, public_key);
	snprintf(path, sizeof(path), "pub/%s", key->name);
	file = open_in(plan, path, ".pem", "we");
	if (PEM_write_PUBKEY(file, pkey) != 1 || fclose(file) != 0)
		fixture_die("cannot write %s/%s.pem", plan->dir, path);
	if (strcmp(key->profile, "none") != 0) {
		snprintf(path, sizeof(path), "%s/csr/%s.pem", plan->dir,
			 key->name);
		fixture_request_write(&plan->token, type, pkey, private_key,
				      key->name, path);
	}
	EVP_PKEY_free(pkey);
}

static void
store_certificate(const struct plan *plan, const struct fixture_key *key)
{
	char path[4096];

	if (strcmp(key->profile, "none") == 0)
		return;
	snprintf(path, sizeof(path), "%s/certs/%s.pem", plan->dir, key->name);
	fixture_certificate_store(&plan->token, path, key->label, key->id,
				  key->id_len);
}

/* A CA certificate, as cards carry it: a signature can name its chain. */
static void
store_ca(const struct plan *plan, const char *file, const char *hex)
{
	struct fixture_key key = {0};
	char path[4096];

	parse_id(hex, &key);
	snprintf(path, sizeof(path), "%s/ca/%s.pem", plan->dir, file);
	fixture_certificate_store(&plan->token, path, file, key.id,
				  key.id_len);
}

static void
make_bulk(const struct plan *plan, unsigned int count, const char *type_name)
{
	const struct fixture_type *type = fixture_type_find(type_name);
	CK_OBJECT_HANDLE public_key, private_key;
	unsigned char id[2];
	char label[16];
	unsigned int i;

	for (i = 0; i < count; i++) {
		id[0] = (unsigned char)(i >> 8);
		id[1] = (unsigned char)i;
		snprintf(label, sizeof(label), "key-%04u", i);
		fixture_key_make(&plan->token, type, label, id, sizeof(id),
				 &public_key, &private_key);
	}
}

/* The serial that make printed for the token @nick. */
static void
find_serial(const struct plan *plan, const char *nick, char serial[17])
{
	FILE *file = open_in(plan, "serials", "", "re");
	char found[FIXTURE_WORD_MAX];

	while (fscanf(file, "%63s %16s", found, serial) == 2) {
		if (strcmp(found, nick) == 0) {
			fclose(file);
			return;
		}
	}
	fixture_die("no serial of token %s in %s/serials", nick, plan->dir);
}

static void
start_token(struct plan *plan, const char *nick, const char *label, int make)
{
	char serial[17];

	snprintf(plan->nick, sizeof(plan->nick), "%s", nick);
	if (make) {
		fixture_token_make(label, plan->so_pin, plan->pin,
				   &plan->token);
		printf("%s %s\n", nick, plan->token.serial);
	} else {
		find_serial(plan, nick, serial);
		fixture_token_open(serial, &plan->token);
	}
}

static void
do_line(struct plan *plan, const char *line, int make)
{
	struct fixture_key key = {0};
	char nick[FIXTURE_WORD_MAX], rest[FIXTURE_WORD_MAX];
	unsigned int count;

	if (sscanf(line, "token %63s %63[^\n]", nick, rest) == 2) {
		start_token(plan, nick, rest, make);
	} else if (sscanf(line, "bulk %63s %u %63s", nick, &count, rest) == 3) {
		need_token(plan, nick);
		if (make)
			make_bulk(plan, count, rest);
	} else if (sscanf(line, "ca %63s %63s %63s", nick, key.name,
			  rest) == 3) {
		need_token(plan, nick);
		if (!make)
			store_ca(plan, key.name, rest);
	} else if (sscanf(line, "key %63s %63s %63s %63s %63s %63s", key.token,
			  key.name, key.label, rest, key.type,
			  key.profile) == 6) {
		need_token(plan, key.token);
		parse_id(rest, &key);
		if (make)
			make_key(plan, &key);
		else
			store_certificate(plan, &key);
	} else {
		fixture_die("cannot read this line of the plan: %s", line);
	}
}

int
main(int argc, char **argv)
{
	struct plan plan = {0};
	char line[512];
	int make;

	if (argc != 4 ||
	    (strcmp(argv[2], "make") != 0 && strcmp(argv[2], "store") != 0))
		fixture_die("usage: fixture-keygen MODULE make|store DIR");
	if (getenv("SOFTHSM2_CONF") == NULL)
		fixture_die("SOFTHSM2_CONF is not set");
	make = strcmp(argv[2], "make") == 0;
	plan.dir = argv[3];
	read_pin(&plan, "pin", plan.pin);
	read_pin(&plan, "so-pin", plan.so_pin);
	fixture_module_load(argv[1]);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		if (line[0] != '#' && line[0] != '\n')
			do_line(&plan, line, make);
	}
	if (ferror(stdin) || fflush(stdout) != 0)
		fixture_die("input or output failed: %s", strerror(errno));
	fixture_must(fixture_p11->C_Finalize(NULL), "C_Finalize");
	_exit(0);
}
