/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit tests of src/cli/doctor_pcsc.c: a pcscd that is one thread of the test
 * and says what each test wants, mostly something wrong.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "cli/doctor_pcsc.h"

#define WAIT_MS 300

/* READER_STATE of pcsc-lite, as 46 words. */
struct state {
	char name[128];
	uint32_t events, state;
	int32_t sharing;
	uint8_t atr[36]; /* and padding */
	uint32_t atr_len, protocol;
};
_Static_assert(sizeof(struct state) == 184, "READER_STATE");

struct server {
	char dir[32], path[64];
	int listener;
	pthread_t thread;
	/* how it behaves */
	int refuse_minor; /* the only one it takes; 0: any */
	int32_t major;
	bool silent;
	size_t states_len; /* bytes of them that it sends */
	struct state states[16];
};

static bool get(int fd, void *to, size_t len)
{
	return recv(fd, to, len, MSG_WAITALL) == (ssize_t)len;
}

static void put(int fd, const void *from, size_t len)
{
	assert_int_equal(send(fd, from, len, MSG_NOSIGNAL), len);
}

static void serve(struct server *s, int fd)
{
	uint32_t head[2];
	int32_t version[3];

	while (get(fd, head, sizeof(head))) {
		if (s->silent)
			continue;
		if (head[1] == 0x12) {
			put(fd, s->states, s->states_len);
			if (s->states_len < sizeof(s->states))
				return;
			continue;
		}
		assert_int_equal(head[1], 0x11);
		assert_true(get(fd, version, sizeof(version)));
		version[2] = s->refuse_minor != 0 &&
			     version[1] != s->refuse_minor;
		version[0] = s->major;
		if (s->refuse_minor != 0)
			version[1] = s->refuse_minor;
		put(fd, version, sizeof(version));
	}
}

static void *run(void *arg)
{
	struct server *s = arg;
	int fd = accept(s->listener, NULL, NULL);

	if (fd >= 0) {
		serve(s, fd);
		close(fd);
	}
	return NULL;
}

static void start(struct server *s)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	snprintf(s->dir, sizeof(s->dir), "/tmp/signet.XXXXXX");
	assert_non_null(mkdtemp(s->dir));
	snprintf(s->path, sizeof(s->path), "%s/pcscd", s->dir);
	snprintf(un.sun_path, sizeof(un.sun_path), "%s", s->path);
	s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->listener, (struct sockaddr *)&un, sizeof(un)),
			 0);
	assert_int_equal(listen(s->listener, 1), 0);
	assert_int_equal(pthread_create(&s->thread, NULL, run, s), 0);
}

static void stop(struct server *s)
{
	shutdown(s->listener, SHUT_RDWR);
	close(s->listener);
	pthread_join(s->thread, NULL);
	unlink(s->path);
	rmdir(s->dir);
}

static struct server healthy(void)
{
	struct server s = { .major = 4, .states_len = sizeof(s.states) };

	snprintf(s.states[0].name, sizeof(s.states[0].name), "Reader 0");
	s.states[0].state = 0x34;
	s.states[0].sharing = 2;
	s.states[0].atr_len = 2;
	memcpy(s.states[0].atr, "\x3b\x01", 2);
	/* a hole: the one in between was unplugged */
	snprintf(s.states[2].name, sizeof(s.states[2].name), "Reader 2");
	s.states[2].state = 0x02;
	return s;
}

static void ask(struct server *s, struct doctor_pcsc *out)
{
	start(s);
	doctor_pcsc_ask(s->path, WAIT_MS, out);
	stop(s);
}

static void reads_readers_and_cards(void **state)
{
	struct server s = healthy();
	struct doctor_pcsc p;

	ask(&s, &p);
	assert_int_equal(p.state, DOCTOR_PCSC_UP);
	assert_int_equal(p.count, 2);
	assert_string_equal(p.readers[0].name, "Reader 0");
	assert_true(p.readers[0].present);
	assert_false(p.readers[0].mute);
	assert_int_equal(p.readers[0].sharing, 2);
	assert_int_equal(p.readers[0].atr_len, 2);
	assert_string_equal(p.readers[1].name, "Reader 2");
	assert_false(p.readers[1].present);
}

static void knows_a_mute_card_and_an_exclusive_one(void **state)
{
	struct server s = healthy();
	struct doctor_pcsc p;

	s.states[0].state = 0x0c;
	s.states[0].sharing = -1;
	ask(&s, &p);
	assert_true(p.readers[0].present && p.readers[0].mute);
	assert_int_equal(p.readers[0].sharing, -1);
	s = healthy();
	s.states[0].atr_len = 0;
	ask(&s, &p);
	assert_true(p.readers[0].mute);
}

static void is_not_led_astray(void **state)
{
	struct server s = healthy();
	struct doctor_pcsc p;

	memset(s.states, 'x', sizeof(s.states));
	ask(&s, &p);
	assert_int_equal(p.count, 16);
	assert_int_equal(strlen(p.readers[15].name), 128);
	assert_int_equal(p.readers[15].atr_len, 0);
}

static void takes_the_number_of_the_other_side(void **state)
{
	struct server s = healthy();
	struct doctor_pcsc p;

	s.refuse_minor = 5;
	ask(&s, &p);
	assert_int_equal(p.state, DOCTOR_PCSC_UP);
	assert_int_equal(p.minor, 5);
	assert_int_equal(p.count, 2);
	s = healthy();
	s.refuse_minor = 1;
	s.major = 9;
	ask(&s, &p);
	assert_int_equal(p.state, DOCTOR_PCSC_STRANGE);
	assert_int_equal(p.major, 9);
}

static void an_answer_cut_short_is_no_list(void **state)
{
	struct doctor_pcsc p;

	for (size_t len = 0; len < sizeof(struct state) * 16; len += 61) {
		struct server s = healthy();

		s.states_len = len;
		ask(&s, &p);
		assert_int_equal(p.state, DOCTOR_PCSC_REFUSED);
		assert_int_equal(p.count, 0);
	}
}

static void does_not_wait_for_ever(void **state)
{
	struct server s = healthy();
	int64_t began = clock_mono_ns();
	struct doctor_pcsc p;

	s.silent = true;
	ask(&s, &p);
	assert_int_equal(p.state, DOCTOR_PCSC_SILENT);
	assert_true(clock_mono_ns() - began < 5 * CLOCK_NS_PER_S);
}

static void nobody_there(void **state)
{
	char longer[256];
	struct doctor_pcsc p;

	doctor_pcsc_ask("/nonexistent/pcscd", WAIT_MS, &p);
	assert_int_equal(p.state, DOCTOR_PCSC_ABSENT);
	doctor_pcsc_ask("/dev/null", WAIT_MS, &p);
	assert_int_equal(p.state, DOCTOR_PCSC_ABSENT);
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	doctor_pcsc_ask(longer, WAIT_MS, &p);
	assert_int_equal(p.state, DOCTOR_PCSC_STRANGE);
	assert_int_equal(p.errnum, ENAMETOOLONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_readers_and_cards),
		cmocka_unit_test(knows_a_mute_card_and_an_exclusive_one),
		cmocka_unit_test(is_not_led_astray),
		cmocka_unit_test(takes_the_number_of_the_other_side),
		cmocka_unit_test(an_answer_cut_short_is_no_list),
		cmocka_unit_test(does_not_wait_for_ever),
		cmocka_unit_test(nobody_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
