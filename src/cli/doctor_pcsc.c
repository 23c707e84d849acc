/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doctor_pcsc: pcscd, asked at its socket.
 */
#include "cli/doctor_pcsc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "base/clock.h"
#include "base/fd.h"
#include "cli/doctor_connect.h"

#define PCSC_CMD_VERSION 0x11
#define PCSC_CMD_GET_READERS_STATE 0x12
#define PCSC_MAJOR 4
#define PCSC_MINOR 4 /* what 1.9 speaks, and later ones still take */

/* readerState */
#define PCSC_PRESENT 0x0004u
#define PCSC_SWALLOWED 0x0008u

/* In the byte order of the machine, as the protocol has it. */
struct pcsc_header {
	uint32_t size; /* of what follows */
	uint32_t command;
};

struct pcsc_version {
	int32_t major, minor;
	uint32_t rv;
};

struct pcsc_reader_state {
	char name[DOCTOR_READER_NAME];
	uint32_t events, state;
	int32_t sharing;
	uint8_t atr[DOCTOR_ATR_MAX];
	uint32_t atr_len, protocol;
};
_Static_assert(sizeof(struct pcsc_reader_state) == 184,
	       "READER_STATE of pcsc-lite");

const char *doctor_pcsc_socket(void)
{
	const char *named = getenv("PCSCLITE_CSOCK_NAME");

	return named != NULL ? named : "/run/pcscd/pcscd.comm";
}

static enum doctor_pcsc_state state_of(int errnum)
{
	switch (errnum) {
	case 0:
		return DOCTOR_PCSC_UP;
	case ENOENT:
	case ENOTDIR:
	case ECONNREFUSED:
		return DOCTOR_PCSC_ABSENT;
	case EACCES:
	case EPERM:
		return DOCTOR_PCSC_DENIED;
	case ECONNRESET:
		return DOCTOR_PCSC_REFUSED;
	case EAGAIN:
	case ETIMEDOUT:
		return DOCTOR_PCSC_SILENT;
	}
	return DOCTOR_PCSC_STRANGE;
}

static int ask_version(int fd, struct pcsc_version *v, int64_t until)
{
	struct pcsc_header h = { sizeof(*v), PCSC_CMD_VERSION };
	int r = doctor_write(fd, &h, sizeof(h), until);

	if (r == 0)
		r = doctor_write(fd, v, sizeof(*v), until);
	if (r == 0)
		r = doctor_read(fd, v, sizeof(*v), until);
	return r;
}

/* One that insists on its own number is taken at its word. */
static int agree(int fd, struct doctor_pcsc *out, int64_t until)
{
	struct pcsc_version v = { PCSC_MAJOR, PCSC_MINOR, 0 };
	int r = ask_version(fd, &v, until);

	if (r != 0)
		return r;
	out->major = v.major;
	out->minor = v.minor;
	if (v.rv != 0 && v.major == PCSC_MAJOR) {
		v.rv = 0;
		r = ask_version(fd, &v, until);
	}
	return r != 0 ? r : v.rv != 0 ? EPROTO : 0;
}

static void take_reader(const struct pcsc_reader_state *s,
			struct doctor_pcsc *out)
{
	struct doctor_reader *r = &out->readers[out->count];

	if (s->name[0] == '\0')
		return;
	*r = (struct doctor_reader){ .sharing = s->sharing };
	memcpy(r->name, s->name, sizeof(s->name));
	r->present = (s->state & PCSC_PRESENT) != 0;
	r->atr_len = s->atr_len > sizeof(r->atr) ? 0 : s->atr_len;
	memcpy(r->atr, s->atr, r->atr_len);
	r->mute = r->present &&
		  ((s->state & PCSC_SWALLOWED) != 0 || r->atr_len == 0);
	out->count++;
}

static int ask_readers(int fd, struct doctor_pcsc *out, int64_t until)
{
	struct pcsc_header h = { 0, PCSC_CMD_GET_READERS_STATE };
	struct pcsc_reader_state states[DOCTOR_READERS_MAX];
	int r = doctor_write(fd, &h, sizeof(h), until);

	if (r == 0)
		r = doctor_read(fd, states, sizeof(states), until);
	if (r != 0)
		return r;
	for (unsigned int i = 0; i < DOCTOR_READERS_MAX; i++)
		take_reader(&states[i], out);
	return 0;
}

void doctor_pcsc_ask(const char *socket, int ms, struct doctor_pcsc *out)
{
	int64_t until = clock_mono_ns() + ms * CLOCK_NS_PER_MS;
	AUTO(fd_closep) int fd = -1;
	int r;

	*out = (struct doctor_pcsc){ .socket = socket };
	r = doctor_connect(socket, &fd);
	if (r == 0)
		r = agree(fd, out, until);
	if (r == 0)
		r = ask_readers(fd, out, until);
	out->errnum = r;
	out->state = state_of(r);
}
