/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signet-bench: what signetd costs over calling the module directly.
 *
 * One run on one machine, all of it interleaved: ratios carry over to other
 * machines, absolute figures do not.  bench/run starts what it measures.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "bench/report.h"
#include "bench/runner.h"

#define EXIT_USAGE 2

static const char help[] =
	"Usage: signet-bench --module FILE --fixtures DIR --socket PATH"
	" [OPTION]...\n"
	"Measure a running signetd against its module called in-process.\n"
	"(bench/run starts all that is needed.)\n"
	"\n"
	"  --module FILE            the PKCS#11 module\n"
	"  --fixtures DIR           made by SoftHSM-fixtures/provision\n"
	"  --socket PATH            of a signetd on these fixtures\n"
	"  --sampled-socket PATH    of one with check: sampled\n"
	"  --peer-module FILE       p11-kit-client.so; its server is at\n"
	"                           P11_KIT_SERVER_ADDRESS\n"
	"  --state DIR              on the journal's file system; default: .\n"
	"  --large-fixtures DIR     made with --large\n"
	"  --large-socket PATH      of a signetd on those\n"
	"  --seconds N              of one measurement; default 1\n"
	"  --rounds N               default 5\n"
	"  --only TEXT              what has TEXT in its name, such as\n"
	"                           \"P-256, batches\"; may be repeated\n"
	"  --quick                  two rounds of 0.3 s\n"
	"  --json FILE              write the figures there, too\n"
	"  --help                   this text\n"
	"\n"
	"Exit status: 0 when it was measured, whatever the figures; 1 when an\n"
	"answer was wrong or something failed; 2 usage.\n";

struct options {
	const char *module, *fixtures, *large_fixtures, *json, *peer;
	struct plan *plan;
};

enum {
	OPTION_MODULE = 256,
	OPTION_FIXTURES,
	OPTION_SOCKET,
	OPTION_SAMPLED,
	OPTION_PEER,
	OPTION_STATE,
	OPTION_LARGE_FIXTURES,
	OPTION_LARGE_SOCKET,
	OPTION_SECONDS,
	OPTION_ROUNDS,
	OPTION_ONLY,
	OPTION_QUICK,
	OPTION_JSON,
	OPTION_HELP,
};

static const struct option long_options[] = {
	{ "module", required_argument, NULL, OPTION_MODULE },
	{ "fixtures", required_argument, NULL, OPTION_FIXTURES },
	{ "socket", required_argument, NULL, OPTION_SOCKET },
	{ "sampled-socket", required_argument, NULL, OPTION_SAMPLED },
	{ "peer-module", required_argument, NULL, OPTION_PEER },
	{ "state", required_argument, NULL, OPTION_STATE },
	{ "large-fixtures", required_argument, NULL, OPTION_LARGE_FIXTURES },
	{ "large-socket", required_argument, NULL, OPTION_LARGE_SOCKET },
	{ "seconds", required_argument, NULL, OPTION_SECONDS },
	{ "rounds", required_argument, NULL, OPTION_ROUNDS },
	{ "only", required_argument, NULL, OPTION_ONLY },
	{ "quick", no_argument, NULL, OPTION_QUICK },
	{ "json", required_argument, NULL, OPTION_JSON },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 },
};

static void usage(const char *why)
{
	fprintf(stderr, "signet-bench: %s; see signet-bench --help\n", why);
	exit(EXIT_USAGE);
}

static double number(const char *text, double least, double most)
{
	char *end;
	double n = strtod(text, &end);

	if (*text == '\0' || *end != '\0' || !(n >= least && n <= most))
		usage("--seconds is 0.05 to 60, --rounds 1 to 100");
	return n;
}

static void option_plan(struct plan *p, int which, const char *value)
{
	double rounds;

	switch (which) {
	case OPTION_SOCKET:
		p->socket = value;
		break;
	case OPTION_SAMPLED:
		p->sampled_socket = value;
		break;
	case OPTION_STATE:
		p->state = value;
		break;
	case OPTION_LARGE_SOCKET:
		p->large_socket = value;
		break;
	case OPTION_SECONDS:
		p->seconds = number(value, 0.05, 60);
		break;
	case OPTION_ROUNDS:
		rounds = number(value, 1, PLAN_ROUNDS_MAX);
		p->rounds = (unsigned)rounds;
		break;
	case OPTION_ONLY:
		if (p->only_count == PLAN_ONLY_MAX)
			usage("--only is given too often");
		p->only[p->only_count++] = value;
		break;
	case OPTION_QUICK:
		p->seconds = 0.3;
		p->rounds = 2;
		break;
	default:
		exit(EXIT_USAGE);
	}
}

static void option(struct options *o, int which, const char *value)
{
	switch (which) {
	case OPTION_MODULE:
		o->module = value;
		break;
	case OPTION_FIXTURES:
		o->fixtures = value;
		break;
	case OPTION_PEER:
		o->peer = value;
		break;
	case OPTION_LARGE_FIXTURES:
		o->large_fixtures = value;
		break;
	case OPTION_JSON:
		o->json = value;
		break;
	case OPTION_HELP:
		fputs(help, stdout);
		exit(EXIT_SUCCESS);
	default:
		option_plan(o->plan, which, value);
	}
}

static void options_parse(struct options *o, int argc, char **argv)
{
	int which;

	while ((which = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		option(o, which, optarg);
	if (optind < argc)
		usage("it takes no arguments");
	if (o->module == NULL || o->fixtures == NULL || o->plan->socket == NULL)
		usage("--module, --fixtures and --socket are needed");
	if ((o->large_fixtures == NULL) != (o->plan->large_socket == NULL))
		usage("--large-fixtures and --large-socket go together");
}

static int open_keys(struct plan *p, const struct options *o, struct error *e)
{
	static const char *const object[KEY_KINDS] = { "rsa2048", "p256" };
	static const char *const large[KEY_KINDS] = { "large-rsa2048",
						      "large-p256" };
	int r = 0;

	for (unsigned k = 0; r == 0 && k < KEY_KINDS; k++) {
		r = key_open(&p->key[k], k, o->fixtures, "test", object[k],
			     object[k], e);
		if (r == 0 && o->large_fixtures != NULL)
			r = key_open(&p->large[k], k, o->large_fixtures,
				     "large", object[k], large[k], e);
	}
	if (r == 0 && o->large_fixtures != NULL)
		r = key_open(&p->bulk, KEY_EC, o->large_fixtures, "large",
			     "key-0999", NULL, e);
	return r;
}

static int measure(struct plan *p, const struct options *o, struct error *e)
{
	/* First of all: the processes must not inherit anything. */
	int r = runner_start(p->cores, o->module, o->fixtures, &p->runner, e);

	if (r == 0 && o->peer != NULL)
		r = runner_start(PLAN_PEERS, o->peer, o->fixtures, &p->peer,
				 e);
	if (r == 0)
		r = open_keys(p, o, e);
	if (r == 0)
		r = plan_run(p, e);
	if (r == 0)
		report_text(p);
	if (r == 0 && o->json != NULL)
		r = report_json(p, o->json, e);
	runner_stop(p->runner);
	runner_stop(p->peer);
	for (unsigned k = 0; k < KEY_KINDS; k++) {
		key_close(&p->key[k]);
		key_close(&p->large[k]);
	}
	return r;
}

int main(int argc, char **argv)
{
	static struct plan plan = { .seconds = 1, .rounds = 5,
				    .state = "." };
	struct options o = { .plan = &plan };
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	struct error e;

	options_parse(&o, argc, argv);
	plan.cores = cores < 1 ? 1 : cores > RUNNER_MAX ? RUNNER_MAX :
		(unsigned)cores;
	if (measure(&plan, &o, &e) != 0) {
		fprintf(stderr, "signet-bench: %s\n", e.message);
		return EXIT_FAILURE;
	}
	return report_errors(&plan) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
