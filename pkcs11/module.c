/* SPDX-License-Identifier: Apache-2.0 */
/*
 * module: the one PKCS#11 module of this process.
 */
#include "pkcs11/module.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "pkcs11/ckr.h"
#include "pkcs11/mutex.h"
#include "pkcs11/quirk.h"

/* Every function this worker calls: a list without one of them is no use. */
#define NEED(f) { #f, offsetof(CK_FUNCTION_LIST, f) }
static const struct {
	const char *name;
	size_t offset;
} needed[] = {
	NEED(C_Initialize), NEED(C_GetInfo), NEED(C_GetSlotList),
	NEED(C_GetSlotInfo), NEED(C_GetTokenInfo), NEED(C_OpenSession),
	NEED(C_CloseSession), NEED(C_GetSessionInfo), NEED(C_Login),
	NEED(C_Logout), NEED(C_FindObjectsInit), NEED(C_FindObjects),
	NEED(C_FindObjectsFinal),
	NEED(C_GetAttributeValue), NEED(C_SignInit), NEED(C_Sign),
};
#undef NEED

int p11_module_check(const CK_FUNCTION_LIST *list, const char *name,
		     struct error *e)
{
	void (*entry)(void);

	if (list == NULL)
		return error_set(e, ERR_MODULE_LOAD,
				 "%s: C_GetFunctionList gave no list", name);
	if (list->version.major != 2 && list->version.major != 3)
		return error_set(e, ERR_MODULE_LOAD,
				 "%s: PKCS#11 version %u.%u; 2.x or 3.x is "
				 "needed", name, list->version.major,
				 list->version.minor);
	for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
		memcpy(&entry, (const char *)list + needed[i].offset,
		       sizeof(entry));
		if (entry == NULL)
			return error_set(e, ERR_MODULE_LOAD,
					 "%s: the module has no %s", name,
					 needed[i].name);
	}
	return 0;
}

static int module_open(struct p11_module *m, const char *path,
		       struct error *e)
{
	CK_C_GetFunctionList get;
	CK_FUNCTION_LIST *list = NULL;
	void *handle;
	CK_RV rv;
	int r;

	if (path[0] != '/')
		return error_set(e, ERR_MODULE_LOAD,
				 "%s: the path %s is not absolute", m->name,
				 path);
	handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (handle == NULL)
		return error_set(e, ERR_MODULE_LOAD, "%s: %s", m->name,
				 dlerror());
	get = (CK_C_GetFunctionList)dlsym(handle, "C_GetFunctionList");
	if (get == NULL)
		return error_set(e, ERR_MODULE_LOAD,
				 "%s: %s is not a PKCS#11 module: it has no "
				 "C_GetFunctionList", m->name, path);
	rv = get(&list);
	if (rv != CKR_OK)
		return p11_ckr_set_code(e, ERR_MODULE_LOAD, m->name,
					"C_GetFunctionList", rv);
	r = p11_module_check(list, m->name, e);
	if (r == 0)
		m->p11 = list;
	return r;
}

static bool module_refuses_args(CK_RV rv)
{
	return rv == CKR_ARGUMENTS_BAD || rv == CKR_CANT_LOCK;
}

/*
 * Our mutexes, else those of the module, else neither: the first form that
 * the module takes.
 */
static CK_RV module_initialize(const struct p11_module *m)
{
	CK_C_INITIALIZE_ARGS args = { .flags = 0 };
	CK_RV rv = CKR_CANT_LOCK;

	if ((m->quirks & P11_QUIRK_OS_LOCKING) == 0) {
		p11_mutex_callbacks(&args);
		rv = m->p11->C_Initialize(&args);
	}
	if (module_refuses_args(rv)) {
		args = (CK_C_INITIALIZE_ARGS){ .flags = CKF_OS_LOCKING_OK };
		rv = m->p11->C_Initialize(&args);
	}
	if (module_refuses_args(rv))
		rv = m->p11->C_Initialize(NULL);
	return rv == CKR_CRYPTOKI_ALREADY_INITIALIZED ? CKR_OK : rv;
}

int p11_module_load(struct p11_module *m, const char *path, const char *name,
		    struct error *e)
{
	CK_RV rv;
	int r;

	memset(m, 0, sizeof(*m));
	snprintf(m->name, sizeof(m->name), "%s", name);
	m->quirks = p11_quirk_find(path);
	r = module_open(m, path, e);
	if (r != 0)
		return r;
	rv = module_initialize(m);
	if (rv != CKR_OK)
		return p11_ckr_set_code(e, ERR_MODULE_LOAD, m->name,
					"C_Initialize", rv);
	rv = m->p11->C_GetInfo(&m->info);
	if (rv != CKR_OK)
		return p11_ckr_set_code(e, ERR_MODULE_LOAD, m->name,
					"C_GetInfo", rv);
	return 0;
}
