/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence_list: signet evidence list and show: what was recorded.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/hex.h"
#include "base/limits.h"
#include "base/writer.h"
#include "cli/cli.h"
#include "cli/evidence.h"
#include "cli/i18n.h"
#include "cli/message.h"
#include "cli/term.h"
#include "evidence/agreement.h"
#include "evidence/chain.h"
#include "evidence/form.h"
#include "evidence/reader.h"

#define LIST_TEXT 1024

bool cli_evidence_time(const char *text, int64_t *out)
{
	char whole[CLOCK_RFC3339_SIZE];

	if (strlen(text) == strlen("2026-11-24")) {
		snprintf(whole, sizeof(whole), "%sT00:00:00Z", text);
		text = whole;
	}
	return clock_parse(text, out) == 0;
}

static bool is(const char *wanted, const char *there)
{
	return wanted == NULL || strcmp(wanted, there) == 0;
}

/* A name, a number, a program or the origin of a page. */
static bool is_caller(const char *wanted, const json_t *caller)
{
	char uid[24];

	if (wanted == NULL)
		return true;
	snprintf(uid, sizeof(uid), "%lld", (long long)json_integer_value(
			 json_object_get(caller, "uid")));
	return caller != NULL && (is(wanted, form_text(caller, "user")) ||
				  is(wanted, uid) ||
				  is(wanted, form_text(caller, "exe")) ||
				  is(wanted, form_text(caller, "origin")));
}

static bool is_wanted(const struct cli_evidence *a, const json_t *root)
{
	const json_t *event = json_object_get(root, "event");
	const char *key = form_text(event, "key");
	int64_t time = 0;

	if (clock_parse(form_text(root, "time"), &time) != 0)
		time = 0;
	return (!a->has_since || time >= a->since) &&
	       (!a->has_until || time < a->until) &&
	       is(a->outcome, form_text(event, "outcome")) &&
	       is(a->request, form_text(event, "request")) &&
	       (a->key == NULL || strstr(key, a->key) != NULL) &&
	       is_caller(a->caller, json_object_get(event, "caller"));
}

static void print_safe(const char *before, const char *text,
		       const char *after)
{
	char safe[LIST_TEXT];

	cli_term_safe(text, safe, sizeof(safe));
	printf("%s%s%s", before, safe, after);
}

/* What a person looks for: what happened, who asked, what about. */
static void print_row(uint64_t sequence, const json_t *root)
{
	const json_t *event = json_object_get(root, "event");
	const json_t *item = json_array_get(json_object_get(event, "items"),
					    0);
	const json_t *caller = json_object_get(event, "caller");
	const char *outcome = form_text(event, "outcome");
	const char *what = outcome[0] != '\0' ? outcome :
		form_text(event, "kind");

	printf("%8" PRIu64 "  ", sequence);
	print_safe("", form_text(root, "time"), "  ");
	printf("%s", cli_term_colour(stdout, outcome[0] == '\0' ? CLI_PLAIN :
				     cli_term_colour_of(outcome)));
	print_safe("", what, "");
	printf("%s", cli_term_colour(stdout, CLI_PLAIN));
	print_safe("  ", form_text(caller, "user"), "");
	print_safe("  ", item != NULL ? form_text(item, "name") :
		   form_text(event, "token"), "");
	printf("\n");
}

/* approvals is JSON, or NULL. */
static void print_json_row(const struct reader_record *rec,
			   const char *approvals)
{
	char hash[2 * CHAIN_HASH + 1] = "";

	if (rec->hash.len == CHAIN_HASH)
		hex_encode(rec->hash, hash);
	printf("{\"seq\":%" PRId64 ",\"hash\":\"%s\",\"record\":%.*s",
	       rec->sequence, hash, (int)rec->text.len,
	       (const char *)rec->text.ptr);
	if (approvals != NULL)
		printf(",\"approvals\":%s", approvals);
	printf("}\n");
}

/* With what was signed to agree to it, where that is kept. */
static void print_json_whole(struct reader *r, const struct reader_record *rec)
{
	struct buf out AUTO(buf_fini) = { .max = 4 * LIMIT_EVIDENCE_APPROVAL };
	struct reader_approval row;
	struct error e;
	bool found;

	buf_put_u8(&out, '[');
	while (reader_approval(r, &row, &found, &e) == 0 && found &&
	       row.sequence == rec->sequence) {
		if (out.len > 1)
			buf_put_u8(&out, ',');
		writer_string(&out, (const char *)row.signature.ptr,
			      row.signature.len);
	}
	buf_put_u8(&out, ']');
	print_json_row(rec, buf_text(&out));
}

static int list_record(const struct cli_evidence *a, struct buf *scratch,
		       const struct reader_record *rec)
{
	json_t *root;
	struct error e;

	if (form_load(rec->text, scratch, &root, &e) != 0) {
		cli_error(_("record %lld cannot be read: %s"),
			  (long long)rec->sequence, e.message);
		return CLI_REFUSED;
	}
	if (is_wanted(a, root)) {
		if (a->common.json)
			print_json_row(rec, NULL);
		else
			print_row((uint64_t)rec->sequence, root);
	}
	json_decref(root);
	return CLI_OK;
}

int cli_evidence_list(const struct cli_evidence *a)
{
	struct buf scratch AUTO(buf_fini) = { .max = LIMIT_RECORD };
	struct reader_record rec;
	struct reader *r;
	struct error e;
	bool found = true;
	int status = cli_evidence_open(a, &r), one;

	if (status != CLI_OK)
		return status;
	reader_seek(r, 0);
	while (found) {
		if (reader_record(r, &rec, &found, &e) != 0) {
			status = cli_failure(&e, NULL);
			break;
		}
		one = found ? list_record(a, &scratch, &rec) : CLI_OK;
		if (one != CLI_OK)
			status = one;
	}
	reader_close(r);
	return status;
}

/* --- one of them ---------------------------------------------------------- */

static void show_text(const char *name, const char *text)
{
	int pad = 14 - (int)cli_term_width(name);

	if (text[0] == '\0')
		return;
	printf("%s%*s ", name, pad > 0 ? pad : 0, "");
	print_safe("", text, "\n");
}

static void show_caller(const json_t *caller)
{
	char number[32];

	if (caller == NULL)
		return;
	show_text(_("asked by:"), form_text(caller, "user"));
	snprintf(number, sizeof(number), "%lld",
		 (long long)json_integer_value(json_object_get(caller,
							       "uid")));
	show_text(_("uid:"), number);
	show_text(_("program:"), form_text(caller, "exe"));
	show_text(_("page:"), form_text(caller, "origin"));
}

static void show_item(const json_t *item)
{
	const json_t *line;
	size_t i;

	printf("\n");
	show_text(_("content:"), form_text(item, "name"));
	show_text(_("type:"), form_text(item, "type"));
	show_text(_("digest:"), form_text(item, "content"));
	show_text(_("signature:"), form_text(item, "signature"));
	if (json_is_true(json_object_get(item, "blind")))
		show_text(_("shown:"), _("only what follows: blind"));
	json_array_foreach(json_object_get(item, "lines"), i, line) {
		const char *label = json_string_value(json_array_get(line, 0));
		const char *value = json_string_value(json_array_get(line, 1));

		print_safe("    ", label == NULL ? "" : label, ": ");
		print_safe("", value == NULL ? "" : value, "\n");
	}
}

/* Who agreed, and the statement that they signed, where it is kept. */
static void show_approvals(struct reader *r, const struct reader_record *rec,
			   const json_t *event)
{
	const json_t *approvals = json_object_get(event, "approvals"), *one;
	struct reader_approval row;
	struct error e;
	bool found = false;
	size_t i;

	if (approvals != NULL &&
	    reader_approval(r, &row, &found, &e) != 0)
		found = false;
	json_array_foreach(approvals, i, one) {
		struct buf text AUTO(buf_fini) = {
			.max = LIMIT_EVIDENCE_APPROVAL
		};

		printf("\n");
		show_text(_("agreed:"), form_text(one, "role"));
		show_text(_("certificate:"), form_text(one, "certificate"));
		show_text(_("signature:"), form_text(one, "signature"));
		if (!found || row.sequence != rec->sequence ||
		    row.approval != (int64_t)i)
			continue;
		if (agreement_statement(row.signature, &text, &e) == 0)
			show_text(_("statement:"), buf_text(&text));
		if (reader_approval(r, &row, &found, &e) != 0)
			found = false;
	}
}

static void show_record(struct reader *r, const struct reader_record *rec,
			const json_t *root)
{
	const json_t *event = json_object_get(root, "event"), *item;
	const json_t *failure = json_object_get(event, "failure");
	char hash[2 * CHAIN_HASH + 1] = "";
	size_t i;

	printf(_("record %lld\n"), (long long)rec->sequence);
	show_text(_("time:"), form_text(root, "time"));
	show_text(_("event:"), form_text(event, "kind"));
	show_text(_("outcome:"), form_text(event, "outcome"));
	show_text(_("failure:"), form_text(failure, "code"));
	show_text(_("detail:"), form_text(failure, "detail"));
	show_text(_("request:"), form_text(event, "request"));
	show_caller(json_object_get(event, "caller"));
	show_text(_("rule:"), form_text(event, "rule"));
	show_text(_("key:"), form_text(event, "key"));
	show_text(_("token:"), form_text(event, "token"));
	show_text(_("operation:"), form_text(event, "operation"));
	show_text(_("algorithm:"), form_text(event, "algorithm"));
	show_text(_("format:"), form_text(event, "format"));
	show_text(_("certificate:"), form_text(event, "certificate"));
	json_array_foreach(json_object_get(event, "items"), i, item)
		show_item(item);
	show_approvals(r, rec, event);
	if (rec->hash.len == CHAIN_HASH)
		hex_encode(rec->hash, hash);
	printf("\n");
	show_text(_("previous:"), form_text(root, "previous"));
	show_text(_("hash:"), hash);
}

int cli_evidence_find(struct reader *r, const char *number,
		      struct reader_record *rec)
{
	unsigned int sequence;
	struct error e;
	bool found;

	if (!cli_option_number(number, 1, INT32_MAX, &sequence)) {
		cli_error(_("%s is no number of a record"), number);
		return CLI_USAGE;
	}
	reader_seek(r, sequence);
	if (reader_record(r, rec, &found, &e) != 0)
		return cli_failure(&e, NULL);
	if (found && rec->sequence == sequence)
		return CLI_OK;
	cli_error(_("record %s is not here; it may be in an archive"), number);
	return CLI_REFUSED;
}

int cli_evidence_show(const struct cli_evidence *a)
{
	struct buf scratch AUTO(buf_fini) = { .max = LIMIT_RECORD };
	struct reader_record rec;
	struct reader *r;
	struct error e;
	json_t *root;
	int status = cli_evidence_open(a, &r);

	if (status != CLI_OK)
		return status;
	status = cli_evidence_find(r, a->operands[0], &rec);
	if (status == CLI_OK && form_load(rec.text, &scratch, &root, &e) != 0) {
		cli_failure(&e, a->operands[0]);
		status = CLI_REFUSED;
	} else if (status == CLI_OK) {
		if (a->common.json)
			print_json_whole(r, &rec);
		else
			show_record(r, &rec, root);
		json_decref(root);
	}
	reader_close(r);
	return status;
}
