/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report: what signet-reader tells signetd, as frames on its socket.
 *
 * Whatever goes wrong with the socket ends the process: nobody is there to be
 * told.
 */
#ifndef SIGNET_PKCS11_READER_REPORT_H
#define SIGNET_PKCS11_READER_REPORT_H

#include "base/buf.h"
#include "wire/readers.h"

struct reader_report {
	int fd;
	uint32_t id;	/* of the request that all frames answer */
	struct buf buf; /* not yet written */
	struct wire_service service; /* as it was told last; state 0: never */
};

void reader_report_init(struct reader_report *p, int fd, uint32_t id);

void reader_report_reader(struct reader_report *p, const struct wire_reader *r);
void reader_report_complete(struct reader_report *p);

/* Only when it is not what was told before; text as wire_service. */
void reader_report_service(struct reader_report *p,
			   enum wire_service_state state, const char *text);

/* Write what there is. */
void reader_report_flush(struct reader_report *p);

#endif
