/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doctor_usb: the rules of udev and polkit, and the tokens that are plugged in.
 *
 * As the kernel has them in /sys: also what pcscd does not know.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/doctor.h"
#include "cli/doctor_holder.h"
#include "cli/i18n.h"

#define USB_DEVICES "/sys/bus/usb/devices"
#define USB_SMART_CARD "0b" /* bInterfaceClass; 70-signet.rules */
#define USB_ATTRIBUTE_MAX 128
#define USB_NAME_MAX 64
#define USB_SEEN_MAX 64
#define PCSC_ACTIONS "/usr/share/polkit-1/actions/org.debian.pcsc-lite.policy"


/* Devices of which one interface was met: a token may have two. */
struct seen {
	char devices[USB_SEEN_MAX][USB_NAME_MAX];
	unsigned int count;
};

/* --- rules --------------------------------------------------------------- */

static bool is_in(const char *const *dirs, const char *file)
{
	char path[256];

	for (size_t i = 0; dirs[i] != NULL; i++) {
		snprintf(path, sizeof(path), "%s/%s", dirs[i], file);
		if (access(path, F_OK) == 0)
			return true;
	}
	return false;
}

static void check_rules(struct doctor *d)
{
	static const char *const udev[] = {
		"/etc/udev/rules.d", "/run/udev/rules.d",
		"/usr/local/lib/udev/rules.d", "/usr/lib/udev/rules.d",
		"/lib/udev/rules.d", NULL };
	static const char *const polkit[] = {
		"/etc/polkit-1/rules.d", "/usr/share/polkit-1/rules.d",
		"/run/polkit-1/rules.d", "/usr/local/share/polkit-1/rules.d",
		NULL };

	if (is_in(udev, "70-signet.rules"))
		doctor_say(d, "udev", DOCTOR_OK, NULL,
			   _("the rules for tokens are in place"));
	else
		doctor_say(d, "udev", DOCTOR_WARNING,
			   "sudo cp udev/70-signet.rules /etc/udev/rules.d/ &&"
			   " sudo udevadm control --reload &&"
			   " sudo udevadm trigger --subsystem-match=usb",
			   _("udev has no 70-signet.rules: tokens are not given"
			     " to the seat and to the group signet"));
	/* Only root may look into the folder of the administrator. */
	if (access(PCSC_ACTIONS, F_OK) == 0 && access(polkit[0], X_OK) == 0 &&
	    !is_in(polkit, "50-signet.rules"))
		doctor_say(d, "polkit", DOCTOR_WARNING,
			   "sudo cp polkit/50-signet.rules"
			   " /etc/polkit-1/rules.d/",
			   _("pcscd asks polkit, which has no 50-signet.rules:"
			     " services and ssh users are refused"));
}

/* --- devices -------------------------------------------------------------- */

/* The attribute of a device; "" when it has none. */
static void read_attribute(const char *device, const char *name, char *out)
{
	char path[512];
	FILE *f;

	out[0] = '\0';
	snprintf(path, sizeof(path), USB_DEVICES "/%s/%s", device, name);
	f = fopen(path, "re");
	if (f == NULL)
		return;
	if (fgets(out, USB_ATTRIBUTE_MAX, f) == NULL)
		out[0] = '\0';
	out[strcspn(out, "\n")] = '\0';
	fclose(f);
}

/* GnuPG's scdaemon takes readers from pcscd this way. */
static void check_holders(struct doctor *d, const char *node, const char *name)
{
	struct doctor_holders h, others = { .count = 0 };
	char who[DOCTOR_TEXT_MAX / 2];

	doctor_holders_of_file(node, &h);
	for (unsigned int i = 0; i < h.count; i++)
		if (strcmp(h.list[i].name, "pcscd") != 0)
			others.list[others.count++] = h.list[i];
	if (others.count == 0)
		return;
	doctor_holders_text(&others, who, sizeof(who));
	doctor_say(d, "usb", DOCTOR_WARNING,
		   _("end it; scdaemon: gpgconf --kill scdaemon, and"
		     " \"disable-ccid\" in ~/.gnupg/scdaemon.conf"),
		   _("%s is in use without pcscd, which cannot have it: %s"),
		   name, who);
}

static void say_device(struct doctor *d, const char *device)
{
	char vendor[USB_ATTRIBUTE_MAX], product[USB_ATTRIBUTE_MAX];
	char maker[USB_ATTRIBUTE_MAX], model[USB_ATTRIBUTE_MAX];
	char bus[USB_ATTRIBUTE_MAX], number[USB_ATTRIBUTE_MAX];
	char name[4 * USB_ATTRIBUTE_MAX + 8], node[64];

	read_attribute(device, "idVendor", vendor);
	read_attribute(device, "idProduct", product);
	read_attribute(device, "manufacturer", maker);
	read_attribute(device, "product", model);
	read_attribute(device, "busnum", bus);
	read_attribute(device, "devnum", number);
	snprintf(name, sizeof(name), "%s:%s %s %s", vendor, product, maker,
		 model);
	snprintf(node, sizeof(node), "/dev/bus/usb/%03ld/%03ld",
		 strtol(bus, NULL, 10), strtol(number, NULL, 10));
	d->usb_tokens++;
	doctor_say(d, "usb", DOCTOR_OK, NULL, _("plugged in: %s"), name);
	check_holders(d, node, name);
}

/* An interface is called as its device, a colon and numbers: "1-1:1.2". */
static void look_at(struct doctor *d, const char *interface, struct seen *seen)
{
	char class[USB_ATTRIBUTE_MAX], device[USB_NAME_MAX];
	size_t len = strcspn(interface, ":");

	if (interface[len] == '\0' || len >= sizeof(device) ||
	    seen->count == USB_SEEN_MAX)
		return;
	read_attribute(interface, "bInterfaceClass", class);
	if (strcmp(class, USB_SMART_CARD) != 0)
		return;
	snprintf(device, sizeof(device), "%.*s", (int)len, interface);
	for (unsigned int i = 0; i < seen->count; i++)
		if (strcmp(device, seen->devices[i]) == 0)
			return;
	memcpy(seen->devices[seen->count++], device, sizeof(device));
	say_device(d, device);
}

void doctor_usb(struct doctor *d)
{
	struct seen seen = { .count = 0 };
	const struct dirent *entry;
	DIR *dir = opendir(USB_DEVICES);

	check_rules(d);
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		look_at(d, entry->d_name, &seen);
	if (dir != NULL)
		closedir(dir);
}
