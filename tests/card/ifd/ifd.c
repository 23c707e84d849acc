/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ifd: libifd-signet.so, the IFD handler of the virtual readers, in pcscd.
 *
 * DEVICENAME is unix:PATH, where a piv-card listens; the protocol is wire.h.
 * A reader that pcscd found on a USB (usb-bus) as its device NNN has its card
 * at $SIGNET_USB/NNN.
 * A card that is not running is a reader without a card: it is looked for
 * again and again.  A blocking command is ended by the card only, as with a
 * real reader.
 *
 * What pcscd is shown of the card changes only in poll_reader(), one step a
 * call: a card that was out for a moment is always seen to have been out, as
 * libccid sees to it by the power state.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <PCSC/ifdhandler.h>
#include <PCSC/reader.h>

#include "tests/card/ifd/channel.h"

#define READERS_MAX 16u /* of pcscd, too */
#define PREFIX "unix:"
#define USB_PREFIX "usb:"
/* Between two attempts to find the card's program. */
#define RETRY_MS 50
/* What the card's program may take to say whether the card is in. */
#define FIRST_MS 1000

struct reader {
	bool used;
	DWORD lun;
	char path[CHANNEL_PATH_MAX];
	int events, commands; /* -1: not connected */
	int stop;	      /* eventfd: poll_reader() is to return */
	bool present;	      /* the card, as was heard last */
	bool was_out;	      /* since it was shown last */
	bool shown;	      /* present, as pcscd is told */
	bool unplugged;	      /* there is no reader */
	uint8_t atr[MAX_ATR_SIZE];
	size_t atr_len;
};

/* Guards the table and all of a reader but its command channel, which pcscd
 * uses from one thread at a time. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct reader readers[READERS_MAX];

static struct reader *reader_of(DWORD lun)
{
	struct reader *found = NULL;

	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < READERS_MAX && found == NULL; i++)
		if (readers[i].used && readers[i].lun == lun)
			found = &readers[i];
	pthread_mutex_unlock(&lock);
	return found;
}

static void heard(struct reader *r, bool present)
{
	r->present = present;
	if (!present)
		r->was_out = true;
}

/* Take in what the card's program said; never blocks.  With the lock. */
static void listen_to_events(struct reader *r)
{
	uint8_t what;
	ssize_t len;

	if (r->events < 0)
		r->events = channel_open(r->path, WIRE_EVENTS);
	while (r->events >= 0) {
		len = recv(r->events, &what, 1, MSG_DONTWAIT);
		if (len < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (len <= 0)
			channel_close(&r->events);
		r->unplugged = len > 0 && what == WIRE_UNPLUGGED;
		heard(r, len > 0 && what == WIRE_IN);
	}
}

/* One step of what is shown towards what is; false when they are the same. */
static bool show(struct reader *r)
{
	bool before = r->shown;

	if (r->was_out && r->shown)
		r->shown = false;
	else
		r->shown = r->present;
	r->was_out = false;
	return r->shown != before;
}

static RESPONSECODE poll_reader(DWORD lun, int timeout)
{
	struct reader *r = reader_of(lun);
	struct pollfd fds[2];
	eventfd_t stopped;
	bool changed;

	if (r == NULL)
		return IFD_NO_SUCH_DEVICE;
	pthread_mutex_lock(&lock);
	listen_to_events(r);
	changed = show(r);
	fds[0] = (struct pollfd){ .fd = r->events, .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = r->stop, .events = POLLIN };
	if (r->events < 0 && timeout > RETRY_MS)
		timeout = RETRY_MS;
	pthread_mutex_unlock(&lock);
	if (changed || poll(fds, 2, timeout) <= 0)
		return IFD_SUCCESS;
	if (fds[1].revents != 0)
		eventfd_read(fds[1].fd, &stopped);
	pthread_mutex_lock(&lock);
	listen_to_events(r);
	show(r);
	pthread_mutex_unlock(&lock);
	return IFD_SUCCESS;
}

static RESPONSECODE stop_polling(DWORD lun)
{
	struct reader *r = reader_of(lun);

	if (r == NULL || eventfd_write(r->stop, 1) != 0)
		return IFD_COMMUNICATION_ERROR;
	return IFD_SUCCESS;
}

/* pcscd asks at once whether a card is in: wait for the first word. */
static void wait_first(struct reader *r)
{
	struct pollfd first = { .events = POLLIN };

	r->events = channel_open(r->path, WIRE_EVENTS);
	first.fd = r->events;
	if (r->events >= 0)
		(void)poll(&first, 1, FIRST_MS);
	listen_to_events(r);
	r->shown = r->present;
	r->was_out = false;
}

static RESPONSECODE open_reader(struct reader *r, DWORD lun, const char *path)
{
	size_t len = strlen(path);

	if (len >= sizeof(r->path))
		return IFD_COMMUNICATION_ERROR;
	*r = (struct reader){ .lun = lun, .events = -1, .commands = -1 };
	memcpy(r->path, path, len + 1);
	r->stop = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (r->stop < 0)
		return IFD_COMMUNICATION_ERROR;
	wait_first(r);
	r->used = true;
	return IFD_SUCCESS;
}

/* Where the card of a reader listens; false: a name of another handler. */
static bool find_path(const char *name, char path[CHANNEL_PATH_MAX])
{
	const char *folder = getenv("SIGNET_USB"), *slash = strrchr(name, '/');
	int len;

	if (strncmp(name, PREFIX, strlen(PREFIX)) == 0)
		len = snprintf(path, CHANNEL_PATH_MAX, "%s",
			       name + strlen(PREFIX));
	else if (strncmp(name, USB_PREFIX, strlen(USB_PREFIX)) == 0 &&
		 folder != NULL && slash != NULL)
		len = snprintf(path, CHANNEL_PATH_MAX, "%s%s", folder, slash);
	else
		return false;
	return len > 0 && (size_t)len < CHANNEL_PATH_MAX;
}

RESPONSECODE IFDHCreateChannelByName(DWORD lun, LPSTR name)
{
	RESPONSECODE status = IFD_COMMUNICATION_ERROR;
	char path[CHANNEL_PATH_MAX];
	struct reader *to = NULL;

	if (!find_path(name, path))
		return status;
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < READERS_MAX && to == NULL; i++)
		if (!readers[i].used)
			to = &readers[i];
	if (to != NULL)
		status = open_reader(to, lun, path);
	pthread_mutex_unlock(&lock);
	return status;
}

/* Readers are known by name only. */
RESPONSECODE IFDHCreateChannel(DWORD lun, DWORD channel)
{
	return IFD_NOT_SUPPORTED;
}

RESPONSECODE IFDHCloseChannel(DWORD lun)
{
	struct reader *r = reader_of(lun);

	if (r == NULL)
		return IFD_NO_SUCH_DEVICE;
	pthread_mutex_lock(&lock);
	channel_close(&r->events);
	channel_close(&r->commands);
	close(r->stop);
	r->used = false;
	pthread_mutex_unlock(&lock);
	return IFD_SUCCESS;
}

static RESPONSECODE give(const void *bytes, size_t len, PDWORD length,
			 PUCHAR value)
{
	if (*length < len)
		return IFD_ERROR_INSUFFICIENT_BUFFER;
	memcpy(value, bytes, len);
	*length = len;
	return IFD_SUCCESS;
}

static RESPONSECODE give_number(UCHAR n, PDWORD length, PUCHAR value)
{
	return give(&n, 1, length, value);
}

RESPONSECODE IFDHGetCapabilities(DWORD lun, DWORD tag, PDWORD length,
				 PUCHAR value)
{
	RESPONSECODE (*const polls)(DWORD, int) = poll_reader;
	RESPONSECODE (*const stops)(DWORD) = stop_polling;
	const struct reader *r = reader_of(lun);

	switch (tag) {
	case TAG_IFD_ATR:
	case SCARD_ATTR_ATR_STRING:
		if (r == NULL)
			return IFD_NO_SUCH_DEVICE;
		return give(r->atr, r->atr_len, length, value);
	case TAG_IFD_SIMULTANEOUS_ACCESS:
		return give_number(READERS_MAX, length, value);
	case TAG_IFD_THREAD_SAFE:
	case TAG_IFD_SLOT_THREAD_SAFE:
	case TAG_IFD_SLOTS_NUMBER:
		return give_number(1, length, value);
	case TAG_IFD_POLLING_THREAD_KILLABLE:
		return give_number(0, length, value);
	case TAG_IFD_POLLING_THREAD_WITH_TIMEOUT:
		return give(&polls, sizeof(polls), length, value);
	case TAG_IFD_STOP_POLLING_THREAD:
		return give(&stops, sizeof(stops), length, value);
	default:
		return IFD_ERROR_TAG;
	}
}

RESPONSECODE IFDHSetCapabilities(DWORD lun, DWORD tag, DWORD length,
				 PUCHAR value)
{
	return IFD_NOT_SUPPORTED;
}

/* T=1, which the ATR offers alone, needs nothing here. */
RESPONSECODE IFDHSetProtocolParameters(DWORD lun, DWORD protocol, UCHAR flags,
				       UCHAR pts1, UCHAR pts2, UCHAR pts3)
{
	/* Commands go as they are: the card is to know what its ATR says. */
	return protocol == SCARD_PROTOCOL_T1 || protocol == SCARD_PROTOCOL_T0 ?
		       IFD_SUCCESS :
		       IFD_PROTOCOL_NOT_SUPPORTED;
}

/* Ask the card; *len is the room for the answer, then what is in it. */
static bool ask(struct reader *r, enum wire what, struct slice bytes,
		enum wire expected, uint8_t *answer, size_t *len)
{
	if (r->commands < 0)
		r->commands = channel_open(r->path, WIRE_COMMANDS);
	return channel_ask(&r->commands, what, bytes, expected, answer, len);
}

RESPONSECODE IFDHPowerICC(DWORD lun, DWORD action, PUCHAR atr, PDWORD length)
{
	struct reader *r = reader_of(lun);
	enum wire what = action == IFD_RESET ? WIRE_RESET : WIRE_ON;
	size_t len = sizeof(r->atr);

	*length = 0;
	if (r == NULL)
		return IFD_NO_SUCH_DEVICE;
	r->atr_len = 0;
	if (action == IFD_POWER_DOWN) {
		len = 0;
		/* A card that has gone has no power either. */
		(void)ask(r, WIRE_OFF, slice_of(NULL, 0), WIRE_DONE, NULL,
			  &len);
		return IFD_SUCCESS;
	}
	if (!ask(r, what, slice_of(NULL, 0), WIRE_ATR, r->atr, &len))
		return IFD_ERROR_POWER_ACTION;
	r->atr_len = len;
	memcpy(atr, r->atr, len);
	*length = len;
	return IFD_SUCCESS;
}

RESPONSECODE IFDHTransmitToICC(DWORD lun, SCARD_IO_HEADER send_pci,
			       PUCHAR command, DWORD command_len,
			       PUCHAR answer, PDWORD answer_len,
			       PSCARD_IO_HEADER receive_pci)
{
	struct reader *r = reader_of(lun);
	size_t len = *answer_len;
	bool answered;

	*answer_len = 0;
	if (r == NULL)
		return IFD_NO_SUCH_DEVICE;
	answered = ask(r, WIRE_APDU, slice_of(command, command_len),
		       WIRE_APDU, answer, &len);
	if (!answered)
		return IFD_COMMUNICATION_ERROR;
	*answer_len = len;
	return IFD_SUCCESS;
}

RESPONSECODE IFDHControl(DWORD lun, DWORD code, PUCHAR in, DWORD in_len,
			 PUCHAR out, DWORD out_max, PDWORD out_len)
{
	*out_len = 0;
	return IFD_ERROR_NOT_SUPPORTED;
}

RESPONSECODE IFDHICCPresence(DWORD lun)
{
	struct reader *r = reader_of(lun);
	bool shown, unplugged;

	if (r == NULL)
		return IFD_NO_SUCH_DEVICE;
	pthread_mutex_lock(&lock);
	listen_to_events(r);
	shown = r->shown;
	unplugged = r->unplugged;
	pthread_mutex_unlock(&lock);
	/* pcscd removes a reader that says so. */
	if (unplugged)
		return IFD_COMMUNICATION_ERROR;
	return shown ? IFD_ICC_PRESENT : IFD_ICC_NOT_PRESENT;
}
