/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doctor_module: the modules of signetd, and what is known of their versions.
 */
#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "cli/doctor.h"
#include "cli/i18n.h"
#include "signet.h"

/*
 * Defects that people meet, and what Signet does about them.  A module is known
 * by the beginning of its file's name, a version by CK_INFO.libraryVersion.
 */
static const struct {
	const char *file;
	unsigned int major, minor; /* the last that is known to have it */
	const char *text;	   /* N_() */
} defects[] = {
	{ "opensc-pkcs11", 0, 23,
	  N_("it crashes when a reader is unplugged while it signs, and can"
	     " hang when a card is swapped: Signet keeps it in a worker, which"
	     " it replaces, and no PIN is tried again") },
	{ "libsofthsm2", 2, 6,
	  N_("it can lose sight of objects while another program creates some,"
	     " and crash at its end: Signet finds keys once, and ends its"
	     " worker without exit handlers") },
	{ "libykcs11", 2, 20,
	  N_("it has 16 sessions in all and does not tell of cards that go:"
	     " Signet uses one session and replaces its worker") },
};

/* "0.23" is not later than major.minor. */
static bool has_defect(const char *version, unsigned int major,
		       unsigned int minor)
{
	unsigned int has_major, has_minor;

	if (sscanf(version, "%u.%u", &has_major, &has_minor) != 2)
		return false;
	return has_major < major || (has_major == major && has_minor <= minor);
}

static void check_defects(struct doctor *d, const struct signet_module *m)
{
	const char *path = signet_module_path(m);
	const char *version = signet_module_version(m);
	const char *slash = strrchr(path, '/');
	const char *file = slash == NULL ? path : slash + 1;

	for (size_t i = 0; i < ARRAY_LEN(defects); i++)
		if (strncmp(file, defects[i].file,
			    strlen(defects[i].file)) == 0 &&
		    has_defect(version, defects[i].major, defects[i].minor))
			doctor_say(d, "defect", DOCTOR_OK, NULL,
				   _("known of %s %s: %s"), file, version,
				   _(defects[i].text));
}

/* Not a module, and not ours: but what other programs blame the card for. */
static void check_engine(struct doctor *d)
{
	AUTO(globfree) glob_t g = { .gl_pathc = 0 };

	if (glob("/usr/lib/*/engines-3/pkcs11.so", 0, NULL, &g) == 0)
		doctor_say(d, "defect", DOCTOR_OK, NULL,
			   _("known of libp11 up to 0.4.12, the OpenSSL engine"
			     " %s: it waits for ever when a session cannot be"
			     " opened; Signet does not use it"), g.gl_pathv[0]);
}

static void check_state(struct doctor *d, const struct signet_module *m)
{
	const char *state = signet_module_state(m);
	const char *error = signet_module_error(m);
	const char *description = signet_module_description(m);

	if (strcmp(state, "failed") == 0)
		doctor_say(d, "module", DOCTOR_ERROR,
			   _("look at its path: in signetd.yaml, and whether"
			     " its package is installed"),
			   _("module %s failed: %s"), signet_module_name(m),
			   error != NULL ? error : "-");
	/* One worker a reader: without a card there is none. */
	else if (strcmp(state, "ready") != 0 && error == NULL &&
		 signet_module_workers(m) == 0)
		doctor_say(d, "module", DOCTOR_OK, NULL,
			   _("module %s waits for a card"),
			   signet_module_name(m));
	else if (strcmp(state, "ready") != 0)
		doctor_say(d, "module", DOCTOR_WARNING,
			   _("try again in a moment"),
			   _("module %s is %s: %s"), signet_module_name(m),
			   state, error != NULL ? error : "-");
	else
		doctor_say(d, "module", DOCTOR_OK, NULL,
			   _("module %s is ready: %s %s"),
			   signet_module_name(m),
			   description[0] != '\0' ? description :
						    signet_module_path(m),
			   signet_module_version(m));
}

void doctor_module(struct doctor *d)
{
	const struct signet_module *m;
	size_t i;

	check_engine(d);
	if (d->status == NULL)
		return;
	for (i = 0; (m = signet_status_module(d->status, i)) != NULL; i++) {
		check_state(d, m);
		check_defects(d, m);
	}
	if (i == 0)
		doctor_say(d, "module", DOCTOR_ERROR,
			   _("name one under modules: in signetd.yaml"),
			   _("signetd has no module"));
}
