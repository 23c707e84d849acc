/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load: many clients of one signetd, in one thread.
 */
#ifndef SIGNET_BENCH_LOAD_H
#define SIGNET_BENCH_LOAD_H

#include "bench/key.h"
#include "bench/measure.h"

#define LOAD_CLIENTS_MAX 64

struct load_order {
	const char *socket;
	const struct key *key;
	unsigned clients; /* keep-alive connections, one request each */
	unsigned batch;	  /* items of a request; 0: it is none of a batch */
	double seconds;
	/*
	 * 0: closed loop, each client asks again at once.  Otherwise requests
	 * a second, evenly spaced, by whichever client is free; the time of
	 * one runs from when it was due, also when no client was free then.
	 */
	double rate;
};

/*
 * Runs the order after a short warm-up and reads the processor time of both
 * sides.  Answers other than 201 and signatures that do not verify are counted
 * in out->errors.  ERR_NO_DAEMON, ERR_IO, ERR_PROTOCOL: no measurement.
 */
int load_run(const struct load_order *order, struct measure *out,
	     struct error *e) MUST_CHECK;

#endif
