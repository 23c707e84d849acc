/* SPDX-License-Identifier: Apache-2.0 */
/*
 * many: clients that ask for signatures, one after the other each.
 *
 *	many SOCKET URI CLIENTS COUNT [SECONDS PAUSE-MS]
 *
 * Asks for COUNT signatures in all, or until SECONDS are over, each client with
 * this pause in between, and prints how many were released.  Every fourth has
 * an Idempotency-Key of its own.  Ends with 1 when anything but a signature was
 * the answer.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/b64.h"
#include "base/clock.h"
#include "tests/crash/talk.h"

#define CLIENTS_MAX 256

static const char *socket_path, *uri;
static atomic_long left, released, other;
static int64_t until_ns;
static struct timespec pause_between;

static void put_body(struct buf *out, long number)
{
	char text[512];
	int len = snprintf(text, sizeof(text), "%*ld", 500, number);

	buf_reset(out);
	buf_printf(out, "{\"key\":\"%s\",\"format\":\"raw\",\"content\":{"
		   "\"media_type\":\"text/plain\",\"data\":\"", uri);
	b64_encode(B64_STD, slice_of(text, (size_t)len), out);
	buf_put_str(out, "\"}}");
}

static void *client(void *arg)
{
	AUTO(buf_fini) struct buf body;
	struct talk t;
	long number;

	buf_init(&body, 4096);
	talk_init(&t, socket_path);
	while ((number = atomic_fetch_sub(&left, 1)) > 0 &&
	       clock_mono_ns() < until_ns) {
		char key[64];

		put_body(&body, number);
		snprintf(key, sizeof(key), "%d-%ld", (int)getpid(), number);
		if (talk_post(&t, number % 4 == 0 ? key : NULL, &body) &&
		    t.status == 201)
			atomic_fetch_add(&released, 1);
		else if (atomic_fetch_add(&other, 1) == 0)
			fprintf(stderr, "many: %u %.*s\n", t.status,
				(int)t.body.len, (const char *)t.body.ptr);
		nanosleep(&pause_between, NULL);
	}
	talk_fini(&t);
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[CLIENTS_MAX];
	unsigned long count = argc < 5 ? 0 : strtoul(argv[3], NULL, 10);

	if (count == 0 || count > CLIENTS_MAX)
		return 2;
	socket_path = argv[1];
	uri = argv[2];
	atomic_store(&left, strtol(argv[4], NULL, 10));
	until_ns = argc < 6 ? INT64_MAX : clock_mono_ns() +
		strtol(argv[5], NULL, 10) * CLOCK_NS_PER_S;
	if (argc > 6)
		pause_between.tv_nsec = strtol(argv[6], NULL, 10) * 1000000;
	for (unsigned long i = 0; i < count; i++)
		if (pthread_create(&threads[i], NULL, client, NULL) != 0)
			return EXIT_FAILURE;
	for (unsigned long i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	printf("%ld\n", atomic_load(&released));
	return atomic_load(&other) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
