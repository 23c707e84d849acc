/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doctor: signet doctor: everything between this user and a signature, looked
 * at piece by piece, each with the step that mends it.
 *
 * Changes nothing, tries no PIN, needs no rights, and needs no signetd: what
 * only signetd knows is left out then.  Whatever could wait has a deadline.
 *
 * The groups are files of their own, doctor_*.c, and run in the order in which
 * one thing needs the other.
 */
#ifndef SIGNET_CLI_DOCTOR_H
#define SIGNET_CLI_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/writer.h"
#include "cli/doctor_pcsc.h"
#include "cli/option.h"

struct signet_client;
struct signet_status;
struct signet_tokens;

enum doctor_result { DOCTOR_OK, DOCTOR_WARNING, DOCTOR_ERROR };

/* What a call to somebody else may take. */
#define DOCTOR_DEADLINE_MS 5000
#define DOCTOR_TEXT_MAX 1024

struct doctor {
	const struct cli_common *common;
	bool start; /* a signetd, when none listens */
	enum doctor_result worst;
	struct buf text; /* of the JSON */
	struct writer json;
	/* What one group found and another one needs. */
	struct signet_client *client; /* NULL: signetd is not asked */
	struct signet_status *status; /* NULL: it did not answer */
	struct signet_tokens *tokens; /* likewise */
	struct doctor_pcsc pcsc;
	unsigned int usb_tokens; /* plugged in, as the kernel has it */
};

/*
 * One line of the report.  check names it for scripts, is never translated and
 * stays; mend is a command or a step, NULL when there is nothing to do.
 */
void doctor_say(struct doctor *d, const char *check, enum doctor_result result,
		const char *mend, const char *format, ...) PRINTF_LIKE(5, 6);

/* signetd and its configuration; makes client and status. */
void doctor_service(struct doctor *d);
/* The rules of udev and polkit, and what is plugged in. */
void doctor_usb(struct doctor *d);
/* pcscd, its readers and the cards in them, and who else uses them. */
void doctor_pcscd(struct doctor *d);
/* The modules of signetd, and what is known of their versions. */
void doctor_module(struct doctor *d);
/* The tokens, their PINs and certificates; makes tokens. */
void doctor_token(struct doctor *d);
/* Which module has the card of each reader. */
void doctor_seen(struct doctor *d);
/* Pages over the loopback, and which may ask. */
void doctor_pages(struct doctor *d);
/* The native messaging hosts of the browsers that this user has started. */
void doctor_browser(struct doctor *d);
/* The clock, locked memory, pinentry, groups. */
void doctor_machine(struct doctor *d);

#endif
