/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker-driver: speaks the worker protocol to a signet-worker.
 *
 *	worker-driver WORKER MODULE COMMAND...
 *
 *	token SERIAL	the token of the commands that follow ("": one that is
 *			not initialised)
 *	prepare N	PREPARE; prints "prepared FLAGS LOGGED-IN"
 *	type TEXT	a PIN into the socket of the last prepare
 *	hang-up		close that socket
 *	public KEY	prints the SubjectPublicKeyInfo in hexadecimal
 *	sign KEY LOGIN FLAGS COUNT
 *			ECDSA over 32 bytes of "0"; LOGIN and FLAGS are numbers;
 *			prints "signature HEX" each
 *	pin OP LABEL	PIN; OP is a number; prints "label LABEL"
 *	logout
 *
 * Each prints "failed CODE MESSAGE" instead when the worker says so.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <p11-kit/pkcs11.h>

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

static int worker_fd, prompt_fd = -1;
static uint32_t token;
static struct buf in, out;
static size_t used, start;
static struct wire_key key; /* its slices are not kept */
static struct buf key_spki;

static void die(const char *what)
{
	fprintf(stderr, "worker-driver: %s\n", what);
	exit(EXIT_FAILURE);
}

static void launch(const char *worker)
{
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		die("socketpair");
	pid = fork();
	if (pid == 0) {
		if (pair[1] == 3)
			fcntl(3, F_SETFD, 0);
		else
			dup2(pair[1], 3);
		execl(worker, "signet-worker", (char *)NULL);
		_exit(127);
	}
	close(pair[1]);
	worker_fd = pair[0];
}

static struct buf *ask(enum wire_type type)
{
	buf_reset(&out);
	start = wire_frame_begin(&out, type, WIRE_REQ, 1);
	return &out;
}

/* Sends the request, with a descriptor unless it is -1. */
static void asked(int fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .room = "" };
	struct iovec part;
	struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1 };

	wire_frame_end(&out, start);
	part = (struct iovec){ out.ptr, out.len };
	if (fd >= 0) {
		m.msg_control = control.room;
		m.msg_controllen = sizeof(control.room);
		control.head.cmsg_level = SOL_SOCKET;
		control.head.cmsg_type = SCM_RIGHTS;
		control.head.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.head), &fd, sizeof(int));
	}
	if (sendmsg(worker_fd, &m, MSG_NOSIGNAL) != (ssize_t)out.len)
		die("the worker does not listen");
}

static void failed(struct slice body)
{
	struct error why, e;

	if (wire_fault_get(body, &why, &e) != 0)
		die(e.message);
	printf("failed %s %s\n", err_info(why.code)->code, why.message);
}

/* The next answer; WIRE_FAIL has been printed. */
static enum wire_kind next(struct slice *body)
{
	struct wire_frame frame;
	struct error e;
	struct slice rest;
	ssize_t got;
	int r;

	for (;;) {
		rest = slice_of(in.ptr + used, in.len - used);
		r = rest.len == 0 ? 0 : wire_frame_next(&rest, &frame, &e);
		if (r < 0)
			die(e.message);
		if (r > 0)
			break;
		buf_consume(&in, used);
		used = 0;
		got = recv(worker_fd, buf_reserve(&in, 65536), 65536, 0);
		if (got <= 0)
			die("the worker left");
		buf_commit(&in, (size_t)got);
	}
	used = in.len - rest.len;
	*body = frame.body;
	if (frame.kind == WIRE_FAIL)
		failed(frame.body);
	return frame.kind;
}

static void hex(const char *what, struct slice s)
{
	printf("%s ", what);
	for (size_t i = 0; i < s.len; i++)
		printf("%02x", s.ptr[i]);
	printf("\n");
}

static void do_hello(const char *module)
{
	struct wire_hello_req m = { .version = WIRE_VERSION, .name = "soft" };
	struct slice body;

	snprintf(m.module, sizeof(m.module), "%s", module);
	wire_hello_req_put(ask(WIRE_HELLO), &m);
	asked(-1);
	if (next(&body) != WIRE_REP)
		exit(EXIT_FAILURE);
}

static void do_token(const char *serial)
{
	struct wire_token t;
	struct slice body;
	struct error e;
	bool found = false, made;

	ask(WIRE_TOKENS);
	asked(-1);
	while (next(&body) == WIRE_MORE) {
		if (wire_token_get(body, &t, &e) != 0)
			die(e.message);
		made = (t.flags & CKF_TOKEN_INITIALIZED) != 0;
		if (serial[0] == '\0' ? made :
		    strcmp(t.serial, serial) != 0)
			continue;
		found = true;
		token = t.token;
	}
	if (!found)
		die("no such token");
}

static void do_prepare(uint32_t pins)
{
	const struct wire_prepare_req m = { .token = token, .pins = pins };
	struct wire_prepare_rep rep;
	struct slice body;
	struct error e;
	int pair[2] = { -1, -1 };

	if (pins > 0 && socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0,
				   pair) != 0)
		die("socketpair");
	wire_prepare_req_put(ask(WIRE_PREPARE), &m);
	asked(pair[1]);
	if (pins > 0)
		close(pair[1]);
	prompt_fd = pair[0];
	if (next(&body) != WIRE_REP)
		return;
	if (wire_prepare_rep_get(body, &rep, &e) != 0)
		die(e.message);
	printf("prepared 0x%llx %d\n", (unsigned long long)rep.token.flags,
	       rep.logged_in);
}

static void do_type(const char *text)
{
	if (send(prompt_fd, text, strlen(text), MSG_NOSIGNAL) < 0)
		die("nobody reads the PIN");
}

static void find_key(const char *label)
{
	const struct wire_keys_req m = { .token = token };
	struct wire_key k;
	struct slice body;
	struct error e;
	bool found = false;

	wire_keys_req_put(ask(WIRE_KEYS), &m);
	asked(-1);
	while (next(&body) == WIRE_MORE) {
		if (wire_key_get(body, &k, &e) != 0)
			die(e.message);
		if (strcmp(k.label, label) != 0)
			continue;
		found = true;
		key = k;
		buf_reset(&key_spki);
		buf_put_slice(&key_spki, k.spki);
	}
	if (!found)
		die("no such key");
}

static unsigned number(const char *text)
{
	return (unsigned)strtoul(text, NULL, 10);
}

static void do_sign(char **words)
{
	static struct wire_sign_item items[LIMIT_BATCH];
	struct wire_sign_req m = {
		.token = token,
		.login = number(words[1]),
		.flags = (uint8_t)number(words[2]),
		.count = number(words[3]),
		.deadline_ns = clock_mono_ns() + 20 * CLOCK_NS_PER_S,
		.items = items,
	};
	struct wire_sign_rep rep;
	enum wire_kind kind;
	struct slice body;
	struct error e;

	find_key(words[0]);
	memcpy(m.identity, key.identity, sizeof(m.identity));
	for (uint32_t i = 0; i < m.count && i < LIMIT_BATCH; i++)
		items[i] = (struct wire_sign_item){
			WIRE_ECDSA, WIRE_HASH_NONE,
			slice_str("00000000000000000000000000000000")
		};
	wire_sign_req_put(ask(WIRE_SIGN), &m);
	asked(-1);
	do {
		kind = next(&body);
		if (kind == WIRE_FAIL)
			return;
		if (wire_sign_rep_get(body, &rep, &e) != 0)
			die(e.message);
		hex("signature", rep.signature);
	} while (kind == WIRE_MORE);
}

static void do_pin(const char *op, const char *label)
{
	struct wire_pin_req m = {
		.token = token, .login = WIRE_LOGIN_PIN,
		.op = number(op),
	};
	struct wire_pin_rep rep;
	struct slice body;
	struct error e;

	snprintf(m.label, sizeof(m.label), "%s", label);
	wire_pin_req_put(ask(WIRE_PIN), &m);
	asked(-1);
	if (next(&body) != WIRE_REP)
		return;
	if (wire_pin_rep_get(body, &rep, &e) != 0)
		die(e.message);
	printf("label %s\n", rep.token.label);
}

static void do_logout(void)
{
	const struct wire_logout_req m = { .token = token };
	struct slice body;

	wire_logout_req_put(ask(WIRE_LOGOUT), &m);
	asked(-1);
	next(&body);
}

/* Runs one command; returns how many words it had. */
static int command(char **words, int left)
{
	const char *name = words[0];

	if (strcmp(name, "hang-up") == 0)
		return close(prompt_fd), 1;
	if (strcmp(name, "logout") == 0)
		return do_logout(), 1;
	if (left >= 2 && strcmp(name, "token") == 0)
		return do_token(words[1]), 2;
	if (left >= 2 && strcmp(name, "prepare") == 0)
		return do_prepare(number(words[1])), 2;
	if (left >= 2 && strcmp(name, "type") == 0)
		return do_type(words[1]), 2;
	if (left >= 2 && strcmp(name, "public") == 0) {
		find_key(words[1]);
		hex("public", buf_slice(&key_spki));
		return 2;
	}
	if (left >= 3 && strcmp(name, "pin") == 0)
		return do_pin(words[1], words[2]), 3;
	if (left >= 5 && strcmp(name, "sign") == 0)
		return do_sign(words + 1), 5;
	die(name);
	return 0;
}

int main(int argc, char **argv)
{
	int status = 0;

	if (argc < 3)
		die("WORKER MODULE COMMAND...");
	buf_init(&in, 4 * LIMIT_FRAME);
	buf_init(&out, 2 * LIMIT_FRAME);
	buf_init(&key_spki, LIMIT_SPKI);
	launch(argv[1]);
	do_hello(argv[2]);
	for (int i = 3; i < argc;)
		i += command(argv + i, argc - i);
	close(worker_fd);
	if (wait(&status) < 0 || status != 0)
		die("the worker did not leave in peace");
	buf_fini(&in);
	buf_fini(&out);
	buf_fini(&key_spki);
	return EXIT_SUCCESS;
}
