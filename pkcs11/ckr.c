/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ckr: the names of the CK_RV values, and what they mean to us.
 */
#include "pkcs11/ckr.h"

#include <stdarg.h>
#include <stdio.h>

static const struct ckr {
	CK_RV rv;
	int code;
	const char *name;
	const char *hint; /* or "" */
} ckrs[] = {
	{ CKR_OK, 0, "CKR_OK", "" },
#define CKR(name, err, hint) { CKR_##name, ERR_##err, "CKR_" #name, hint },
#include "pkcs11/ckr.def"
#undef CKR
};

static const struct ckr ckr_vendor = {
	CKR_VENDOR_DEFINED, ERR_MODULE, "a vendor's code",
	"the vendor's manual knows it"
};
static const struct ckr ckr_unknown = {
	0, ERR_MODULE, "an unknown code", ""
};

static const struct ckr *ckr_find(CK_RV rv)
{
	for (size_t i = 0; i < ARRAY_LEN(ckrs); i++)
		if (ckrs[i].rv == rv)
			return &ckrs[i];
	return (rv & CKR_VENDOR_DEFINED) != 0 ? &ckr_vendor : &ckr_unknown;
}

const char *p11_ckr_name(CK_RV rv)
{
	return ckr_find(rv)->name;
}

int p11_ckr_code(CK_RV rv)
{
	return ckr_find(rv)->code;
}

int p11_ckr_set(struct error *e, const char *module, const char *call,
		CK_RV rv)
{
	return p11_ckr_set_code(e, p11_ckr_code(rv), module, call, rv);
}

static void ckr_where(const char *module, const char *call, char *where)
{
	snprintf(where, ERROR_WHERE_MAX, "%s %.24s", call, module);
}

int p11_ckr_set_code(struct error *e, int code, const char *module,
		     const char *call, CK_RV rv)
{
	const struct ckr *c = ckr_find(rv);
	char where[ERROR_WHERE_MAX];

	ckr_where(module, call, where);
	error_set_at(e, where, code, 0, "%s: %s: %s (0x%lx)%s%s", module, call,
		     c->name, rv, c->hint[0] == '\0' ? "" : ": ", c->hint);
	if (e != NULL)
		e->ckr = rv;
	return code;
}

int p11_ckr_lie(struct error *e, const char *module, const char *call,
		const char *format, ...)
{
	char where[ERROR_WHERE_MAX], what[ERROR_MESSAGE_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	ckr_where(module, call, where);
	return error_set_at(e, where, ERR_MODULE, 0, "%s: %s: %s; this is a "
			    "defect of the module", module, call, what);
}
