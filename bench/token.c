/* SPDX-License-Identifier: Apache-2.0 */
/*
 * token: the module called in-process, as a program without signetd would.
 */
#include "bench/token.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/secret.h"

#define TOKEN_SLOTS_MAX 64
#define TOKEN_TRIES 10
#define TOKEN_PAUSE_US 50000

static int token_failed(struct error *e, const char *call, CK_RV rv)
{
	return error_set(e, ERR_MODULE, "%s: CK_RV 0x%lx", call, rv);
}

static CK_RV token_initialize(struct token *t)
{
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };

	return t->p11->C_Initialize(&args);
}

static int token_load(struct token *t, const char *module, struct error *e)
{
	void *handle = dlopen(module, RTLD_NOW | RTLD_LOCAL);
	CK_C_GetFunctionList get;
	CK_RV rv;

	if (handle == NULL)
		return error_set(e, ERR_MODULE_LOAD, "%s", dlerror());
	get = (CK_C_GetFunctionList)dlsym(handle, "C_GetFunctionList");
	if (get == NULL)
		return error_set(e, ERR_MODULE_LOAD, "%s", dlerror());
	rv = get(&t->p11);
	if (rv == CKR_OK)
		rv = token_initialize(t);
	return rv == CKR_OK ? 0 : token_failed(e, "C_Initialize", rv);
}

static int token_find_slot(struct token *t, const char *serial,
			   struct error *e)
{
	CK_SLOT_ID slots[TOKEN_SLOTS_MAX];
	CK_ULONG n = TOKEN_SLOTS_MAX;
	CK_TOKEN_INFO info;
	CK_RV rv = t->p11->C_GetSlotList(CK_TRUE, slots, &n);

	if (rv != CKR_OK)
		return token_failed(e, "C_GetSlotList", rv);
	for (CK_ULONG i = 0; i < n; i++) {
		if (t->p11->C_GetTokenInfo(slots[i], &info) != CKR_OK ||
		    memcmp(info.serialNumber, serial,
			   sizeof(info.serialNumber)) != 0)
			continue;
		t->slot = slots[i];
		return 0;
	}
	return error_set(e, ERR_MODULE, "no token with serial %s", serial);
}

/*
 * SoftHSM rewrites the file of a token at each login, and C_Initialize of
 * another process meanwhile does not see that token: look again.
 */
static int token_await_slot(struct token *t, const char *serial,
			    struct error *e)
{
	int r = token_find_slot(t, serial, e);

	for (unsigned i = 0; r != 0 && i < TOKEN_TRIES; i++) {
		usleep(TOKEN_PAUSE_US);
		t->p11->C_Finalize(NULL);
		if (token_initialize(t) == CKR_OK)
			r = token_find_slot(t, serial, e);
	}
	return r;
}

static int token_login(struct token *t, const char *fixtures, struct error *e)
{
	AUTO(secret_fini) struct secret pin = { NULL, 0 };
	char path[LIMIT_PATH];
	CK_RV rv;
	int r;

	snprintf(path, sizeof(path), "%s/pin", fixtures);
	r = secret_init(&pin, e);
	if (r == 0)
		r = secret_read_file(&pin, path, e);
	if (r != 0)
		return r;
	for (unsigned i = 0; i < TOKEN_SESSIONS; i++) {
		rv = t->p11->C_OpenSession(t->slot, CKF_SERIAL_SESSION, NULL,
					   NULL, &t->session[i]);
		if (rv != CKR_OK)
			return token_failed(e, "C_OpenSession", rv);
	}
	rv = t->p11->C_Login(t->session[0], CKU_USER, pin.ptr,
			     (CK_ULONG)pin.len);
	return rv == CKR_OK ? 0 : token_failed(e, "C_Login", rv);
}

static int token_find_key(struct token *t, enum key_kind kind,
			  const char *label, struct error *e)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	char name[64];
	CK_ATTRIBUTE template[] = {
		{ CKA_CLASS, &class, sizeof(class) },
		{ CKA_LABEL, name, strlen(label) },
	};
	CK_ULONG n = 0;
	CK_RV rv;

	snprintf(name, sizeof(name), "%s", label);
	rv = t->p11->C_FindObjectsInit(t->session[0], template,
				       ARRAY_LEN(template));
	if (rv == CKR_OK)
		rv = t->p11->C_FindObjects(t->session[0], &t->key[kind], 1,
					   &n);
	if (rv == CKR_OK)
		rv = t->p11->C_FindObjectsFinal(t->session[0]);
	if (rv != CKR_OK)
		return token_failed(e, "C_FindObjects", rv);
	return n == 1 ? 0 : error_set(e, ERR_MODULE, "no key %s", label);
}

int token_open(struct token *t, const char *module, const char *fixtures,
	       struct error *e)
{
	char serial[17];
	int r = key_serial(fixtures, "test", serial, e);

	if (r == 0)
		r = token_load(t, module, e);
	if (r == 0)
		r = token_await_slot(t, serial, e);
	if (r == 0)
		r = token_login(t, fixtures, e);
	if (r == 0)
		r = token_find_key(t, KEY_RSA, "rsa2048", e);
	return r != 0 ? r : token_find_key(t, KEY_EC, "p256", e);
}

int token_sign(const struct token *t, unsigned session, enum key_kind kind,
	       struct slice tbs, uint8_t *out, size_t *len, struct error *e)
{
	CK_MECHANISM m = { kind == KEY_RSA ? CKM_RSA_PKCS : CKM_ECDSA, NULL,
			   0 };
	CK_ULONG got = LIMIT_SIGNATURE;
	CK_RV rv = t->p11->C_SignInit(t->session[session], &m, t->key[kind]);

	if (rv != CKR_OK)
		return token_failed(e, "C_SignInit", rv);
	/* PKCS#11 takes the data as not const, and does not write to it. */
	rv = t->p11->C_Sign(t->session[session],
			    (void *)(uintptr_t)tbs.ptr, (CK_ULONG)tbs.len, out,
			    &got);
	if (rv != CKR_OK)
		return token_failed(e, "C_Sign", rv);
	*len = got;
	return 0;
}
