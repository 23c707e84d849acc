/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quirk: known defects of modules that make this worker behave otherwise.
 *
 * What is done for every module needs no entry: recursive mutex callbacks and
 * no fork after C_Initialize (OpenSC 0.23), C_GetSlotList(NULL) first (OpenSC,
 * ykcs11), one session kept open and no atexit handlers (SoftHSM 2.6).
 */
#include "pkcs11/quirk.h"

#include <fnmatch.h>
#include <string.h>

#include "base/attr.h"

static const struct quirk {
	const char *file; /* pattern of the file name, as fnmatch(3) */
	unsigned flags;
	const char *why;
} quirks[] = {
	{ "libcloudhsm_pkcs11*", P11_QUIRK_FULL_IS_BAD_ARGUMENTS,
	  "AWS CloudHSM answers so when its sessions are used up" },
	{ "libsofthsm2*", P11_QUIRK_OS_LOCKING,
	  "SoftHSM makes mutexes all the time: callbacks cost a third" },
};

unsigned p11_quirk_find(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *file = slash == NULL ? path : slash + 1;
	unsigned flags = 0;

	for (size_t i = 0; i < ARRAY_LEN(quirks); i++)
		if (fnmatch(quirks[i].file, file, 0) == 0)
			flags |= quirks[i].flags;
	return flags;
}
