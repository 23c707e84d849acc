/* SPDX-License-Identifier: Apache-2.0 */
/*
 * runner: processes that call the module directly, as many as there are cores.
 *
 * Orders and results lie in memory that is shared; a byte on a socket says
 * "go" and "done".  The processes leave by _exit, as signet-worker does.
 */
#include "bench/runner.h"

#include <errno.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "bench/token.h"

/* Until all have seen the order and started their threads. */
#define RUNNER_LEAD_NS (20 * CLOCK_NS_PER_MS)

/* One thread's part; its own cache lines. */
struct part {
	struct stats latency;
	struct error failure;
	char pad[64];
};

struct shared {
	struct runner_order order;
	int64_t begin_ns, end_ns;
	int64_t cpu_ns; /* of the process, for the last order */
	struct part part[TOKEN_SESSIONS];
};

struct runner {
	unsigned processes;
	pid_t pid[RUNNER_MAX];
	int fd[RUNNER_MAX];
	struct shared *shared[RUNNER_MAX];
};

/* --- in the processes ----------------------------------------------------- */

struct child {
	struct token token;
	struct shared *shared;
};

struct thread {
	struct child *child;
	unsigned number;
	pthread_t id;
};

static void sleep_until(int64_t ns)
{
	const struct timespec t = { ns / CLOCK_NS_PER_S, ns % CLOCK_NS_PER_S };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) ==
	       EINTR)
		continue;
}

static int thread_sign(struct thread *t, struct part *p)
{
	const struct shared *s = t->child->shared;
	enum key_kind kind = s->order.kind;
	uint8_t tbs[KEY_TBS_MAX], out[LIMIT_SIGNATURE];
	struct slice data = slice_of(tbs, key_tbs(kind, tbs));
	int64_t before = clock_mono_ns(), after;
	size_t len;
	int r;

	while (before < s->end_ns) {
		r = token_sign(&t->child->token, t->number, kind, data, out,
			       &len, &p->failure);
		if (r != 0)
			return r;
		after = clock_mono_ns();
		if (after <= s->end_ns)
			stats_add(&p->latency, after - before);
		before = after;
	}
	return 0;
}

/* A key of its own will do: one verify costs what another does. */
static EVP_PKEY *make_key(enum key_kind kind)
{
	return kind == KEY_RSA ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256");
}

static bool digest_sign(EVP_PKEY *key, uint8_t *out, size_t *len)
{
	struct slice content = key_content();
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool good = md != NULL &&
		EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, key) == 1 &&
		EVP_DigestSign(md, out, len, content.ptr, content.len) == 1;

	EVP_MD_CTX_free(md);
	return good;
}

/* With a context that is made once: the least that a verify costs. */
static int thread_verify(struct thread *t, struct part *p)
{
	const struct shared *s = t->child->shared;
	uint8_t tbs[KEY_TBS_MAX], signature[LIMIT_SIGNATURE];
	size_t len = sizeof(signature);
	EVP_PKEY *key = make_key(s->order.kind);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	int64_t before, after;

	if (key == NULL || ctx == NULL || !digest_sign(key, signature, &len) ||
	    EVP_PKEY_verify_init(ctx) != 1 ||
	    EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) != 1)
		return error_set(&p->failure, ERR_CRYPTO, "no key to verify");
	key_tbs(KEY_EC, tbs);
	sleep_until(s->begin_ns);
	before = clock_mono_ns();
	while (before < s->end_ns) {
		if (EVP_PKEY_verify(ctx, signature, len, tbs, 32) != 1)
			return error_set(&p->failure, ERR_CRYPTO, "verify");
		after = clock_mono_ns();
		if (after <= s->end_ns)
			stats_add(&p->latency, after - before);
		before = after;
	}
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	return 0;
}

static void *thread_main(void *arg)
{
	struct thread *t = arg;
	struct shared *s = t->child->shared;
	struct part *p = &s->part[t->number];

	if (s->order.work == RUNNER_VERIFY) {
		thread_verify(t, p);
		return NULL;
	}
	sleep_until(s->begin_ns);
	thread_sign(t, p);
	return NULL;
}

static int64_t own_cpu_ns(void)
{
	struct timespec t = { 0, 0 };

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * CLOCK_NS_PER_S + t.tv_nsec;
}

static void child_work(struct child *c)
{
	struct thread thread[TOKEN_SESSIONS];
	unsigned n = c->shared->order.threads;
	int64_t before = own_cpu_ns();

	memset(c->shared->part, 0, sizeof(c->shared->part));
	for (unsigned i = 0; i < n; i++) {
		thread[i] = (struct thread){ .child = c, .number = i };
		if (pthread_create(&thread[i].id, NULL, thread_main,
				   &thread[i]) != 0)
			_exit(EXIT_FAILURE);
	}
	for (unsigned i = 0; i < n; i++)
		pthread_join(thread[i].id, NULL);
	c->shared->cpu_ns = own_cpu_ns() - before;
}

static void child_main(struct shared *s, int fd, const char *module,
		       const char *fixtures)
{
	struct child c = { .shared = s };
	char byte = 0, conf[LIMIT_PATH];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(conf, sizeof(conf), "%s/softhsm2.conf", fixtures);
	setenv("SOFTHSM2_CONF", conf, 1);
	/* The first answer tells of a failure. */
	if (token_open(&c.token, module, fixtures, &s->part[0].failure) == 0)
		error_clear(&s->part[0].failure);
	while (write(fd, &byte, 1) == 1 && read(fd, &byte, 1) == 1)
		child_work(&c);
	_exit(EXIT_SUCCESS);
}

/* --- in the program ------------------------------------------------------- */

/* A process has answered: with a failure of its own, or dead. */
static int runner_await(struct runner *r, unsigned i, struct error *e)
{
	char byte;

	if (read(r->fd[i], &byte, 1) != 1)
		return error_set(e, ERR_MODULE,
				 "a process that calls the module has ended");
	for (unsigned t = 0; t < TOKEN_SESSIONS; t++) {
		*e = r->shared[i]->part[t].failure;
		if (e->code != 0)
			return e->code;
	}
	return 0;
}

static int runner_fork(struct runner *r, const char *module,
		       const char *fixtures, struct error *e)
{
	unsigned i = r->processes;
	int pair[2];

	r->shared[i] = mmap(NULL, sizeof(*r->shared[i]),
			    PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (r->shared[i] == MAP_FAILED)
		return error_set_errno(e, ERR_NO_MEMORY, errno, "mmap");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return error_set_errno(e, ERR_IO, errno, "socketpair");
	r->pid[i] = fork();
	if (r->pid[i] == 0) {
		close(pair[0]);
		child_main(r->shared[i], pair[1], module, fixtures);
	}
	close(pair[1]);
	r->fd[i] = pair[0];
	if (r->pid[i] < 0) {
		close(pair[0]);
		return error_set_errno(e, ERR_IO, errno, "fork");
	}
	r->processes++;
	return 0;
}

int runner_start(unsigned processes, const char *module, const char *fixtures,
		 struct runner **out, struct error *e)
{
	struct runner *r = calloc(1, sizeof(*r));
	int failed = 0;

	if (r == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for processes");
	/* One after the other: see token_await_slot(). */
	for (unsigned i = 0; failed == 0 && i < processes; i++) {
		failed = runner_fork(r, module, fixtures, e);
		if (failed == 0)
			failed = runner_await(r, i, e);
	}
	if (failed != 0) {
		runner_stop(r);
		return failed;
	}
	*out = r;
	return 0;
}

static int runner_order_all(struct runner *r, const struct runner_order *o,
			    int64_t begin_ns, struct error *e)
{
	for (unsigned i = 0; i < o->processes; i++) {
		r->shared[i]->order = *o;
		r->shared[i]->begin_ns = begin_ns;
		r->shared[i]->end_ns = begin_ns +
			(int64_t)(o->seconds * (double)CLOCK_NS_PER_S);
		if (write(r->fd[i], "", 1) != 1)
			return error_set_errno(e, ERR_IO, errno, "write");
	}
	return 0;
}

int runner_run(struct runner *r, const struct runner_order *order,
	       struct measure *out, struct error *e)
{
	int64_t begin = clock_mono_ns() + RUNNER_LEAD_NS, before, after;
	int failed;

	/* Making an RSA key takes its time. */
	if (order->work == RUNNER_VERIFY)
		begin += 25 * RUNNER_LEAD_NS;
	memset(out, 0, sizeof(*out));
	out->seconds = order->seconds;
	failed = runner_order_all(r, order, begin, e);
	sleep_until(begin);
	if (failed == 0)
		failed = cpu_machine(&before, e);
	for (unsigned i = 0; i < order->processes; i++) {
		if (failed == 0)
			failed = runner_await(r, i, e);
		for (unsigned t = 0; t < order->threads; t++)
			stats_merge(&out->latency,
				    &r->shared[i]->part[t].latency);
		out->cpu.bench += r->shared[i]->cpu_ns;
	}
	if (failed == 0)
		failed = cpu_machine(&after, e);
	if (failed != 0)
		return failed;
	out->done = out->latency.count;
	out->cpu.machine = after - before;
	return 0;
}

void runner_stop(struct runner *r)
{
	if (r == NULL)
		return;
	for (unsigned i = 0; i < r->processes; i++) {
		close(r->fd[i]);
		kill(r->pid[i], SIGKILL);
		waitpid(r->pid[i], NULL, 0);
		munmap(r->shared[i], sizeof(*r->shared[i]));
	}
	free(r);
}
