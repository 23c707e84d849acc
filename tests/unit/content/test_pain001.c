/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_pain001: a payment file shows whom it pays how much, says what it does
 * not show, and cannot say other sums than it has.
 */
#include "read.h"

#define TYPE CONTENT_TYPE_PAIN001

static char *example; /* examples/payment.pain001.xml */

static int read_example(void **state)
{
	FILE *file = fopen("examples/payment.pain001.xml", "re");
	size_t len;

	if (file == NULL)
		return -1; /* run in the root of the source */
	example = calloc(1, 16384);
	len = fread(example, 1, 16383, file);
	fclose(file);
	return len > 0 ? 0 : -1;
}

static int free_example(void **state)
{
	free(example);
	return 0;
}

static void says(const char *a, const char *b, const char *words)
{
	char *text = replaced(example, a, b);

	refused(TYPE, text, ERR_CONTENT, words);
	free(text);
}

static struct content *with(const char *a, const char *b)
{
	char *text = replaced(example, a, b);
	struct content *c = read_text(TYPE, text);

	free(text);
	return c;
}

static void the_example_is_shown(void **state)
{
	static const struct {
		const char *label, *value;
	} lines[] = {
		{ "payments", "3" },
		{ "sum", "23562.25 EUR" },
		{ "message.id", "EXTR-20261123-0001" },
		{ "message.created", "2026-11-23T09:30:00+01:00" },
		{ "initiator.name", "Example Trading Co. Ltd." },
		{ "initiator.id", "EXTR0001" },
		{ "group.id", "EXTR-20261123-0001-A" },
		{ "method", "TRF" },
		{ "priority", "NORM" },
		{ "category", "SUPP" },
		{ "execution-date", "2026-11-25" },
		{ "payer.name", "Example Trading Co. Ltd." },
		{ "payer.account", "DE96500700100012345678" },
		{ "payer.bank", "DEUTDEFF" },
		{ "charges", "SHAR" },
		{ "instruction-id", "EXTR-20261123-0001" },
		{ "end-to-end-id", "PO-2026-4411" },
		{ "amount", "18250.00 EUR" },
		{ "payee.bank", "ABNANL2A" },
		{ "payee.name", "Noordzee Components B.V." },
		{ "payee.account", "NL91ABNA0417164300" },
		{ "remittance", "RF18539007547034" },
	};
	struct content *c = read_text(TYPE, example);

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		assert_string_equal(c->lines[i].label, lines[i].label);
		assert_string_equal(c->lines[i].value, lines[i].value);
	}
	assert_string_equal(line_nth(c, "payee.name", 1),
			    "Ateliers du Rhône S.A.");
	assert_string_equal(line_nth(c, "amount", 2), "912.75 EUR");
	assert_string_equal(line_nth(c, "remittance", 2),
			    "Invoice TFS/26/4471, freight October 2026");
	assert_int_equal(c->kind, CONTENT_PAIN001);
	assert_false(c->blind);
	assert_int_equal(c->payments, 3);
	assert_int_equal(c->sums_count, 1);
	assert_string_equal(c->sums[0].value, "23562.25");
	assert_int_equal(c->payees_count, 3);
	assert_string_equal(c->payees[2],
			    "Thames Freight Services Ltd,"
			    " GB29NWBK60161331926819");
	content_free(c);
}

static void what_is_not_shown_is_named(void **state)
{
	struct content *c = with("<ChrgBr>SHAR</ChrgBr>",
				 "<ChrgBr>SHAR</ChrgBr><Evil a='1'/>");

	assert_line(c, "not-shown",
		    "BtchBookg, Dbtr/PstlAdr/StrtNm, Dbtr/PstlAdr/BldgNb,"
		    " Dbtr/PstlAdr/PstCd, Dbtr/PstlAdr/TwnNm,"
		    " Dbtr/PstlAdr/Ctry, DbtrAcct/Ccy, Evil@a, Evil,"
		    " Cdtr/PstlAdr/StrtNm,"
		    " Cdtr/PstlAdr/BldgNb, Cdtr/PstlAdr/PstCd,"
		    " Cdtr/PstlAdr/TwnNm, Cdtr/PstlAdr/Ctry,"
		    " RmtInf/Strd/CdtrRefInf/Tp/CdOrPrtry/Cd,"
		    " RmtInf/Strd/CdtrRefInf/Tp/Issr");
	content_free(c);
}

/* Every text of the file is in a line, or its element's name is. */
static void nothing_is_silent(void **state)
{
	const char *p = example;
	struct content *c = read_text(TYPE, example);
	const char *names = line_nth(c, "not-shown", 0);
	size_t texts = 0;

	while ((p = strchr(p, '>')) != NULL) {
		size_t len = strcspn(++p, "<");
		char text[128], name[32];
		bool shown = false;

		if (len == 0 || strspn(p, " \n") >= len)
			continue;
		snprintf(text, sizeof(text), "%.*s", (int)len, p);
		snprintf(name, sizeof(name), "%.*s",
			 (int)strcspn(p + len + 2, ">"), p + len + 2);
		for (size_t i = 0; !shown && i < c->lines_count; i++)
			shown = strstr(c->lines[i].value, text) != NULL;
		if (!shown && strstr(names, name) == NULL)
			fail_msg("%s (%s) is not told", text, name);
		texts++;
	}
	assert_true(texts > 60);
	content_free(c);
}

static void counts_and_sums_are_checked(void **state)
{
	says("<NbOfTxs>3</NbOfTxs>\n      <CtrlSum>",
	     "<NbOfTxs>2</NbOfTxs>\n      <CtrlSum>",
	     "GrpHdr/NbOfTxs says 2 payments, there are 3");
	says("<CtrlSum>23562.25</CtrlSum>\n      <InitgPty>",
	     "<CtrlSum>23562.24</CtrlSum>\n      <InitgPty>",
	     "GrpHdr/CtrlSum says 23562.24, the amounts are 23562.25");
	says("<NbOfTxs>3</NbOfTxs>\n      <CtrlSum>23562.25</CtrlSum>\n"
	     "      <PmtTpInf>",
	     "<NbOfTxs>4</NbOfTxs>\n      <PmtTpInf>",
	     "PmtInf/NbOfTxs says 4 payments, there are 3");
	says("<CtrlSum>23562.25</CtrlSum>\n      <PmtTpInf>",
	     "<CtrlSum>1</CtrlSum>\n      <PmtTpInf>",
	     "PmtInf/CtrlSum says 1, the amounts are 23562.25");
	says("<NbOfTxs>3</NbOfTxs>", "", "GrpHdr/NbOfTxs is missing");
	says("<NbOfTxs>3</NbOfTxs>", "<NbOfTxs>3.0</NbOfTxs>", "no number");
	says("18250.00", "18250.01", "the amounts are 23562.26");
}

static void equal_sums_are_equal(void **state)
{
	content_free(with("<CtrlSum>23562.25</CtrlSum>",
			  "<CtrlSum>\n23562.2500000 </CtrlSum>"));
	content_free(with("<CtrlSum>23562.25</CtrlSum>", ""));
}

static void sums_are_by_currency(void **state)
{
	struct content *c = with("Ccy=\"EUR\">912.75", "Ccy=\"USD\">912.75");

	assert_int_equal(c->sums_count, 2);
	assert_string_equal(line_nth(c, "sum", 0), "22649.50 EUR");
	assert_string_equal(line_nth(c, "sum", 1), "912.75 USD");
	content_free(c);
}

static void amounts_are_amounts(void **state)
{
	says(" Ccy=\"EUR\"", "", "has no Ccy");
	says("\"EUR\"", "\"eur\"", "is no currency");
	says("18250.00", "-18250.00", "is no decimal");
	says("18250.00", "0", "is zero");
	says("18250.00", "", "is empty");
	says("<InstdAmt Ccy=\"EUR\">18250.00</InstdAmt>", "",
	     "payment 1 has no amount");
}

static void equivalent_amounts_are_shown(void **state)
{
	char *text = replaced(example,
			      "<InstdAmt Ccy=\"EUR\">18250.00</InstdAmt>",
			      "<EqvtAmt><Amt Ccy=\"EUR\">18250.00</Amt>"
			      "<CcyOfTrf>USD</CcyOfTrf></EqvtAmt>");
	struct content *c = read_text(TYPE, text);

	assert_line(c, "amount", "18250.00 EUR");
	assert_line(c, "currency-of-transfer", "USD");
	content_free(c);
	free(text);
}

/* A bank might take the one and a person read the other. */
static void nothing_is_there_twice(void **state)
{
	says("<Nm>Noordzee Components B.V.</Nm>",
	     "<Nm>Noordzee Components B.V.</Nm><Nm>Other</Nm>",
	     "Cdtr/Nm is there twice");
	says("</CdtrAcct>", "</CdtrAcct><CdtrAcct><Id><IBAN>DE1</IBAN></Id>"
	     "</CdtrAcct>", "CdtrAcct/Id/IBAN is there twice");
	says("<IBAN>NL91ABNA0417164300</IBAN>",
	     "<IBAN>NL91ABNA0417164300</IBAN><Othr><Id>1</Id></Othr>",
	     "CdtrAcct/Id/Othr/Id is there twice, or beside");
	says("</InstdAmt>", "</InstdAmt><InstdAmt Ccy='EUR'>1</InstdAmt>",
	     "is there twice");
	says("</GrpHdr>", "</GrpHdr><GrpHdr></GrpHdr>",
	     "GrpHdr is there twice");
	says("</CstmrCdtTrfInitn>", "</CstmrCdtTrfInitn><CstmrCdtTrfInitn/>",
	     "CstmrCdtTrfInitn is there twice");
}

/* Another namespace, or another place, makes it another element. */
static void strays_are_not_shown_as_known(void **state)
{
	struct content *c = with("<Cdtr>\n          <Nm>Noordzee",
				 "<x:Cdtr xmlns:x='v'><x:Nm>Real</x:Nm>"
				 "</x:Cdtr><Cdtr>\n          <Nm>Noordzee");

	assert_string_equal(line_nth(c, "payee.name", 0),
			    "Noordzee Components B.V.");
	assert_non_null(strstr(line_nth(c, "not-shown", 0), "*:Cdtr/*:Nm"));
	content_free(c);
}

static void deceit_is_refused(void **state)
{
	says("Noordzee", "No&#x43E;rdzee", "mixes Latin and Cyrillic");
	says("Noordzee", "&#x202E;Noordzee", "U+202E");
	says("Noordzee", "Noord&#10;zee", "U+000A");
	says("NL91ABNA", "\xd0\x9d" "91", "not ASCII");
	says("<Cdtr>", "text<Cdtr>", "has text between");
	says("<Document", "<!DOCTYPE Document><Document", "DOCTYPE");
}

static void versions_3_to_13_are_taken(void **state)
{
	for (int v = 1; v <= 14; v++) {
		char name[32], *text;
		struct content *c;

		snprintf(name, sizeof(name), "001.001.%02d", v);
		text = replaced(example, "001.001.09", name);
		if (v >= 3 && v <= 13) {
			content_free(read_text(TYPE, text));
		} else {
			refused(TYPE, text, ERR_CONTENT, "no pain.001.001");
			c = read_text("text/xml", text);
			assert_true(c->blind);
			content_free(c);
		}
		free(text);
	}
}

static void other_xml_is_blind_unless_typed(void **state)
{
	struct content *c = read_text("application/xml", example);

	assert_int_equal(c->kind, CONTENT_PAIN001);
	content_free(c);
	c = read_text("application/xml", "<invoice>1</invoice>");
	assert_int_equal(c->kind, CONTENT_DATA);
	assert_line(c, "blind", "unknown-type");
	content_free(c);
	c = read_text("application/xml",
		      "<?xml version='1.0' encoding='gbk'?><a/>");
	assert_line(c, "blind", "charset");
	content_free(c);
	refused(TYPE, "<invoice>1</invoice>", ERR_CONTENT, "no pain.001.001");
	refused("text/xml", "<a", ERR_CONTENT, "not well-formed");
}

static void an_empty_file_is_refused(void **state)
{
	refused(TYPE,
		"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:"
		"pain.001.001.09'/>", ERR_CONTENT, "no payment");
}

/* One file: all groups and payments up to what a person could read. */
static char *many(unsigned payments)
{
	static const char payment[] =
		"<CdtTrfTxInf><Amt><InstdAmt Ccy='CNY'>0.01</InstdAmt></Amt>"
		"<Cdtr><Nm>A</Nm></Cdtr></CdtTrfTxInf>";
	struct buf b;
	char *text;

	buf_init(&b, LIMIT_SHOWN);
	buf_printf(&b, "<Document xmlns='urn:iso:std:iso:20022:tech:xsd:"
		   "pain.001.001.09'><CstmrCdtTrfInitn><GrpHdr><NbOfTxs>%u"
		   "</NbOfTxs></GrpHdr><PmtInf>", payments);
	for (unsigned i = 0; i < payments; i++)
		buf_put_str(&b, payment);
	buf_put_str(&b, "</PmtInf></CstmrCdtTrfInitn></Document>");
	text = strdup(buf_text(&b));
	buf_fini(&b);
	return text;
}

static void lines_are_bounded(void **state)
{
	/* Two lines a payment, and two of totals. */
	char *good = many(LIMIT_LINES / 2 - 1), *bad = many(LIMIT_LINES / 2);
	struct content *c = read_text(TYPE, good);

	assert_int_equal(c->lines_count, LIMIT_LINES);
	assert_line(c, "sum", "20.47 CNY");
	content_free(c);
	refused(TYPE, bad, ERR_TOO_LARGE, "split it");
	free(good);
	free(bad);
}

static void names_not_shown_are_bounded(void **state)
{
	struct buf b;
	char *text;

	buf_init(&b, 65536);
	for (unsigned i = 0; i <= LIMIT_XML_NOT_SHOWN; i++)
		buf_printf(&b, "<E%u/>", i);
	buf_put_str(&b, "</GrpHdr>");
	text = replaced(example, "</GrpHdr>", buf_text(&b));
	refused(TYPE, text, ERR_CONTENT, "kinds of elements");
	free(text);
	buf_fini(&b);
}

/* Whatever byte is changed, it ends in an answer (see also the asan build). */
static void no_byte_breaks_it(void **state)
{
	size_t len = strlen(example);

	for (size_t i = 0; i < len; i += 3) {
		static const uint8_t bytes[] = { '<', '>', '/', '&', 0, 0xff };
		char kept = example[i];
		struct content_input in = {
			.media_type = "application/xml",
			.data = slice_of(example, len),
		};
		struct content *c = NULL;

		example[i] = (char)bytes[i / 3 % sizeof(bytes)];
		if (content_read(&in, &c, &error) == 0)
			assert_non_null(c);
		content_free(c);
		example[i] = kept;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_is_shown),
		cmocka_unit_test(what_is_not_shown_is_named),
		cmocka_unit_test(nothing_is_silent),
		cmocka_unit_test(counts_and_sums_are_checked),
		cmocka_unit_test(equal_sums_are_equal),
		cmocka_unit_test(sums_are_by_currency),
		cmocka_unit_test(amounts_are_amounts),
		cmocka_unit_test(equivalent_amounts_are_shown),
		cmocka_unit_test(nothing_is_there_twice),
		cmocka_unit_test(strays_are_not_shown_as_known),
		cmocka_unit_test(deceit_is_refused),
		cmocka_unit_test(versions_3_to_13_are_taken),
		cmocka_unit_test(other_xml_is_blind_unless_typed),
		cmocka_unit_test(an_empty_file_is_refused),
		cmocka_unit_test(lines_are_bounded),
		cmocka_unit_test(names_not_shown_are_bounded),
		cmocka_unit_test(no_byte_breaks_it),
	};

	return cmocka_run_group_tests(tests, read_example, free_example);
}
