/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence_export: signet evidence export: one request as a folder that
 * anybody can verify with openssl, sha256sum and jq.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/b64.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/limits.h"
#include "cli/cli.h"
#include "cli/evidence.h"
#include "cli/evidence_readme.h"
#include "cli/i18n.h"
#include "cli/message.h"
#include "evidence/agreement.h"
#include "evidence/form.h"
#include "evidence/reader.h"

struct exporting {
	const char *folder;
	struct reader *reader;
	struct cli_evidence_readme readme;
};

static int PRINTF_LIKE(4, 5)
put_file(const struct exporting *x, struct slice bytes, struct error *e,
	 const char *format, ...)
{
	char path[CLI_PATH_MAX], name[64];
	AUTO(fd_closep) int fd = -1;
	va_list ap;

	va_start(ap, format);
	vsnprintf(name, sizeof(name), format, ap);
	va_end(ap);
	if (snprintf(path, sizeof(path), "%s/%s", x->folder, name) >=
	    CLI_PATH_MAX)
		return error_set(e, ERR_IO, "the folder's name is too long");
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return error_set_errno(e, ERR_IO, errno, "%s", path);
	return fd_write_all(fd, bytes, e);
}

static void put_pem(struct buf *out, const char *label, struct slice der)
{
	struct buf text AUTO(buf_fini) = { .max = 2 * LIMIT_CERTIFICATE };

	b64_encode(B64_STD, der, &text);
	buf_printf(out, "-----BEGIN %s-----\n", label);
	for (const char *at = buf_text(&text); *at != '\0';
	     at += strnlen(at, 64))
		buf_printf(out, "%.64s\n", at);
	buf_printf(out, "-----END %s-----\n", label);
}

/* --- the parts ------------------------------------------------------------ */

static int put_certificates(struct exporting *x, const json_t *event,
			    struct error *e)
{
	struct buf all AUTO(buf_fini) = { .max = 16u * 1024 * 1024 };
	struct reader_certificate c;
	bool found = true;
	uint8_t sha256[32];
	int r = 0;

	if (form_digest(event, "certificate", sha256)) {
		r = reader_find_certificate(x->reader, slice_of(sha256, 32),
					    &c, &found, e);
		if (r == 0 && found)
			put_pem(&all, "CERTIFICATE", c.der);
		x->readme.certificate = r == 0 && found;
	}
	if (r == 0 && all.len > 0)
		r = put_file(x, buf_slice(&all), e, "certificate.pem");
	buf_reset(&all);
	found = true;
	while (r == 0 && found) {
		r = reader_certificate(x->reader, &c, &found, e);
		if (r == 0 && found)
			put_pem(&all, "CERTIFICATE", c.der);
	}
	return r != 0 ? r : put_file(x, buf_slice(&all), e,
				     "certificates.pem");
}

static int put_items(struct exporting *x, int64_t sequence, struct error *e)
{
	struct reader_item item;
	bool found;
	int r;

	while ((r = reader_item(x->reader, &item, &found, e)) == 0 && found &&
	       item.sequence == sequence) {
		if (item.content.ptr != NULL)
			r = put_file(x, item.content, e, "item-%lld.content",
				     (long long)item.item);
		if (r == 0 && item.signature.ptr != NULL)
			r = put_file(x, item.signature, e,
				     "item-%lld.signature",
				     (long long)item.item);
		if (r != 0)
			return r;
	}
	return r;
}

/* One by one: the statement, the certificate and the signature are in it. */
static int put_approval(struct exporting *x, const struct reader_approval *a,
			struct error *e)
{
	struct buf header AUTO(buf_fini) = { .max = LIMIT_EVIDENCE_APPROVAL };
	unsigned i = x->readme.approvals;
	json_t *root;
	int r = put_file(x, a->signature, e, "approval-%lld.jws",
			 (long long)a->approval);

	if (r != 0 || i == CLI_EVIDENCE_APPROVALS)
		return r;
	/* What is none is exported as it lies there. */
	if (agreement_header(a->signature, &header, e) != 0)
		return 0;
	root = json_loadb((const char *)header.ptr, header.len, 0, NULL);
	x->readme.approval[i].number = a->approval;
	snprintf(x->readme.approval[i].algorithm,
		 sizeof(x->readme.approval[i].algorithm), "%s",
		 form_text(root, "alg"));
	x->readme.approvals++;
	json_decref(root);
	return 0;
}

static int put_approvals(struct exporting *x, int64_t sequence,
			 struct error *e)
{
	struct reader_approval a;
	bool found;
	int r;

	while ((r = reader_approval(x->reader, &a, &found, e)) == 0 && found &&
	       a.sequence == sequence) {
		r = put_approval(x, &a, e);
		if (r != 0)
			return r;
	}
	return r;
}

static int put_key(struct exporting *x, struct slice statement,
		   struct error *e)
{
	struct buf scratch AUTO(buf_fini) = { .max = LIMIT_RECORD };
	struct buf key AUTO(buf_fini) = { .max = LIMIT_SPKI };
	struct buf pem AUTO(buf_fini) = { .max = 4 * LIMIT_SPKI };
	json_t *root;
	int r = form_load(statement, &scratch, &root, e);

	if (r != 0)
		return r;
	snprintf(x->readme.algorithm, sizeof(x->readme.algorithm), "%s",
		 form_text(root, "algorithm"));
	if (b64_decode(B64_STD, slice_str(form_text(root, "key")), &key) != 0)
		r = error_set(e, ERR_MALFORMED, "the checkpoint has no key");
	json_decref(root);
	if (r != 0)
		return r;
	put_pem(&pem, "PUBLIC KEY", buf_slice(&key));
	return put_file(x, buf_slice(&pem), e, "checkpoint-key.pem");
}

static int put_checkpoint(struct exporting *x,
			  const struct reader_checkpoint *c, const char *name,
			  struct error *e)
{
	int r = put_file(x, c->statement, e, "%s.json", name);

	if (r == 0)
		r = put_file(x, c->signature, e, "%s.sig", name);
	if (r == 0 && c->stamp.ptr != NULL)
		r = put_file(x, c->stamp, e, "%s.tst", name);
	return r;
}

/* From behind the checkpoint before to the one that signs it. */
static int put_records(struct exporting *x, int64_t first, int64_t last,
		       struct error *e)
{
	struct reader_record rec;
	bool found;
	int r;

	reader_seek(x->reader, first);
	while ((r = reader_record(x->reader, &rec, &found, e)) == 0 && found &&
	       rec.sequence <= last) {
		r = put_file(x, rec.text, e, "records/%010lld.json",
			     (long long)rec.sequence);
		if (r != 0)
			return r;
		x->readme.last = rec.sequence;
	}
	return r;
}

static int put_chain(struct exporting *x, int64_t sequence, struct error *e)
{
	struct reader_checkpoint c;
	int64_t last = INT64_MAX;
	bool found;
	int r = reader_checkpoint_before(x->reader, sequence - 1, &c, &found,
					 e);

	x->readme.before = r == 0 && found;
	x->readme.first = x->readme.before ? c.sequence + 1 : 1;
	if (r == 0 && found)
		r = put_checkpoint(x, &c, "before", e);
	reader_seek(x->reader, sequence);
	if (r == 0)
		r = reader_checkpoint(x->reader, &c, &found, e);
	if (r == 0 && found) {
		last = c.sequence;
		x->readme.checkpoint = true;
		x->readme.stamp = c.stamp.ptr != NULL;
		r = put_checkpoint(x, &c, "checkpoint", e);
		if (r == 0)
			r = put_key(x, c.statement, e);
	}
	return r != 0 ? r : put_records(x, x->readme.first, last, e);
}

static int put_readme(struct exporting *x, const json_t *event,
		      struct error *e)
{
	struct buf text AUTO(buf_fini) = { .max = 64u * 1024 };
	char verify[16] = "";

	snprintf(x->readme.format, sizeof(x->readme.format), "%s",
		 form_text(event, "format"));
	snprintf(verify, sizeof(verify), "%s", form_text(event, "algorithm"));
	snprintf(x->readme.signer, sizeof(x->readme.signer), "%s", verify);
	cli_evidence_readme(&x->readme, &text);
	return put_file(x, buf_slice(&text), e, "README");
}

static int make_folders(const struct exporting *x, struct error *e)
{
	char path[CLI_PATH_MAX];

	snprintf(path, sizeof(path), "%s/records", x->folder);
	if (mkdir(x->folder, 0777) != 0 || mkdir(path, 0777) != 0)
		return error_set_errno(e, ERR_IO, errno, "%s", x->folder);
	return 0;
}

static int export_record(struct exporting *x, const struct reader_record *rec,
			 struct error *e)
{
	struct buf scratch AUTO(buf_fini) = { .max = LIMIT_RECORD };
	int64_t sequence = rec->sequence;
	json_t *root = NULL, *event;
	int r = form_load(rec->text, &scratch, &root, e);

	x->readme.sequence = sequence;
	if (r == 0)
		r = make_folders(x, e);
	if (r == 0)
		r = put_file(x, rec->text, e, "record.json");
	event = json_object_get(root, "event");
	if (r == 0)
		r = put_items(x, sequence, e);
	if (r == 0)
		r = put_approvals(x, sequence, e);
	if (r == 0)
		r = put_certificates(x, event, e);
	if (r == 0)
		r = put_chain(x, sequence, e);
	if (r == 0)
		r = put_readme(x, event, e);
	json_decref(root);
	return r;
}

int cli_evidence_export(const struct cli_evidence *a)
{
	struct exporting x = { .folder = a->operands[1] };
	struct reader_record rec;
	struct error e;
	int status = cli_evidence_open(a, &x.reader);

	if (status != CLI_OK)
		return status;
	status = cli_evidence_find(x.reader, a->operands[0], &rec);
	if (status == CLI_OK && export_record(&x, &rec, &e) != 0)
		status = cli_failure(&e, NULL);
	reader_close(x.reader);
	if (status == CLI_OK)
		cli_message(_("%s/README tells how to verify it"),
			    a->operands[1]);
	return status;
}
