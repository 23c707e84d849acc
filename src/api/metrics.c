/* SPDX-License-Identifier: Apache-2.0 */
/*
 * metrics: GET /metrics, in the text format of Prometheus (version 0.0.4).
 *
 * Names end in their unit, counters in _total.  Times are in seconds.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "api/exchange.h"
#include "api/route.h"
#include "base/clock.h"
#include "base/utf8.h"

#define METRICS_MEDIA_TYPE "text/plain; version=0.0.4; charset=utf-8"
/* The labels of one token: its names, each character made visible. */
#define METRICS_LABELS (32u * LIMIT_LABEL)

/* --- the format ----------------------------------------------------------- */

static void put_family(struct buf *out, const char *name, const char *type,
		       const char *help)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name,
		   type);
}

/* labels: "" or 'a="b",...' */
static void put_value(struct buf *out, const char *name, const char *labels,
		      uint64_t value)
{
	bool some = labels[0] != '\0';

	buf_printf(out, "%s%s%s%s %" PRIu64 "\n", name, some ? "{" : "",
		   labels, some ? "}" : "", value);
}

static void put_one(struct buf *out, const char *name, const char *type,
		    const char *help, uint64_t value)
{
	put_family(out, name, type, help);
	put_value(out, name, "", value);
}

static void put_seconds(struct buf *out, const char *name, const char *labels,
			uint64_t ns)
{
	bool some = labels[0] != '\0';

	buf_printf(out, "%s%s%s%s %" PRIu64 ".%09" PRIu64 "\n", name,
		   some ? "{" : "", labels, some ? "}" : "",
		   ns / CLOCK_NS_PER_S, ns % CLOCK_NS_PER_S);
}

static void put_bound(struct buf *out, unsigned bucket)
{
	uint32_t us;

	if (bucket == HISTOGRAM_BUCKETS - 1) {
		buf_printf(out, "+Inf");
		return;
	}
	us = histogram_bound_us[bucket];
	buf_printf(out, "%u.%06u", us / 1000000, us % 1000000);
}

/* Buckets count all that is not longer than their bound. */
static void put_histogram(struct buf *out, const char *name,
			  const char *labels, const struct histogram *h)
{
	const char *comma = labels[0] == '\0' ? "" : ",";
	char full[96];
	uint64_t n = 0;

	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
		n += h->buckets[i];
		buf_printf(out, "%s_bucket{%s%sle=\"", name, labels, comma);
		put_bound(out, i);
		buf_printf(out, "\"} %" PRIu64 "\n", n);
	}
	snprintf(full, sizeof(full), "%s_sum", name);
	put_seconds(out, full, labels, h->ns);
	snprintf(full, sizeof(full), "%s_count", name);
	put_value(out, full, labels, n);
}

/* A token's own words may hold anything: they become one visible line. */
static void put_label(struct buf *labels, const char *name, const char *value)
{
	struct buf shown AUTO(buf_fini) = { .max = METRICS_LABELS };

	utf8_put_shown(&shown, slice_of(value, strlen(value)));
	buf_printf(labels, "%s%s=\"", labels->len == 0 ? "" : ",", name);
	for (size_t i = 0; i < shown.len; i++) {
		if (shown.ptr[i] == '"' || shown.ptr[i] == '\\')
			buf_put_u8(labels, '\\');
		buf_put_u8(labels, shown.ptr[i]);
	}
	buf_put_u8(labels, '"');
}

/* As a text, while labels lives. */
static const char *labels_text(struct buf *labels)
{
	buf_put_u8(labels, '\0');
	return buf_error(labels) == 0 ? (const char *)labels->ptr : "";
}

/* --- what there is -------------------------------------------------------- */

static void put_requests(struct buf *out, const struct broker *b)
{
	static const char name[] = "signet_requests_total";
	char labels[64];

	put_family(out, name, "counter", "Requests that ended, by outcome.");
	for (int i = 0; i < METRICS_OUTCOMES; i++) {
		snprintf(labels, sizeof(labels), "outcome=\"%s\"",
			 metrics_outcome_name((enum metrics_outcome)i));
		put_value(out, name, labels, b->metrics.requests[i]);
	}
	put_one(out, "signet_requests", "gauge", "Requests under way.",
		b->living_count);
}

static void put_dialogs(struct buf *out, const struct broker *b)
{
	put_family(out, "signet_dialogs", "gauge",
		   "Approvals at a person, and those that wait for one.");
	put_value(out, "signet_dialogs", "state=\"open\"",
		  approvals_count(&b->approvals_open));
	put_value(out, "signet_dialogs", "state=\"waiting\"",
		  approvals_count(&b->approvals_waiting));
	put_family(out, "signet_dialog_seconds", "histogram",
		   "How long dialogs were open.");
	put_histogram(out, "signet_dialog_seconds", "", &b->metrics.dialogs);
}

enum token_metric {
	TOKEN_SIGNATURES,
	TOKEN_QUEUE,
	TOKEN_WAITING,
	TOKEN_EXECUTING,
	TOKEN_METRICS
};

static const struct {
	const char *name, *type, *help;
} token_metrics[TOKEN_METRICS] = {
	[TOKEN_SIGNATURES] = { "signet_signatures_total", "counter",
			       "Signatures released, by token." },
	[TOKEN_QUEUE] = { "signet_token_queue", "gauge",
			  "Requests that wait for the token, or are at it." },
	[TOKEN_WAITING] = { "signet_token_waiting_seconds", "histogram",
			    "From approval until the token was free." },
	[TOKEN_EXECUTING] = { "signet_token_executing_seconds", "histogram",
			      "What the token took, a signature or a batch." },
};

static void put_token(struct buf *out, enum token_metric which,
		      const struct token *t)
{
	struct buf all AUTO(buf_fini) = { .max = METRICS_LABELS };
	const char *name = token_metrics[which].name, *labels;

	put_label(&all, "module", t->module->config->name);
	put_label(&all, "token", t->wire.label);
	put_label(&all, "serial", t->wire.serial);
	labels = labels_text(&all);
	switch (which) {
	case TOKEN_SIGNATURES:
		put_value(out, name, labels, t->metrics.signatures);
		break;
	case TOKEN_QUEUE:
		put_value(out, name, labels, t->queued);
		break;
	case TOKEN_WAITING:
		put_histogram(out, name, labels, &t->metrics.waiting);
		break;
	default:
		put_histogram(out, name, labels, &t->metrics.executing);
		break;
	}
}

static void put_tokens(struct buf *out, const struct broker *b)
{
	const struct module *m;
	const struct token *t;

	for (int i = 0; i < TOKEN_METRICS; i++) {
		put_family(out, token_metrics[i].name, token_metrics[i].type,
			   token_metrics[i].help);
		TAILQ_FOREACH(m, &b->modules, entry)
			TAILQ_FOREACH(t, &m->tokens, entry)
				put_token(out, (enum token_metric)i, t);
	}
}

static void put_of_module(struct buf *out, const char *name,
			  const struct module *m, uint64_t value)
{
	struct buf labels AUTO(buf_fini) = { .max = METRICS_LABELS };

	put_label(&labels, "module", m->config->name);
	put_value(out, name, labels_text(&labels), value);
}

static void put_modules(struct buf *out, const struct broker *b)
{
	static const char workers[] = "signet_workers";
	static const char restarts[] = "signet_worker_restarts_total";
	const struct module *m;

	put_family(out, workers, "gauge", "Workers that can sign, by module.");
	TAILQ_FOREACH(m, &b->modules, entry)
		put_of_module(out, workers, m, module_ready(m));
	put_family(out, restarts, "counter", "Workers that were replaced.");
	TAILQ_FOREACH(m, &b->modules, entry)
		put_of_module(out, restarts, m, module_restarts(m));
}

static void put_evidence_file(struct buf *out, const struct journal_stats *s)
{
	put_one(out, "signet_evidence_bytes", "gauge",
		"Bytes of the journal that are in use.", s->bytes);
	put_one(out, "signet_evidence_limit_bytes", "gauge",
		"What the journal may grow to; 0: no bound.", s->bytes_limit);
	put_one(out, "signet_evidence_sequence", "gauge",
		"Sequence of the last record.", s->last_sequence);
	put_one(out, "signet_evidence_checkpoint_sequence", "gauge",
		"Sequence of the last record that a checkpoint signed.",
		s->checkpoint_sequence);
}

/* What cannot be written has not the figures of an empty journal. */
static void put_evidence(struct buf *out, struct broker *b)
{
	struct journal_stats s;
	struct error e;
	bool able = recording_able(b, &e) == 0;

	put_one(out, "signet_evidence_writable", "gauge",
		"1 while records can be written: nothing is signed otherwise.",
		able ? 1 : 0);
	if (b->recording.journal == NULL)
		return;
	journal_stats(b->recording.journal, &s);
	put_one(out, "signet_evidence_records_total", "counter",
		"Records written.", s.records);
	put_one(out, "signet_evidence_groups_total", "counter",
		"Transactions, each with one fsync.", s.groups);
	put_one(out, "signet_evidence_failures_total", "counter",
		"Transactions that could not be written.", s.failures);
	put_one(out, "signet_evidence_lost_total", "counter",
		"Records of ends without a signature that found no room.",
		s.lost);
	put_one(out, "signet_evidence_pending", "gauge",
		"Records that wait for the disk.", s.pending);
	put_family(out, "signet_evidence_lag_seconds", "gauge",
		   "How long the oldest of them waits.");
	put_seconds(out, "signet_evidence_lag_seconds", "",
		    (uint64_t)s.oldest_pending_ns);
	put_family(out, "signet_evidence_fsync_seconds", "histogram",
		   "What the transactions took to be on the disk.");
	put_histogram(out, "signet_evidence_fsync_seconds", "", &s.fsync);
	put_family(out, "signet_evidence_wait_seconds", "histogram",
		   "How long signatures waited for their record.");
	put_histogram(out, "signet_evidence_wait_seconds", "",
		      &b->metrics.recording);
	put_evidence_file(out, &s);
}

/* Under the names that all exporters use. */
static void put_process(struct buf *out, const struct broker *b)
{
	struct timespec cpu;
	unsigned long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	put_one(out, "process_start_time_seconds", "gauge",
		"When signetd started, since 1970.", (uint64_t)b->started);
	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu) == 0) {
		put_family(out, "process_cpu_seconds_total", "counter",
			   "Processor time of signetd.");
		put_seconds(out, "process_cpu_seconds_total", "",
			    (uint64_t)cpu.tv_sec * CLOCK_NS_PER_S +
			    (uint64_t)cpu.tv_nsec);
	}
	if (f == NULL)
		return;
	if (fscanf(f, "%*u %lu", &pages) == 1)
		put_one(out, "process_resident_memory_bytes", "gauge",
			"Resident memory of signetd.",
			pages * (uint64_t)sysconf(_SC_PAGESIZE));
	fclose(f);
}

void api_metrics_get(struct exchange *x)
{
	struct broker *b = x->broker;
	struct buf out;

	buf_init(&out, EXCHANGE_TEXT_MAX);
	put_family(&out, "signet_build_info", "gauge", "The version.");
	put_value(&out, "signet_build_info",
		  "version=\"" SIGNET_VERSION "\"", 1);
	put_requests(&out, b);
	put_dialogs(&out, b);
	put_tokens(&out, b);
	put_modules(&out, b);
	put_evidence(&out, b);
	put_process(&out, b);
	exchange_answer_text(x, 200, METRICS_MEDIA_TYPE, &out);
}
