/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_readers: what the owner hears, for what a signet-reader says.
 *
 * This program is the signet-reader too: started with SCRIPT in its
 * environment it says the words of it, one after another:
 *
 *	run, down	the service
 *	NAME:STATE:EVENTS[:swapped]	a reader; STATE e, p, m, x or g
 *	all		the look is complete
 *	die		ends with a status
 *	junk		breaks the protocol
 *	fail		a WIRE_FAIL
 * At the end of the script it waits until signetd closes the socket.
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
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "broker/readers.h"
#include "broker/worker.h"
#include "wire/fault.h"

#define FAKE_FD 3
#define WAIT_NS (10 * CLOCK_NS_PER_S)

/* --- the other process --------------------------------------------------- */

static const struct {
	char letter;
	enum wire_reader_state state;
} letters[] = {
	{ 'e', WIRE_READER_EMPTY },	{ 'p', WIRE_READER_PRESENT },
	{ 'm', WIRE_READER_MUTE },	{ 'x', WIRE_READER_EXCLUSIVE },
	{ 'g', WIRE_READER_GONE },
};

static void fake_reader(char *word, struct wire_readers_more *m)
{
	char *state = strchr(word, ':'), *rest;

	if (state == NULL)
		_exit(9);
	*state++ = '\0';
	m->about = WIRE_READERS_READER;
	snprintf(m->reader.name, sizeof(m->reader.name), "%s", word);
	for (size_t i = 0; i < ARRAY_LEN(letters); i++)
		if (letters[i].letter == *state)
			m->reader.state = letters[i].state;
	m->reader.events = (uint32_t)strtoul(state + 2, &rest, 10);
	m->reader.swapped = strcmp(rest, ":swapped") == 0;
	if (m->reader.state == WIRE_READER_PRESENT)
		m->reader.atr = slice_str(";");
}

static void fake_word(char *word, struct buf *out)
{
	struct wire_readers_more m = { .about = WIRE_READERS_SERVICE };
	enum wire_kind kind = WIRE_MORE;
	struct error why;
	size_t at;

	if (strcmp(word, "die") == 0)
		return;
	if (strcmp(word, "fail") == 0)
		kind = WIRE_FAIL;
	else if (strcmp(word, "run") == 0)
		m.service.state = WIRE_SERVICE_RUNNING;
	else if (strcmp(word, "down") == 0)
		m.service = (struct wire_service){ WIRE_SERVICE_DOWN, "why" };
	else if (strcmp(word, "all") == 0)
		m.about = WIRE_READERS_COMPLETE;
	else if (strcmp(word, "junk") != 0)
		fake_reader(word, &m);
	at = wire_frame_begin(out, WIRE_READERS, kind, 1);
	error_set(&why, ERR_PROTOCOL, "another version");
	if (kind == WIRE_FAIL)
		wire_fault_put(out, &why);
	else
		wire_readers_more_put(out, &m);
	wire_frame_end(out, at);
}

static _Noreturn void fake(char *script)
{
	struct buf out;
	struct error e;
	char *at = NULL, *word;
	bool dies = false;
	char byte;

	/* The request, of 16 bytes. */
	for (int i = 0; i < 16; i++)
		if (read(FAKE_FD, &byte, 1) != 1)
			_exit(8);
	buf_init(&out, 1 << 16);
	for (word = strtok_r(script, " ", &at); word != NULL;
	     word = strtok_r(NULL, " ", &at)) {
		dies = strcmp(word, "die") == 0;
		fake_word(word, &out);
	}
	if (fd_write_all(FAKE_FD, buf_slice(&out), &e) != 0 || dies)
		_exit(7);
	while (read(FAKE_FD, &byte, 1) > 0)
		;
	_exit(0);
}

/* --- the owner ------------------------------------------------------------ */

static struct event_base *base;
static struct readers *readers;
static char program[512], said[4096], script[1024];
static char *environment[] = { script, NULL };

static void say(const char *sign, const char *what)
{
	size_t n = strlen(said);

	snprintf(said + n, sizeof(said) - n, "%s%s%s", n == 0 ? "" : " ", sign,
		 what);
}

static void on_inserted(void *arg, const struct reader *r)
{
	assert_ptr_equal(readers_find(readers, r->name), r);
	say("+", r->name);
}

static void on_removed(void *arg, const struct reader *r)
{
	say("-", r->name);
}

static void on_changed(void *arg, const struct reader *r)
{
	say("~", r->name);
}

static void on_service(void *arg, const struct wire_service *s)
{
	say("service", s->state == WIRE_SERVICE_RUNNING ? "+" :
	    s->state == WIRE_SERVICE_DOWN ? "-" : "!");
}

static const struct readers_owner owner = {
	.inserted = on_inserted,
	.removed = on_removed,
	.changed = on_changed,
	.service = on_service,
};

static void one_turn(void)
{
	const struct timeval tick = { 0, 5000 };
	int status;
	pid_t pid;

	event_base_loopexit(base, &tick);
	event_base_loop(base, EVLOOP_ONCE);
	pid = waitpid(-1, &status, WNOHANG);
	if (pid > 0)
		worker_reaped(pid, status);
}

/* Until it said that, among other things. */
static void waits_for(const char *part)
{
	int64_t end = clock_mono_ns() + WAIT_NS;

	while (strstr(said, part) == NULL && clock_mono_ns() < end)
		one_turn();
	if (strstr(said, part) == NULL)
		fail_msg("\"%s\" has no \"%s\"", said, part);
}

/* Until it said so much; it may say no more in the next turns. */
static void says(const char *expected)
{
	int64_t end = clock_mono_ns() + WAIT_NS;

	while (strcmp(said, expected) != 0 && clock_mono_ns() < end)
		one_turn();
	for (int i = 0; i < 3; i++)
		one_turn();
	assert_string_equal(said, expected);
}

static void write_script(const char *words)
{
	snprintf(script, sizeof(script), "SCRIPT=%s", words);
}

static void start(const char *words)
{
	struct error e;

	said[0] = '\0';
	write_script(words);
	assert_int_equal(readers_new(base, program, environment,
				     &owner, &readers, &e), 0);
	/* It calls from the loop only. */
	assert_string_equal(said, "");
}

static void end(void)
{
	readers_free(readers);
	readers = NULL;
	worker_wait_all(5000);
}

static void hears(const char *words, const char *expected)
{
	start(words);
	says(expected);
	end();
}

/* --- what it hears ------------------------------------------------------- */

static void test_cards(void **state)
{
	hears("run a:e:0 b:p:1 all", "service+ +b");
	hears("run a:e:0 all a:p:1 a:e:2 a:p:3", "service+ +a -a +a");
	/* In and out between two looks. */
	hears("run a:e:0 all a:e:2 b:p:1", "service+ +b");
}

static void test_swapped(void **state)
{
	hears("run a:p:1 all a:p:3:swapped", "service+ +a -a +a");
	hears("run a:p:1 all a:m:3:swapped", "service+ +a -a +a");
}

static void test_same_card(void **state)
{
	hears("run a:p:1 all a:x:1 a:p:1 a:m:1", "service+ +a ~a ~a ~a");
}

static void test_reader_unplugged(void **state)
{
	start("run a:p:1 b:p:1 c:e:0 all a:g:1 c:g:0 z:g:0");
	says("service+ +a +b -a");
	assert_null(readers_find(readers, "a"));
	assert_string_equal(readers_at(readers, 0)->name, "b");
	assert_null(readers_at(readers, 1));
	end();
}

static void test_table(void **state)
{
	const struct reader *a;

	start("run b:e:0 a:p:7 all");
	assert_false(readers_complete(readers));
	assert_int_equal(readers_service(readers)->state, 0);
	says("service+ +a");
	assert_true(readers_complete(readers));
	assert_int_equal(readers_service(readers)->state, WIRE_SERVICE_RUNNING);
	a = readers_find(readers, "a");
	assert_non_null(a);
	assert_int_equal(a->state, WIRE_READER_PRESENT);
	assert_int_equal(a->events, 7);
	assert_int_equal(a->atr_len, 1);
	assert_in_range(clock_unix() - a->since, 0, 20);
	end();
}

static void test_service(void **state)
{
	/* A pcscd that ends takes its cards with it. */
	hears("run a:p:1 b:e:0 all down run a:p:0 all",
	      "service+ +a -a service- service+ +a");
	start("down");
	says("service-");
	assert_true(readers_complete(readers));
	assert_string_equal(readers_service(readers)->text, "why");
	end();
}

static void test_many(void **state)
{
	char words[1024] = "run", expected[256] = "service+";

	for (char c = 'a'; c < 'a' + (int)LIMIT_READERS; c++) {
		size_t n = strlen(words), m = strlen(expected);

		snprintf(words + n, sizeof(words) - n, " %c:p:1", c);
		snprintf(expected + m, sizeof(expected) - m, " +%c", c);
	}
	hears(words, expected);
	/* One more than pcsc-lite can have: a liar. */
	snprintf(words + strlen(words), 16, " Z:p:1");
	snprintf(expected + strlen(expected), 16, " service!");
	start(words);
	waits_for("+p");
	write_script("");
	says(expected);
	end();
}

/* --- its life ------------------------------------------------------------- */

static void lives_on(const char *first, const char *second,
		     const char *expected)
{
	start(first);
	waits_for("+a");
	write_script(second);
	says(expected);
	end();
}

static void test_restarted(void **state)
{
	/* The same card: nobody is disturbed. */
	lives_on("run a:p:1 all die", "run a:p:1 all",
		 "service+ +a service! service+");
	lives_on("run a:p:1 all die", "run a:p:3 all",
		 "service+ +a service! service+ -a +a");
	lives_on("run a:p:1 all die", "run a:e:2 all",
		 "service+ +a service! service+ -a");
	lives_on("run a:p:1 all die", "run b:e:2 all",
		 "service+ +a service! service+ -a");
	lives_on("run a:p:1 all die", "down",
		 "service+ +a service! -a service-");
}

static void test_liars(void **state)
{
	static const char *const lies[] = {
		"run a:p:1 junk", "run a:p:1 all fail",
		"run a:p:1 a:e:1:swapped", "run a:p:1 a:p:99999",
	};

	for (size_t i = 0; i < ARRAY_LEN(lies); i++) {
		start(lies[i]);
		waits_for("+a");
		write_script("run a:p:1 all");
		waits_for("service! service+");
		end();
	}
}

static void test_reader_before_service(void **state)
{
	start("a:p:1 all");
	waits_for("service!");
	/* Nothing of it was taken. */
	assert_string_equal(said, "service!");
	assert_null(readers_at(readers, 0));
	end();
}

static void no_pcsc(const char *path, const char *words, const char *text)
{
	int64_t until = clock_mono_ns() + WAIT_NS;
	struct error e;

	said[0] = '\0';
	write_script(words);
	assert_int_equal(readers_new(base, path, environment, &owner,
				     &readers, &e), 0);
	while (readers_service(readers)->state != WIRE_SERVICE_FAILED &&
	       clock_mono_ns() < until)
		one_turn();
	assert_int_equal(strncmp(readers_service(readers)->text,
				 "no PC/SC here", 13), 0);
	assert_non_null(strstr(readers_service(readers)->text, text));
	end();
}

static void test_no_pcsc(void **state)
{
	no_pcsc(NULL, "", "../lib/signet");
	no_pcsc("/nonexistent/signet-reader", "", "libpcsclite1");
	no_pcsc(program, "die", "libpcsclite1");
}

static void test_freed_at_once(void **state)
{
	struct error e;

	assert_int_equal(readers_new(base, program, environment,
				     &owner, &readers, &e), 0);
	end();
	end();
	start("run a:p:1 all");
	one_turn();
	end();
}

static int setup(void **state)
{
	ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);

	base = event_base_new();
	return base == NULL || len <= 0 ? -1 : 0;
}

static int teardown(void **state)
{
	event_base_free(base);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cards),
		cmocka_unit_test(test_swapped),
		cmocka_unit_test(test_same_card),
		cmocka_unit_test(test_reader_unplugged),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_service),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_restarted),
		cmocka_unit_test(test_liars),
		cmocka_unit_test(test_reader_before_service),
		cmocka_unit_test(test_no_pcsc),
		cmocka_unit_test(test_freed_at_once),
	};

	if (getenv("SCRIPT") != NULL)
		fake(getenv("SCRIPT"));
	return cmocka_run_group_tests(tests, setup, teardown);
}
