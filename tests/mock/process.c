/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process.c - effects on the process: time, death, descriptors, memory
 *
 * Runs in whatever process loads the mock. Those that return let the real
 * function be called.
 */
#include "effect.h"

#include "log.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Sleeps it all, whatever signals are handled meanwhile. */
static void sleep_ms(unsigned long ms)
{
	struct timespec left = {
		.tv_sec = (time_t)(ms / 1000),
		.tv_nsec = (long)(ms % 1000) * 1000000,
	};

	while (nanosleep(&left, &left) != 0 && errno == EINTR)
		;
}

static void write_all(int fd, const struct mock_word *text)
{
	size_t done = 0;

	while (done < text->len) {
		ssize_t n = write(fd, text->text + done, text->len - done);

		if (n < 0)
			return;
		done += (size_t)n;
	}
}

bool mock_process_delay(struct mock_call *call, const struct mock_rule *rule)
{
	(void)call;
	sleep_ms(rule->arg.number);
	return false;
}

bool mock_process_hang(struct mock_call *call, const struct mock_rule *rule)
{
	(void)call;
	(void)rule;
	for (;;)
		pause();
}

bool mock_process_deaf_hang(struct mock_call *call,
			    const struct mock_rule *rule)
{
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	return mock_process_hang(call, rule);
}

bool mock_process_spin(struct mock_call *call, const struct mock_rule *rule)
{
	volatile unsigned turns = 0;

	(void)call;
	(void)rule;
	for (;;)
		turns++;
}

bool mock_process_crash(struct mock_call *call, const struct mock_rule *rule)
{
	/* Page zero is never mapped; volatile keeps the compiler from it. */
	volatile uintptr_t nowhere = 16;

	(void)call;
	(void)rule;
	*(volatile int *)nowhere = 1;
	return false;
}

bool mock_process_abort(struct mock_call *call, const struct mock_rule *rule)
{
	(void)call;
	(void)rule;
	abort();
}

bool mock_process_exit(struct mock_call *call, const struct mock_rule *rule)
{
	(void)call;
	_exit((int)(rule->arg.number & 0xff));
}

bool mock_process_stdout(struct mock_call *call, const struct mock_rule *rule)
{
	(void)call;
	write_all(STDOUT_FILENO, &rule->arg.text);
	return false;
}

bool mock_process_stderr(struct mock_call *call, const struct mock_rule *rule)
{
	(void)call;
	write_all(STDERR_FILENO, &rule->arg.text);
	return false;
}

/* The child keeps every descriptor of its parent: that is the fault. */
bool mock_process_fork(struct mock_call *call, const struct mock_rule *rule)
{
	pid_t pid = fork();

	if (pid == 0) {
		sleep_ms(rule->arg.number * 1000);
		_exit(0);
	}
	mock_log_number(call->fn, "child", (long)pid);
	return false;
}

bool mock_process_close_fds(struct mock_call *call,
			    const struct mock_rule *rule)
{
	(void)call;
	(void)rule;
	closefrom(3);
	return false;
}

bool mock_process_leak(struct mock_call *call, const struct mock_rule *rule)
{
	unsigned long kib = rule->arg.number;
	void *lost = kib > SIZE_MAX / 1024 ? NULL : malloc(kib * 1024);

	(void)call;
	if (!lost)
		abort();
	memset(lost, 0xa5, kib * 1024);
	/* Or the compiler leaves malloc and memset out, both being unused. */
	__asm__ volatile("" : : "r"(lost) : "memory");
	return false;
}
