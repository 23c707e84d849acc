/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker: a real signet-worker on a private token, for tests that speak the
 * worker protocol to it.  Test programs run in the top folder of the tree.
 */
#ifndef SIGNET_TEST_PKCS11_WORKER_H
#define SIGNET_TEST_PKCS11_WORKER_H

#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"
#include "wire/fault.h"
#include "wire/hello.h"
#include "wire/keys.h"
#include "wire/login.h"
#include "wire/pin.h"
#include "wire/prepare.h"
#include "wire/sign.h"
#include "wire/tokens.h"

/* Milliseconds until a worker that does not answer fails the test. */
#define WORKER_PATIENCE 20000

static char worker_dir[64];	/* private tokens, see provision */
static char worker_module[256]; /* SoftHSM */

struct worker {
	pid_t pid;
	int fd;
	struct buf in;	 /* what came */
	size_t used;	 /* of it, by frames already taken */
	uint32_t next_id;
};

static inline const char *worker_build(void)
{
	const char *build = getenv("SIGNET_BUILD");

	return build == NULL ? "build" : build;
}

static inline int worker_run(const char *command)
{
	int status = system(command);

	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static inline void worker_find_module(void)
{
	static const char *const places[] = {
		"/usr/lib/softhsm/libsofthsm2.so",
		"/usr/lib/*/softhsm/libsofthsm2.so",
		"/usr/lib64/softhsm/libsofthsm2.so",
		"/usr/lib64/pkcs11/libsofthsm2.so",
	};
	const char *given = getenv("SIGNET_SOFTHSM2_MODULE");
	glob_t g;

	if (given != NULL)
		snprintf(worker_module, sizeof(worker_module), "%s", given);
	for (size_t i = 0; i < ARRAY_LEN(places) && !worker_module[0]; i++) {
		if (glob(places[i], 0, NULL, &g) == 0)
			snprintf(worker_module, sizeof(worker_module), "%s",
				 g.gl_pathv[0]);
		globfree(&g);
	}
}

/* Group setup: private tokens in worker_dir, and SOFTHSM2_CONF for them. */
static inline int worker_provision(void **state)
{
	char command[512], conf[128];

	worker_find_module();
	snprintf(worker_dir, sizeof(worker_dir), "/tmp/test_worker.XXXXXX");
	if (worker_module[0] == '\0' || mkdtemp(worker_dir) == NULL)
		return -1;
	snprintf(command, sizeof(command),
		 "SIGNET_BUILD='%s' SoftHSM-fixtures/provision %s/f >&2",
		 worker_build(), worker_dir);
	snprintf(conf, sizeof(conf), "%s/f/softhsm2.conf", worker_dir);
	setenv("SOFTHSM2_CONF", conf, 1);
	return worker_run(command);
}

static inline int worker_unprovision(void **state)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", worker_dir);
	return worker_run(command);
}

static inline void worker_path(char *out, size_t size, const char *name)
{
	snprintf(out, size, "%s/f/%s", worker_dir, name);
}

static inline void worker_exec(int fd)
{
	char program[512];

	snprintf(program, sizeof(program), "%s/bin/signet-worker",
		 worker_build());
	if (fd == 3)
		fcntl(fd, F_SETFD, 0);
	else
		dup2(fd, 3);
	execl(program, program, (char *)NULL);
	_exit(127);
}

static inline void worker_start(struct worker *w)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
				    pair), 0);
	w->pid = fork();
	assert_true(w->pid >= 0);
	if (w->pid == 0)
		worker_exec(pair[1]);
	close(pair[1]);
	w->fd = pair[0];
	w->used = 0;
	w->next_id = 1;
	buf_init(&w->in, 8u * 1024 * 1024);
}

/* Exit status, or 256 + signal. */
static inline int worker_wait(struct worker *w)
{
	int status = 0;

	assert_int_equal(waitpid(w->pid, &status, 0), w->pid);
	w->pid = -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) :
				   256 + WTERMSIG(status);
}

/* Close our end; the worker must leave by itself, in peace. */
static inline void worker_end(struct worker *w)
{
	close(w->fd);
	buf_fini(&w->in);
	assert_int_equal(worker_wait(w), 0);
}

static inline void worker_write(struct worker *w, struct slice s)
{
	assert_int_equal(send(w->fd, s.ptr, s.len, MSG_NOSIGNAL),
			 (ssize_t)s.len);
}

/* Returns 1 with a frame (valid until the next call), 0 at the end. */
static inline int worker_receive(struct worker *w, struct wire_frame *frame)
{
	struct pollfd p = { .fd = w->fd, .events = POLLIN };
	struct slice rest;
	struct error e;
	uint8_t *at;
	ssize_t got;
	int r;

	for (;;) {
		rest = slice_of(w->in.ptr + w->used, w->in.len - w->used);
		r = w->in.len == w->used ? 0 :
					   wire_frame_next(&rest, frame, &e);
		assert_true(r >= 0);
		if (r == 1) {
			w->used = w->in.len - rest.len;
			return 1;
		}
		buf_consume(&w->in, w->used);
		w->used = 0;
		assert_int_equal(poll(&p, 1, WORKER_PATIENCE), 1);
		at = buf_reserve(&w->in, 65536);
		assert_non_null(at);
		got = recv(w->fd, at, 65536, 0);
		if (got <= 0)
			return 0;
		buf_commit(&w->in, (size_t)got);
	}
}

/* The next frame, which answers the request of that id. */
static inline void worker_answer(struct worker *w, uint32_t id,
				 enum wire_type type, enum wire_kind kind,
				 struct wire_frame *frame)
{
	struct error why, e;

	error_clear(&why);
	assert_int_equal(worker_receive(w, frame), 1);
	if (frame->kind == WIRE_FAIL && kind != WIRE_FAIL) {
		assert_int_equal(wire_fault_get(frame->body, &why, &e), 0);
		fail_msg("WIRE_FAIL: %s", why.message);
	}
	assert_int_equal(frame->id, id);
	assert_int_equal(frame->type, type);
	assert_int_equal(frame->kind, kind);
}

static inline int worker_failure(struct worker *w, uint32_t id,
				 enum wire_type type, struct error *why)
{
	struct wire_frame frame;
	struct error e;

	worker_answer(w, id, type, WIRE_FAIL, &frame);
	assert_int_equal(wire_fault_get(frame.body, why, &e), 0);
	return why->code;
}

/* Write one request: body is put by the caller between the two. */
#define WORKER_REQUEST(w, type, ...)                                       \
	({                                                                 \
		struct buf worker_out;                                     \
		size_t worker_at;                                          \
		uint32_t worker_id = (w)->next_id++;                       \
		buf_init(&worker_out, LIMIT_FRAME + 64);                   \
		worker_at = wire_frame_begin(&worker_out, type, WIRE_REQ,  \
					     worker_id);                   \
		__VA_ARGS__;                                               \
		wire_frame_end(&worker_out, worker_at);                    \
		worker_write(w, buf_slice(&worker_out));                   \
		buf_fini(&worker_out);                                     \
		worker_id;                                                 \
	})

static inline uint32_t worker_ask_hello(struct worker *w, const char *module)
{
	struct wire_hello_req m = { .version = WIRE_VERSION, .name = "soft" };

	snprintf(m.module, sizeof(m.module), "%s", module);
	return WORKER_REQUEST(w, WIRE_HELLO,
			      wire_hello_req_put(&worker_out, &m));
}

static inline void worker_hello(struct worker *w, const char *module)
{
	struct wire_frame frame;
	uint32_t id = worker_ask_hello(w, module);

	worker_answer(w, id, WIRE_HELLO, WIRE_REP, &frame);
}

/* Lists up to max tokens; returns how many there are. */
static inline size_t worker_tokens(struct worker *w, struct wire_token *tokens,
				   size_t max)
{
	uint32_t id = WORKER_REQUEST(w, WIRE_TOKENS, (void)0);
	struct wire_frame frame;
	struct wire_token t;
	struct error e;
	size_t count = 0;

	for (;; count++) {
		assert_int_equal(worker_receive(w, &frame), 1);
		assert_int_equal(frame.id, id);
		if (frame.kind != WIRE_MORE)
			break;
		assert_int_equal(wire_token_get(frame.body, &t, &e), 0);
		if (count < max)
			tokens[count] = t;
	}
	assert_int_equal(frame.kind, WIRE_REP);
	return count;
}

/* The serial of the fixtures' token of that nickname. */
static inline void worker_serial(const char *nick, char out[64])
{
	char path[128], line[128], name[64], serial[64];
	FILE *f;

	worker_path(path, sizeof(path), "serials");
	f = fopen(path, "re");
	assert_non_null(f);
	out[0] = '\0';
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "%63s %63s", name, serial) == 2 &&
		    strcmp(name, nick) == 0)
			memcpy(out, serial, sizeof(serial));
	fclose(f);
	assert_string_not_equal(out, "");
}

/* Lists the tokens and takes the one of that nickname. */
static inline struct wire_token worker_token(struct worker *w,
					     const char *nick)
{
	struct wire_token tokens[8];
	char serial[64];
	size_t count;

	worker_serial(nick, serial);
	count = worker_tokens(w, tokens, ARRAY_LEN(tokens));
	for (size_t i = 0; i < count && i < ARRAY_LEN(tokens); i++)
		if (strcmp(tokens[i].serial, serial) == 0)
			return tokens[i];
	fail_msg("no token %s among %zu", nick, count);
	return tokens[0];
}

static inline uint32_t worker_ask_login(struct worker *w, uint32_t token,
					const char *pin_source)
{
	struct wire_login_req m = { .token = token };

	snprintf(m.pin_source, sizeof(m.pin_source), "%s", pin_source);
	return WORKER_REQUEST(w, WIRE_LOGIN,
			      wire_login_req_put(&worker_out, &m));
}

static inline void worker_login(struct worker *w, uint32_t token)
{
	struct wire_frame frame;
	char pin[128];

	worker_path(pin, sizeof(pin), "pin");
	worker_answer(w, worker_ask_login(w, token, pin), WIRE_LOGIN, WIRE_REP,
		      &frame);
}

/* A key with bytes of its own. */
struct worker_key {
	struct wire_key m;
	uint8_t id[LIMIT_KEY_ID], spki[LIMIT_SPKI], cert[LIMIT_CERTIFICATE];
};

static inline void worker_key_copy(struct worker_key *k,
				   const struct wire_key *m)
{
	k->m = *m;
	memcpy(k->id, m->id.ptr, m->id.len);
	memcpy(k->spki, m->spki.ptr, m->spki.len);
	memcpy(k->cert, m->certificate.ptr, m->certificate.len);
	k->m.id.ptr = k->id;
	k->m.spki.ptr = k->spki;
	k->m.certificate.ptr = k->cert;
}

static inline uint32_t worker_ask_keys(struct worker *w, uint32_t token)
{
	struct wire_keys_req m = { .token = token };

	return WORKER_REQUEST(w, WIRE_KEYS,
			      wire_keys_req_put(&worker_out, &m));
}

/* Lists up to max keys and certificates of a token; returns how many. */
static inline size_t worker_keys(struct worker *w, uint32_t token,
				 struct worker_key *keys, size_t max)
{
	uint32_t id = worker_ask_keys(w, token);
	struct wire_frame frame;
	struct wire_key m;
	struct error e;
	size_t count = 0;

	for (;; count++) {
		assert_int_equal(worker_receive(w, &frame), 1);
		assert_int_equal(frame.id, id);
		if (frame.kind != WIRE_MORE)
			break;
		assert_int_equal(wire_key_get(frame.body, &m, &e), 0);
		if (count < max)
			worker_key_copy(&keys[count], &m);
	}
	assert_int_equal(frame.kind, WIRE_REP);
	return count;
}

static inline uint32_t worker_ask_sign(struct worker *w,
				       const struct wire_sign_req *m)
{
	return WORKER_REQUEST(w, WIRE_SIGN,
			      wire_sign_req_put(&worker_out, m));
}

/* Write bytes with descriptors. */
static inline void worker_pass(struct worker *w, struct slice s,
			       const int *fds, size_t count)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(16 * sizeof(int))];
	} control = { .room = "" };
	struct iovec part = { (void *)(uintptr_t)s.ptr, s.len };
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };

	assert_true(count > 0 && count <= 16);
	m.msg_control = control.room;
	m.msg_controllen = CMSG_SPACE(count * sizeof(int));
	control.head.cmsg_level = SOL_SOCKET;
	control.head.cmsg_type = SCM_RIGHTS;
	control.head.cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(&control.head), fds, count * sizeof(int));
	assert_int_equal(sendmsg(w->fd, &m, MSG_NOSIGNAL), (ssize_t)s.len);
}

/* A request of PREPARE with these descriptors, or with none. */
static inline uint32_t worker_ask_prepare(struct worker *w, uint32_t token,
					  uint32_t pins, const int *fds,
					  size_t count)
{
	const struct wire_prepare_req m = { .token = token, .pins = pins };
	uint32_t id = w->next_id++;
	struct buf out;
	size_t at;

	buf_init(&out, 64);
	at = wire_frame_begin(&out, WIRE_PREPARE, WIRE_REQ, id);
	wire_prepare_req_put(&out, &m);
	wire_frame_end(&out, at);
	if (count > 0)
		worker_pass(w, buf_slice(&out), fds, count);
	else
		worker_write(w, buf_slice(&out));
	buf_fini(&out);
	return id;
}

static inline struct wire_prepare_rep worker_prepared(struct worker *w,
						      uint32_t id)
{
	struct wire_prepare_rep rep;
	struct wire_frame frame;
	struct error e;

	worker_answer(w, id, WIRE_PREPARE, WIRE_REP, &frame);
	assert_int_equal(wire_prepare_rep_get(frame.body, &rep, &e), 0);
	return rep;
}

/* PREPARE for one or more PINs; returns our end of their socket. */
static inline int worker_pins(struct worker *w, uint32_t token, uint32_t pins)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
				    pair), 0);
	worker_prepared(w, worker_ask_prepare(w, token, pins, &pair[1], 1));
	close(pair[1]);
	return pair[0];
}

static inline void worker_type(int fd, const char *pin)
{
	assert_int_equal(send(fd, pin, strlen(pin), MSG_NOSIGNAL),
			 (ssize_t)strlen(pin));
}

/* A deadline no test reaches. */
static inline int64_t worker_deadline(void)
{
	return clock_mono_ns() + 60 * CLOCK_NS_PER_S;
}

#endif
