/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_worker: a descriptor leaves with the first byte of its frame, whatever
 * is on its way before and behind it; and who has nothing to do waits for no
 * turn of the loop.
 *
 * The other side is a real signet-worker: it leaves when a descriptor comes
 * with another request.  Test programs run in the top folder of the tree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <event2/event.h>
#include <glob.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"
#include "broker/worker.h"
#include "wire/hello.h"
#include "wire/prepare.h"
#include "wire/sign.h"

#define CALLS_MAX 32

static struct event_base *base;
static struct worker *w;
static int socket_fd; /* of w */
static char folder[64], module[256], program[512];
static char variable[192];
static char *environment[] = { variable, NULL };

struct call {
	struct worker_call call;
	enum wire_kind kind; /* of the answer; 0: none yet */
	bool lost;
};

static struct call calls[CALLS_MAX];
static unsigned calls_count, answers;

static int take_answer(struct worker_call *call, const struct wire_frame *f,
		       struct error *e)
{
	struct call *c = (struct call *)call;

	if (f->kind == WIRE_MORE)
		return 0;
	/* In the order of the calls. */
	assert_ptr_equal(c, &calls[answers]);
	c->kind = f->kind;
	answers++;
	event_base_loopbreak(base);
	return 0;
}

static void take_loss(struct worker_call *call, const struct error *why,
		      bool begun)
{
	((struct call *)call)->lost = true;
}

static void take_end(void *arg, struct worker *ended, const struct error *why)
{
	w = NULL;
	event_base_loopbreak(base);
}

static struct buf *begin(enum wire_type type)
{
	struct call *c = &calls[calls_count];

	assert_true(calls_count < CALLS_MAX);
	memset(c, 0, sizeof(*c));
	c->call.type = type;
	c->call.deadline_ms = 10000;
	c->call.answer = take_answer;
	c->call.lost = take_loss;
	return worker_begin(w, &c->call);
}

static void sent(void)
{
	worker_send(w, &calls[calls_count++].call);
}

static void hello(void)
{
	struct wire_hello_req m = { .version = WIRE_VERSION, .name = "soft" };

	snprintf(m.module, sizeof(m.module), "%s", module);
	wire_hello_req_put(begin(WIRE_HELLO), &m);
	sent();
}

static void tokens(void)
{
	begin(WIRE_TOKENS);
	sent();
}

/* A mebibyte, for a token that is not there. */
static void large(void)
{
	static uint8_t message[LIMIT_EDDSA_MESSAGE];
	const struct wire_sign_item item = {
		WIRE_EDDSA, WIRE_HASH_NONE, slice_of(message, sizeof(message))
	};
	const struct wire_sign_req m = { .token = 63, .count = 1,
					 .items = &item };

	wire_sign_req_put(begin(WIRE_SIGN), &m);
	sent();
}

/* PREPARE of the empty token; returns our end of the socket. */
static int prepare(void)
{
	const struct wire_prepare_req m = { .token = 0, .pins = 1 };
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
				    pair), 0);
	wire_prepare_req_put(begin(WIRE_PREPARE), &m);
	worker_send_fd(w, &calls[calls_count++].call, pair[1]);
	return pair[0];
}

static bool is_closed(int fd)
{
	char byte;

	return recv(fd, &byte, 1, MSG_DONTWAIT) == 0;
}

static void start(void)
{
	const struct worker_setup setup = { program, "soft", environment };
	const struct worker_owner owner = { take_end, NULL };
	struct error e;

	calls_count = answers = 0;
	/* The next one that is free. */
	socket_fd = dup(STDERR_FILENO);
	close(socket_fd);
	assert_int_equal(worker_start(base, &setup, &owner, &w, &e), 0);
	hello();
	tokens();
}

static void all_answered(void)
{
	while (answers < calls_count && w != NULL)
		event_base_loop(base, EVLOOP_ONCE);
	assert_non_null(w);
}

static void end(void)
{
	struct error why;

	error_set(&why, ERR_SHUTTING_DOWN, "the test ends");
	if (w != NULL)
		worker_end(w, &why);
	worker_wait_all(5000);
}

static void test_in_one_write(void **state)
{
	int fds[3];

	start();
	for (int i = 0; i < 3; i++) {
		fds[i] = prepare();
		tokens();
	}
	all_answered();
	for (unsigned i = 0; i < calls_count; i++)
		assert_int_equal(calls[i].kind, WIRE_REP);
	/* Each took the place of the one before. */
	assert_true(is_closed(fds[0]));
	assert_true(is_closed(fds[1]));
	assert_false(is_closed(fds[2]));
	end();
	for (int i = 0; i < 3; i++)
		close(fds[i]);
}

static void test_behind_a_full_socket(void **state)
{
	int first, second;

	start();
	for (int i = 0; i < 3; i++)
		large();
	first = prepare();
	large();
	tokens();
	second = prepare();
	large();
	all_answered();
	assert_int_equal(calls[2].kind, WIRE_FAIL);
	assert_int_equal(calls[5].kind, WIRE_REP);
	assert_int_equal(calls[8].kind, WIRE_REP);
	assert_true(is_closed(first));
	assert_false(is_closed(second));
	end();
	close(first);
	close(second);
}

static bool answers_in(int ms)
{
	struct pollfd p = { .fd = socket_fd, .events = POLLIN };

	return poll(&p, 1, ms) == 1;
}

/* One alone, or what comes while it works, leaves with the end of the turn. */
static void test_idle(void **state)
{
	int fd;

	start();
	all_answered();
	tokens();
	assert_false(answers_in(100));
	all_answered();
	fd = prepare();
	tokens();
	assert_true(answers_in(10000));
	all_answered();
	assert_int_equal(calls[3].kind, WIRE_REP);
	assert_false(is_closed(fd));
	end();
	close(fd);
}

/* One that was not sent is closed when its call is lost. */
static void test_lost(void **state)
{
	struct error why;
	int fd;

	start();
	all_answered();
	fd = prepare();
	assert_false(is_closed(fd));
	error_set(&why, ERR_DEADLINE, "the test ends it");
	worker_end(w, &why);
	assert_true(calls[2].lost);
	assert_true(is_closed(fd));
	end();
	close(fd);
}

static int setup(void **state)
{
	const char *build = getenv("SIGNET_BUILD");
	const char *given = getenv("SIGNET_SOFTHSM2_MODULE");
	char path[128];
	glob_t g = { .gl_pathc = 0 };
	FILE *f;

	snprintf(program, sizeof(program), "%s/bin/signet-worker",
		 build == NULL ? "build" : build);
	if (given != NULL)
		snprintf(module, sizeof(module), "%s", given);
	else if (glob("/usr/lib*/{,*/}{softhsm,pkcs11}/libsofthsm2.so",
		      GLOB_BRACE, NULL, &g) == 0)
		snprintf(module, sizeof(module), "%s", g.gl_pathv[0]);
	globfree(&g);
	snprintf(folder, sizeof(folder), "/tmp/test_worker.XXXXXX");
	if (module[0] == '\0' || mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/conf", folder);
	snprintf(variable, sizeof(variable), "SOFTHSM2_CONF=%s", path);
	f = fopen(path, "we");
	if (f == NULL)
		return -1;
	fprintf(f, "directories.tokendir = %s\n", folder);
	fclose(f);
	base = event_base_new();
	return base == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	char command[128];

	event_base_free(base);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_in_one_write),
		cmocka_unit_test(test_behind_a_full_socket),
		cmocka_unit_test(test_idle),
		cmocka_unit_test(test_lost),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
