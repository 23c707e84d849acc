/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan: what is measured, and in which order.
 */
#include "bench/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "bench/load.h"
#include "bench/runner.h"

/* Part of the saturated rate that the paced clients ask for. */
#define PACED_PART 0.5
#define PLAN_BATCH 100

static const struct {
	const char *name;
	unsigned clients; /* 0: direct */
} cells[CELLS] = {
	[CELL_DIRECT_1] = { "direct, 1 thread", 0 },
	[CELL_DIRECT_2] = { "direct, 2 threads", 0 },
	[CELL_LIMIT] = { "direct, processes = cores", 0 },
	[CELL_PEER] = { "p11-kit server, 8 clients", 0 },
	[CELL_VERIFY] = { "OpenSSL verify, 1 thread", 0 },
	[CELL_SYNC] = { "page and fdatasync", 0 },
	[CELL_CLIENT_1] = { "signetd, 1 client", 1 },
	[CELL_CLIENT_8] = { "signetd, 8 clients", 8 },
	[CELL_CLIENT_64] = { "signetd, 64 clients", 64 },
	[CELL_LARGE_64] = { "64 clients, 1,000 keys", 64 },
	[CELL_BULK_64] = { "64 clients, last of 1,000", 64 },
	[CELL_SAMPLED_64] = { "64 clients, sampled", 64 },
	[CELL_BATCH] = { "batches of 100", 8 },
	[CELL_BATCH_SAMPLED] = { "batches of 100, sampled", 8 },
	[CELL_PACED_64] = { "64 clients, paced 50 %", 64 },
};

const char *plan_cell_name(enum cell_id id)
{
	return cells[id].name;
}

bool plan_cell_direct(enum cell_id id)
{
	return cells[id].clients == 0;
}

static bool plan_has(const struct plan *p, enum key_kind kind, enum cell_id id)
{
	switch (id) {
	case CELL_PEER:
		return p->peer != NULL;
	case CELL_LARGE_64:
		return p->large_socket != NULL;
	case CELL_BULK_64:
		return p->large_socket != NULL && kind == KEY_EC;
	case CELL_PACED_64:
		return p->cell[kind][CELL_CLIENT_64].rounds > 0;
	case CELL_SAMPLED_64:
	case CELL_BATCH_SAMPLED:
		return p->sampled_socket != NULL;
	default:
		return true;
	}
}

static bool plan_wants(const struct plan *p, enum key_kind kind,
		       enum cell_id id)
{
	char name[80];

	snprintf(name, sizeof(name), "%s, %s", key_kind_name(kind),
		 cells[id].name);
	for (unsigned i = 0; i < p->only_count; i++)
		if (strstr(name, p->only[i]) != NULL)
			return true;
	return p->only_count == 0;
}

static int plan_direct(struct plan *p, enum key_kind kind, enum cell_id id,
		       struct measure *m, struct error *e)
{
	struct runner_order order = {
		.work = id == CELL_VERIFY ? RUNNER_VERIFY : RUNNER_SIGN,
		.kind = kind,
		.processes = id == CELL_LIMIT ? p->cores : 1,
		.threads = id == CELL_DIRECT_2 ? 2 : 1,
		.seconds = id == CELL_VERIFY ? p->seconds / 4 : p->seconds,
	};

	if (id == CELL_PEER)
		order.processes = PLAN_PEERS;
	return runner_run(id == CELL_PEER ? p->peer : p->runner, &order, m, e);
}

/* Over and over in one place, as SQLite writes its log. */
static int plan_sync(const struct plan *p, struct measure *m, struct error *e)
{
	static const uint8_t page[4096];
	AUTO(fd_closep) int fd = open(p->state, O_TMPFILE | O_RDWR | O_CLOEXEC,
				      0600);
	int64_t begun = clock_mono_ns(), before = begun, after = begun;
	int64_t end = begun + (int64_t)(p->seconds / 4 *
					(double)CLOCK_NS_PER_S);

	memset(m, 0, sizeof(*m));
	while (fd >= 0 && before < end) {
		if (pwrite(fd, page, sizeof(page), 0) != sizeof(page) ||
		    fdatasync(fd) != 0)
			fd_closep(&fd);
		after = clock_mono_ns();
		stats_add(&m->latency, after - before);
		before = after;
	}
	if (fd < 0)
		return error_set_errno(e, ERR_IO, errno, "%s", p->state);
	m->done = m->latency.count;
	m->seconds = (double)(after - begun) / (double)CLOCK_NS_PER_S;
	return 0;
}

static int plan_load(struct plan *p, enum key_kind kind, enum cell_id id,
		     struct measure *m, struct error *e)
{
	const struct cell *saturated = &p->cell[kind][CELL_CLIENT_64];
	struct load_order order = {
		.socket = p->socket,
		.key = &p->key[kind],
		.clients = cells[id].clients,
		.seconds = p->seconds,
	};

	if (id == CELL_LARGE_64 || id == CELL_BULK_64) {
		order.socket = p->large_socket;
		order.key = id == CELL_BULK_64 ? &p->bulk : &p->large[kind];
	} else if (id == CELL_SAMPLED_64 || id == CELL_BATCH_SAMPLED) {
		order.socket = p->sampled_socket;
	} else if (id == CELL_PACED_64) {
		order.rate = PACED_PART *
			saturated->rate[saturated->rounds - 1];
	}
	if (id == CELL_BATCH || id == CELL_BATCH_SAMPLED)
		order.batch = PLAN_BATCH;
	return load_run(&order, m, e);
}

static void cell_add(struct cell *c, const struct measure *m)
{
	double done = m->done == 0 ? 1 : (double)m->done;
	int64_t server = m->cpu.daemon + m->cpu.workers;
	int64_t total = server + m->cpu.bench;

	c->used = true;
	c->rate[c->rounds] = (double)m->done / m->seconds;
	c->p50[c->rounds] = stats_quantile_us(&m->latency, 0.5);
	c->server_us[c->rounds] = (double)server / done / 1000;
	c->total_us[c->rounds] = (double)total / done / 1000;
	c->others[c->rounds] =
		(double)(m->cpu.machine - total) / m->seconds / 1e9;
	c->rounds++;
	if (c->errors == 0)
		memcpy(c->error, m->error, sizeof(c->error));
	c->seconds += m->seconds;
	c->done += m->done;
	c->errors += m->errors;
	c->verified += m->verified;
	c->cpu.bench += m->cpu.bench;
	c->cpu.daemon += m->cpu.daemon;
	c->cpu.workers += m->cpu.workers;
	stats_merge(&c->latency, &m->latency);
}

static int plan_cell(struct plan *p, enum key_kind kind, enum cell_id id,
		     struct error *e)
{
	static struct measure m;
	int r;

	if (!plan_has(p, kind, id) || !plan_wants(p, kind, id))
		return 0;
	if (id == CELL_SYNC)
		r = plan_sync(p, &m, e);
	else
		r = plan_cell_direct(id) ? plan_direct(p, kind, id, &m, e) :
			plan_load(p, kind, id, &m, e);
	if (r != 0) {
		error_prefix(e, "%s, %s: ", key_kind_name(kind),
			     cells[id].name);
		return r;
	}
	cell_add(&p->cell[kind][id], &m);
	return 0;
}

int plan_run(struct plan *p, struct error *e)
{
	int r = 0;

	for (unsigned round = 0; r == 0 && round < p->rounds; round++) {
		if (isatty(STDERR_FILENO))
			fprintf(stderr, "\rround %u of %u ", round + 1,
				p->rounds);
		for (unsigned i = 0; r == 0 && i < CELLS * KEY_KINDS; i++) {
			unsigned at = round % 2 == 0 ? i :
				CELLS * KEY_KINDS - 1 - i;

			r = plan_cell(p, at / CELLS, at % CELLS, e);
		}
	}
	if (isatty(STDERR_FILENO))
		fputs("\r                    \r", stderr);
	return r;
}
