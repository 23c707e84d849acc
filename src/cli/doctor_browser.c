/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doctor_browser: do browsers find Signet, and who is in the place of Web eID?
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/native_host.h"
#include "base/self.h"
#include "cli/browser_manifest.h"
#include "cli/browser_place.h"
#include "cli/doctor.h"
#include "cli/i18n.h"

#define BROWSER_TEXT_MAX (16u * 1024)
#define BROWSER_INSTALL "signet browser install"

/* The manifest that a browser takes: the user's own, or that of all. */
struct taken {
	char path[CLI_PATH_MAX];
	struct browser_manifest manifest;
	bool system;
};

static void look(const struct browser *b, const struct native_host *h,
		 struct taken *out)
{
	AUTO(buf_fini) struct buf wanted = { .max = BROWSER_TEXT_MAX };
	char program[CLI_PATH_MAX] = "";

	*out = (struct taken){ .manifest = { .found = BROWSER_NOTHING } };
	if (!self_program(h->program, program, sizeof(program)))
		program[0] = '\0';
	browser_manifest_text(h, program, b->firefox, &wanted);
	for (int system = 0; system < 2; system++) {
		if (out->manifest.found != BROWSER_NOTHING ||
		    !browser_manifest_path(b, system != 0, NULL, h->name,
					   out->path))
			continue;
		out->system = system != 0;
		browser_manifest_look(out->path, buf_slice(&wanted),
				      &out->manifest);
	}
}

/* The command that writes this manifest anew. */
static const char *mend(const struct native_host *h, const struct taken *t)
{
	if (h == &native_host_webeid)
		return t->system ? "sudo " BROWSER_INSTALL " --system"
			" --web-eid" : BROWSER_INSTALL " --web-eid";
	return t->system ? "sudo " BROWSER_INSTALL " --system" :
		BROWSER_INSTALL;
}

static void say_ours(struct doctor *d, const struct browser *b,
		     const struct native_host *h, const struct taken *t)
{
	const char *program = t->manifest.program;

	if (access(program, X_OK) != 0)
		doctor_say(d, "browser", DOCTOR_ERROR, mend(h, t),
			   _("%s: %s names %s, which is not there"), b->name,
			   t->path, program);
	else if (t->manifest.found == BROWSER_OTHER)
		doctor_say(d, "browser", DOCTOR_WARNING, mend(h, t),
			   _("%s: %s is not as this version would write it,"
			     " its program is %s"), b->name, t->path, program);
	else if (h == &native_host_webeid)
		doctor_say(d, "browser", DOCTOR_OK, NULL,
			   _("%s has Signet in the place of the Web eID"
			     " application: %s"), b->name, t->path);
	else
		doctor_say(d, "browser", DOCTOR_OK, NULL,
			   _("%s finds Signet: %s"), b->name, t->path);
}

/* Web eID may be another program's; under our own name that is no good. */
static void say_foreign(struct doctor *d, const struct browser *b,
			const struct native_host *h, const struct taken *t)
{
	const char *program = t->manifest.program[0] != '\0' ?
		t->manifest.program : "?";

	if (h == &native_host_webeid)
		doctor_say(d, "browser", DOCTOR_OK, NULL,
			   _("%s has another program for Web eID: %s, by %s"),
			   b->name, program, t->path);
	else
		doctor_say(d, "browser", DOCTOR_WARNING,
			   BROWSER_INSTALL " --force",
			   _("%s takes another program for Signet: %s, by"
			     " %s"), b->name, program, t->path);
}

static void say(struct doctor *d, const struct browser *b,
		const struct native_host *h)
{
	struct taken t;

	look(b, h, &t);
	if (t.manifest.found == BROWSER_FOREIGN)
		say_foreign(d, b, h, &t);
	else if (t.manifest.found != BROWSER_NOTHING)
		say_ours(d, b, h, &t);
	else if (h == &native_host_signet)
		doctor_say(d, "browser", DOCTOR_OK, NULL,
			   _("%s does not know Signet; if pages are to sign:"
			     " %s"), b->name, BROWSER_INSTALL);
}

void doctor_browser(struct doctor *d)
{
	for (size_t i = 0; i < BROWSER_COUNT; i++) {
		if (!browser_is_there(&browsers[i], NULL))
			continue;
		say(d, &browsers[i], &native_host_signet);
		say(d, &browsers[i], &native_host_webeid);
	}
}
