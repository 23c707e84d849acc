/* SPDX-License-Identifier: Apache-2.0 */
/*
 * service: pcscd as a whole.
 */
#include "pkcs11/reader/service.h"

#include <stdio.h>

#define SERVICE_DOWN "pcscd is not running: systemctl start pcscd.socket"

static const struct {
	LONG rv;
	enum wire_service_state state;
	const char *text;
} reasons[] = {
	/* It was never there, was stopped, has died, or is another one now. */
	{ SCARD_E_NO_SERVICE, WIRE_SERVICE_DOWN, SERVICE_DOWN },
	{ SCARD_E_SERVICE_STOPPED, WIRE_SERVICE_DOWN, SERVICE_DOWN },
	{ SCARD_F_COMM_ERROR, WIRE_SERVICE_DOWN, SERVICE_DOWN },
	{ SCARD_E_INVALID_HANDLE, WIRE_SERVICE_DOWN, SERVICE_DOWN },
	{ SCARD_W_SECURITY_VIOLATION, WIRE_SERVICE_REFUSED,
	  "pcscd refuses this user: a polkit rule has to allow"
	  " org.debian.pcsc-lite.access_pcsc" },
	{ SCARD_E_NO_MEMORY, WIRE_SERVICE_FAILED,
	  "pcscd has no memory, or too many clients: close some" },
};

void reader_service_explain(LONG rv, struct wire_service *out)
{
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		if (reasons[i].rv != rv)
			continue;
		out->state = reasons[i].state;
		snprintf(out->text, sizeof(out->text), "%s", reasons[i].text);
		return;
	}
	out->state = WIRE_SERVICE_FAILED;
	snprintf(out->text, sizeof(out->text), "pcscd fails: %s (0x%lx)",
		 pcsc_stringify_error(rv), (unsigned long)rv & 0xffffffff);
}
