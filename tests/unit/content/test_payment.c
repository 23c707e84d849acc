/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_payment: what is signed is what is shown, field by field, and nothing
 * but a payment is a payment.
 */
#include "read.h"

#include <jansson.h>

#include "content/payment.h"
#include "content/visible.h"

#define FULL                                                                   \
	"{\"due\":\"2026-11-25\",\"instrument\":{\"displayName\":\"Card 1\"}," \
	"\"nonce\":\"n-1\",\"origin\":\"https://bank.example\","               \
	"\"payee\":{\"account\":\"NL91ABNA0417164300\",\"bank\":\"ABNANL2A\"," \
	"\"name\":\"Noordzee B.V.\"},\"payer\":{\"account\":\"6222-0212\","    \
	"\"name\":\"李伟\"},\"purpose\":\"goods\",\"reference\":\"PO 4411\","\
	"\"total\":{\"currency\":\"CNY\",\"value\":\"1234.00\"}}"

static void says(const char *a, const char *b, const char *words)
{
	char *text = replaced(FULL, a, b);
	struct content_input in = { .media_type = CONTENT_TYPE_PAYMENT,
				    .payment = slice_str(text) };

	refused_input(&in, ERR_CONTENT, words);
	free(text);
}

static void every_field_is_a_line(void **state)
{
	static const struct {
		const char *label, *value;
	} lines[] = {
		{ "payee.name", "Noordzee B.V." },
		{ "payee.account", "NL91ABNA0417164300" },
		{ "payee.bank", "ABNANL2A" },
		{ "amount", "1234.00 CNY" },
		{ "payer.name", "李伟" },
		{ "payer.account", "6222-0212" },
		{ "reference", "PO 4411" },
		{ "purpose", "goods" },
		{ "due", "2026-11-25" },
		{ "nonce", "n-1" },
		{ "origin", "https://bank.example" },
		{ "instrument.displayName", "Card 1" },
	};
	struct content *c = read_text(CONTENT_TYPE_PAYMENT, FULL);

	assert_int_equal(c->lines_count, ARRAY_LEN(lines));
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		assert_string_equal(c->lines[i].label, lines[i].label);
		assert_string_equal(c->lines[i].value, lines[i].value);
		assert_false(c->lines[i].own);
	}
	assert_int_equal(c->kind, CONTENT_PAYMENT);
	assert_false(c->blind);
	assert_false(c->canonical_made);
	assert_int_equal(c->payments, 1);
	assert_int_equal(c->sums_count, 1);
	assert_string_equal(c->sums[0].value, "1234.00");
	assert_string_equal(c->sums[0].currency, "CNY");
	assert_int_equal(c->payees_count, 1);
	assert_string_equal(c->payees[0],
			    "Noordzee B.V., NL91ABNA0417164300");
	content_free(c);
}

static void an_object_is_made_canonical(void **state)
{
	static const char text[] =
		"{ \"total\": {\"value\":\"1.5\", \"currency\":\"\\u0045UR\"},"
		"\n \"payee\": {\"name\":\"A\\/B\", \"account\":\"1\"} }";
	static const char canonical[] =
		"{\"payee\":{\"account\":\"1\",\"name\":\"A/B\"},"
		"\"total\":{\"currency\":\"EUR\",\"value\":\"1.5\"}}";
	struct content_input in = { .media_type = CONTENT_TYPE_PAYMENT,
				    .payment = slice_str(text) };
	struct content *c = read_input(&in);
	struct buf out;

	assert_true(c->canonical_made);
	assert_string_equal(buf_text(&c->canonical), canonical);
	buf_init(&out, 1024);
	assert_int_equal(content_payment_canonical(slice_str(text), &out,
						   &error), 0);
	assert_string_equal(buf_text(&out), canonical);
	buf_fini(&out);
	content_free(c);
	content_free(read_text(CONTENT_TYPE_PAYMENT, canonical));
	refused(CONTENT_TYPE_PAYMENT, text, ERR_CONTENT, "canonical form");
	refused(CONTENT_TYPE_PAYMENT, FULL "\n", ERR_CONTENT, "canonical");
}

static void members_are_known(void **state)
{
	says("\"purpose\"", "\"purposes\"", "purposes is no member");
	says("\"bank\"", "\"Bank\"", "payee.Bank is no member");
	says("\"nonce\"", "\"name\"", "name is no member");
	says("\"purpose\"", "\"\xe2\x80\xaepurpose\"", "<U+202E>purpose");
	says("\"purpose\":", "\"reference\":", "duplicate");
	says("\"purpose\":", "\"ref\\u0065rence\":", "duplicate");
}

static void values_are_texts(void **state)
{
	says("\"1234.00\"", "1234.00", "total.value is no text");
	says("\"goods\"", "null", "purpose is no text");
	says("\"goods\"", "{}", "purpose is no text");
	says("{\"displayName\":\"Card 1\"}", "\"x\"",
	     "instrument is no object");
	says("{\"displayName\":\"Card 1\"}", "{}", "instrument is empty");
	says("\"goods\"", "\"\"", "purpose is empty");
}

static void required_fields_are_there(void **state)
{
	says("\"account\":\"NL91ABNA0417164300\",", "",
	     "payee.account is missing");
	says(",\"name\":\"Noordzee B.V.\"", "", "payee.name is missing");
	says("\"currency\":\"CNY\",", "", "total.currency is missing");
	says(",\"value\":\"1234.00\"", "", "total.value is missing");
}

static void fields_are_what_they_say(void **state)
{
	says("1234.00", "-1234.00", "total.value is no decimal");
	says("1234.00", "1e3", "total.value is no decimal");
	says("1234.00", "0.00", "total.value is zero");
	says("\"CNY\"", "\"cny\"", "total.currency is no currency");
	says("2026-11-25", "2026-02-29", "due is no day");
	says("2026-11-25", "2026-13-01", "due is no day");
	says("2026-11-25", "26-11-25", "due is no day");
	says("https://", "http://", "origin is no origin");
	says("bank.example", "bank.example/", "origin is no origin");
	says("bank.example", "Bank.example", "origin is no origin");
	says("bank.example", "b@nk.example", "origin is no origin");
	says("bank.example", "bank.example:443", "origin is no origin");
	says("bank.example", "b\xd0\xb0nk.example", "origin mixes");
	says("NL91", "N\xef\xbc\xac" "91", "payee.account has U+FF2C");
}

static void days_and_origins_pass(void **state)
{
	char *text = replaced(FULL, "2026-11-25", "2028-02-29");
	char *other = replaced(text, "bank.example", "b-1.example:8443");

	content_free(read_text(CONTENT_TYPE_PAYMENT, other));
	free(text);
	free(other);
}

static void deceit_is_refused(void **state)
{
	says("Noordzee", "No\xd0\xberdzee", "payee.name mixes");
	says("Noordzee", "\xe2\x80\xaeNoordzee", "payee.name has U+202E");
	says("Noordzee", "Noord\\u200bzee", "payee.name has U+200B");
	says("PO 4411", "PO\\n4411", "reference has U+000A");
	says("PO 4411", "PO 4411 ", "reference begins or ends");
}

static void it_is_bounded(void **state)
{
	struct content_input in = { .media_type = CONTENT_TYPE_PAYMENT };
	char *text = malloc(LIMIT_PAYMENT + 1);

	memset(text, ' ', LIMIT_PAYMENT + 1);
	memcpy(text, FULL, sizeof(FULL) - 1);
	in.payment = slice_of(text, LIMIT_PAYMENT);
	content_free(read_input(&in));
	in.payment.len++;
	refused_input(&in, ERR_TOO_LARGE, "a payment has at most");
	free(text);
}

static void hostile_json_is_refused(void **state)
{
	static const char *const bad[] = { "", "null", "[]", "{}", "{\"a\"",
		"[[[[[[[[", "{\"payee\":[]}", "\xff\xfe", "{\"total\":{}}" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		refused(CONTENT_TYPE_PAYMENT, bad[i], ERR_CONTENT, "");
	refused(CONTENT_TYPE_PAYMENT ";charset=gbk", FULL, ERR_CONTENT,
		"UTF-8");
}

/* --- the property: signed and shown are the same ------------------------ */

static uint64_t seed = 88172645463325252u;

static unsigned draw(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 11) % n;
}

/* Texts that JSON and XML would like to escape, and other alphabets. */
static json_t *random_text(bool ascii)
{
	static const char *const pieces[] = { "a", "Z9", "\"", "\\", "/", "<&>",
		"'", "{}", ":", ", ", "\\u0041", ".", "中国", "ÄÖ ü",
		"€",
		"\xf0\x9f\x92\xb3", " - ", "(", ")" };
	unsigned n = 1 + draw(12), kinds = ascii ? 12 : 19;
	char text[128] = "x";
	size_t len = 1;

	while (n-- > 0)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s",
					pieces[draw(kinds)]);
	text[len] = 'x';
	text[len + 1] = '\0';
	return json_string(text);
}

static void put_random(json_t *object, const char *member, bool ascii)
{
	if (draw(2) == 0)
		json_object_set_new(object, member, random_text(ascii));
}

static json_t *random_payment(void)
{
	json_t *p = json_object(), *payer = json_object();
	json_t *payee = json_pack("{s:o, s:o}", "name", random_text(false),
				  "account", random_text(true));
	char value[32], currency[4] = "AAA";

	put_random(payee, "bank", false);
	put_random(payer, "name", false);
	put_random(payer, "account", true);
	json_object_set_new(p, "payee", payee);
	if (json_object_size(payer) > 0)
		json_object_set(p, "payer", payer);
	json_decref(payer);
	snprintf(value, sizeof(value), "%u.%02u", draw(100000), 1 + draw(99));
	currency[draw(3)] = (char)('A' + draw(26));
	json_object_set_new(p, "total", json_pack("{s:s, s:s}", "value", value,
						  "currency", currency));
	put_random(p, "reference", false);
	put_random(p, "purpose", false);
	put_random(p, "nonce", true);
	if (draw(3) == 0)
		json_object_set_new(p, "instrument",
				    json_pack("{s:o}", "displayName",
					      random_text(false)));
	return p;
}

/*
 * Reads flat "name":"value" pairs out of canonical JSON; knows nothing of
 * jansson nor of the reader.  Each pair has to be a line; returns how many.
 */
struct reader {
	const char *p;
	const struct content *c;
	char value[256], currency[256];
	size_t fields;
};

static void read_string(struct reader *r, char *out)
{
	assert_int_equal(*r->p, '"');
	for (r->p++; *r->p != '"'; r->p++) {
		if (*r->p == '\\') {
			r->p++;
			assert_true(*r->p == '"' || *r->p == '\\');
		}
		*out++ = *r->p;
	}
	*out = '\0';
	r->p++;
}

static void read_object(struct reader *r, const char *prefix)
{
	char name[256], path[600], value[256];

	assert_int_equal(*r->p, '{');
	do {
		r->p++;
		read_string(r, name);
		assert_int_equal(*r->p++, ':');
		snprintf(path, sizeof(path), "%s%s", prefix, name);
		if (*r->p == '{') {
			snprintf(path, sizeof(path), "%s%s.", prefix, name);
			read_object(r, path);
			continue;
		}
		read_string(r, value);
		if (strcmp(path, "total.value") == 0)
			snprintf(r->value, sizeof(r->value), "%s", value);
		else if (strcmp(path, "total.currency") == 0)
			snprintf(r->currency, sizeof(r->currency), "%s",
				 value);
		else {
			assert_line(r->c, path, value);
			r->fields++;
		}
	} while (*r->p == ',');
	assert_int_equal(*r->p++, '}');
}

static void what_is_signed_is_what_is_shown(void **state)
{
	for (int i = 0; i < 10000; i++) {
		json_t *payment = random_payment();
		char *text = json_dumps(payment, draw(2) == 0 ?
					JSON_ENSURE_ASCII : JSON_INDENT(2));
		struct content_input in = {
			.media_type = CONTENT_TYPE_PAYMENT,
			.payment = slice_str(text),
		};
		struct content *c = read_input(&in);
		struct reader r = { .p = buf_text(&c->canonical), .c = c };
		char amount[600];

		read_object(&r, "");
		assert_int_equal(*r.p, '\0');
		snprintf(amount, sizeof(amount), "%s %s", r.value, r.currency);
		assert_line(c, "amount", amount);
		assert_int_equal(c->lines_count, r.fields + 1);
		/* And the signed bytes, sent as data, show the same. */
		content_free(read_bytes(CONTENT_TYPE_PAYMENT,
					buf_slice(&c->canonical)));
		content_free(c);
		free(text);
		json_decref(payment);
	}
}

/* Any byte of a payment changed: refused, or another line shown. */
static void no_byte_changes_unseen(void **state)
{
	struct content *c = read_text(CONTENT_TYPE_PAYMENT, FULL);
	char text[] = FULL;

	for (size_t i = 0; i < sizeof(FULL) - 1; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			struct content_input in = {
				.media_type = CONTENT_TYPE_PAYMENT,
				.data = slice_of(text, sizeof(FULL) - 1),
			};
			struct content *other = NULL;
			bool same = true;

			text[i] = (char)(text[i] ^ (1 << bit));
			if (content_read(&in, &other, &error) == 0) {
				same = other->lines_count == c->lines_count;
				for (size_t k = 0; same &&
						   k < c->lines_count; k++)
					same = strcmp(c->lines[k].value,
						other->lines[k].value) == 0;
				if (same)
					fail_msg("byte %zu bit %u", i, bit);
				content_free(other);
			}
			text[i] = (char)(text[i] ^ (1 << bit));
		}
	content_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_is_a_line),
		cmocka_unit_test(an_object_is_made_canonical),
		cmocka_unit_test(members_are_known),
		cmocka_unit_test(values_are_texts),
		cmocka_unit_test(required_fields_are_there),
		cmocka_unit_test(fields_are_what_they_say),
		cmocka_unit_test(days_and_origins_pass),
		cmocka_unit_test(deceit_is_refused),
		cmocka_unit_test(it_is_bounded),
		cmocka_unit_test(hostile_json_is_refused),
		cmocka_unit_test(what_is_signed_is_what_is_shown),
		cmocka_unit_test(no_byte_changes_unseen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
