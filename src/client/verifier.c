/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verifier: verification of a signature, in the program itself.
 *
 * Reads files and the clock for src/format/verify.h, which does the work.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "client/error.h"
#include "client/file.h"
#include "client/report.h"
#include "format/verify.h"
#include "signet.h"

#define VERIFIER_TRUST_MAX (16u * 1024 * 1024) /* CAs; and revocation lists */

struct signet_verifier {
	struct buf anchors, crls, untrusted; /* PEM */
	struct buf signer;		     /* DER */
	struct buf content;
	bool has_content;
	bool has_time;
	int64_t time;
	const struct format_alg *alg; /* NULL: any */
	struct signet_error error;
};

int signet_verifier_new(struct signet_verifier **out)
{
	struct signet_verifier *v = calloc(1, sizeof(*v));

	if (v == NULL)
		return ERR_NO_MEMORY;
	buf_init(&v->anchors, VERIFIER_TRUST_MAX);
	buf_init(&v->crls, VERIFIER_TRUST_MAX);
	buf_init(&v->untrusted, VERIFIER_TRUST_MAX);
	buf_init(&v->signer, VERIFIER_TRUST_MAX);
	buf_init(&v->content, CLIENT_FILE_MAX);
	client_error_clear(&v->error);
	*out = v;
	return 0;
}

void signet_verifier_free(struct signet_verifier *v)
{
	if (v == NULL)
		return;
	buf_fini(&v->anchors);
	buf_fini(&v->crls);
	buf_fini(&v->untrusted);
	buf_fini(&v->signer);
	buf_fini(&v->content);
	client_error_clear(&v->error);
	free(v);
}

const struct signet_error *signet_verifier_error(struct signet_verifier *v)
{
	return client_error_view(&v->error);
}

/* A file as PEM behind what is in out already. */
static int add_pem(struct signet_verifier *v, const char *path,
		   const char *label, struct buf *out)
{
	AUTO(buf_fini) struct buf file;
	int r;

	client_error_clear(&v->error);
	buf_init(&file, VERIFIER_TRUST_MAX);
	r = client_file_read(path, &file, &v->error.base);
	if (r != 0)
		return r;
	client_file_pem(buf_slice(&file), label, out);
	r = buf_error(out);
	return r == 0 ? 0 : error_set(&v->error.base, r, "%s", path);
}

int signet_verifier_add_ca_file(struct signet_verifier *v, const char *path)
{
	return add_pem(v, path, "CERTIFICATE", &v->anchors);
}

int signet_verifier_add_crl_file(struct signet_verifier *v, const char *path)
{
	return add_pem(v, path, "X509 CRL", &v->crls);
}

int signet_verifier_set_certificate_file(struct signet_verifier *v,
					 const char *path)
{
	AUTO(buf_fini) struct buf file;
	static const char more[] = "BEGIN CERTIFICATE";
	int r;

	client_error_clear(&v->error);
	buf_init(&file, VERIFIER_TRUST_MAX);
	buf_reset(&v->signer);
	buf_reset(&v->untrusted);
	r = client_file_read(path, &file, &v->error.base);
	if (r == 0)
		r = client_file_der(buf_slice(&file), &v->signer,
				    &v->error.base);
	if (r == 0 && memmem(file.ptr, file.len, more, sizeof(more) - 1))
		buf_put_slice(&v->untrusted, buf_slice(&file));
	return r;
}

int signet_verifier_set_content_fd(struct signet_verifier *v, int fd)
{
	int r;

	client_error_clear(&v->error);
	buf_reset(&v->content);
	r = client_file_read_fd(fd, &v->content, &v->error.base);
	v->has_content = r == 0;
	return r;
}

int signet_verifier_set_content_file(struct signet_verifier *v,
				     const char *path)
{
	int r;

	client_error_clear(&v->error);
	buf_reset(&v->content);
	r = client_file_read(path, &v->content, &v->error.base);
	v->has_content = r == 0;
	return r;
}

int signet_verifier_set_algorithm(struct signet_verifier *v, const char *name)
{
	client_error_clear(&v->error);
	v->alg = name == NULL ? NULL : format_alg_by_name(name);
	if (name != NULL && v->alg == NULL)
		return error_set(&v->error.base, ERR_UNSUPPORTED,
				 "there is no algorithm %s", name);
	return 0;
}

void signet_verifier_set_time(struct signet_verifier *v, int64_t when)
{
	v->time = when;
	v->has_time = true;
}

static bool is_cms(struct slice s)
{
	/* id-signedData: RFC 5652 section 5.1.  An ECDSA signature in DER is
	 * a SEQUENCE too. */
	static const uint8_t oid[] = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
				       0xf7, 0x0d, 0x01, 0x07, 0x02 };
	size_t head = s.len < 32 ? s.len : 32;

	return s.len > 0 && s.ptr[0] == 0x30 &&
	       memmem(s.ptr, head, oid, sizeof(oid)) != NULL;
}

static bool is_jws(struct slice s)
{
	static const char object[] = "eyJ"; /* {" in base64url */
	const uint8_t *dot;

	if (s.len < 5 || memcmp(s.ptr, object, 3) != 0)
		return false;
	dot = memchr(s.ptr, '.', s.len);
	return dot != NULL &&
	       memchr(dot + 1, '.', s.len - (size_t)(dot + 1 - s.ptr)) != NULL;
}

/*
 * Nobody named the algorithm: the first one by which it verifies.  Each is one
 * that the key can do, so none is weaker than what the key stands for.
 */
static int verify_raw_any(struct slice signature, struct slice content,
			  const struct format_trust *trust,
			  struct format_report *out, struct error *e)
{
	size_t len;
	const struct format_alg *all = format_alg_all(&len);
	int r = error_set(e, ERR_INTERNAL, "no algorithms");

	for (size_t i = 0; i < len; i++) {
		r = format_verify_raw(signature, &all[i], content, trust, out,
				      e);
		if (r != 0 || strcmp(out->sub, "SIG_CRYPTO_FAILURE") != 0)
			return r;
	}
	out->algorithm = "";
	snprintf(out->text, sizeof(out->text), "The signature was not made by"
		 " the signer's key, or the content was changed.");
	return r;
}

static int verify_raw(const struct signet_verifier *v, struct slice signature,
		      const struct format_trust *trust,
		      struct format_report *out, struct error *e)
{
	struct slice content = buf_slice(&v->content);

	if (!v->has_content)
		return error_set(e, ERR_USAGE, "a raw signature needs the"
				 " content it was made over");
	if (v->alg != NULL)
		return format_verify_raw(signature, v->alg, content, trust, out,
					 e);
	return verify_raw_any(signature, content, trust, out, e);
}

/* Files end in a line end that is no part of a JWS. */
static struct slice without_line_end(struct slice s)
{
	while (s.len > 0 &&
	       (s.ptr[s.len - 1] == '\n' || s.ptr[s.len - 1] == '\r'))
		s.len--;
	return s;
}

static int verify(struct signet_verifier *v, struct slice signature,
		  const struct format_trust *trust, enum signet_format *format,
		  struct format_report *out)
{
	struct slice content = buf_slice(&v->content);
	const struct slice *given = v->has_content ? &content : NULL;

	if (is_cms(signature)) {
		*format = SIGNET_CMS;
		return format_verify_cms(signature, given, trust, out,
					 &v->error.base);
	}
	if (is_jws(signature)) {
		*format = SIGNET_JWS;
		return format_verify_jws(without_line_end(signature), given,
					 trust, out, &v->error.base);
	}
	*format = SIGNET_RAW;
	return verify_raw(v, signature, trust, out, &v->error.base);
}

int signet_verify_bytes(struct signet_verifier *v, const void *signature,
			size_t len, struct signet_report **out)
{
	struct format_trust trust = {
		.anchors = buf_slice(&v->anchors),
		.untrusted = buf_slice(&v->untrusted),
		.crls = buf_slice(&v->crls),
		.signer = buf_slice(&v->signer),
		.time = v->has_time ? v->time : clock_unix(),
	};
	AUTO(buf_fini) struct buf der;
	struct format_report report;
	enum signet_format format;
	int r;

	client_error_clear(&v->error);
	buf_init(&der, CLIENT_FILE_MAX);
	r = client_file_der(slice_of(signature, len), &der, &v->error.base);
	if (r == 0)
		r = verify(v, buf_slice(&der), &trust, &format, &report);
	if (r == 0)
		r = client_report_new(format, &report, trust.time, out,
				      &v->error.base);
	return r;
}

int signet_verify_fd(struct signet_verifier *v, int fd,
		     struct signet_report **out)
{
	AUTO(buf_fini) struct buf file;
	int r;

	client_error_clear(&v->error);
	buf_init(&file, CLIENT_FILE_MAX);
	r = client_file_read_fd(fd, &file, &v->error.base);
	return r == 0 ? signet_verify_bytes(v, file.ptr, file.len, out) : r;
}

int signet_verify_file(struct signet_verifier *v, const char *path,
		       struct signet_report **out)
{
	AUTO(buf_fini) struct buf file;
	int r;

	client_error_clear(&v->error);
	buf_init(&file, CLIENT_FILE_MAX);
	r = client_file_read(path, &file, &v->error.base);
	return r == 0 ? signet_verify_bytes(v, file.ptr, file.len, out) : r;
}
