/* SPDX-License-Identifier: Apache-2.0 */
/*
 * module.c - a PKCS#11 module that forwards to a real one and misbehaves
 *
 * Runs in whatever process loads it: signet-worker, pkcs11-tool, ... Exports
 * C_GetFunctionList and nothing else. SIGNET_MOCK_MODULE names the module
 * behind. See README.md.
 */
#include "call.h"

#include "log.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

CK_FUNCTION_LIST *mock_real;

#define LOCAL(name)
#define FN(name, traits, params, arguments, ...) \
	static CK_RV forward_##name params \
	{ \
		struct mock_call call = { .fn = MOCK_##name, __VA_ARGS__ }; \
		if (mock_call_begin(&call)) \
			call.rv = mock_real->name ? \
				mock_real->name arguments : \
				CKR_FUNCTION_NOT_SUPPORTED; \
		return mock_call_end(&call); \
	}
#include "functions.def"

static CK_FUNCTION_LIST list = {
	.C_GetFunctionList = C_GetFunctionList,
#define LOCAL(name)
#define FN(name, traits, params, args, ...) .name = forward_##name,
#include "functions.def"
};

static void load_real(void)
{
	const char *path = getenv("SIGNET_MOCK_MODULE");
	CK_FUNCTION_LIST *real = NULL;
	CK_C_GetFunctionList get;
	void *module;

	if (!path || !*path) {
		mock_log_complain(0, "SIGNET_MOCK_MODULE is not set");
		return;
	}
	module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!module) {
		mock_log_complain(0, dlerror());
		return;
	}
	get = (CK_C_GetFunctionList)dlsym(module, "C_GetFunctionList");
	if (!get || get(&real) != CKR_OK || !real) {
		mock_log_complain(0, "SIGNET_MOCK_MODULE gives no functions");
		dlclose(module);
		return;
	}
	list.version = real->version;
	mock_real = real;
}

__attribute__((visibility("default")))
CK_RV C_GetFunctionList(CK_FUNCTION_LIST_PTR_PTR out)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct mock_call call = { .fn = MOCK_C_GetFunctionList };

	if (mock_call_begin(&call)) {
		pthread_once(&once, load_real);
		call.rv = mock_real ? CKR_OK : CKR_GENERAL_ERROR;
		if (call.rv == CKR_OK)
			*out = &list;
	}
	return mock_call_end(&call);
}

/* A module can misbehave before its first function is called. */
__attribute__((constructor))
static void loaded(void)
{
	struct mock_call call = { .fn = MOCK_dlopen };

	mock_call_begin(&call);
	mock_call_end(&call);
}
