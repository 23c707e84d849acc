/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report: the figures as a table for people, and as JSON.
 */
#include "bench/report.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "bench/verdict.h"

static void machine_model(char *out, size_t size)
{
	FILE *f = fopen("/proc/cpuinfo", "re");
	char line[256], *value;

	snprintf(out, size, "unknown");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		value = strstr(line, ": ");
		if (value == NULL || strncmp(line, "model name", 10) != 0)
			continue;
		value[strcspn(value, "\n")] = '\0';
		snprintf(out, size, "%s", value + 2);
		break;
	}
	if (f != NULL)
		fclose(f);
}

/* us of a share of the processor time for each request. */
static double each_us(int64_t ns, const struct cell *c)
{
	return c->done == 0 ? 0 : (double)ns / (double)c->done / 1000;
}

static double cell_rate(const struct cell *c)
{
	return c->seconds > 0 ? (double)c->done / c->seconds : 0;
}

/* Cores that others used, mean of the rounds. */
static double cell_others(const struct cell *c)
{
	double sum = 0;

	for (unsigned i = 0; i < c->rounds; i++)
		sum += c->others[i];
	return c->rounds == 0 ? 0 : sum / c->rounds;
}

/* --- text ----------------------------------------------------------------- */

static void text_cell(const struct plan *p, enum key_kind kind,
		      enum cell_id id)
{
	const struct cell *c = &p->cell[kind][id];
	double limit = cell_rate(&p->cell[kind][CELL_LIMIT]);

	printf("%-26s %8.0f", plan_cell_name(id), cell_rate(c));
	if (id == CELL_VERIFY || id == CELL_SYNC || limit == 0)
		printf(" %6s", "");
	else
		printf(" %6.3f", cell_rate(c) / limit);
	/* It also makes a key, outside of the time measured. */
	if (id == CELL_VERIFY || id == CELL_SYNC)
		printf(" %6s", "");
	else
		printf(" %6.2f", cell_others(c));
	printf(" %7.0f %7.0f %8.0f", stats_quantile_us(&c->latency, 0.5),
	       stats_quantile_us(&c->latency, 0.99),
	       (double)c->latency.max_ns / 1000);
	if (plan_cell_direct(id))
		printf(" %7s %7s", "", "");
	else
		printf(" %7.1f %7.1f", each_us(c->cpu.daemon, c),
		       each_us(c->cpu.workers, c));
	if (id != CELL_VERIFY && id != CELL_SYNC)
		printf(" %7.1f", each_us(c->cpu.bench, c));
	putchar('\n');
	if (c->errors > 0)
		printf("    %llu errors, the first: %s\n",
		       (unsigned long long)c->errors, c->error);
}

static void text_kind(const struct plan *p, enum key_kind kind)
{
	uint64_t verified = 0;

	printf("%-26s %8s %6s %6s %7s %7s %8s %7s %7s %7s\n",
	       key_kind_name(kind), "rate/s", "/limit", "others", "p50 us",
	       "p99 us", "max us", "signetd", "workers", "bench");
	for (unsigned id = 0; id < CELLS; id++) {
		if (p->cell[kind][id].used)
			text_cell(p, kind, id);
		verified += p->cell[kind][id].verified;
	}
	printf("(others: cores that had other work; signetd, workers, bench:"
	       " us of processor time\nfor each request; %llu signatures of"
	       " the answers were verified here by OpenSSL)\n\n",
	       (unsigned long long)verified);
}

static const char *verdict_word(const struct verdict *v)
{
	if (v->disturbed)
		return "disturbed: no verdict";
	return v->reached ? "reached" : "not reached";
}

static void text_verdicts(const struct plan *p)
{
	struct verdict v[VERDICTS_MAX];
	unsigned n = verdict_make(p, v);

	printf("%-50s %8s %17s %3s %7s\n", "median of the rounds in which"
	       " nobody else ran", "value", "low-high", "of", "target");
	for (unsigned i = 0; i < n; i++) {
		int digits = v[i].target >= 2 ? 1 : 3;

		printf("%-9s%-41s %8.*f %8.*f-%8.*f %3u %2s %.*f  %s\n",
		       key_kind_name(v[i].kind), v[i].name, digits, v[i].value,
		       digits, v[i].low, digits, v[i].high, v[i].rounds,
		       v[i].at_most ? "<=" : ">=", v[i].target >= 2 ? 0 : 2,
		       v[i].target, verdict_word(&v[i]));
	}
}

void report_text(const struct plan *p)
{
	char model[256];

	machine_model(model, sizeof(model));
	printf("%u cores, %s; %u rounds of %.2f s; content %u bytes\n\n",
	       p->cores, model, p->rounds, p->seconds, KEY_CONTENT);
	for (unsigned kind = 0; kind < KEY_KINDS; kind++)
		text_kind(p, kind);
	text_verdicts(p);
}

uint64_t report_errors(const struct plan *p)
{
	uint64_t n = 0;

	for (unsigned kind = 0; kind < KEY_KINDS; kind++)
		for (unsigned id = 0; id < CELLS; id++)
			n += p->cell[kind][id].errors;
	return n;
}

/* --- JSON ----------------------------------------------------------------- */

static json_t *json_reals(const double *values, unsigned n)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < n; i++)
		json_array_append_new(list, json_real(values[i]));
	return list;
}

static json_t *json_cell(enum key_kind kind, enum cell_id id,
			 const struct cell *c)
{
	return json_pack(
		"{ss ss sf sf sf sf sI sI sI sf sf sf so so so}",
		"key", key_kind_name(kind), "name", plan_cell_name(id),
		"rate", cell_rate(c),
		"p50_us", stats_quantile_us(&c->latency, 0.5),
		"p99_us", stats_quantile_us(&c->latency, 0.99),
		"max_us", (double)c->latency.max_ns / 1000,
		"done", (json_int_t)c->done,
		"errors", (json_int_t)c->errors,
		"verified", (json_int_t)c->verified,
		"signetd_cpu_us", each_us(c->cpu.daemon, c),
		"workers_cpu_us", each_us(c->cpu.workers, c),
		"bench_cpu_us", each_us(c->cpu.bench, c),
		"rates", json_reals(c->rate, c->rounds),
		"p50s_us", json_reals(c->p50, c->rounds),
		"others_cores", json_reals(c->others, c->rounds));
}

static json_t *json_cells(const struct plan *p)
{
	json_t *list = json_array();

	for (unsigned kind = 0; kind < KEY_KINDS; kind++)
		for (unsigned id = 0; id < CELLS; id++)
			if (p->cell[kind][id].used)
				json_array_append_new(list, json_cell(
					kind, id, &p->cell[kind][id]));
	return list;
}

static json_t *json_verdicts(const struct plan *p)
{
	struct verdict v[VERDICTS_MAX];
	unsigned n = verdict_make(p, v);
	json_t *list = json_array();

	for (unsigned i = 0; i < n; i++)
		json_array_append_new(list, json_pack(
			"{ss ss sf sf sf sf sb sb sb si}",
			"key", key_kind_name(v[i].kind), "name", v[i].name,
			"value", v[i].value, "low", v[i].low, "high",
			v[i].high, "target", v[i].target, "at_most",
			v[i].at_most, "reached", v[i].reached, "disturbed",
			v[i].disturbed, "rounds", (int)v[i].rounds));
	return list;
}

int report_json(const struct plan *p, const char *path, struct error *e)
{
	char model[256];
	json_t *root;
	int r;

	machine_model(model, sizeof(model));
	root = json_pack("{si ss si sf si so so}", "cores", (int)p->cores,
			 "model", model, "rounds", (int)p->rounds, "seconds",
			 p->seconds, "content", KEY_CONTENT, "cells",
			 json_cells(p), "targets", json_verdicts(p));
	if (root == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for a report");
	r = json_dump_file(root, path, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
	json_decref(root);
	return r == 0 ? 0 : error_set(e, ERR_IO, "%s cannot be written", path);
}
