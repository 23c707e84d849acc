/* SPDX-License-Identifier: Apache-2.0 */
/*
 * origin: of a web page, as a browser writes it in the field Origin.
 */
#include "base/origin.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* RFC 1035 2.3.4 */
#define ORIGIN_LABEL 63
#define ORIGIN_HOST 253

static const char digits[] = "0123456789";

static bool label_valid(const char *label, size_t len)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "0123456789-_";

	return len > 0 && len <= ORIGIN_LABEL && label[0] != '-' &&
	       label[len - 1] != '-' && strspn(label, letters) >= len;
}

/* A browser takes a name whose last label is a number for an address. */
static bool host_is_number(const char *host)
{
	const char *last = strrchr(host, '.');

	last = last == NULL ? host : last + 1;
	return strspn(last, digits) == strlen(last) ||
	       strncmp(last, "0x", 2) == 0;
}

static bool name_valid(const char *host)
{
	struct in_addr address;
	size_t len;

	if (host_is_number(host))
		return inet_pton(AF_INET, host, &address) == 1;
	for (;; host += len + 1) {
		len = strcspn(host, ".");
		if (!label_valid(host, len))
			return false;
		if (host[len] == '\0')
			return true;
	}
}

/* In its shortest form, as it is always written. */
static bool address_valid(const char *text)
{
	char again[INET6_ADDRSTRLEN];
	struct in6_addr address;

	return inet_pton(AF_INET6, text, &address) == 1 &&
	       inet_ntop(AF_INET6, &address, again, sizeof(again)) != NULL &&
	       strcmp(again, text) == 0 && strchr(text, '.') == NULL;
}

/* What follows the host: nothing, or a port that is not the common one. */
static bool port_valid(const char *rest, const char *common)
{
	size_t len;

	if (*rest == '\0')
		return true;
	len = strspn(rest + 1, digits);
	return rest[0] == ':' && len > 0 && len <= 5 &&
	       rest[1 + len] == '\0' && rest[1] != '0' &&
	       strtol(rest + 1, NULL, 10) <= 65535 &&
	       strcmp(rest + 1, common) != 0;
}

static bool https_valid(const char *host)
{
	size_t len = host[0] == '[' ? strcspn(host, "]") + 1 :
				      strcspn(host, ":");
	char copy[ORIGIN_HOST + 1];

	if (len > ORIGIN_HOST || len > strlen(host) ||
	    !port_valid(host + len, "443"))
		return false;
	memcpy(copy, host, len);
	copy[len] = '\0';
	if (host[0] != '[')
		return name_valid(copy);
	copy[len - 1] = '\0';
	return address_valid(copy + 1);
}

enum origin_kind origin_kind(const char *text)
{
	static const char https[] = "https://", local[] = "http://localhost";

	if (strncmp(text, https, sizeof(https) - 1) == 0)
		return https_valid(text + sizeof(https) - 1) ? ORIGIN_HTTPS :
							       ORIGIN_NONE;
	if (strncmp(text, local, sizeof(local) - 1) == 0 &&
	    port_valid(text + sizeof(local) - 1, "80"))
		return ORIGIN_LOCALHOST;
	return ORIGIN_NONE;
}
