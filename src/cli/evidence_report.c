/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence_report: what signet evidence verify has found, in words and in JSON.
 */
#include "cli/evidence_report.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/hex.h"
#include "cli/i18n.h"
#include "cli/term.h"

/* Of what is wrong so much is told; the rest is counted. */
#define REPORT_LINES 20u
#define REPORT_ELEMENTS 1000u
#define REPORT_MAX (4u * 1024 * 1024)

static void put_failure(struct writer *j, const char *name,
			const struct verify_failure *f)
{
	writer_open(j, name, '{');
	writer_int(j, "sequence", (int64_t)f->sequence);
	writer_text(j, "what", f->what);
	writer_text(j, "detail", f->text);
	writer_close(j, '}');
}

static void print_failure(struct buf *out, const struct verify_failure *f)
{
	char safe[2 * sizeof(f->text)];

	cli_term_safe(f->text, safe, sizeof(safe));
	if (f->sequence == 0)
		buf_printf(out, "%s\n", safe);
	else
		buf_printf(out, _("record %llu: %s\n"),
			   (unsigned long long)f->sequence, safe);
}

void cli_evidence_report_init(struct cli_evidence_report *p, bool json)
{
	p->json = json;
	p->told = 0;
	buf_init(&p->failed, REPORT_MAX);
	p->writer = writer_of(&p->failed);
}

void cli_evidence_report_fini(struct cli_evidence_report *p)
{
	buf_fini(&p->failed);
}

void cli_evidence_report_failure(struct cli_evidence_report *p,
				 const struct verify_failure *f)
{
	if (p->json && p->told < REPORT_ELEMENTS)
		put_failure(&p->writer, NULL, f);
	else if (!p->json && p->told < REPORT_LINES)
		print_failure(&p->failed, f);
	p->told++;
}

/* --- the answer ----------------------------------------------------------- */

static void PRINTF_LIKE(2, 3)
print_line(const char *name, const char *format, ...)
{
	int pad = 14 - (int)cli_term_width(name);
	va_list ap;

	printf("%s%*s ", name, pad > 0 ? pad : 0, "");
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	printf("\n");
}

static void print_verdict(bool good)
{
	printf("%s%s%s\n",
	       cli_term_colour(stdout, good ? CLI_GREEN : CLI_RED),
	       good ? _("good") : _("tampered"),
	       cli_term_colour(stdout, CLI_PLAIN));
}

static void print_keys(const struct verify_result *r)
{
	char hex[2 * CHAIN_HASH + 1];

	for (unsigned i = 0; i < r->keys_count; i++) {
		hex_encode(slice_of(r->keys[i].sha256, CHAIN_HASH), hex);
		print_line(_("key:"), r->keys[i].by_checkpoint ?
			   _("%s, named by the checkpoint of record %llu") :
			   _("%s, named by record %llu"), hex,
			   (unsigned long long)r->keys[i].sequence);
	}
}

static void print_number(const char *name, uint64_t n)
{
	print_line(name, "%llu", (unsigned long long)n);
}

static void print_stamps(const struct verify_result *r)
{
	if (r->stamps == 0) {
		print_number(_("time stamps:"), 0);
		return;
	}
	print_line(_("time stamps:"), r->stamps_trusted > 0 ?
		   _("%llu, %llu of them trusted") :
		   _("%llu; who made them was not judged: --tsa-ca"),
		   (unsigned long long)r->stamps,
		   (unsigned long long)r->stamps_trusted);
	if (r->unstamped > 0)
		print_line(_("not stamped:"), _("checkpoints: %llu, the first"
						" is that of record %llu"),
			   (unsigned long long)r->unstamped,
			   (unsigned long long)r->first_unstamped);
}

static void print_counts(const struct verify_result *r)
{
	unsigned long long last = r->last;
	char hex[2 * CHAIN_HASH + 1];

	if (r->archived > 0)
		print_line(_("archived:"), _("records up to %llu: name the"
					     " archives to verify them, too"),
			   (unsigned long long)r->archived);
	print_line(_("records:"), _("%llu, from %llu to %llu"),
		   (unsigned long long)r->records,
		   (unsigned long long)r->first, last);
	print_number(_("contents:"), r->items);
	if (r->approvals > 0)
		print_number(_("approvals:"), r->approvals);
	print_number(_("certificates:"), r->certificates);
	print_number(_("checkpoints:"), r->checkpoints);
	print_stamps(r);
	print_keys(r);
	if (r->signed_to < r->last)
		print_line(_("not signed:"), _("records %llu to %llu, by no"
					       " checkpoint yet"),
			   (unsigned long long)r->signed_to + 1, last);
	hex_encode(slice_of(r->hash, CHAIN_HASH), hex);
	print_line(_("head:"), "%s", hex);
}

static void print_text(struct cli_evidence_report *p,
		       const struct verify_result *r)
{
	print_verdict(r->failures == 0);
	printf("%s", buf_text(&p->failed));
	if (r->failures > REPORT_LINES)
		printf(_("and %llu more\n"),
		       (unsigned long long)r->failures - REPORT_LINES);
	print_counts(r);
}

static void put_keys(struct writer *j, const struct verify_result *r)
{
	writer_open(j, "keys", '[');
	for (unsigned i = 0; i < r->keys_count; i++) {
		writer_open(j, NULL, '{');
		writer_hex(j, "sha256", slice_of(r->keys[i].sha256,
						 CHAIN_HASH));
		writer_int(j, "sequence", (int64_t)r->keys[i].sequence);
		writer_text(j, "named_by", r->keys[i].by_checkpoint ?
			    "checkpoint" : "record");
		writer_close(j, '}');
	}
	writer_close(j, ']');
}

static void put_counts(struct writer *j, const struct verify_result *r)
{
	writer_int(j, "first", (int64_t)r->first);
	writer_int(j, "last", (int64_t)r->last);
	writer_hex(j, "hash", slice_of(r->hash, CHAIN_HASH));
	writer_int(j, "records", (int64_t)r->records);
	writer_int(j, "items", (int64_t)r->items);
	writer_int(j, "approvals", (int64_t)r->approvals);
	writer_int(j, "certificates", (int64_t)r->certificates);
	writer_int(j, "checkpoints", (int64_t)r->checkpoints);
	writer_int(j, "signed_to", (int64_t)r->signed_to);
	writer_int(j, "stamps", (int64_t)r->stamps);
	writer_int(j, "stamps_trusted", (int64_t)r->stamps_trusted);
	writer_int(j, "unstamped", (int64_t)r->unstamped);
	writer_int(j, "first_unstamped", (int64_t)r->first_unstamped);
	writer_int(j, "archived", (int64_t)r->archived);
	put_keys(j, r);
}

static void print_json(struct cli_evidence_report *p,
		       const struct verify_result *r)
{
	struct buf out AUTO(buf_fini) = { .max = 2 * REPORT_MAX };
	struct writer j = writer_of(&out);

	writer_open(&j, NULL, '{');
	writer_text(&j, "verdict", r->failures == 0 ? "good" : "tampered");
	writer_int(&j, "failures", (int64_t)r->failures);
	if (r->failures == 0)
		writer_null(&j, "first_failure");
	else
		put_failure(&j, "first_failure", &r->first_failure);
	writer_open(&j, "failed", '[');
	if (p->failed.len > 0)
		writer_raw(&j, NULL, buf_slice(&p->failed));
	writer_close(&j, ']');
	put_counts(&j, r);
	writer_close(&j, '}');
	printf("%s\n", buf_text(&out));
}

void cli_evidence_report_print(struct cli_evidence_report *p,
			       const struct verify_result *r)
{
	if (p->json)
		print_json(p, r);
	else
		print_text(p, r);
}
