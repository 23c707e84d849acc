/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_bank: a bank's request is read strictly and judged by issuer, audience
 * and time; what it asks for is shown as if the caller had asked.
 */
#include "read.h"

#include "base/b64.h"
#include "content/bank.h"

#define HEADER "{\"alg\":\"ES256\",\"typ\":\"signet-request+jws\"}"
#define PAYMENT                                                                \
	"{\"payee\":{\"name\":\"Noordzee\",\"account\":\"NL91\"},"             \
	"\"total\":{\"value\":\"7.50\",\"currency\":\"EUR\"}}"
#define IAT 1795426200 /* 2026-11-23T09:30:00Z */
#define CLAIMS                                                                 \
	"{\"iss\":\"https://bank.example\",\"aud\":\"alice\",\"jti\":\"j-1\"," \
	"\"iat\":1795426200,\"exp\":1795426800,\"nonce\":\"n-1\","             \
	"\"content\":{\"media_type\":\"" CONTENT_TYPE_PAYMENT "\","            \
	"\"payment\":" PAYMENT "}}"

/* A compact JWS of these texts; to be freed. */
static char *jws(const char *header, const char *payload)
{
	struct buf b;
	char *text;

	buf_init(&b, 1 << 20);
	b64_encode(B64_URL, slice_str(header), &b);
	buf_put_u8(&b, '.');
	b64_encode(B64_URL, slice_str(payload), &b);
	buf_put_str(&b, ".AAAA");
	text = strdup(buf_text(&b));
	buf_fini(&b);
	return text;
}

static void request_refused(const char *header, const char *payload, int code,
			    const char *words)
{
	char *text = jws(header, payload);

	refused(CONTENT_TYPE_BANK_REQUEST, text, code, words);
	free(text);
}

static void claims_refused(const char *a, const char *b, int code,
			   const char *words)
{
	char *claims = replaced(CLAIMS, a, b);

	request_refused(HEADER, claims, code, words);
	free(claims);
}

static struct content *request(const char *payload)
{
	char *text = jws(HEADER, payload);
	struct content *c = read_text(CONTENT_TYPE_BANK_REQUEST, text);

	free(text);
	return c;
}

static void a_payment_is_shown(void **state)
{
	static const struct {
		const char *label, *value;
	} lines[] = {
		{ "bank.issuer", "https://bank.example" },
		{ "bank.audience", "alice" },
		{ "bank.request", "j-1" },
		{ "bank.nonce", "n-1" },
		{ "bank.issued", "2026-11-23T09:30:00Z" },
		{ "bank.expires", "2026-11-23T09:40:00Z" },
		{ "media-type", CONTENT_TYPE_PAYMENT },
		{ "payee.name", "Noordzee" },
		{ "payee.account", "NL91" },
		{ "amount", "7.50 EUR" },
	};
	struct content *c = request(CLAIMS);

	assert_int_equal(c->lines_count, ARRAY_LEN(lines));
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		assert_string_equal(c->lines[i].label, lines[i].label);
		assert_string_equal(c->lines[i].value, lines[i].value);
	}
	assert_int_equal(c->kind, CONTENT_BANK_REQUEST);
	assert_int_equal(c->inner, CONTENT_PAYMENT);
	assert_false(c->blind);
	assert_false(c->canonical_made); /* the JWS itself is signed */
	assert_int_equal(c->payments, 1);
	assert_string_equal(c->sums[0].value, "7.50");
	assert_string_equal(c->payees[0], "Noordzee, NL91");
	assert_string_equal(c->bank->jti, "j-1");
	content_free(c);
}

static void data_is_shown_or_blind(void **state)
{
	char *claims = replaced(CLAIMS, "\"payment\":" PAYMENT,
				"\"name\":\"a\xe2\x80\xae\",\"data\":\"aGk=\"");
	char *text = replaced(claims, CONTENT_TYPE_PAYMENT, "text/plain");
	char *blind = replaced(claims, CONTENT_TYPE_PAYMENT, "image/png");
	struct content *c = request(text);

	assert_int_equal(c->inner, CONTENT_TEXT);
	assert_line(c, "text", "hi");
	assert_line(c, "name", "a<U+202E>");
	content_free(c);
	c = request(blind);
	assert_int_equal(c->kind, CONTENT_BANK_REQUEST);
	assert_int_equal(c->inner, CONTENT_DATA);
	assert_true(c->blind);
	assert_line(c, "size", "2");
	assert_null(line_nth(c, "media-type", 1));
	content_free(c);
	free(claims);
	free(text);
	free(blind);
}

static void own_labels_stay_own(void **state)
{
	char *claims = replaced(CLAIMS, "\"payment\":" PAYMENT,
				"\"data\":\"PFQ+PEQ+PE0+PGs+YTwvaz48dj5iPC92"
				"PjwvTT48L0Q+PC9UPg==\"");
	char *text = replaced(claims, CONTENT_TYPE_PAYMENT,
			      CONTENT_TYPE_DISPLAY_TEXT);
	struct content *c = request(text);

	assert_int_equal(c->inner, CONTENT_DISPLAY_TEXT);
	assert_line(c, "a", "b");
	assert_true(c->lines[c->lines_count - 1].own);
	content_free(c);
	free(claims);
	free(text);
}

static void claims_are_strict(void **state)
{
	claims_refused("\"nonce\":\"n-1\",", "", ERR_BANK_REQUEST,
		       "the claims are");
	claims_refused("\"nonce\"", "\"sub\":\"x\",\"nonce\"",
		       ERR_BANK_REQUEST, "the claims are");
	claims_refused("\"nonce\"", "\"jti\":\"x\",\"nonce\"",
		       ERR_BANK_REQUEST, "duplicate");
	claims_refused("\"alice\"", "[\"alice\"]", ERR_BANK_REQUEST,
		       "the claims are");
	claims_refused("1795426200", "\"1795426200\"", ERR_BANK_REQUEST,
		       "iat and exp");
	claims_refused("1795426200", "1795426200.5", ERR_BANK_REQUEST,
		       "iat and exp");
	claims_refused("1795426200", "-1", ERR_BANK_REQUEST, "iat and exp");
	claims_refused("1795426800", "1795426200", ERR_BANK_REQUEST,
		       "iat and exp");
	claims_refused("1795426800", "9223372036854775807", ERR_BANK_REQUEST,
		       "iat and exp");
	claims_refused("\"j-1\"", "\"\"", ERR_BANK_REQUEST, "jti is empty");
	claims_refused("\"j-1\"", "\"j\\n\"", ERR_BANK_REQUEST, "jti has");
	claims_refused("https://bank", "http://bank", ERR_BANK_REQUEST,
		       "iss is no origin");
}

static void inner_content_is_strict(void **state)
{
	claims_refused("7.50", "-7.50", ERR_CONTENT,
		       "content.payment: total.value");
	claims_refused("\"payment\":" PAYMENT, "\"data\":\"%\"",
		       ERR_BANK_REQUEST, "no base64");
	claims_refused("\"payment\":" PAYMENT, "\"payment\":" PAYMENT
		       ",\"data\":\"\"", ERR_BANK_REQUEST, "payment or data");
	claims_refused(",\"payment\":" PAYMENT, "", ERR_BANK_REQUEST,
		       "payment or data");
	claims_refused(CONTENT_TYPE_PAYMENT, "text/plain", ERR_CONTENT,
		       "media type of a payment");
	claims_refused(CONTENT_TYPE_PAYMENT, CONTENT_TYPE_BANK_REQUEST,
		       ERR_BANK_REQUEST, "within a bank's request");
}

static void headers_are_of_their_type(void **state)
{
	request_refused("{\"alg\":\"ES256\"}", CLAIMS, ERR_BANK_REQUEST,
			"typ is not");
	request_refused("{\"typ\":\"JWT\"}", CLAIMS, ERR_BANK_REQUEST,
			"typ is not");
	request_refused("[]", CLAIMS, ERR_BANK_REQUEST, "no JSON object");
	request_refused("{\"typ\":\"signet-request+jws\",\"b64\":false,"
			"\"crit\":[\"b64\"]}", CLAIMS, ERR_BANK_REQUEST,
			"no crit");
	request_refused("{\"typ\":\"JWT\",\"typ\":\"signet-request+jws\"}",
			CLAIMS, ERR_BANK_REQUEST, "duplicate");
}

static void a_compact_jws_has_three_parts(void **state)
{
	static const char *const bad[] = { "", ".", "..", "a.b", "e30.e30.",
		"e30..AAAA", "e30.e30.AAAA.", "e30.e30.AAAA.AAAA",
		"e30=.e30.AAAA", "e30.e30.AA A", "e30.e30.AAAA\n",
		"e31.e30.AAAA", "{\"payload\":\"\"}" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		refused(CONTENT_TYPE_BANK_REQUEST, bad[i], ERR_BANK_REQUEST,
			"");
}

static void parts_are_given(void **state)
{
	char *text = jws(HEADER, CLAIMS);
	struct content_bank_parts p;

	assert_int_equal(content_bank_split(slice_str(text), &p, &error), 0);
	assert_string_equal(buf_text(&p.header), HEADER);
	assert_string_equal(buf_text(&p.payload), CLAIMS);
	assert_int_equal(p.signature.len, 3);
	assert_ptr_equal(p.signed_text.ptr, text);
	assert_int_equal(p.signed_text.len, strlen(text) - 5);
	content_bank_parts_fini(&p);
	free(text);
}

static void it_is_bounded(void **state)
{
	size_t len = LIMIT_BANK_REQUEST + 1;
	char *text = malloc(len);
	struct content_input in = { .media_type = CONTENT_TYPE_BANK_REQUEST };

	memset(text, 'A', len);
	in.data = slice_of(text, len);
	refused_input(&in, ERR_TOO_LARGE, "at most");
	in.data.len--;
	refused_input(&in, ERR_BANK_REQUEST, "");
	free(text);
}

static void judged(const struct content_bank *b, const char *iss,
		   const char *aud, int64_t now, const char *words)
{
	error_clear(&error);
	assert_int_equal(content_bank_check(b, iss, aud, now, &error),
			 ERR_BANK_REQUEST);
	if (strstr(error.message, words) == NULL)
		fail_msg("\"%s\" does not say: %s", error.message, words);
}

static void issuer_audience_and_time_count(void **state)
{
	static const char iss[] = "https://bank.example";
	struct content *c = request(CLAIMS);
	struct content_bank *b = c->bank;

	assert_int_equal(content_bank_check(b, iss, "alice", IAT, &error), 0);
	assert_int_equal(content_bank_check(b, iss, NULL, IAT + 599, &error),
			 0);
	assert_int_equal(content_bank_check(b, iss, "alice", IAT - 60,
					    &error), 0);
	judged(b, "https://other.example", "alice", IAT,
	       "by https://bank.example, not by https://other.example");
	judged(b, iss, "bob", IAT, "for alice, not for bob");
	judged(b, iss, "alice", IAT + 600,
	       "expired at 2026-11-23T09:40:00Z");
	judged(b, iss, "alice", IAT - 61,
	       "not valid before 2026-11-23T09:30:00Z");
	b->exp = b->iat + 3600;
	assert_int_equal(content_bank_check(b, iss, "alice", IAT, &error), 0);
	b->exp++;
	judged(b, iss, "alice", IAT, "lives 3601 s, longer than 3600");
	content_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_payment_is_shown),
		cmocka_unit_test(data_is_shown_or_blind),
		cmocka_unit_test(own_labels_stay_own),
		cmocka_unit_test(claims_are_strict),
		cmocka_unit_test(inner_content_is_strict),
		cmocka_unit_test(headers_are_of_their_type),
		cmocka_unit_test(a_compact_jws_has_three_parts),
		cmocka_unit_test(parts_are_given),
		cmocka_unit_test(it_is_bounded),
		cmocka_unit_test(issuer_audience_and_time_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
