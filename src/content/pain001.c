/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pain001: customer credit transfers, read as they pass by.
 *
 * A table says which elements are shown as what.  One label stands for
 * choices (IBAN or another number), and occurs once in its part of the
 * document unless the schema has it many times: of two accounts a bank might
 * take the one and a person read the other.
 */
#include "content/pain001.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "content/blind.h"
#include "content/field.h"
#include "content/line.h"
#include "content/sum.h"
#include "content/visible.h"
#include "content/xml.h"

#define PAIN_NAMESPACE "urn:iso:std:iso:20022:tech:xsd:pain.001.001."
#define PAIN_ROOT "Document/CstmrCdtTrfInitn"
#define PAIN_HEADER PAIN_ROOT "/GrpHdr"
#define PAIN_GROUP PAIN_ROOT "/PmtInf"
#define PAIN_PAYMENT PAIN_GROUP "/CdtTrfTxInf"

enum pain_part { PAIN_IN_HEADER, PAIN_IN_GROUP, PAIN_IN_PAYMENT, PAIN_PARTS };

static const char *const part_paths[PAIN_PARTS] = {
	[PAIN_IN_HEADER] = PAIN_HEADER "/",
	[PAIN_IN_GROUP] = PAIN_GROUP "/",
	[PAIN_IN_PAYMENT] = PAIN_PAYMENT "/",
};

/* The counts and sums of the header and of a group. */
struct pain_count {
	char said_payments[LIMIT_NAME];		/* "": not said */
	char said_sum[LIMIT_NAME];
	unsigned payments;
	char sum[CONTENT_SUM_SIZE];
};

struct pain {
	struct content *c;
	bool other;			/* another document */
	bool has_root, has_header;
	uint64_t seen[PAIN_PARTS];	/* bit of the first row of a label */
	struct pain_count file, group;
	char currency[4];		/* of the amount that comes next */
	bool has_amount;
	char name[LIMIT_VALUE + 1];	/* of the payee */
	char account[LIMIT_VALUE + 1];
	json_t *not_shown;		/* object: names in order, once each */
};

struct pain_row;
typedef int pain_take(struct pain *p, const struct pain_row *row,
		      const char *value, struct error *e);

static pain_take take_line, take_payments, take_sum, take_currency,
	take_amount, take_name, take_account;

static const struct pain_row {
	enum pain_part part;
	const char *path;
	const char *label;
	pain_take *take;
	bool many;
} rows[] = {
	{ PAIN_IN_HEADER, "MsgId", "message.id", take_line, false },
	{ PAIN_IN_HEADER, "CreDtTm", "message.created", take_line, false },
	{ PAIN_IN_HEADER, "NbOfTxs", "NbOfTxs", take_payments, false },
	{ PAIN_IN_HEADER, "CtrlSum", "CtrlSum", take_sum, false },
	{ PAIN_IN_HEADER, "InitgPty/Nm", "initiator.name", take_line, false },
	{ PAIN_IN_HEADER, "InitgPty/Id/OrgId/Othr/Id", "initiator.id",
	  take_line, true },

	{ PAIN_IN_GROUP, "PmtInfId", "group.id", take_line, false },
	{ PAIN_IN_GROUP, "PmtMtd", "method", take_line, false },
	{ PAIN_IN_GROUP, "NbOfTxs", "NbOfTxs", take_payments, false },
	{ PAIN_IN_GROUP, "CtrlSum", "CtrlSum", take_sum, false },
	{ PAIN_IN_GROUP, "PmtTpInf/InstrPrty", "priority", take_line, false },
	{ PAIN_IN_GROUP, "PmtTpInf/SvcLvl/Cd", "service", take_line, true },
	{ PAIN_IN_GROUP, "PmtTpInf/CtgyPurp/Cd", "category", take_line,
	  false },
	{ PAIN_IN_GROUP, "ReqdExctnDt", "execution-date", take_line, false },
	{ PAIN_IN_GROUP, "ReqdExctnDt/Dt", "execution-date", take_line,
	  false },
	{ PAIN_IN_GROUP, "ReqdExctnDt/DtTm", "execution-date", take_line,
	  false },
	{ PAIN_IN_GROUP, "Dbtr/Nm", "payer.name", take_line, false },
	{ PAIN_IN_GROUP, "DbtrAcct/Id/IBAN", "payer.account", take_line,
	  false },
	{ PAIN_IN_GROUP, "DbtrAcct/Id/Othr/Id", "payer.account", take_line,
	  false },
	{ PAIN_IN_GROUP, "DbtrAgt/FinInstnId/BIC", "payer.bank", take_line,
	  false },
	{ PAIN_IN_GROUP, "DbtrAgt/FinInstnId/BICFI", "payer.bank", take_line,
	  false },
	{ PAIN_IN_GROUP, "UltmtDbtr/Nm", "payer.ultimate", take_line, false },
	{ PAIN_IN_GROUP, "ChrgBr", "charges", take_line, false },

	{ PAIN_IN_PAYMENT, "PmtId/InstrId", "instruction-id", take_line,
	  false },
	{ PAIN_IN_PAYMENT, "PmtId/EndToEndId", "end-to-end-id", take_line,
	  false },
	{ PAIN_IN_PAYMENT, "Amt/InstdAmt@Ccy", "Ccy", take_currency, false },
	{ PAIN_IN_PAYMENT, "Amt/InstdAmt", "amount", take_amount, false },
	{ PAIN_IN_PAYMENT, "Amt/EqvtAmt/Amt@Ccy", "Ccy", take_currency,
	  false },
	{ PAIN_IN_PAYMENT, "Amt/EqvtAmt/Amt", "amount", take_amount, false },
	{ PAIN_IN_PAYMENT, "Amt/EqvtAmt/CcyOfTrf", "currency-of-transfer",
	  take_line, false },
	{ PAIN_IN_PAYMENT, "ChrgBr", "charges", take_line, false },
	{ PAIN_IN_PAYMENT, "UltmtDbtr/Nm", "payer.ultimate", take_line,
	  false },
	{ PAIN_IN_PAYMENT, "IntrmyAgt1/FinInstnId/BIC", "intermediary",
	  take_line, false },
	{ PAIN_IN_PAYMENT, "IntrmyAgt1/FinInstnId/BICFI", "intermediary",
	  take_line, false },
	{ PAIN_IN_PAYMENT, "CdtrAgt/FinInstnId/BIC", "payee.bank", take_line,
	  false },
	{ PAIN_IN_PAYMENT, "CdtrAgt/FinInstnId/BICFI", "payee.bank",
	  take_line, false },
	{ PAIN_IN_PAYMENT, "CdtrAgt/FinInstnId/Nm", "payee.bank-name",
	  take_line, false },
	{ PAIN_IN_PAYMENT, "CdtrAgt/FinInstnId/ClrSysMmbId/MmbId",
	  "payee.bank-clearing", take_line, false },
	{ PAIN_IN_PAYMENT, "CdtrAgt/FinInstnId/Othr/Id", "payee.bank-id",
	  take_line, false },
	{ PAIN_IN_PAYMENT, "CdtrAgtAcct/Id/IBAN", "payee.bank-account",
	  take_line, false },
	{ PAIN_IN_PAYMENT, "CdtrAgtAcct/Id/Othr/Id", "payee.bank-account",
	  take_line, false },
	{ PAIN_IN_PAYMENT, "Cdtr/Nm", "payee.name", take_name, false },
	{ PAIN_IN_PAYMENT, "CdtrAcct/Id/IBAN", "payee.account", take_account,
	  false },
	{ PAIN_IN_PAYMENT, "CdtrAcct/Id/Othr/Id", "payee.account",
	  take_account, false },
	{ PAIN_IN_PAYMENT, "CdtrAcct/Prxy/Id", "payee.proxy", take_line,
	  false },
	{ PAIN_IN_PAYMENT, "UltmtCdtr/Nm", "payee.ultimate", take_line,
	  false },
	{ PAIN_IN_PAYMENT, "Purp/Cd", "purpose", take_line, false },
	{ PAIN_IN_PAYMENT, "Purp/Prtry", "purpose", take_line, false },
	{ PAIN_IN_PAYMENT, "RmtInf/Ustrd", "remittance", take_line, true },
	{ PAIN_IN_PAYMENT, "RmtInf/Strd/CdtrRefInf/Ref", "remittance",
	  take_line, true },
};

_Static_assert(ARRAY_LEN(rows) <= 64, "a bit for each row");

/* --- values ------------------------------------------------------------- */

static int take_line(struct pain *p, const struct pain_row *row,
		     const char *value, struct error *e)
{
	return content_line_text(p->c, row->label, value, e);
}

static struct pain_count *pain_count_of(struct pain *p,
					const struct pain_row *row)
{
	return row->part == PAIN_IN_HEADER ? &p->file : &p->group;
}

/* Shown, if at all, as what it was compared with. */
static int pain_copy(char *out, size_t size, const char *path,
		     const char *value, struct error *e)
{
	if (strlen(value) >= size)
		return error_set(e, ERR_CONTENT, "%s is too long", path);
	snprintf(out, size, "%s", value);
	return 0;
}

static int take_payments(struct pain *p, const struct pain_row *row,
			 const char *value, struct error *e)
{
	struct pain_count *count = pain_count_of(p, row);

	if (!content_sum_valid(value) || strchr(value, '.') != NULL)
		return error_set(e, ERR_CONTENT, "%s%s is no number",
				 part_paths[row->part], row->path);
	return pain_copy(count->said_payments, sizeof(count->said_payments),
			 row->path, value, e);
}

static int take_sum(struct pain *p, const struct pain_row *row,
		    const char *value, struct error *e)
{
	struct pain_count *count = pain_count_of(p, row);

	if (!content_sum_valid(value))
		return error_set(e, ERR_CONTENT,
				 "%s%s is no decimal such as 1234.00",
				 part_paths[row->part], row->path);
	return pain_copy(count->said_sum, sizeof(count->said_sum), row->path,
			 value, e);
}

static int take_currency(struct pain *p, const struct pain_row *row,
			 const char *value, struct error *e)
{
	int r = content_sum_check_currency(row->path, value, e);

	return r != 0 ? r : pain_copy(p->currency, sizeof(p->currency),
				      row->path, value, e);
}

static int take_amount(struct pain *p, const struct pain_row *row,
		       const char *value, struct error *e)
{
	int r = content_sum_check(row->path, value, e);

	if (r != 0)
		return r;
	if (p->currency[0] == '\0')
		return error_set(e, ERR_CONTENT, "%s has no Ccy", row->path);
	p->has_amount = true;
	r = content_line_amount(p->c, row->label, value, p->currency, e);
	if (r == 0)
		r = content_sum_add(p->file.sum, value, e);
	if (r == 0)
		r = content_sum_add(p->group.sum, value, e);
	return r;
}

static int take_name(struct pain *p, const struct pain_row *row,
		     const char *value, struct error *e)
{
	int r = pain_copy(p->name, sizeof(p->name), row->path, value, e);

	return r != 0 ? r : take_line(p, row, value, e);
}

static int take_account(struct pain *p, const struct pain_row *row,
			const char *value, struct error *e)
{
	int r = content_visible_check_ascii(row->path, slice_str(value), e);

	if (r == 0)
		r = pain_copy(p->account, sizeof(p->account), row->path,
			      value, e);
	return r != 0 ? r : take_line(p, row, value, e);
}

/* --- elements ----------------------------------------------------------- */

/* The part that a path is in, and what is behind it; PAIN_PARTS: none. */
static enum pain_part pain_part_of(const char *path, const char **rest)
{
	for (int i = PAIN_PARTS - 1; i >= 0; i--) {
		size_t len = strlen(part_paths[i]);

		if (strncmp(path, part_paths[i], len) == 0) {
			*rest = path + len;
			return (enum pain_part)i;
		}
	}
	return PAIN_PARTS;
}

static const struct pain_row *row_find(const char *path)
{
	const char *rest = path;
	enum pain_part part = pain_part_of(path, &rest);

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].part == part && strcmp(rows[i].path, rest) == 0)
			return &rows[i];
	return NULL;
}

/* Remembers that a label was there; refuses it the second time. */
static int once(struct pain *p, const struct pain_row *row, struct error *e)
{
	size_t first = 0;

	while (rows[first].part != row->part ||
	       strcmp(rows[first].label, row->label) != 0)
		first++;
	if ((p->seen[row->part] >> first & 1) != 0 && !row->many)
		return error_set(e, ERR_CONTENT,
				 "%s%s is there twice, or beside what stands"
				 " for it", part_paths[row->part], row->path);
	p->seen[row->part] |= UINT64_C(1) << first;
	return 0;
}

static int not_shown(struct pain *p, const char *path, struct error *e)
{
	const char *name = path;

	pain_part_of(path, &name);
	if (json_object_set_new(p->not_shown, name, json_true()) != 0)
		return content_line_no_memory(e);
	if (json_object_size(p->not_shown) > LIMIT_XML_NOT_SHOWN)
		return error_set(e, ERR_CONTENT,
				 "more than %u kinds of elements that cannot"
				 " be shown", LIMIT_XML_NOT_SHOWN);
	return 0;
}

static bool xml_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct slice trim(struct slice s)
{
	while (s.len > 0 && xml_blank(s.ptr[s.len - 1]))
		s.len--;
	while (s.len > 0 && xml_blank(s.ptr[0])) {
		s.ptr++;
		s.len--;
	}
	return s;
}

static int on_leaf(void *arg, const char *path, struct slice text,
		   struct error *e)
{
	struct pain *p = arg;
	const struct pain_row *row = row_find(path);
	struct slice value = trim(text);
	char copy[LIMIT_VALUE + 1];
	int r;

	if (row == NULL)
		return not_shown(p, path, e);
	r = once(p, row, e);
	if (r == 0)
		r = content_visible_check(path, value, e);
	if (r != 0)
		return r;
	memcpy(copy, value.ptr, value.len);
	copy[value.len] = '\0';
	return row->take(p, row, copy, e);
}

static void count_init(struct pain_count *count)
{
	*count = (struct pain_count){ .sum = "0" };
}

static int open_root(struct pain *p, const char *path, const char *uri,
		     struct error *e)
{
	static const char first[] = "03", last[] = "13";
	const char *version = uri + sizeof(PAIN_NAMESPACE) - 1;

	if (strcmp(path, "Document") == 0 &&
	    strncmp(uri, PAIN_NAMESPACE, sizeof(PAIN_NAMESPACE) - 1) == 0 &&
	    strlen(version) == 2 && strspn(version, "0123456789") == 2 &&
	    strcmp(version, first) >= 0 && strcmp(version, last) <= 0)
		return 0;
	p->other = true;
	return error_set(e, ERR_CONTENT,
			 "the XML is no pain.001.001 of version 03 to 13");
}

static int open_once(bool *has, const char *path, struct error *e)
{
	if (*has)
		return error_set(e, ERR_CONTENT, "%s is there twice", path);
	*has = true;
	return 0;
}

static int on_open(void *arg, const char *path, const char *uri,
		   struct error *e)
{
	struct pain *p = arg;

	if (strchr(path, '/') == NULL)
		return open_root(p, path, uri, e);
	if (strcmp(path, PAIN_ROOT) == 0)
		return open_once(&p->has_root, path, e);
	if (strcmp(path, PAIN_HEADER) == 0)
		return open_once(&p->has_header, path, e);
	if (strcmp(path, PAIN_GROUP) == 0) {
		p->seen[PAIN_IN_GROUP] = 0;
		count_init(&p->group);
	}
	if (strcmp(path, PAIN_PAYMENT) == 0) {
		p->seen[PAIN_IN_PAYMENT] = 0;
		p->currency[0] = p->name[0] = p->account[0] = '\0';
		p->has_amount = false;
	}
	return 0;
}

/* What a file says of itself against what is in it. */
static int check_count(const struct pain_count *count, const char *where,
		       struct error *e)
{
	char payments[32];

	snprintf(payments, sizeof(payments), "%u", count->payments);
	if (count->said_payments[0] != '\0' &&
	    content_sum_compare(count->said_payments, payments) != 0)
		return error_set(e, ERR_CONTENT,
				 "%s/NbOfTxs says %s payments, there are %s",
				 where, count->said_payments, payments);
	if (count->said_sum[0] != '\0' &&
	    content_sum_compare(count->said_sum, count->sum) != 0)
		return error_set(e, ERR_CONTENT,
				 "%s/CtrlSum says %s, the amounts are %s",
				 where, count->said_sum, count->sum);
	return 0;
}

static int close_payment(struct pain *p, struct error *e)
{
	if (!p->has_amount)
		return error_set(e, ERR_CONTENT,
				 "payment %u has no amount",
				 p->file.payments + 1);
	if (p->name[0] == '\0' && p->account[0] == '\0')
		return error_set(e, ERR_CONTENT,
				 "payment %u has no payee",
				 p->file.payments + 1);
	p->file.payments++;
	p->group.payments++;
	return content_line_payee(p->c, p->name, p->account, e);
}

static int on_close(void *arg, const char *path, struct error *e)
{
	struct pain *p = arg;

	if (strcmp(path, PAIN_PAYMENT) == 0)
		return close_payment(p, e);
	if (strcmp(path, PAIN_GROUP) == 0)
		return check_count(&p->group, "PmtInf", e);
	return 0;
}

/* --- the whole ---------------------------------------------------------- */

/* Lines "not-shown", names side by side as far as a value holds them. */
static int add_not_shown(struct pain *p, struct error *e)
{
	struct buf names AUTO(buf_fini) = { .max = 2 * LIMIT_FRAME };
	const char *name;
	json_t *unused;
	int r = 0;

	json_object_foreach(p->not_shown, name, unused) {
		if (r == 0 && names.len > 0 &&
		    names.len + strlen(name) + 2 > LIMIT_VALUE) {
			r = content_line_add(p->c, "not-shown",
					     buf_slice(&names), false, e);
			buf_reset(&names);
		}
		if (names.len > 0)
			buf_put_str(&names, ", ");
		buf_put_str(&names, name);
	}
	if (r == 0 && buf_error(&names) != 0)
		r = content_line_no_memory(e);
	if (r == 0 && names.len > 0)
		r = content_line_add(p->c, "not-shown", buf_slice(&names),
				     false, e);
	return r;
}

/* How many payments, and the sum of each currency, before everything else. */
static int add_totals(struct pain *p, struct error *e)
{
	struct content *c = p->c;
	char text[CONTENT_SUM_SIZE + 8];
	int r;

	snprintf(text, sizeof(text), "%u", p->file.payments);
	r = content_line_text(c, "payments", text, e);
	for (size_t i = 0; r == 0 && i < c->sums_count; i++) {
		snprintf(text, sizeof(text), "%s %s", c->sums[i].value,
			 c->sums[i].currency);
		r = content_line_text(c, "sum", text, e);
	}
	if (r == 0)
		content_line_to_front(c, c->sums_count + 1);
	return r;
}

static int pain_end(struct pain *p, struct error *e)
{
	int r;

	if (p->file.payments == 0)
		return error_set(e, ERR_CONTENT, "there is no payment in it");
	if (p->file.said_payments[0] == '\0')
		return error_set(e, ERR_CONTENT, "GrpHdr/NbOfTxs is missing");
	r = check_count(&p->file, "GrpHdr", e);
	if (r == 0)
		r = add_not_shown(p, e);
	if (r == 0)
		r = add_totals(p, e);
	p->c->kind = p->c->inner = CONTENT_PAIN001;
	p->c->payments = p->file.payments;
	return r;
}

/* *other: it is another document than pain.001, and e says so. */
static int pain_read(struct content *c, struct slice data, bool *other,
		     struct error *e)
{
	static const struct content_xml walk = { on_open, on_leaf, on_close };
	struct pain *p = calloc(1, sizeof(*p));
	int r;

	if (p == NULL)
		return content_line_no_memory(e);
	p->c = c;
	p->not_shown = json_object();
	count_init(&p->file);
	r = content_xml_walk(data, &walk, p, e);
	if (r == 0)
		r = pain_end(p, e);
	*other = p->other;
	json_decref(p->not_shown);
	free(p);
	return r;
}

int content_pain001_read(struct content *c, const struct content_input *in,
			 struct error *e)
{
	bool other;

	return pain_read(c, in->data, &other, e);
}

int content_pain001_read_any(struct content *c, const struct content_input *in,
			     struct error *e)
{
	bool other;
	int r;

	if (content_xml_foreign(in->data))
		return content_blind_data(c, in, CONTENT_BLIND_CHARSET, e);
	r = pain_read(c, in->data, &other, e);
	if (r == 0 || !other)
		return r;
	error_clear(e);
	return content_blind_data(c, in, CONTENT_BLIND_TYPE, e);
}
