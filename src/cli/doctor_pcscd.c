/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doctor_pcscd: pcscd, its readers and the cards in them, who else uses them.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "cli/doctor.h"
#include "cli/doctor_atr.h"
#include "cli/doctor_holder.h"
#include "cli/i18n.h"
#include "signet.h"

#define PCSCD_PROGRAM "/usr/sbin/pcscd"
/* That OpenSC sees in one process: 16 virtual slots, 4 each (OpenSC#1846). */
#define OPENSC_READERS 4u

static void say_absent(struct doctor *d)
{
	/* Software tokens and network HSMs need none. */
	enum doctor_result result = d->usb_tokens > 0 ? DOCTOR_ERROR :
							DOCTOR_WARNING;

	if (access(PCSCD_PROGRAM, X_OK) != 0)
		doctor_say(d, "pcscd", result,
			   "sudo apt-get install pcscd libccid",
			   _("pcscd is not installed: no smart card can be"
			     " reached"));
	else
		doctor_say(d, "pcscd", result,
			   "sudo systemctl enable --now pcscd.socket",
			   _("pcscd is not running: nobody listens at %s"),
			   d->pcsc.socket);
}

static void say_refused(struct doctor *d)
{
	doctor_say(d, "pcscd", DOCTOR_ERROR,
		   _("install polkit/50-signet.rules, then: sudo usermod -aG"
		     " signet $USER, and log in again"),
		   _("pcscd refuses this user: polkit allows only the session"
		     " at the seat, not services and ssh"));
}

static void say_service(struct doctor *d)
{
	const struct doctor_pcsc *p = &d->pcsc;

	switch (p->state) {
	case DOCTOR_PCSC_UNKNOWN:
	case DOCTOR_PCSC_UP:
		doctor_say(d, "pcscd", DOCTOR_OK, NULL,
			   _("pcscd answers at %s"), p->socket);
		break;
	case DOCTOR_PCSC_ABSENT:
		say_absent(d);
		break;
	case DOCTOR_PCSC_DENIED:
		doctor_say(d, "pcscd", DOCTOR_ERROR,
			   _("look at its permissions: those of pcscd.socket"
			     " let everybody in"),
			   _("%s may not be used by this user"), p->socket);
		break;
	case DOCTOR_PCSC_REFUSED:
		say_refused(d);
		break;
	case DOCTOR_PCSC_SILENT:
		doctor_say(d, "pcscd", DOCTOR_ERROR,
			   "sudo systemctl restart pcscd",
			   _("pcscd does not answer within %u s: a reader may"
			     " hang"), d->common->timeout_ms / 1000);
		break;
	case DOCTOR_PCSC_STRANGE:
		doctor_say(d, "pcscd", DOCTOR_WARNING, NULL,
			   _("pcscd answers, but not so that its readers could"
			     " be read (protocol %d:%d, %s)"),
			   p->major, p->minor, strerror(p->errnum));
		break;
	}
}

/* --- readers and cards --------------------------------------------------- */

static void say_none(struct doctor *d)
{
	if (d->usb_tokens > 0)
		doctor_say(d, "reader", DOCTOR_ERROR,
			   "sudo apt-get install libccid; sudo systemctl"
			   " restart pcscd",
			   _("a token is plugged in, but pcscd shows no"
			     " reader"));
	else
		doctor_say(d, "reader", DOCTOR_WARNING,
			   _("plug in the token or reader"),
			   _("pcscd has no reader"));
}

static void say_limits(struct doctor *d)
{
	unsigned int count = d->pcsc.count;

	if (count >= DOCTOR_READERS_MAX)
		doctor_say(d, "reader-limit", DOCTOR_WARNING,
			   _("unplug readers that are not needed"),
			   _("pcscd has all the %d readers it can have: a"
			     " further one is not seen"), DOCTOR_READERS_MAX);
	else
		doctor_say(d, "reader-limit", DOCTOR_OK, NULL,
			   _("%u of the %d readers that pcscd can have"), count,
			   DOCTOR_READERS_MAX);
}

static void say_card(struct doctor *d, const struct doctor_reader *r)
{
	char atr[2 * DOCTOR_ATR_MAX + 1];
	const char *name = doctor_atr_name(r->atr, r->atr_len);

	if (r->mute) {
		doctor_say(d, "card", DOCTOR_ERROR,
			   _("take the card out, clean its contacts, insert it"
			     " the right way round"),
			   _("%s: the card does not answer"), r->name);
		return;
	}
	hex_encode((struct slice){ r->atr, r->atr_len }, atr);
	doctor_say(d, "card", DOCTOR_OK, NULL, _("%s: %s, ATR %s"), r->name,
		   name != NULL ? name : _("a card this list does not know"),
		   atr);
}

static void say_readers(struct doctor *d)
{
	for (unsigned int i = 0; i < d->pcsc.count; i++) {
		const struct doctor_reader *r = &d->pcsc.readers[i];

		if (r->present)
			say_card(d, r);
		else
			doctor_say(d, "card", DOCTOR_OK, NULL,
				   _("%s: no card"), r->name);
	}
	say_limits(d);
}

/* --- who else ------------------------------------------------------------ */

static const struct doctor_reader *exclusive(const struct doctor *d)
{
	for (unsigned int i = 0; i < d->pcsc.count; i++)
		if (d->pcsc.readers[i].sharing < 0)
			return &d->pcsc.readers[i];
	return NULL;
}

static void say_holders(struct doctor *d)
{
	const struct doctor_reader *taken = exclusive(d);
	struct doctor_holders h = { .count = 0 };
	char who[DOCTOR_TEXT_MAX / 2], hidden[128] = "";

	if (doctor_holders_of_socket(d->pcsc.socket, &h) != 0)
		h.hidden = 0;
	doctor_holders_text(&h, who, sizeof(who));
	if (h.hidden > 0)
		snprintf(hidden, sizeof(hidden),
			 _("; %u more that only root can name"), h.hidden);
	if (taken != NULL)
		doctor_say(d, "holder", DOCTOR_ERROR,
			   _("end that program, or have it let go of the card"),
			   _("%s: one program keeps the card for itself;"
			     " connected: %s%s"), taken->name,
			   h.count > 0 ? who : "-", hidden);
	else if (h.count > 0 || h.hidden > 0)
		doctor_say(d, "holder", DOCTOR_OK, NULL,
			   _("connected to pcscd, and sharing: %s%s"),
			   h.count > 0 ? who : "-", hidden);
	else
		doctor_say(d, "holder", DOCTOR_OK, NULL,
			   _("no other program is connected to pcscd"));
}

void doctor_pcscd(struct doctor *d)
{
	doctor_pcsc_ask(doctor_pcsc_socket(), (int)d->common->timeout_ms,
			&d->pcsc);
	say_service(d);
	if (d->pcsc.state != DOCTOR_PCSC_UP)
		return;
	if (d->pcsc.count == 0)
		say_none(d);
	else
		say_readers(d);
	say_holders(d);
}

/* --- which module has it ------------------------------------------------- */

/* A slot is called as its reader, of which PKCS#11 keeps 64 characters. */
static const struct signet_token *token_in(const struct doctor *d,
					   const struct doctor_reader *r)
{
	const struct signet_token *t;

	for (size_t i = 0; (t = signet_tokens_at(d->tokens, i)) != NULL; i++) {
		const char *slot = signet_token_slot(t);
		size_t len = strlen(slot);

		if (len > 0 && strncmp(slot, r->name, len) == 0 &&
		    (r->name[len] == '\0' || len >= 64))
			return t;
	}
	return NULL;
}

static bool has_opensc(const struct doctor *d)
{
	const struct signet_module *m;
	size_t i;

	if (d->status == NULL)
		return false;
	for (i = 0; (m = signet_status_module(d->status, i)) != NULL; i++)
		if (strstr(signet_module_description(m), "OpenSC") != NULL ||
		    strstr(signet_module_path(m), "opensc") != NULL)
			return true;
	return false;
}

static void say_unseen(struct doctor *d, const char *reader)
{
	if (d->pcsc.count > OPENSC_READERS && has_opensc(d))
		doctor_say(d, "seen", DOCTOR_WARNING,
			   _("give its module profile: opensc in signetd.yaml,"
			     " or raise max_virtual_slots in opensc.conf"),
			   _("%s: no module of signetd sees the card; one"
			     " process of OpenSC sees only %u readers"),
			   reader, OPENSC_READERS);
	else
		doctor_say(d, "seen", DOCTOR_WARNING,
			   _("add its module to modules: in signetd.yaml:"
			     " opensc-pkcs11.so, or that of its maker"),
			   _("%s: no module of signetd sees the card"), reader);
}

void doctor_seen(struct doctor *d)
{
	for (unsigned int i = 0; d->tokens != NULL && i < d->pcsc.count; i++) {
		const struct doctor_reader *r = &d->pcsc.readers[i];
		const struct signet_token *t = token_in(d, r);

		if (!r->present || r->mute)
			continue;
		if (t != NULL)
			doctor_say(d, "seen", DOCTOR_OK, NULL,
				   _("%s: module %s has it as \"%s\""), r->name,
				   signet_token_module(t),
				   signet_token_label(t));
		else
			say_unseen(d, r->name);
	}
}
