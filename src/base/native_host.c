/* SPDX-License-Identifier: Apache-2.0 */
/*
 * native_host: the names by which browsers know signet-webhost.
 */
#include "base/native_host.h"

#include <stddef.h>
#include <string.h>

/* How Chrome and its kin write an extension. */
#define CHROMIUM_BEGIN "chrome-extension://"
#define CHROMIUM_END "/"

/* web/extension: its id, and that of the key in its manifest. */
static const char *const signet_firefox[] = { "extension@signet.example",
					      NULL };
static const char *const signet_chromium[] = {
	"cfnnghaifcoicniedmmddefimhedcnmf", NULL };

/* The published ones: Firefox; Chrome and Edge. */
static const char *const webeid_firefox[] = {
	"{e68418bc-f2b0-4459-a9ea-3e72b6751b07}", NULL };
static const char *const webeid_chromium[] = {
	"ncibgoaomkmdpilpocfeponihegamlic", "gnmckgbandlkacikdndelhfghdejfido",
	NULL };

const struct native_host native_host_signet = {
	.name = "signet",
	.program = "signet-webhost-api",
	.text = "Signet: signatures by cards and tokens",
	.firefox = signet_firefox,
	.chromium = signet_chromium,
};

const struct native_host native_host_webeid = {
	.name = "eu.webeid",
	.program = "signet-webhost",
	.text = "Signet, in the place of the Web eID application",
	.firefox = webeid_firefox,
	.chromium = webeid_chromium,
};

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

const struct native_host *native_host_of(const char *argv0)
{
	return strcmp(last_part(argv0), native_host_signet.program) == 0 ?
		&native_host_signet : &native_host_webeid;
}

bool native_host_is_ours(const char *path)
{
	const char *name = last_part(path);

	return strcmp(name, native_host_signet.program) == 0 ||
	       strcmp(name, native_host_webeid.program) == 0;
}

static bool is_in(const char *const *list, const char *id, size_t len)
{
	for (; *list != NULL; list++)
		if (strlen(*list) == len && memcmp(*list, id, len) == 0)
			return true;
	return false;
}

bool native_host_allows(const struct native_host *h, const char *extension)
{
	size_t begin = strlen(CHROMIUM_BEGIN), len = strlen(extension);

	if (strncmp(extension, CHROMIUM_BEGIN, begin) != 0)
		return is_in(h->firefox, extension, len);
	len -= begin;
	return len > 1 && strcmp(extension + begin + len - 1,
				 CHROMIUM_END) == 0 &&
	       is_in(h->chromium, extension + begin, len - 1);
}
