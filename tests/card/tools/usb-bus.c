/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usb-bus: a USB that umockdev makes up, with readers that are plugged in and
 * unplugged on command (card-control SOCKET root, plug NNN, unplug NNN).
 *
 * "root" is the folder that is UMOCKDEV_DIR for who is to see this bus.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <umockdev.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/fd.h"
#include "tests/card/listen.h"

#define LINE_MAX_LEN 128u
#define ADDRESS_MAX 127u /* of a USB */
#define PATH_LEN 96

/* A reader of class 0x0b with one interface; Info.plist has the numbers. */
static const char device[] =
	"P: %s\n"
	"N: bus/usb/001/%03u\n"
	"E: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\n"
	"E: DEVNAME=/dev/bus/usb/001/%03u\n"
	"E: BUSNUM=001\nE: DEVNUM=%03u\n"
	"A: busnum=1\\n\nA: devnum=%u\\n\n"
	"A: idVendor=5167\\n\nA: idProduct=0001\\n\n"
	"A: manufacturer=Signet\\n\nA: product=USB Reader\\n\n"
	"\n"
	"P: %s/1-%u:1.0\n"
	"E: SUBSYSTEM=usb\nE: DEVTYPE=usb_interface\n"
	"A: bInterfaceClass=0b\\n\nA: bInterfaceNumber=00\\n\n";

static void syspath(unsigned n, char out[PATH_LEN])
{
	snprintf(out, PATH_LEN, "/devices/pci0000:00/usb1/1-%u", n);
}

static void tell(UMockdevTestbed *bed, unsigned n, const char *action)
{
	char path[PATH_LEN], whole[2 * PATH_LEN];

	syspath(n, path);
	snprintf(whole, sizeof(whole), "/sys%s", path);
	umockdev_testbed_uevent(bed, whole, action);
	snprintf(whole, sizeof(whole), "/sys%s/1-%u:1.0", path, n);
	umockdev_testbed_uevent(bed, whole, action);
}

static bool plug(UMockdevTestbed *bed, unsigned n)
{
	char path[PATH_LEN], text[2048];
	GError *e = NULL;

	syspath(n, path);
	snprintf(text, sizeof(text), device, path, n, n, n, n, path, n);
	if (!umockdev_testbed_add_from_string(bed, text, &e)) {
		fprintf(stderr, "usb-bus: %s\n", e->message);
		g_error_free(e);
		return false;
	}
	tell(bed, n, "add");
	return true;
}

static void unplug(UMockdevTestbed *bed, unsigned n)
{
	char path[PATH_LEN], whole[2 * PATH_LEN], interface[3 * PATH_LEN];

	syspath(n, path);
	snprintf(whole, sizeof(whole), "/sys%s", path);
	tell(bed, n, "remove");
	/* With the device it would leave the link to the interface. */
	snprintf(interface, sizeof(interface), "%s/1-%u:1.0", whole, n);
	umockdev_testbed_remove_device(bed, interface);
	umockdev_testbed_remove_device(bed, whole);
}

/* The number after the word; 0: none. */
static unsigned address(const char *line, const char *word)
{
	size_t len = strlen(word);
	unsigned long n = 0;
	char *end = NULL;

	if (strncmp(line, word, len) == 0 && line[len] == ' ')
		n = strtoul(line + len + 1, &end, 10);
	return n <= ADDRESS_MAX && end != NULL && *end == '\n' ? (unsigned)n :
								 0;
}

static void obey(UMockdevTestbed *bed, const char *line, FILE *answer)
{
	static bool plugged[ADDRESS_MAX + 1];
	unsigned in = address(line, "plug"), out = address(line, "unplug");
	gchar *root;

	if (strcmp(line, "root\n") == 0) {
		root = umockdev_testbed_get_root_dir(bed);
		fprintf(answer, "ok %s\n", root);
		g_free(root);
	} else if (in != 0 && !plugged[in] && plug(bed, in)) {
		plugged[in] = true;
		fputs("ok\n", answer);
	} else if (out != 0 && plugged[out]) {
		unplug(bed, out);
		plugged[out] = false;
		fputs("ok\n", answer);
	} else {
		fputs("error no such command, or not now\n", answer);
	}
}

static void serve(UMockdevTestbed *bed, int listener)
{
	char line[LINE_MAX_LEN];
	FILE *f;
	int fd;

	for (;;) {
		fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0)
			continue;
		f = fdopen(fd, "r+e");
		if (f == NULL) {
			close(fd);
			continue;
		}
		if (fgets(line, sizeof(line), f) != NULL)
			obey(bed, line, f);
		fclose(f);
	}
}

int main(int argc, char **argv)
{
	AUTO(fd_closep) int listener = -1;
	struct error e = { 0 };
	UMockdevTestbed *bed;

	if (argc != 2) {
		fputs("usage: usb-bus SOCKET\n", stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	bed = umockdev_testbed_new();
	listener = listen_unix(argv[1], SOCK_STREAM, &e);
	if (listener < 0) {
		fprintf(stderr, "usb-bus: %s\n", e.message);
		return EXIT_FAILURE;
	}
	serve(bed, listener);
	return EXIT_SUCCESS;
}
