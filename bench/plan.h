/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan: what is measured, and in which order.
 *
 * Every round goes through all cells, and every other one backwards, so that
 * what else the machine does meets all of them alike.  Ratios are made within
 * a round.
 */
#ifndef SIGNET_BENCH_PLAN_H
#define SIGNET_BENCH_PLAN_H

#include <stdbool.h>

#include "bench/key.h"
#include "bench/measure.h"

#define PLAN_ROUNDS_MAX 100
#define PLAN_ONLY_MAX 8

/*
 * Cores that others may use: with more, rates tell of the others.  Processor
 * time for each request still holds, to some percent.
 */
#define PLAN_OTHERS_MAX 0.15

/* Processes of the peer, each with a connection of its own. */
#define PLAN_PEERS 8

struct runner;

enum cell_id {
	CELL_DIRECT_1,	/* in-process, one thread */
	CELL_DIRECT_2,	/* in-process, two threads */
	CELL_LIMIT,	/* in-process, as many processes as cores */
	CELL_PEER,	/* eight clients of p11-kit's server */
	CELL_VERIFY,	/* OpenSSL, one thread */
	CELL_SYNC,	/* a page and its fdatasync, where the journal is */
	CELL_CLIENT_1,
	CELL_CLIENT_8,
	CELL_CLIENT_64,
	CELL_LARGE_64,	/* a token with 1,000 keys, another signetd */
	CELL_BULK_64,	/* the last of these keys */
	CELL_SAMPLED_64, /* another signetd, check: sampled */
	CELL_BATCH,	/* 100 items each */
	CELL_BATCH_SAMPLED, /* the same of the other signetd */
	CELL_PACED_64,	/* at half of what CELL_CLIENT_64 gave last */
	CELLS,
};

struct cell {
	bool used;
	unsigned rounds;
	double rate[PLAN_ROUNDS_MAX];	/* a second */
	double p50[PLAN_ROUNDS_MAX];	/* us */
	double server_us[PLAN_ROUNDS_MAX]; /* signetd + workers, a request */
	double total_us[PLAN_ROUNDS_MAX]; /* and this program */
	double others[PLAN_ROUNDS_MAX];	/* cores that had other work */
	double seconds;			/* of all rounds */
	uint64_t done, errors, verified;
	char error[256];
	struct cpu cpu;
	struct stats latency;
};

struct plan {
	double seconds;	 /* of one measurement */
	unsigned rounds;
	unsigned cores;
	struct runner *runner;
	struct runner *peer; /* NULL: not measured */
	const char *socket;
	const char *state; /* a folder beside the journal's */
	const char *sampled_socket; /* NULL: not measured */
	const char *large_socket;     /* NULL: not measured */
	const char *only[PLAN_ONLY_MAX]; /* parts of names; none: all */
	unsigned only_count;
	struct key key[KEY_KINDS], large[KEY_KINDS], bulk;
	struct cell cell[KEY_KINDS][CELLS];
};

/* "64 clients" */
const char *plan_cell_name(enum cell_id id);
bool plan_cell_direct(enum cell_id id);

/* All rounds; progress goes to stderr when that is a terminal. */
int plan_run(struct plan *p, struct error *e) MUST_CHECK;

#endif
