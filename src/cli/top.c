/* SPDX-License-Identifier: Apache-2.0 */
/*
 * top: signet top: how much is signed, and what it takes, live.
 */
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/writer.h"
#include "cli/cli.h"
#include "cli/connect.h"
#include "cli/i18n.h"
#include "cli/message.h"
#include "cli/metrics.h"
#include "cli/table.h"
#include "cli/term.h"
#include "signet.h"

#define TOP_INTERVAL 2u /* seconds, unless told */
#define TOP_INTERVAL_MAX 3600u
#define TOP_COUNT_MAX 1000000u
#define TOP_JSON_MAX (1024u * 1024)

enum { OPTION_INTERVAL = CLI_OPTION_LONG, OPTION_COUNT };

struct top {
	struct cli_common common;
	unsigned interval; /* seconds */
	unsigned count;	   /* 0: without end */
	bool screen;	   /* standard output is a terminal */
	struct cli_metrics before, now;
	int64_t before_ns, now_ns;
};

static struct termios before_top;
static volatile sig_atomic_t ended;

/* --- figures -------------------------------------------------------------- */

static double seconds_between(const struct top *t)
{
	double s = (double)(t->now_ns - t->before_ns) / (double)CLOCK_NS_PER_S;

	return s > 0 ? s : 1;
}

/* Of a counter; a signetd that was restarted began at 0 again. */
static double rate(const struct top *t, const char *name, const char *labels)
{
	double more = cli_metrics_value(&t->now, name, labels) -
		      cli_metrics_value(&t->before, name, labels);

	return (more < 0 ? 0 : more) / seconds_between(t);
}

/* Requests that ended, whatever became of them. */
static double rate_of_all(const struct top *t)
{
	static const char name[] = "signet_requests_total";
	double more = cli_metrics_sum(&t->now, name) -
		      cli_metrics_sum(&t->before, name);

	return (more < 0 ? 0 : more) / seconds_between(t);
}

static double value(const struct top *t, const char *name, const char *labels)
{
	return cli_metrics_value(&t->now, name, labels);
}

static double quantile(const struct top *t, const char *name,
		       const char *labels, double part)
{
	return cli_metrics_quantile(&t->now, &t->before, name, labels, part);
}

static long long uptime(const struct top *t)
{
	double started = value(t, "process_start_time_seconds", "");

	return (long long)clock_unix() - (long long)started;
}

/* --- for people ----------------------------------------------------------- */

/* Milliseconds of a bucket, "-" when nothing was measured. */
static const char *time_text(double seconds, char *out, size_t size)
{
	if (seconds < 0)
		snprintf(out, size, "-");
	else if (isinf(seconds))
		snprintf(out, size, _("longer"));
	else
		snprintf(out, size, "%.2f", seconds * 1000);
	return out;
}

static void times_text(const struct top *t, const char *name,
		       const char *labels, char *out, size_t size)
{
	char half[24], most[24];

	snprintf(out, size, "%s / %s",
		 time_text(quantile(t, name, labels, 0.5), half, sizeof(half)),
		 time_text(quantile(t, name, labels, 0.99), most,
			   sizeof(most)));
}

static void print_head(const struct top *t)
{
	const struct cli_sample *info =
		cli_metrics_at(&t->now, "signet_build_info", 0);
	long long up = uptime(t);
	char version[64] = "";

	if (info != NULL)
		cli_metrics_label(info->labels, "version", version,
				  sizeof(version));
	printf(_("signetd %s, up %lld d %02d:%02d:%02d, %.1f MiB, %.0f %% of"
		 " a core\n"), version, up / 86400, (int)(up / 3600 % 24),
	       (int)(up / 60 % 60), (int)(up % 60),
	       value(t, "process_resident_memory_bytes", "") / 1048576,
	       100 * rate(t, "process_cpu_seconds_total", ""));
}

static void print_requests(const struct top *t)
{
	static const char total[] = "signet_requests_total";

	printf(_("requests: %.1f/s, %.0f under way; dialogs: %.0f open, %.0f"
		 " waiting\n"), rate_of_all(t), value(t, "signet_requests", ""),
	       value(t, "signet_dialogs", "state=\"open\""),
	       value(t, "signet_dialogs", "state=\"waiting\""));
	printf(_("in all: %.0f released, %.0f repeated, %.0f refused, %.0f"
		 " declined, %.0f cancelled, %.0f failed\n"),
	       value(t, total, "outcome=\"released\""),
	       value(t, total, "outcome=\"repeated\""),
	       value(t, total, "outcome=\"refused\""),
	       value(t, total, "outcome=\"declined\""),
	       value(t, total, "outcome=\"cancelled\""),
	       value(t, total, "outcome=\"failed\""));
}

static void print_evidence(const struct top *t)
{
	char fsync[64];
	double limit = value(t, "signet_evidence_limit_bytes", "");

	if (value(t, "signet_evidence_writable", "") == 0) {
		printf(_("%sevidence: it cannot be written: nothing is"
			 " signed%s\n\n"), cli_term_colour(stdout, CLI_RED),
		       cli_term_colour(stdout, CLI_PLAIN));
		return;
	}
	times_text(t, "signet_evidence_fsync_seconds", "", fsync,
		   sizeof(fsync));
	printf(_("evidence: %.1f records/s in %.1f groups/s, fsync %s ms, lag"
		 " %.1f ms, %.1f MiB"),
	       rate(t, "signet_evidence_records_total", ""),
	       rate(t, "signet_evidence_groups_total", ""), fsync,
	       1000 * value(t, "signet_evidence_lag_seconds", ""),
	       value(t, "signet_evidence_bytes", "") / 1048576);
	if (limit > 0)
		printf(_(" of %.0f MiB"), limit / 1048576);
	printf("\n\n");
}

static void print_tokens(const struct top *t)
{
	const char *const headings[] = { _("TOKEN"), _("SERIAL"), _("MODULE"),
					 _("SIGN/S"), _("QUEUE"),
					 _("WAIT p50/p99 ms"),
					 _("SIGN p50/p99 ms") };
	AUTO(cli_table_fini) struct cli_table table;
	const struct cli_sample *s;

	cli_table_init(&table, ARRAY_LEN(headings), -1, headings);
	for (size_t i = 0; (s = cli_metrics_at(&t->now,
			"signet_signatures_total", i)) != NULL; i++) {
		char token[256], serial[128], module[128], number[32];
		char queue[32], waiting[64], executing[64];

		cli_metrics_label(s->labels, "token", token, sizeof(token));
		cli_metrics_label(s->labels, "serial", serial, sizeof(serial));
		cli_metrics_label(s->labels, "module", module, sizeof(module));
		snprintf(number, sizeof(number), "%.1f",
			 rate(t, s->name, s->labels));
		snprintf(queue, sizeof(queue), "%.0f",
			 value(t, "signet_token_queue", s->labels));
		times_text(t, "signet_token_waiting_seconds", s->labels,
			   waiting, sizeof(waiting));
		times_text(t, "signet_token_executing_seconds", s->labels,
			   executing, sizeof(executing));
		cli_table_add(&table, (const char *const[]){ token, serial,
			      module, number, queue, waiting, executing });
	}
	cli_table_print(&table);
	printf("\n");
}

static void print_modules(const struct top *t)
{
	const char *const headings[] = { _("MODULE"), _("WORKERS"),
					 _("RESTARTS") };
	AUTO(cli_table_fini) struct cli_table table;
	const struct cli_sample *s;

	cli_table_init(&table, ARRAY_LEN(headings), -1, headings);
	for (size_t i = 0; (s = cli_metrics_at(&t->now, "signet_workers",
					       i)) != NULL; i++) {
		char module[128], workers[32], restarts[32];

		cli_metrics_label(s->labels, "module", module, sizeof(module));
		snprintf(workers, sizeof(workers), "%.0f", s->value);
		snprintf(restarts, sizeof(restarts), "%.0f",
			 value(t, "signet_worker_restarts_total", s->labels));
		cli_table_add(&table, (const char *const[]){ module, workers,
							     restarts });
	}
	cli_table_print(&table);
}

static void print_screen(const struct top *t)
{
	if (t->screen)
		printf("\033[H\033[J");
	print_head(t);
	print_requests(t);
	print_evidence(t);
	print_tokens(t);
	print_modules(t);
}

/* --- for programs --------------------------------------------------------- */

/* Every figure that signetd gives, and what became of counters in between. */
static void print_json(const struct top *t)
{
	AUTO(buf_fini) struct buf out = { .max = TOP_JSON_MAX };
	struct writer j = writer_of(&out);

	writer_open(&j, NULL, '{');
	writer_int(&j, "interval_ms", (t->now_ns - t->before_ns) / 1000000);
	writer_open(&j, "samples", '[');
	for (size_t i = 0; i < t->now.count; i++) {
		const struct cli_sample *s = &t->now.samples[i];
		char number[64];

		writer_open(&j, NULL, '{');
		writer_text(&j, "name", s->name);
		writer_text(&j, "labels", s->labels);
		snprintf(number, sizeof(number), "%.9g", s->value);
		writer_raw(&j, "value", slice_of(number, strlen(number)));
		snprintf(number, sizeof(number), "%.9g", s->value -
			 cli_metrics_value(&t->before, s->name, s->labels));
		writer_raw(&j, "change", slice_of(number, strlen(number)));
		writer_close(&j, '}');
	}
	writer_close(&j, ']');
	writer_close(&j, '}');
	if (buf_error(&out) == 0)
		printf("%.*s\n", (int)out.len, (const char *)out.ptr);
}

/* --- over and over -------------------------------------------------------- */

static int top_read(struct top *t, struct signet_client *c)
{
	struct signet_metrics *m;

	if (signet_client_metrics(c, &m) != 0)
		return cli_problem(signet_client_error(c), NULL,
				   t->common.json);
	cli_metrics_fini(&t->before);
	t->before = t->now;
	t->before_ns = t->now_ns;
	cli_metrics_read(&t->now, signet_metrics_text(m));
	t->now_ns = clock_mono_ns();
	signet_metrics_free(m);
	return CLI_OK;
}

/* True when somebody typed q, or wants it to end. */
static bool top_pause(const struct top *t)
{
	struct pollfd in = { .fd = t->screen ? STDIN_FILENO : -1,
			     .events = POLLIN };
	int64_t until = clock_mono_ns() +
			(int64_t)t->interval * CLOCK_NS_PER_S;
	int64_t left;
	char key;

	while (!ended && (left = until - clock_mono_ns()) > 0) {
		if (poll(&in, 1, (int)(left / CLOCK_NS_PER_MS) + 1) <= 0)
			continue;
		if (read(STDIN_FILENO, &key, 1) != 1)
			in.fd = -1;
		else if (key == 'q')
			return true;
	}
	return ended;
}

static int top_loop(struct top *t, struct signet_client *c)
{
	int r = top_read(t, c);

	/* The first picture is of all the time since the start. */
	t->before_ns = t->now_ns - uptime(t) * CLOCK_NS_PER_S;
	for (unsigned n = 1; r == CLI_OK; n++) {
		if (t->common.json)
			print_json(t);
		else
			print_screen(t);
		if (fflush(stdout) != 0 || n == t->count || top_pause(t))
			break;
		r = top_read(t, c);
	}
	return r;
}

/* --- the terminal --------------------------------------------------------- */

static void on_signal(int number)
{
	ended = 1;
}

static bool terminal_begin(void)
{
	struct termios raw;

	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &before_top) != 0)
		return false;
	raw = before_top;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	return tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

static int top_run(struct top *t, struct signet_client *c)
{
	struct sigaction action = { .sa_handler = on_signal };
	bool raw = false;
	int r;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	t->screen = !t->common.json && isatty(STDOUT_FILENO);
	if (t->screen)
		raw = terminal_begin();
	else if (t->count == 0 && !t->common.json)
		t->count = 1;
	r = top_loop(t, c);
	if (raw)
		tcsetattr(STDIN_FILENO, TCSANOW, &before_top);
	cli_metrics_fini(&t->before);
	cli_metrics_fini(&t->now);
	return r;
}

static bool take(void *context, int id, const char *value)
{
	struct top *t = context;

	if (id == OPTION_INTERVAL)
		return cli_option_number(value, 1, TOP_INTERVAL_MAX,
					 &t->interval);
	if (id == OPTION_COUNT)
		return cli_option_number(value, 1, TOP_COUNT_MAX, &t->count);
	return false;
}

static int run(const struct cli_command *command, int argc, char **argv)
{
	AUTO(cli_connect_freep) struct signet_client *c = NULL;
	struct top t = { .interval = TOP_INTERVAL };
	int r = cli_option_parse(command, argc, argv, &t.common, take, &t);

	if (r < 0)
		return -1 - r;
	if (r < argc)
		return cli_option_surplus(command, argv[r]);
	r = cli_connect(&t.common, &c);
	return r != CLI_OK ? r : top_run(&t, c);
}

static const struct cli_option options[] = {
	{ OPTION_INTERVAL, "interval", "SECONDS",
	  N_("time from one picture to the next") },
	{ OPTION_COUNT, "count", "NUMBER", N_("end after so many pictures") },
	CLI_OPTIONS_DAEMON,
	CLI_OPTIONS_ALL,
};

const struct cli_command cli_top_command = {
	.name = "top",
	.operands = "",
	.summary = N_("show live how much is signed, and what it takes"),
	.options = options,
	.run = run,
};
