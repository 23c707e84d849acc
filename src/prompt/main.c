/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signet-prompt: asks one person for one approval, through a pinentry.
 *
 * Started by signetd (docs/PROTOCOL.prompt) with descriptor 3, a stream socket
 * to it, and, where PINs are typed, 4, a packet socket to the worker.  A PIN
 * goes from pinentry to the worker; signetd never has it.
 */
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/harden.h"
#include "base/i18n.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/writer.h"
#include "prompt/dialog.h"
#include "prompt/program.h"

#define PROMPT_FD_SIGNETD 3
#define PROMPT_FD_WORKER 4

enum { EXIT_ANSWERED = 0, EXIT_START = 1, EXIT_USAGE = 2 };

static const char help[] =
	"signet-prompt is started by signetd, which speaks with it over\n"
	"descriptor 3; it has no use by hand.\n"
	"\n"
	"usage: signet-prompt [--help | --version]\n";

static int main_option(const char *option)
{
	if (strcmp(option, "--help") == 0) {
		fputs(help, stdout);
		return EXIT_ANSWERED;
	}
	if (strcmp(option, "--version") == 0) {
		puts("signet-prompt " SIGNET_VERSION);
		return EXIT_ANSWERED;
	}
	fputs(help, stderr);
	return EXIT_USAGE;
}

/* One line; what follows it is against the protocol. */
static int main_read(struct buf *line, struct error *e)
{
	struct prompt_watch w = { .signetd = -1, .worker = -1 };
	uint8_t *at;
	ssize_t got;

	w.until_ns = clock_mono_ns() + LIMIT_PROMPT_READ_MS * CLOCK_NS_PER_MS;
	for (;;) {
		if (prompt_watch_wait(&w, PROMPT_FD_SIGNETD, POLLIN) != 0)
			return error_set(e, ERR_PROTOCOL,
					 "signetd sent no whole request");
		at = buf_reserve(line, 64 * 1024);
		if (at == NULL)
			return error_set(e, buf_error(line),
					 "the request is longer than %u bytes",
					 LIMIT_PROMPT_REQUEST);
		got = read(PROMPT_FD_SIGNETD, at, 64 * 1024);
		if (got <= 0)
			return error_set(e, ERR_CANCELLED, "withdrawn");
		buf_commit(line, (size_t)got);
		if (line->ptr[line->len - 1] == '\n')
			return 0;
	}
}

static int main_ask(const struct prompt_request *r, bool has_worker,
		    struct error *e)
{
	AUTO(prompt_pins_fini) struct prompt_pins pins = { .count = 0 };
	struct prompt_watch w = {
		.signetd = PROMPT_FD_SIGNETD,
		.worker = has_worker ? PROMPT_FD_WORKER : -1,
		.until_ns = clock_mono_ns() + r->timeout * CLOCK_NS_PER_S,
	};
	int n;

	if (r->pins_count > 0 && !has_worker)
		return error_set(e, ERR_PROTOCOL,
				 "a PIN is asked for, but nobody takes it");
	n = prompt_dialog(r, &w, &pins, e);
	if (n == 0 && prompt_watch_now(&w) != 0)
		n = error_set(e, w.ended, "the request was withdrawn, or the"
			      " worker of the token ended; ask again");
	if (n == 0)
		n = prompt_pins_send(&pins, PROMPT_FD_WORKER, e);
	return n;
}

/* Pinentries take UTF-8, and a service has no locale to tell so. */
static void main_speak(const char *language)
{
	i18n_open(language);
	bind_textdomain_codeset("signet", "UTF-8");
	if (strcmp(nl_langinfo(CODESET), "ANSI_X3.4-1968") == 0)
		setlocale(LC_CTYPE, "C.UTF-8");
}

static int main_request(bool has_worker, struct error *e)
{
	AUTO(prompt_request_fini) struct prompt_request r = { 0 };
	AUTO(buf_fini) struct buf line = { 0 };
	int n;

	buf_init(&line, LIMIT_PROMPT_REQUEST);
	n = main_read(&line, e);
	if (n == 0)
		n = prompt_request_parse(buf_slice(&line), &r, e);
	if (n != 0)
		return n;
	main_speak(r.language);
	return main_ask(&r, has_worker, e);
}

static void main_answer(int code, const struct error *why)
{
	AUTO(buf_fini) struct buf text = { 0 };
	struct writer j;

	buf_init(&text, 8 * ERROR_MESSAGE_MAX);
	j = writer_of(&text);
	writer_open(&j, NULL, '{');
	writer_text(&j, "answer",
		    code == 0		     ? "approved" :
		    code == ERR_DECLINED     ? "declined" :
		    code == ERR_NOT_ANSWERED ? "timeout" :
					       "failed");
	if (code != 0 && code != ERR_DECLINED && code != ERR_NOT_ANSWERED)
		writer_text(&j, "detail", why->message);
	writer_close(&j, '}');
	buf_put_str(&text, "\n");
	/* Who has gone needs no answer. */
	if (send(PROMPT_FD_SIGNETD, text.ptr, text.len, MSG_NOSIGNAL) < 0)
		return;
}

int main(int argc, char **argv)
{
	bool has_worker;
	struct error e;
	int n;

	if (argc > 1)
		return main_option(argv[1]);
	if (!fd_is_socket(PROMPT_FD_SIGNETD, SOCK_STREAM)) {
		fputs(help, stderr);
		return EXIT_USAGE;
	}
	has_worker = fd_is_socket(PROMPT_FD_WORKER, SOCK_SEQPACKET);
	/* A person waits for this, and for what it starts. */
	if (sched_getscheduler(0) == SCHED_BATCH)
		sched_setscheduler(0, SCHED_OTHER, &(struct sched_param){ 0 });
	log_open("signet-prompt", LOG_INFO);
	error_clear(&e);
	if (harden_child(PROMPT_FD_SIGNETD,
			 has_worker ? PROMPT_FD_WORKER : PROMPT_FD_SIGNETD,
			 &e) != 0 ||
	    prompt_program_environment(&e) != 0) {
		log_failure(LOG_ERROR, NULL, "cannot start", &e);
		return EXIT_START;
	}
	n = main_request(has_worker, &e);
	if (n != ERR_CANCELLED)
		main_answer(n, &e);
	/* No handler of a library is needed, and none may look at us. */
	_exit(EXIT_ANSWERED);
}
