/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile: see profile.h.
 */
#include "tests/card/profile.h"

#include <errno.h>
#include <limits.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "tests/card/key.h"

#define TRIES 3u
#define LINE_MAX_BYTES 160

static bool from_hex(const char *text, uint8_t *out, size_t *len, size_t max)
{
	unsigned byte;
	size_t n = 0;
	int used;

	for (; *text != '\0'; text += used) {
		used = 0;
		if (n == max || sscanf(text, "%2x%n", &byte, &used) != 1 ||
		    used != 2)
			return false;
		out[n++] = (uint8_t)byte;
	}
	*len = n;
	return true;
}

static bool set_guid(struct piv *p, const char *value)
{
	uint8_t guid[OBJECT_GUID_SIZE];
	size_t len;

	return from_hex(value, guid, &len, sizeof(guid)) &&
	       len == sizeof(guid) &&
	       objects_put_standard(&p->objects, guid);
}

/* The length says which algorithm: 24 bytes are 3DES, as YubiKeys had. */
static bool set_management(struct piv *p, const char *value)
{
	uint8_t key[MANAGEMENT_KEY_MAX];
	uint8_t algorithm;
	size_t len;

	if (!from_hex(value, key, &len, sizeof(key)))
		return false;
	algorithm = len == 24 ? MANAGEMENT_3DES :
		    len == 16 ? MANAGEMENT_AES128 : MANAGEMENT_AES256;
	return management_set(&p->management, algorithm, slice_of(key, len));
}

static bool set_serial(struct piv *p, const char *value)
{
	char *end;
	unsigned long n = strtoul(value, &end, 10);

	p->serial = (uint32_t)n;
	return *value != '\0' && *end == '\0' && n <= UINT32_MAX;
}

static bool set_pin(struct pin *pin, const char *value)
{
	pin->tries = pin->tries_max = TRIES;
	return pin_set_text(pin, slice_str(value));
}

static bool set(struct piv *p, const char *name, const char *value)
{
	if (strcmp(name, "pin") == 0)
		return set_pin(&p->pin, value);
	if (strcmp(name, "puk") == 0)
		return set_pin(&p->puk, value);
	if (strcmp(name, "guid") == 0)
		return set_guid(p, value);
	if (strcmp(name, "management") == 0)
		return set_management(p, value);
	if (strcmp(name, "serial") == 0)
		return set_serial(p, value);
	return false;
}

static int load_settings(const char *folder, struct piv *p, struct error *e)
{
	char path[PATH_MAX], line[LINE_MAX_BYTES];
	char name[32], value[96];
	int status = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/card", folder);
	f = fopen(path, "re");
	if (f == NULL)
		return error_set_errno(e, ERR_IO, errno, "%s", path);
	while (status == 0 && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "%31s %95s", name, value) != 2 ||
		    !set(p, name, value))
			status = error_set(e, ERR_MALFORMED, "%s: %s", path,
					   line);
	fclose(f);
	return status;
}

static int load_certificate(const char *path, uint8_t slot, struct piv *p,
			    struct error *e)
{
	FILE *f = fopen(path, "re");
	unsigned char *der = NULL;
	X509 *crt = NULL;
	bool stored;
	int len;

	if (f == NULL)
		return error_set_errno(e, ERR_IO, errno, "%s", path);
	crt = PEM_read_X509(f, NULL, NULL, NULL);
	fclose(f);
	len = crt != NULL ? i2d_X509(crt, &der) : -1;
	X509_free(crt);
	if (len < 0)
		return error_set(e, ERR_MALFORMED, "%s: no certificate", path);
	stored = objects_put_certificate(&p->objects, slot,
					 slice_of(der, (size_t)len));
	OPENSSL_free(der);
	if (!stored)
		return error_set(e, ERR_TOO_LARGE, "%s", path);
	return 0;
}

static int load_slot(const char *folder, struct piv_slot *s, struct piv *p,
		     struct error *e)
{
	char path[PATH_MAX];
	int status;

	snprintf(path, sizeof(path), "%s/%02x.key", folder, s->id);
	if (access(path, F_OK) == 0) {
		status = key_load(path, &s->key, e);
		if (status != 0)
			return status;
	}
	snprintf(path, sizeof(path), "%s/%02x.crt", folder, s->id);
	if (access(path, F_OK) != 0)
		return 0;
	return load_certificate(path, s->id, p, e);
}

int profile_load(const char *folder, struct piv *p, struct error *e)
{
	int status = load_settings(folder, p, e);

	for (size_t i = 0; status == 0 && i < PIV_SLOTS; i++)
		status = load_slot(folder, &p->slots[i], p, e);
	return status;
}
