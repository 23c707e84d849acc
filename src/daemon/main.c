/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signetd: the daemon.
 *
 * One loop; it loads no module, sees no PIN, and waits for nothing but the
 * loop.  Threads only compute (broker/compute.h).
 */
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/api.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/self.h"
#include "broker/broker.h"
#include "content/content.h"
#include "daemon/config.h"
#include "daemon/explain.h"
#include "daemon/listen.h"
#include "daemon/options.h"
#include "daemon/trim.h"

/* After SIGTERM: how long requests under way may take. */
#define DRAIN_SECONDS 10

struct daemon {
	struct options options;
	struct event_base *base;
	struct broker *broker;
	struct api *api;
	struct api *pages[2]; /* of the loopback */
	unsigned port;	      /* of those; 0: it is not served */
	struct event *term, *interrupt, *hangup, *overdue;
	struct trim *trim;
	int lock;
};

/* Of malloc: the loop's, and one for the threads beside it. */
#define MAIN_ARENAS 2

/* --- the process -------------------------------------------------------- */

/* As many descriptors as allowed: connections need one each. */
static void harden(void)
{
	const struct rlimit no_core = { 0, 0 };
	const struct sched_param none = { 0 };
	struct rlimit files;

	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	setrlimit(RLIMIT_CORE, &no_core);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	umask(077);
	signal(SIGPIPE, SIG_IGN);
	/* An arena for each thread would take memory that nobody gives back. */
	mallopt(M_ARENA_MAX, MAIN_ARENAS);
	/*
	 * Who is woken does not push aside who works: on busy cores a turn of
	 * the loop then has several answers.  Workers get it from here; what
	 * somebody else has chosen for us stays.
	 */
	if (sched_getscheduler(0) == SCHED_OTHER)
		sched_setscheduler(0, SCHED_BATCH, &none);
}

/* 0, 1 and 2 have to be something, or a socket would take their place. */
static void open_standard(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/* For settings, which owns it; NULL: it is not there. */
static char *find_program(const char *name)
{
	char path[PATH_MAX];

	return self_program(name, path, sizeof(path)) ? strdup(path) : NULL;
}

/* As the kernel names a process that runs it (/proc/PID/exe); or NULL. */
static char *find_webhost(void)
{
	char *found = find_program("signet-webhost");
	char *real = found == NULL ? NULL : realpath(found, NULL);

	free(found);
	return real;
}

/* --- settings ----------------------------------------------------------- */

static int load_settings(const struct options *o, struct settings **out,
			 struct error *e)
{
	struct settings *s;
	int r = config_load(o->config, &s, e);

	if (r != 0)
		return r;
	s->worker = find_program("signet-worker");
	s->reader_program = find_program("signet-reader");
	s->pcsc_provider = find_program("signet-pcsc.so");
	s->stamp_program = find_program("signet-stamp");
	/* Where nobody is asked, it need not be installed. */
	s->prompt_program = find_program("signet-prompt");
	s->webhost = find_webhost();
	if (s->worker == NULL) {
		settings_unref(s);
		return error_set(e, ERR_CONFIG,
				 "signet-worker is neither beside signetd nor"
				 " in ../lib/signet");
	}
	*out = s;
	return 0;
}

static int check_config(const struct options *o)
{
	struct settings *s;
	struct error e;
	int r = load_settings(o, &s, &e);

	if (r == 0) {
		r = config_check_files(s, &e);
		if (r == 0)
			explain_rules(s, o->config, o->json);
		settings_unref(s);
	}
	if (r != 0) {
		fprintf(stderr, "signetd: %s\n", e.message);
		return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

static int explain(const struct options *o)
{
	struct settings *s;
	struct error e;
	int r;

	if (config_load(o->config, &s, &e) != 0) {
		fprintf(stderr, "signetd: %s\n", e.message);
		return OPTIONS_EXIT_NO_CONFIG;
	}
	r = explain_question(s, o->json);
	settings_unref(s);
	return r;
}

static int evidence_file(const struct options *o)
{
	struct settings *s;
	struct error e;

	if (config_load(o->config, &s, &e) != 0) {
		fprintf(stderr, "signetd: %s\n", e.message);
		return EXIT_FAILURE;
	}
	puts(s->evidence.file);
	settings_unref(s);
	return EXIT_SUCCESS;
}

/* --- the loopback ------------------------------------------------------- */

static void pages_close(struct daemon *d)
{
	for (size_t i = 0; i < ARRAY_LEN(d->pages); i++) {
		api_free(d->pages[i]);
		d->pages[i] = NULL;
	}
	d->port = 0;
}

static int pages_open(struct daemon *d, unsigned port, struct error *e)
{
	int fd[ARRAY_LEN(d->pages)] = { -1, -1 };
	int r = listen_loopback(port, fd, e);

	for (size_t i = 0; i < ARRAY_LEN(fd); i++) {
		if (r == 0 && fd[i] >= 0)
			r = api_new(d->base, d->broker, fd[i], port,
				    &d->pages[i], e);
		if (d->pages[i] == NULL)
			fd_closep(&fd[i]);
	}
	return r;
}

/* As the settings want it.  That it cannot be is no reason not to serve. */
static void pages_serve(struct daemon *d)
{
	unsigned port = d->broker->settings->loopback.port;
	struct error *why = &d->broker->loopback;

	if (port == d->port)
		return;
	pages_close(d);
	error_clear(why);
	if (port == 0)
		return;
	if (pages_open(d, port, why) != 0) {
		pages_close(d);
		log_failure(LOG_ERROR, NULL, "pages are not served", why);
		return;
	}
	d->port = port;
	log_write(LOG_INFO, NULL, "serving pages at port %u of the loopback",
		  port);
}

/* --- signals ------------------------------------------------------------ */

static void on_hangup(evutil_socket_t fd, short what, void *arg)
{
	struct daemon *d = arg;
	struct settings *s;
	struct error e;

	if (load_settings(&d->options, &s, &e) != 0) {
		log_failure(LOG_ERROR, NULL, "not reloaded, the settings of"
			    " before stay in force", &e);
		return;
	}
	broker_reload(d->broker, s);
	pages_serve(d);
	settings_unref(s);
	log_write(LOG_INFO, NULL, "reloaded %s", d->options.config);
}

static void on_drained(void *arg)
{
	const struct timeval soon = { 0, 100000 };
	struct daemon *d = arg;

	/* A moment for the last answers to leave. */
	event_base_loopexit(d->base, &soon);
}

static void on_overdue(evutil_socket_t fd, short what, void *arg)
{
	struct daemon *d = arg;

	log_write(LOG_WARNING, NULL, "requests are still under way after %d s;"
		  " leaving", DRAIN_SECONDS);
	event_base_loopbreak(d->base);
}

static void on_term(evutil_socket_t fd, short what, void *arg)
{
	const struct timeval tv = { DRAIN_SECONDS, 0 };
	struct daemon *d = arg;

	if (d->broker->draining)
		return;
	log_write(LOG_INFO, NULL, "finishing");
	unlink(d->options.socket);
	api_stop_listening(d->api);
	for (size_t i = 0; i < ARRAY_LEN(d->pages); i++)
		if (d->pages[i] != NULL)
			api_stop_listening(d->pages[i]);
	evtimer_add(d->overdue, &tv);
	broker_drain(d->broker, on_drained, d);
}

static int daemon_signals(struct daemon *d, struct error *e)
{
	d->term = evsignal_new(d->base, SIGTERM, on_term, d);
	d->interrupt = evsignal_new(d->base, SIGINT, on_term, d);
	d->hangup = evsignal_new(d->base, SIGHUP, on_hangup, d);
	d->overdue = evtimer_new(d->base, on_overdue, d);
	if (d->term == NULL || d->interrupt == NULL || d->hangup == NULL ||
	    d->overdue == NULL || event_add(d->term, NULL) != 0 ||
	    event_add(d->interrupt, NULL) != 0 ||
	    event_add(d->hangup, NULL) != 0)
		return error_set(e, ERR_NO_MEMORY, "no memory for signals");
	return 0;
}

/* --- life --------------------------------------------------------------- */

static int daemon_open(struct daemon *d, struct error *e)
{
	struct settings *s = NULL;
	int fd = -1, r = load_settings(&d->options, &s, e);

	if (r != 0)
		return r;
	d->base = event_base_new();
	if (d->base == NULL)
		r = error_set(e, ERR_NO_MEMORY, "no event loop");
	if (r == 0)
		r = daemon_signals(d, e);
	if (r == 0)
		r = listen_open(d->options.socket, s->group, &fd, &d->lock, e);
	if (r == 0)
		r = broker_new(d->base, s, &d->broker, e);
	if (r == 0)
		r = api_new(d->base, d->broker, fd, 0, &d->api, e);
	if (r == 0)
		r = trim_start(d->base, &d->trim, e);
	if (r == 0)
		pages_serve(d);
	settings_unref(s);
	return r;
}

static void daemon_close(struct daemon *d)
{
	struct event *const events[] = { d->term, d->interrupt, d->hangup,
					 d->overdue };

	trim_stop(d->trim);
	pages_close(d);
	api_free(d->api);
	broker_free(d->broker);
	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		if (events[i] != NULL)
			event_free(events[i]);
	if (d->base != NULL)
		event_base_free(d->base);
	fd_closep(&d->lock);
}

static void tell_ready(int *fd)
{
	struct error e;

	if (*fd < 0)
		return;
	/* Whoever waited may have gone. */
	if (fd_write_all(*fd, slice_str("READY\n"), &e) != 0)
		log_failure(LOG_DEBUG, NULL, "ready-fd", &e);
	fd_closep(fd);
}

int main(int argc, char **argv)
{
	struct daemon d = { .lock = -1 };
	struct error e;
	int r;

	open_standard();
	content_start();
	options_parse(&d.options, argc, argv);
	log_open("signetd", d.options.debug ? LOG_DEBUG :
		 d.options.quiet ? LOG_WARNING : LOG_INFO);
	if (d.options.check_config)
		return check_config(&d.options);
	if (d.options.explain)
		return explain(&d.options);
	if (d.options.evidence_file)
		return evidence_file(&d.options);
	harden();
	r = daemon_open(&d, &e);
	if (r == 0) {
		log_write(LOG_INFO, NULL, "serving %s", d.options.socket);
		tell_ready(&d.options.ready_fd);
		event_base_dispatch(d.base);
	} else {
		log_failure(LOG_ERROR, NULL, "cannot start", &e);
	}
	daemon_close(&d);
	return r == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
