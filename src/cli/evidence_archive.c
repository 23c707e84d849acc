/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence_archive: signet evidence archive: old records to a file of their
 * own.
 */
#include <stdio.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/writer.h"
#include "cli/cli.h"
#include "cli/evidence.h"
#include "cli/i18n.h"
#include "cli/message.h"
#include "evidence/archive.h"

static void print_json(const struct archive_result *r)
{
	struct buf out AUTO(buf_fini) = { .max = 8192 };
	struct writer j = writer_of(&out);

	writer_open(&j, NULL, '{');
	writer_text_or_null(&j, "file", r->file);
	writer_int(&j, "first", (int64_t)r->first);
	writer_int(&j, "last", (int64_t)r->last);
	writer_int(&j, "finished_to", (int64_t)r->finished_to);
	writer_close(&j, '}');
	printf("%s\n", buf_text(&out));
}

static void print_text(const struct archive_result *r)
{
	if (r->finished_to > 0)
		cli_message(_("an archive that was interrupted is finished, up"
			      " to record %llu"),
			    (unsigned long long)r->finished_to);
	if (r->file[0] == '\0') {
		cli_message(_("there is no checkpoint before what stays:"
			      " nothing was moved"));
		return;
	}
	cli_message(_("records %llu to %llu are in %s now"),
		    (unsigned long long)r->first, (unsigned long long)r->last,
		    r->file);
}

int cli_evidence_archive(const struct cli_evidence *args)
{
	const struct archive_order order = {
		.path = args->path, .folder = args->out_dir,
		.has_before = args->has_before, .before = args->before,
		.keep = args->keep,
	};
	struct archive_result result;
	struct error e;
	int r;

	if (!args->has_before && !args->has_keep) {
		cli_error(_("say what is old: --before TIME, --keep N"));
		return CLI_USAGE;
	}
	r = archive_run(&order, &result, &e);
	if (r != 0) {
		cli_failure(&e, NULL);
		return r == ERR_MALFORMED ? CLI_REFUSED : CLI_FILE;
	}
	if (args->common.json)
		print_json(&result);
	else
		print_text(&result);
	return CLI_OK;
}
