/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report: the verdict on a signature, as the users of the library see it.
 */
#include "client/report.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/b64.h"
#include "base/clock.h"
#include "client/json.h"
#include "client/request.h"
#include "format/verify.h"

struct signet_report {
	struct format_report report;
	enum signet_format format;
	char signing_time[CLOCK_RFC3339_SIZE]; /* or "" */
	char *json;			       /* heap */
};

static const char *text_or_null(const char *text)
{
	return text[0] == '\0' ? NULL : text;
}

/* null for what is not known: the members are always there. */
static json_t *to_json(const struct signet_report *r, int64_t time)
{
	const struct format_report *f = &r->report;
	AUTO(buf_fini) struct buf thumbprint;
	char when[CLOCK_RFC3339_SIZE];

	clock_format(time, when);
	buf_init(&thumbprint, 2 * sizeof(f->certificate_sha256));
	if (f->has_certificate)
		b64_encode(B64_URL, slice_of(f->certificate_sha256,
					     sizeof(f->certificate_sha256)),
			   &thumbprint);
	return json_pack(
		"{s:s, s:s?, s:o, s:s, s:s?, s:s?,"
		" s:s?, s:s?, s:s?, s:s?, s:s}",
		"verdict", format_verdict_name(f->verdict), "sub_indication",
		text_or_null(f->sub), "text", client_json_text(f->text),
		"format", client_format_name(r->format), "algorithm",
		text_or_null(f->algorithm), "signer", text_or_null(f->signer),
		"issuer", text_or_null(f->issuer), "serial",
		text_or_null(f->serial), "x5t#S256",
		text_or_null(buf_text(&thumbprint)), "signing_time",
		text_or_null(r->signing_time), "judged_as_of", when);
}

int client_report_new(enum signet_format format,
		      const struct format_report *report, int64_t time,
		      struct signet_report **out, struct error *e)
{
	struct signet_report *r = calloc(1, sizeof(*r));
	AUTO(client_json_unref) json_t *json = NULL;

	if (r == NULL)
		return error_set(e, ERR_NO_MEMORY, "report");
	r->report = *report;
	r->format = format;
	if (report->has_signing_time)
		clock_format(report->signing_time, r->signing_time);
	json = to_json(r, time);
	r->json = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);
	if (r->json == NULL) {
		free(r);
		return error_set(e, ERR_NO_MEMORY, "report");
	}
	*out = r;
	return 0;
}

void signet_report_free(struct signet_report *r)
{
	if (r == NULL)
		return;
	free(r->json);
	free(r);
}

const char *signet_report_json(const struct signet_report *r)
{
	return r->json;
}

bool signet_report_passed(const struct signet_report *r)
{
	return r->report.verdict == FORMAT_TOTAL_PASSED;
}

const char *signet_report_verdict(const struct signet_report *r)
{
	return format_verdict_name(r->report.verdict);
}

const char *signet_report_sub(const struct signet_report *r)
{
	return r->report.sub;
}

const char *signet_report_text(const struct signet_report *r)
{
	return r->report.text;
}

enum signet_format signet_report_format(const struct signet_report *r)
{
	return r->format;
}

const char *signet_report_algorithm(const struct signet_report *r)
{
	return r->report.algorithm;
}

const char *signet_report_signer(const struct signet_report *r)
{
	return r->report.signer;
}

const char *signet_report_issuer(const struct signet_report *r)
{
	return r->report.issuer;
}

const char *signet_report_serial(const struct signet_report *r)
{
	return r->report.serial;
}

const char *signet_report_signing_time(const struct signet_report *r)
{
	return r->signing_time;
}
