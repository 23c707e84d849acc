/* SPDX-License-Identifier: Apache-2.0 */
/*
 * content: what a file to be signed is, so that it can be shown.
 *
 * Only a guess: signetd reads the content by its type and refuses it when it
 * is something else.
 */
#include "cli/content.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "cli/sign.h"
#include "cli/term.h"

#define CONTENT_TEXT "text/plain;charset=utf-8"
#define CONTENT_JSON "application/json"
#define CONTENT_UNKNOWN "application/octet-stream"
#define CONTENT_PIECE (64u * 1024)

const char *cli_content_by_name(const char *file)
{
	static const struct {
		const char *end, *type;
	} types[] = {
		{ ".xml", "application/xml" },
		{ ".json", CONTENT_JSON },
		{ ".pdf", "application/pdf" },
		{ ".txt", CONTENT_TEXT },
	};
	const char *dot = strrchr(cli_sign_base_name(file), '.');

	for (size_t i = 0; dot != NULL && i < ARRAY_LEN(types); i++)
		if (strcasecmp(dot, types[i].end) == 0)
			return types[i].type;
	return CONTENT_UNKNOWN;
}

bool cli_content_is_payment(struct slice canonical)
{
	/* A quote inside a text has a backslash: these are names. */
	return memmem(canonical.ptr, canonical.len, "\"payee\":{", 9) &&
	       memmem(canonical.ptr, canonical.len, "\"total\":{", 9);
}

bool cli_content_is_text(struct slice s)
{
	const uint8_t *end = s.ptr + s.len;
	uint32_t c;
	size_t len;

	for (const uint8_t *p = s.ptr; p < end; p += len) {
		len = utf8_decode(p, end, &c);
		if (len == 0)
			return false;
	}
	return true;
}

static bool is_stdin(const char *file)
{
	return strcmp(file, "-") == 0;
}

/* The library's failure as ours. */
static int failed(struct signet_request *r, struct error *e)
{
	const struct signet_error *why = signet_request_error(r);

	return error_set(e, signet_error_code(why), "%s",
			 signet_error_detail(why));
}

/* All of a file into out, or as much as that takes: ERR_TOO_LARGE. */
static int read_file(const char *file, struct buf *out, struct error *e)
{
	AUTO(fd_closep) int own = -1;
	int fd = STDIN_FILENO;

	if (!is_stdin(file)) {
		own = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		fd = own;
	}
	while (fd >= 0) {
		uint8_t piece[CONTENT_PIECE];
		ssize_t got = read(fd, piece, sizeof(piece));

		if (got == 0)
			return 0;
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			break;
		buf_put(out, piece, (size_t)got);
		if (buf_error(out) != 0)
			return error_set(e, buf_error(out), "more than %zu"
					 " bytes", out->max);
	}
	return error_set_errno(e, ERR_IO, errno, "cannot read %s", file);
}

static bool is_detached(const struct cli_sign *s)
{
	return s->format == SIGNET_JWS ? s->detached : !s->attached;
}

/*
 * What is signed is the canonical form.  A detached signature over a file that
 * is not in it would verify with no file there is.
 */
static int check_canonical(const struct cli_sign *s, struct slice text,
			   struct slice canonical, struct error *e)
{
	if (!is_detached(s) || slice_equal(text, canonical))
		return 0;
	return error_set(e, ERR_CONTENT, "the payment is not in the canonical"
			 " form that is signed (RFC 8785): write it so with"
			 " `jq -cjS .`, or put it into the signature with"
			 " --attached");
}

static int set_plain(const char *file, const char *type,
		     struct signet_request *r, struct error *e)
{
	int err = signet_request_set_media_type(r, type);

	if (err == 0)
		err = is_stdin(file) ?
			signet_request_set_fd(r, STDIN_FILENO) :
			signet_request_set_file(r, file);
	return err == 0 ? 0 : failed(r, e);
}

/* The canonical form of what the request now has. */
static struct slice canonical_of(struct signet_request *r)
{
	size_t len;
	const unsigned char *ptr = signet_request_payment(r, &len);

	return slice_of(ptr, len);
}

static int set_payment(const struct cli_sign *s, const char *file,
		       struct signet_request *r, struct error *e)
{
	AUTO(buf_fini) struct buf text;
	int err;

	buf_init(&text, LIMIT_PAYMENT);
	err = read_file(file, &text, e);
	if (err != 0)
		return err;
	if (signet_request_set_payment(r, buf_text(&text), text.len) != 0)
		return failed(r, e);
	return check_canonical(s, buf_slice(&text), canonical_of(r), e);
}

/* By its name JSON: perhaps a payment.  Else it stays JSON, and is blind. */
static int set_json(const struct cli_sign *s, const char *file,
		    struct signet_request *r, struct error *e)
{
	AUTO(buf_fini) struct buf text;

	buf_init(&text, LIMIT_PAYMENT);
	if (read_file(file, &text, e) == 0 &&
	    signet_request_set_payment(r, buf_text(&text), text.len) == 0 &&
	    cli_content_is_payment(canonical_of(r)))
		return check_canonical(s, buf_slice(&text), canonical_of(r),
				       e);
	return set_plain(file, CONTENT_JSON, r, e);
}

/* By its name text.  What is too large to be shown is blind as any type. */
static int set_text(const char *file, struct signet_request *r,
		    struct error *e)
{
	AUTO(buf_fini) struct buf text;
	const char *type = CONTENT_TEXT;

	buf_init(&text, LIMIT_SHOWN);
	if (read_file(file, &text, e) == 0 &&
	    !cli_content_is_text(buf_slice(&text)))
		type = CONTENT_UNKNOWN;
	return set_plain(file, type, r, e);
}

int cli_content_set(const struct cli_sign *s, const char *file,
		    struct signet_request *r, struct error *e)
{
	const char *type = s->media_type;
	char name[LIMIT_NAME];

	cli_term_safe(cli_sign_base_name(file), name, sizeof(name));
	if (signet_request_set_name(r, is_stdin(file) ? NULL : name) != 0)
		return failed(r, e);
	if (s->payment)
		return set_payment(s, file, r, e);
	if (type != NULL)
		return set_plain(file, type, r, e);
	type = cli_content_by_name(file);
	if (strcmp(type, CONTENT_JSON) == 0)
		return set_json(s, file, r, e);
	if (strcmp(type, CONTENT_TEXT) == 0)
		return set_text(file, r, e);
	return set_plain(file, type, r, e);
}
