/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pinentry: one conversation with the user's pinentry (Assuan protocol).
 */
#include "prompt/pinentry.h"

#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/limits.h"
#include "prompt/locked.h"

/* --- what libassuan calls --- */

static int pinentry_log(assuan_context_t ctx, void *hook, unsigned category,
			const char *text)
{
	/* It would log lines, and one of them is a PIN. */
	return 0;
}

static ssize_t pinentry_read(assuan_context_t ctx, assuan_fd_t fd, void *buffer,
			     size_t size)
{
	struct prompt_pinentry *p = assuan_get_pointer(ctx);
	ssize_t got;

	for (;;) {
		if (prompt_watch_wait(p->watch, fd, POLLIN) != 0) {
			errno = ECANCELED;
			return -1;
		}
		got = read(fd, buffer, size);
		if (got >= 0 || (errno != EAGAIN && errno != EINTR))
			return got;
	}
}

static ssize_t pinentry_write(assuan_context_t ctx, assuan_fd_t fd,
			      const void *buffer, size_t size)
{
	struct prompt_pinentry *p = assuan_get_pointer(ctx);
	ssize_t sent;

	for (;;) {
		if (prompt_watch_wait(p->watch, fd, POLLOUT) != 0) {
			errno = ECANCELED;
			return -1;
		}
		sent = send(fd, buffer, size, MSG_NOSIGNAL);
		if (sent >= 0 || (errno != EAGAIN && errno != EINTR))
			return sent;
	}
}

static int pinentry_fd_close(assuan_context_t ctx, assuan_fd_t fd)
{
	return close(fd);
}

static void pinentry_usleep(assuan_context_t ctx, unsigned usec)
{
	usleep(usec);
}

/* What starts processes and opens sockets is not given: we do that. */
static struct assuan_system_hooks hooks = {
	.version = ASSUAN_SYSTEM_HOOKS_VERSION,
	.usleep = pinentry_usleep,
	.close = pinentry_fd_close,
	.read = pinentry_read,
	.write = pinentry_write,
};

/* --- errors --- */

/* An error that libassuan met itself: pinentry is of no use any more. */
static int pinentry_failed(const struct prompt_pinentry *p, gpg_error_t n,
			   struct error *e)
{
	const char *path = p->program.path;

	switch (p->watch->ended) {
	case ERR_CANCELLED:
		return error_set(e, ERR_CANCELLED, "withdrawn");
	case ERR_WORKER_LOST:
		return error_set(e, ERR_WORKER_LOST,
				 "the worker of the token ended; ask again");
	case ERR_NOT_ANSWERED:
		return error_set(e, ERR_NOT_ANSWERED, "no answer in time");
	case ERR_DEADLINE:
		return error_set(e, ERR_PROMPT,
				 "pinentry %s does not answer; name another"
				 " one in prompt: pinentry", path);
	default:
		break;
	}
	if (gpg_err_code(n) == GPG_ERR_EOF)
		return error_set(e, ERR_PROMPT,
				 "pinentry %s ended without an answer; try it"
				 " by hand, or name another one in prompt:"
				 " pinentry", path);
	if (!p->has_screen && gpg_err_code_to_errno(gpg_err_code(n)) != 0)
		return error_set(e, ERR_PROMPT,
				 "pinentry %s has no terminal and no display"
				 " to ask on (%s)", path, gpg_strerror(n));
	return error_set(e, ERR_PROMPT,
			 "pinentry %s: %s; try it by hand, or name another one"
			 " in prompt: pinentry", path, gpg_strerror(n));
}

/* Did libassuan, not pinentry, say so?  Then nothing can follow. */
static bool pinentry_broken(const struct prompt_pinentry *p, gpg_error_t n)
{
	if (p->watch->ended != 0)
		return true;
	switch (gpg_err_code(n)) {
	case GPG_ERR_EOF:
	case GPG_ERR_ASS_INV_RESPONSE:
	case GPG_ERR_ASS_LINE_TOO_LONG:
	case GPG_ERR_ASS_INCOMPLETE_LINE:
	case GPG_ERR_ASS_UNEXPECTED_CMD:
	case GPG_ERR_ASS_NO_INQUIRE_CB:
	case GPG_ERR_ASS_NO_DATA_CB:
	case GPG_ERR_ASS_CONNECT_FAILED:
	case GPG_ERR_TOO_LARGE:
		return true;
	default:
		return gpg_err_code_to_errno(gpg_err_code(n)) != 0;
	}
}

/* --- lines --- */

static bool pinentry_escaped(uint8_t c)
{
	return c < 0x20 || c == 0x7f || c == '%';
}

size_t prompt_pinentry_size(struct slice text)
{
	size_t size = text.len;

	for (size_t i = 0; i < text.len; i++)
		size += pinentry_escaped(text.ptr[i]) ? 2 : 0;
	return size;
}

/* Cut where a character begins: half of one would be refused. */
static size_t pinentry_fitting(const char *text)
{
	size_t len = strlen(text), size = 0, fits = 0;

	for (size_t i = 0; i < len; i++) {
		if (((uint8_t)text[i] & 0xc0) != 0x80)
			fits = i;
		size += pinentry_escaped((uint8_t)text[i]) ? 3 : 1;
		if (size > PROMPT_TEXT_MAX)
			return fits;
	}
	return len;
}

static void pinentry_escape(struct buf *line, const char *text)
{
	size_t len = pinentry_fitting(text);

	for (size_t i = 0; i < len; i++) {
		uint8_t c = (uint8_t)text[i];

		if (pinentry_escaped(c))
			buf_printf(line, "%%%02X", c);
		else
			buf_put_u8(line, c);
	}
}

static int pinentry_line(struct buf *line, const char *command,
			 const char *text, struct error *e)
{
	buf_init(line, ASSUAN_LINELENGTH);
	buf_put_str(line, command);
	if (text != NULL) {
		buf_put_str(line, " ");
		pinentry_escape(line, text);
	}
	buf_text(line);
	if (buf_error(line) != 0)
		return error_set(e, ERR_NO_MEMORY, "%s", command);
	return 0;
}

/* OPTION and the like: a pinentry may not know it, and say so. */
static int pinentry_try(struct prompt_pinentry *p, const char *command,
			const char *text, gpg_error_t *said, struct error *e)
{
	AUTO(buf_fini) struct buf line = { 0 };
	int r = pinentry_line(&line, command, text, e);

	if (r != 0)
		return r;
	*said = assuan_transact(p->assuan, buf_text(&line), NULL, NULL, NULL,
				NULL, NULL, NULL);
	if (*said != 0 && pinentry_broken(p, *said))
		return pinentry_failed(p, *said, e);
	return 0;
}

int prompt_pinentry_set(struct prompt_pinentry *p, const char *command,
			const char *text, struct error *e)
{
	gpg_error_t said = 0;
	int r = pinentry_try(p, command, text, &said, e);

	if (r == 0 && said != 0)
		return pinentry_failed(p, said, e);
	return r;
}

/* --- start and end --- */

static int pinentry_option(struct prompt_pinentry *p, const char *name,
			   const char *value, struct error *e)
{
	gpg_error_t ignored;
	char option[PROMPT_PATH_MAX + 64];

	if (value == NULL || value[0] == '\0')
		return 0;
	snprintf(option, sizeof(option), "%s=%s", name, value);
	return pinentry_try(p, "OPTION", option, &ignored, e);
}

static int pinentry_options(struct prompt_pinentry *p,
			    const struct prompt_request *r, struct error *e)
{
	gpg_error_t ignored;
	const char *term = r->term == NULL ? getenv("TERM") : r->term;
	int n = pinentry_try(p, "OPTION", "no-grab", &ignored, e);

	if (n == 0)
		n = pinentry_option(p, "ttyname", r->tty, e);
	if (n == 0 && r->tty != NULL)
		n = pinentry_option(p, "ttytype", term, e);
	if (n == 0)
		n = pinentry_option(p, "lc-ctype", setlocale(LC_CTYPE, NULL),
				    e);
	if (n == 0)
		n = pinentry_option(p, "lc-messages",
				    setlocale(LC_MESSAGES, NULL), e);
	if (n == 0)
		n = pinentry_option(p, "display", getenv("DISPLAY"), e);
	return n;
}

static int pinentry_connect(struct prompt_pinentry *p, const char *tty,
			    struct error *e)
{
	static struct assuan_malloc_hooks memory = {
		.malloc = prompt_locked_new,
		.realloc = prompt_locked_resize,
		.free = prompt_locked_free,
	};
	AUTO(fd_closep) int fd = -1;
	gpg_error_t said;
	int r;

	if (assuan_new_ext(&p->assuan, GPG_ERR_SOURCE_DEFAULT, &memory,
			   pinentry_log, NULL) != 0)
		return error_set(e, ERR_NO_MEMORY,
				 "no locked memory for a PIN; raise"
				 " RLIMIT_MEMLOCK");
	assuan_set_pointer(p->assuan, p);
	assuan_ctx_set_system_hooks(p->assuan, &hooks);
	assuan_begin_confidential(p->assuan);
	r = prompt_program_start(&p->program, tty, &fd, e);
	if (r != 0)
		return r;
	/* The library closes it, with the context. */
	said = assuan_socket_connect_fd(p->assuan, fd, 0);
	if (said != 0)
		return pinentry_failed(p, said, e);
	fd_take(&fd);
	return 0;
}

int prompt_pinentry_open(struct prompt_pinentry *p,
			 const struct prompt_request *r,
			 struct prompt_watch *w, struct error *e)
{
	int n;

	*p = (struct prompt_pinentry){ .watch = w };
	p->has_screen = r->tty != NULL || getenv("DISPLAY") != NULL ||
			getenv("WAYLAND_DISPLAY") != NULL;
	n = prompt_program_find(&p->program, r->pinentry, e);
	if (n != 0)
		return n;
	w->silent_ns = clock_mono_ns() +
		       LIMIT_PINENTRY_START_MS * CLOCK_NS_PER_MS;
	return pinentry_connect(p, r->tty, e);
}

int prompt_pinentry_fresh(struct prompt_pinentry *p,
			  const struct prompt_request *r, struct error *e)
{
	gpg_error_t ignored;
	int n = pinentry_try(p, "RESET", NULL, &ignored, e);

	if (n == 0)
		n = pinentry_options(p, r, e);
	return n;
}

void prompt_pinentry_close(struct prompt_pinentry *p)
{
	/* It ends by itself when nobody speaks with it. */
	if (p->assuan != NULL)
		assuan_release(p->assuan);
	p->assuan = NULL;
	prompt_program_end(&p->program);
}

/* --- dialogs --- */

int prompt_pinentry_buttons(struct prompt_pinentry *p, const char *ok,
			    const char *not_ok, const char *cancel,
			    struct error *e)
{
	int r = prompt_pinentry_set(p, "SETOK", ok, e);

	if (r == 0)
		r = prompt_pinentry_set(p, "SETCANCEL", cancel, e);
	if (r == 0 && not_ok != NULL)
		r = prompt_pinentry_set(p, "SETNOTOK", not_ok, e);
	return r;
}

static int pinentry_button(const struct prompt_pinentry *p, gpg_error_t said,
			   enum prompt_button *button, struct error *e)
{
	if (said != 0 && pinentry_broken(p, said))
		return pinentry_failed(p, said, e);
	switch (gpg_err_code(said)) {
	case GPG_ERR_NO_ERROR:
		*button = PROMPT_OK;
		return 0;
	case GPG_ERR_NOT_CONFIRMED:
		*button = PROMPT_NOT_OK;
		return 0;
	case GPG_ERR_TIMEOUT:
		*button = PROMPT_LATE;
		return 0;
	case GPG_ERR_CANCELED:
	case GPG_ERR_FULLY_CANCELED:
		/* Some say this, too, when the time is over. */
		*button = prompt_watch_late(p->watch) ? PROMPT_LATE :
							PROMPT_CANCEL;
		return 0;
	default:
		return pinentry_failed(p, said, e);
	}
}

/* The person may take the time there is, pinentry itself not. */
static int pinentry_begin(struct prompt_pinentry *p, struct error *e)
{
	char seconds[16];
	gpg_error_t ignored;

	snprintf(seconds, sizeof(seconds), "%u",
		 prompt_watch_seconds(p->watch));
	return pinentry_try(p, "SETTIMEOUT", seconds, &ignored, e);
}

static void pinentry_open_end(struct prompt_pinentry *p)
{
	p->watch->silent_ns = 0;
}

static void pinentry_set_silence(struct prompt_pinentry *p)
{
	p->watch->silent_ns = clock_mono_ns() +
			      LIMIT_PINENTRY_START_MS * CLOCK_NS_PER_MS;
}

int prompt_pinentry_confirm(struct prompt_pinentry *p, bool one_button,
			    enum prompt_button *button, struct error *e)
{
	gpg_error_t said;
	int r = pinentry_begin(p, e);

	if (r != 0)
		return r;
	pinentry_open_end(p);
	said = assuan_transact(p->assuan,
			       one_button ? "CONFIRM --one-button" : "CONFIRM",
			       NULL, NULL, NULL, NULL, NULL, NULL);
	pinentry_set_silence(p);
	return pinentry_button(p, said, button, e);
}

/* What a GETPIN brings, one D line after the other. */
struct pinentry_data {
	struct secret *secret;
	bool cached; /* it was not typed now */
};

static gpg_error_t pinentry_take(void *arg, const void *bytes, size_t len)
{
	struct pinentry_data *d = arg;

	if (len > SECRET_MAX - d->secret->len)
		return gpg_error(GPG_ERR_TOO_LARGE);
	memcpy(d->secret->ptr + d->secret->len, bytes, len);
	d->secret->len += len;
	return 0;
}

static gpg_error_t pinentry_status(void *arg, const char *line)
{
	struct pinentry_data *d = arg;

	if (strncmp(line, "PASSWORD_FROM_CACHE", 19) == 0)
		d->cached = true;
	return 0;
}

int prompt_pinentry_pin(struct prompt_pinentry *p, struct secret *s,
			enum prompt_button *button, struct error *e)
{
	struct pinentry_data d = { .secret = s };
	gpg_error_t said;
	int r = pinentry_begin(p, e);

	if (r != 0)
		return r;
	s->len = 0;
	pinentry_open_end(p);
	said = assuan_transact(p->assuan, "GETPIN", pinentry_take, &d, NULL,
			       NULL, pinentry_status, &d);
	pinentry_set_silence(p);
	if (gpg_err_code(said) == GPG_ERR_TOO_LARGE)
		return error_set(e, ERR_PROMPT,
				 "pinentry %s gave a PIN of more than %d bytes;"
				 " name another one in prompt: pinentry",
				 p->program.path, SECRET_MAX);
	if (d.cached)
		return error_set(e, ERR_PROMPT,
				 "pinentry %s gave a PIN that nobody typed;"
				 " turn its password cache off",
				 p->program.path);
	return pinentry_button(p, said, button, e);
}
