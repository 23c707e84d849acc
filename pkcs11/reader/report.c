/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report: what signet-reader tells signetd, as frames on its socket.
 */
#include "pkcs11/reader/report.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/log.h"
#include "pkcs11/exit.h"

/* All readers twice, with the longest names, and some more. */
#define REPORT_MAX (32u * 1024)

void reader_report_init(struct reader_report *p, int fd, uint32_t id)
{
	memset(p, 0, sizeof(*p));
	p->fd = fd;
	p->id = id;
	buf_init(&p->buf, REPORT_MAX);
}

static void report_put(struct reader_report *p,
		       const struct wire_readers_more *m)
{
	size_t at = wire_frame_begin(&p->buf, WIRE_READERS, WIRE_MORE, p->id);

	wire_readers_more_put(&p->buf, m);
	wire_frame_end(&p->buf, at);
}

void reader_report_reader(struct reader_report *p, const struct wire_reader *r)
{
	const struct wire_readers_more m = { .about = WIRE_READERS_READER,
					     .reader = *r };

	report_put(p, &m);
}

void reader_report_complete(struct reader_report *p)
{
	const struct wire_readers_more m = { .about = WIRE_READERS_COMPLETE };

	report_put(p, &m);
}

void reader_report_service(struct reader_report *p,
			   enum wire_service_state state, const char *text)
{
	struct wire_readers_more m = { .about = WIRE_READERS_SERVICE };

	m.service.state = state;
	snprintf(m.service.text, sizeof(m.service.text), "%s", text);
	if (p->service.state == m.service.state &&
	    strcmp(p->service.text, m.service.text) == 0)
		return;
	p->service = m.service;
	report_put(p, &m);
}

void reader_report_flush(struct reader_report *p)
{
	struct error e;

	if (buf_error(&p->buf) != 0) {
		log_write(LOG_ERROR, NULL, "a report does not fit; leaving");
		_exit(P11_EXIT_BROKEN);
	}
	if (fd_write_all(p->fd, buf_slice(&p->buf), &e) != 0) {
		log_failure(LOG_INFO, NULL, "signetd does not listen", &e);
		_exit(P11_EXIT_END);
	}
	buf_reset(&p->buf);
}
