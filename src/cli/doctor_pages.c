/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doctor_pages: pages of the web over the loopback, and which may ask.
 */
#include <stdio.h>
#include <string.h>

#include "cli/doctor.h"
#include "cli/i18n.h"
#include "cli/term.h"
#include "signet.h"

static void say_failed(struct doctor *d)
{
	char mend[256], text[DOCTOR_TEXT_MAX];

	snprintf(mend, sizeof(mend), _("see who has it: ss -ltnp 'sport ="
				       " :%lld'; or give loopback: another"
				       " port in signetd.yaml"),
		 (long long)signet_status_loopback_port(d->status));
	cli_term_safe(signet_status_loopback_error(d->status), text,
		      sizeof(text));
	doctor_say(d, "pages", DOCTOR_ERROR, mend,
		   _("pages are not served at the loopback: %s"), text);
}

/* As many as there is room for. */
static void list(const struct signet_status *s, char *out, size_t size)
{
	size_t used = 0;
	const char *page;

	out[0] = '\0';
	for (size_t i = 0; (page = signet_status_page(s, i)) != NULL; i++) {
		if (used + strlen(page) + sizeof(", ...") > size) {
			snprintf(out + used, size - used, ", ...");
			return;
		}
		used += (size_t)snprintf(out + used, size - used, "%s%s",
					 i == 0 ? "" : ", ", page);
	}
}

void doctor_pages(struct doctor *d)
{
	char all[DOCTOR_TEXT_MAX / 2], text[DOCTOR_TEXT_MAX];
	long long port;

	if (d->status == NULL || signet_status_loopback(d->status) == NULL)
		return;
	if (signet_status_loopback_error(d->status) != NULL) {
		say_failed(d);
		return;
	}
	port = (long long)signet_status_loopback_port(d->status);
	if (port == 0)
		doctor_say(d, "pages", DOCTOR_OK, NULL,
			   _("pages are not served at the loopback, as no port"
			     " is configured"));
	else
		doctor_say(d, "pages", DOCTOR_OK, NULL,
			   _("pages are served at port %lld of the loopback"),
			   port);
	if (signet_status_page(d->status, 0) == NULL)
		return;
	list(d->status, all, sizeof(all));
	cli_term_safe(all, text, sizeof(text));
	doctor_say(d, "pages", DOCTOR_OK, NULL,
		   _("these pages may ask for signatures: %s"), text);
}
