/* SPDX-License-Identifier: Apache-2.0 */
/*
 * browser_policy: signet browser policy: what an administrator gives a browser
 * so that it does not ask before a page reaches the loopback.
 *
 * Standard output has the file and nothing else; where it goes is told on
 * standard error.
 */
#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "base/limits.h"
#include "base/origin.h"
#include "base/writer.h"
#include "cli/browser.h"
#include "cli/cli.h"
#include "cli/i18n.h"
#include "cli/message.h"

#define POLICY_MAX (LIMIT_PAGES * ORIGIN_SIZE * 2)

/* The host of an origin. */
static struct slice host_of(const char *origin)
{
	const char *host = strstr(origin, "//") + 2;

	return slice_of(host, host[0] == '[' ? strcspn(host, "]") + 1 :
					       strcspn(host, ":"));
}

/*
 * Firefox takes a host, and takes it for that of a page as well as for the one
 * that is reached: an address of this machine would let every page reach it.
 */
static bool is_name(struct slice host)
{
	const char *dot = memrchr(host.ptr, '.', host.len);

	return dot != NULL && host.ptr[0] != '[' &&
	       (dot[1] < '0' || dot[1] > '9');
}

static int check(const struct browser_args *args)
{
	if (args->operand_count == 0) {
		cli_error(_("name the page: https://host or https://host:port"));
		return CLI_USAGE;
	}
	if (args->operand_count > (int)LIMIT_PAGES) {
		cli_error(_("at most %u pages at a time"), LIMIT_PAGES);
		return CLI_USAGE;
	}
	for (int i = 0; i < args->operand_count; i++) {
		const char *origin = args->operands[i];

		if (origin_kind(origin) == ORIGIN_NONE) {
			cli_error(_("%s is no origin as a browser writes it:"
				    " https://host or https://host:port, in"
				    " lower case"), origin);
			return CLI_USAGE;
		}
		if (args->firefox && !is_name(host_of(origin))) {
			cli_error(_("%s: in Firefox this would let every page"
				    " reach that host; name pages by a domain"),
				  origin);
			return CLI_USAGE;
		}
	}
	return CLI_OK;
}

static void put_chrome(struct writer *j, const struct browser_args *args)
{
	writer_open(j, "LocalNetworkAccessAllowedForUrls", '[');
	for (int i = 0; i < args->operand_count; i++)
		writer_text(j, NULL, args->operands[i]);
	writer_close(j, ']');
}

static void put_firefox(struct writer *j, const struct browser_args *args)
{
	char host[ORIGIN_SIZE];
	struct slice s;

	writer_open(j, "policies", '{');
	writer_open(j, "LocalNetworkAccess", '{');
	writer_open(j, "SkipDomains", '[');
	for (int i = 0; i < args->operand_count; i++) {
		s = host_of(args->operands[i]);
		snprintf(host, sizeof(host), "%.*s", (int)s.len,
			 (const char *)s.ptr);
		writer_text(j, NULL, host);
	}
	writer_close(j, ']');
	writer_close(j, '}');
	writer_close(j, '}');
}

static void say_where(const struct browser_args *args)
{
	if (args->firefox) {
		cli_message(_("for Firefox: part of"
			      " /etc/firefox/policies/policies.json; what is"
			      " there has to stay, so put it in by hand"));
		cli_message(_("Firefox knows hosts and no ports: every page of"
			      " the host may reach this computer then"));
		return;
	}
	cli_message(_("for Chrome, Chromium and Edge: a file of any name, such"
		      " as signet.json, in"));
	cli_message("  /etc/opt/chrome/policies/managed/");
	cli_message("  /etc/chromium/policies/managed/");
	cli_message("  /etc/opt/edge/policies/managed/");
}

int browser_policy(const struct browser_args *args)
{
	AUTO(buf_fini) struct buf out = { .max = POLICY_MAX };
	struct writer j = writer_of(&out);
	int r = check(args);

	if (r != CLI_OK)
		return r;
	writer_open(&j, NULL, '{');
	if (args->firefox)
		put_firefox(&j, args);
	else
		put_chrome(&j, args);
	writer_close(&j, '}');
	if (buf_error(&out) != 0)
		return CLI_FAULT;
	printf("%s\n", buf_text(&out));
	fflush(stdout);
	say_where(args);
	return CLI_OK;
}
