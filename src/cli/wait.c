/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wait: tells a person at a terminal that a dialog may want an answer.
 */
#include "cli/wait.h"

#include <pthread.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "cli/batch.h"
#include "cli/i18n.h"
#include "cli/message.h"

#define WAIT_SECONDS 1

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ended = PTHREAD_COND_INITIALIZER;
static unsigned int calls;   /* that are under way */
static unsigned int watched; /* threads that watch them */
static bool told;

/* A pinentry on this terminal reads key by key: do not write into it. */
static bool terminal_is_ours(void)
{
	struct termios t;

	return tcgetattr(STDERR_FILENO, &t) == 0 && (t.c_lflag & ICANON) != 0;
}

static void tell(void)
{
	if (!terminal_is_ours())
		return;
	cli_batch_lock();
	cli_message(_("no answer yet: if a dialog is open, it waits for you"
		      " (Ctrl-C withdraws the request)"));
	cli_batch_unlock();
}

static void *watch(void *arg)
{
	struct timespec until;
	bool tells;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += WAIT_SECONDS;
	pthread_mutex_lock(&lock);
	while (calls > 0 &&
	       pthread_cond_timedwait(&ended, &lock, &until) == 0)
		continue;
	tells = calls > 0 && !told;
	told = told || tells;
	pthread_mutex_unlock(&lock);
	if (tells)
		tell();
	pthread_mutex_lock(&lock);
	watched--;
	pthread_cond_broadcast(&ended);
	pthread_mutex_unlock(&lock);
	return NULL;
}

void cli_wait_begin(void)
{
	pthread_t thread;

	pthread_mutex_lock(&lock);
	calls++;
	if (watched == 0 && !told && isatty(STDERR_FILENO) &&
	    pthread_create(&thread, NULL, watch, NULL) == 0) {
		pthread_detach(thread);
		watched++;
	}
	pthread_mutex_unlock(&lock);
}

void cli_wait_end(void)
{
	pthread_mutex_lock(&lock);
	calls--;
	pthread_cond_broadcast(&ended);
	/* Nothing is to be said behind what is said next. */
	while (calls == 0 && watched > 0)
		pthread_cond_wait(&ended, &lock);
	pthread_mutex_unlock(&lock);
}
