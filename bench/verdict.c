/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verdict: the figures that have a target, and whether it was reached.
 */
#include "bench/verdict.h"

/* One client: what the way there and back may cost, us. */
#define OVERHEAD_US 100

enum figure {
	FIGURE_RATE,
	FIGURE_SHARE, /* the same by processor time: what rates come to when
		       * no core is idle and nobody else is there */
	FIGURE_CPU,
	FIGURE_OVERHEAD,
};

static const struct target {
	const char *name;
	enum figure figure;
	enum cell_id cell, base;
	double target[KEY_KINDS]; /* 0: none */
	bool at_most;
} targets[] = {
	{ "64 clients / limit", FIGURE_RATE, CELL_CLIENT_64, CELL_LIMIT,
	  { 0.80, 0.30 }, false },
	{ "64 clients / limit, by CPU", FIGURE_SHARE, CELL_CLIENT_64,
	  CELL_LIMIT, { 0.80, 0.30 }, false },
	{ "64 clients / p11-kit server", FIGURE_RATE, CELL_CLIENT_64,
	  CELL_PEER, { 0.95, 0 }, false },
	{ "64 clients, sampled / p11-kit server", FIGURE_RATE,
	  CELL_SAMPLED_64, CELL_PEER, { 0, 1.1 }, false },
	{ "batches of 100, sampled / p11-kit server", FIGURE_RATE,
	  CELL_BATCH_SAMPLED, CELL_PEER, { 0, 1.5 }, false },
	{ "64 clients, sampled / limit", FIGURE_RATE, CELL_SAMPLED_64,
	  CELL_LIMIT, { 0, 0.50 }, false },
	{ "64 clients, sampled / limit, by CPU", FIGURE_SHARE,
	  CELL_SAMPLED_64, CELL_LIMIT, { 0, 0.50 }, false },
	{ "batches of 100 / limit", FIGURE_RATE, CELL_BATCH, CELL_LIMIT,
	  { 0.90, 0 }, false },
	{ "batches of 100 / limit, by CPU", FIGURE_SHARE, CELL_BATCH,
	  CELL_LIMIT, { 0.90, 0 }, false },
	{ "batches of 100, sampled / limit", FIGURE_RATE, CELL_BATCH_SAMPLED,
	  CELL_LIMIT, { 0, 0.80 }, false },
	{ "batches of 100, sampled / limit, by CPU", FIGURE_SHARE,
	  CELL_BATCH_SAMPLED, CELL_LIMIT, { 0, 0.80 }, false },
	{ "1 client p50 - direct - verify - sync, us", FIGURE_OVERHEAD,
	  CELL_CLIENT_1, CELL_DIRECT_1, { OVERHEAD_US, OVERHEAD_US }, true },
	{ "1,000 keys / few, CPU a request", FIGURE_CPU, CELL_LARGE_64,
	  CELL_CLIENT_64, { 1.05, 1.05 }, true },
	{ "1,000 keys / few, rate", FIGURE_RATE, CELL_LARGE_64,
	  CELL_CLIENT_64, { 0.95, 0.95 }, false },
	{ "last of 1,000 / few, CPU a request", FIGURE_CPU, CELL_BULK_64,
	  CELL_CLIENT_64, { 0, 1.05 }, true },
};

static double figure_of(const struct target *t, const struct cell *cells,
			unsigned round)
{
	const struct cell *cell = &cells[t->cell], *base = &cells[t->base];

	switch (t->figure) {
	case FIGURE_RATE:
		return cell->rate[round] / base->rate[round];
	case FIGURE_SHARE:
		return base->total_us[round] / cell->total_us[round];
	case FIGURE_CPU:
		return cell->server_us[round] / base->server_us[round];
	case FIGURE_OVERHEAD:
		return cell->p50[round] - base->p50[round] -
			cells[CELL_VERIFY].p50[round] -
			cells[CELL_SYNC].p50[round];
	}
	return 0;
}

/* Do others make the figure of this round worthless? */
static bool round_disturbed(const struct target *t, const struct cell *cells,
			    unsigned round)
{
	if (t->figure == FIGURE_CPU || t->figure == FIGURE_SHARE)
		return false;
	if (cells[t->cell].others[round] > PLAN_OTHERS_MAX)
		return true;
	/* The peer's server is one of these others. */
	return t->base != CELL_PEER &&
	       cells[t->base].others[round] > PLAN_OTHERS_MAX;
}

/* Of the rounds that count, or, when none does, of all. */
static unsigned verdict_values(const struct target *t,
			       const struct cell *cells, bool all,
			       double *value)
{
	unsigned n = 0;

	for (unsigned i = 0; i < cells[t->cell].rounds; i++)
		if (all || !round_disturbed(t, cells, i))
			value[n++] = figure_of(t, cells, i);
	return n;
}

static void verdict_one(const struct target *t, enum key_kind kind,
			const struct cell *cells, struct verdict *v)
{
	double value[PLAN_ROUNDS_MAX];
	unsigned n = verdict_values(t, cells, false, value);
	bool disturbed = n == 0;

	if (disturbed)
		n = verdict_values(t, cells, true, value);
	*v = (struct verdict){
		.kind = kind,
		.name = t->name,
		.value = stats_median(value, n),
		.target = t->target[kind],
		.at_most = t->at_most,
		.rounds = n,
		.disturbed = disturbed,
	};
	/* The median has sorted them. */
	v->low = value[0];
	v->high = value[n - 1];
	v->reached = t->at_most ? v->value <= v->target :
		v->value >= v->target;
}

unsigned verdict_make(const struct plan *p, struct verdict *out)
{
	unsigned n = 0;

	for (unsigned kind = 0; kind < KEY_KINDS; kind++)
		for (unsigned i = 0; i < ARRAY_LEN(targets); i++) {
			const struct target *t = &targets[i];

			if (t->target[kind] > 0 &&
			    p->cell[kind][t->cell].used &&
			    p->cell[kind][t->base].used)
				verdict_one(t, kind, p->cell[kind], &out[n++]);
		}
	return n;
}
