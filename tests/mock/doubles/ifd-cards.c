/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ifd-cards.c - a driver of readers whose cards come and go on command
 *
 * Loaded by pcscd (IFD handler API 3.0), with DEVICENAME unix:PATH for each
 * reader; PATH ends with -COMMAND where one holds from the start.  A byte in a
 * datagram to PATH is one command; pcscd waits for each, so it sees every one:
 *
 *	1 to 9	a card is in, the ATR ends with its number
 *	m	a card is in that does not answer
 *	r	the card is out
 *	u	the reader does not answer any more
 *
 * The cards take no APDU.
 */
#include <ifdhandler.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define READERS 16

struct reader {
	DWORD lun;
	int fd; /* 0: free */
	char path[100];
	char card; /* the last command */
	volatile int stop;
};

static struct reader readers[READERS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct reader *find(DWORD lun)
{
	for (int i = 0; i < READERS; i++)
		if (readers[i].fd > 0 && readers[i].lun == lun)
			return &readers[i];
	return NULL;
}

static struct reader *place(void)
{
	for (int i = 0; i < READERS; i++)
		if (readers[i].fd == 0)
			return &readers[i];
	return NULL;
}

static RESPONSECODE reader_open(struct reader *r, DWORD lun, const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	snprintf(r->path, sizeof(r->path), "%s", path);
	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	unlink(path);
	r->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (r->fd < 0 ||
	    bind(r->fd, (struct sockaddr *)&at, sizeof(at)) != 0) {
		r->fd = 0;
		return IFD_NO_SUCH_DEVICE;
	}
	r->lun = lun;
	r->card = 'r';
	if (strlen(path) > 2 && path[strlen(path) - 2] == '-')
		r->card = path[strlen(path) - 1];
	r->stop = 0;
	return IFD_SUCCESS;
}

RESPONSECODE IFDHCreateChannelByName(DWORD lun, LPSTR name)
{
	RESPONSECODE result = IFD_COMMUNICATION_ERROR;
	struct reader *r;

	if (strncmp(name, "unix:", 5) != 0)
		return IFD_NO_SUCH_DEVICE;
	pthread_mutex_lock(&lock);
	r = place();
	if (r != NULL)
		result = reader_open(r, lun, name + 5);
	pthread_mutex_unlock(&lock);
	return result;
}

RESPONSECODE IFDHCreateChannel(DWORD lun, DWORD channel)
{
	return IFD_NO_SUCH_DEVICE;
}

RESPONSECODE IFDHCloseChannel(DWORD lun)
{
	struct reader *r = find(lun);

	if (r == NULL)
		return IFD_COMMUNICATION_ERROR;
	unlink(r->path);
	close(r->fd);
	r->fd = 0;
	return IFD_SUCCESS;
}

RESPONSECODE IFDHICCPresence(DWORD lun)
{
	struct reader *r = find(lun);

	if (r == NULL || r->card == 'u')
		return IFD_COMMUNICATION_ERROR;
	return r->card == 'r' ? IFD_ICC_NOT_PRESENT : IFD_ICC_PRESENT;
}

/* Until one command was carried out, or milliseconds have passed. */
static RESPONSECODE wait_for_event(DWORD lun, int ms)
{
	struct reader *r = find(lun);
	struct pollfd p = { .events = POLLIN };
	char command;

	if (r == NULL)
		return IFD_COMMUNICATION_ERROR;
	p.fd = r->fd;
	for (; ms > 0 && !r->stop; ms -= 50)
		if (poll(&p, 1, ms < 50 ? ms : 50) != 0)
			break;
	if (recv(r->fd, &command, 1, 0) == 1)
		r->card = command;
	r->stop = 0;
	return IFD_SUCCESS;
}

static RESPONSECODE stop_waiting(DWORD lun)
{
	struct reader *r = find(lun);

	if (r != NULL)
		r->stop = 1;
	return IFD_SUCCESS;
}

static RESPONSECODE give(const void *value, DWORD size, PDWORD len, PUCHAR out)
{
	if (*len < size)
		return IFD_ERROR_INSUFFICIENT_BUFFER;
	memcpy(out, value, size);
	*len = size;
	return IFD_SUCCESS;
}

RESPONSECODE IFDHGetCapabilities(DWORD lun, DWORD tag, PDWORD len, PUCHAR out)
{
	RESPONSECODE (*wait)(DWORD, int) = wait_for_event;
	RESPONSECODE (*stop)(DWORD) = stop_waiting;
	const UCHAR one = 1, many = READERS;

	switch (tag) {
	case TAG_IFD_SIMULTANEOUS_ACCESS:
		return give(&many, 1, len, out);
	case TAG_IFD_THREAD_SAFE:
	case TAG_IFD_SLOTS_NUMBER:
		return give(&one, 1, len, out);
	case TAG_IFD_POLLING_THREAD_WITH_TIMEOUT:
		return give(&wait, sizeof(wait), len, out);
	case TAG_IFD_STOP_POLLING_THREAD:
		return give(&stop, sizeof(stop), len, out);
	default:
		return IFD_ERROR_TAG;
	}
}

RESPONSECODE IFDHSetCapabilities(DWORD lun, DWORD tag, DWORD len, PUCHAR value)
{
	return IFD_NOT_SUPPORTED;
}

RESPONSECODE IFDHSetProtocolParameters(DWORD lun, DWORD protocol, UCHAR flags,
				       UCHAR pts1, UCHAR pts2, UCHAR pts3)
{
	return IFD_SUCCESS;
}

RESPONSECODE IFDHPowerICC(DWORD lun, DWORD action, PUCHAR atr, PDWORD len)
{
	struct reader *r = find(lun);
	UCHAR bytes[] = { 0x3b, 0x02, 0x53, 0x00 };

	if (r == NULL || r->card == 'u')
		return IFD_COMMUNICATION_ERROR;
	*len = 0;
	if (action == IFD_POWER_DOWN)
		return IFD_SUCCESS;
	if (r->card == 'm' || r->card == 'r')
		return IFD_ERROR_POWER_ACTION;
	bytes[3] = (UCHAR)(r->card - '0');
	*len = sizeof(bytes);
	memcpy(atr, bytes, sizeof(bytes));
	return IFD_SUCCESS;
}

RESPONSECODE IFDHTransmitToICC(DWORD lun, SCARD_IO_HEADER send, PUCHAR tx,
			       DWORD tx_len, PUCHAR rx, PDWORD rx_len,
			       PSCARD_IO_HEADER receive)
{
	return IFD_COMMUNICATION_ERROR;
}

RESPONSECODE IFDHControl(DWORD lun, DWORD code, PUCHAR tx, DWORD tx_len,
			 PUCHAR rx, DWORD rx_len, LPDWORD got)
{
	return IFD_NOT_SUPPORTED;
}
