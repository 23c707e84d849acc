/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_show: what a person is told, whatever the request.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <locale.h>
#include <string.h>

#include "prompt/show.h"

static struct prompt_line lines[] = {
	{ .label = "payee.name", .value = "Bob" },
	{ .label = "amount", .value = "Pay 1", .own = true },
	{ .label = "text", .value = "Amount: EUR 1" },
	{ .label = "text.more", .value = "more" },
};
static struct prompt_item items[] = {
	{ .kind = "payment", .name = "a.json", .lines = lines,
	  .lines_count = ARRAY_LEN(lines) },
};

static struct prompt_request request(void)
{
	return (struct prompt_request){
		.kind = PROMPT_SIGN,
		.caller = { .uid = 1, .pid = 2, .user = "alice",
			    .exe = "/bin/x" },
		.token = { .label = "Card", .serial = "1",
			   .manufacturer = "", .model = "", .reader = "" },
		.has_token = true,
		.rule = "r",
		.count = 1,
		.items = items,
		.items_count = 1,
	};
}

static int setup(void **state)
{
	static struct prompt_text t;

	if (setlocale(LC_ALL, "C.UTF-8") == NULL)
		return -1;
	prompt_text_init(&t, 74, 0);
	*state = &t;
	return 0;
}

static int teardown(void **state)
{
	prompt_text_fini(*state);
	return 0;
}

static void has(struct prompt_text *t, const char *text)
{
	assert_non_null(strstr(buf_text(&t->out), text));
}

static void has_not(struct prompt_text *t, const char *text)
{
	assert_null(strstr(buf_text(&t->out), text));
}

static void who_asks(void **state)
{
	struct prompt_request r = request();

	prompt_show_head(*state, &r, true);
	has(*state, "asked for by /bin/x\nUser: alice, process 2\n");
	has(*state, "Token: Card (1)\nRule: r\n");
	has_not(*state, "Key:");
}

static void a_page_with_a_port_and_other_letters(void **state)
{
	struct prompt_request r = request();

	r.caller.origin = "https://xn--bnk-qla.example:8443";
	prompt_show_head(*state, &r, true);
	has(*state, "asked for by https://xn--bnk-qla.example:8443\n"
	    "Its name may be read as: bänk.example\n"
	    "Program: /bin/x (user alice, process 2)\n");
}

static void what_a_purpose_is(void **state)
{
	struct prompt_request r = request();

	for (r.kind = PROMPT_SIGN; r.kind <= PROMPT_AUTHENTICATE; r.kind++)
		prompt_show_head(*state, &r, false);
	has(*state, "A signature is");
	has(*state, "A change of PIN");
	has(*state, "A new PIN");
	has(*state, "ERASING A TOKEN");
	has(*state, "second person");
	has(*state, "A sign-in is");
}

static void what_it_is_to_allow_a_page(void **state)
{
	struct prompt_request r = request();

	r.kind = PROMPT_ALLOW_PAGE;
	r.has_token = false;
	r.caller.origin = "https://xn--bnk-qla.example";
	r.rule = "";
	prompt_show_head(*state, &r, true);
	prompt_show_notes(*state, &r);
	has(*state, "asked for by https://xn--bnk-qla.example\n"
	    "Its name may be read as: bänk.example\n"
	    "Program: /bin/x (user alice, process 2)\n");
	has(*state, "signet origin revoke");
	has(*state, "Nothing is signed by this");
	has_not(*state, "Token");
	/* Over the loopback nobody says which program it is. */
	r.caller.exe = "";
	prompt_show_head(*state, &r, true);
	has(*state, "In a browser of user alice\n");
}

/* Neither a content's own label nor its text can pass for a field. */
static void lines_of_a_content_are_told_apart(void **state)
{
	struct prompt_request r = request();

	prompt_show_item(*state, &r, 0);
	has(*state, "Payment:\nName: a.json\nPayee: Bob\n"
	    "\"amount\": Pay 1\n| Amount: EUR 1\n|+ more\n");
}

static void essentials_are_no_own_lines(void **state)
{
	struct prompt_request r = request();

	prompt_show_essence(*state, &r);
	has(*state, "Payee: Bob\n");
	has_not(*state, "Pay 1");
	has(*state, "pages before: 4 lines");
}

static void the_rest_of_the_payees_is_counted(void **state)
{
	static const char *payees[] = { "A", "B", "C" };
	struct prompt_request r = request();

	r.payees = payees;
	r.payees_count = 3;
	r.payees_more = 4;
	prompt_show_summary(*state, &r, 2);
	has(*state, "Payee: B\nand 5 more payees\n");
	has_not(*state, "Payee: C");
}

static void tries_are_the_user_pins(void **state)
{
	struct prompt_request r = request();

	r.token.tries = PROMPT_TRIES_FINAL;
	r.kind = PROMPT_PIN_UNBLOCK;
	prompt_show_notes(*state, &r);
	has_not(*state, "LAST TRY");
	r.kind = PROMPT_SIGN;
	r.login = PROMPT_LOGIN_NONE;
	prompt_show_notes(*state, &r);
	has_not(*state, "LAST TRY");
	r.login = PROMPT_LOGIN_PIN;
	prompt_show_notes(*state, &r);
	has(*state, "LAST TRY");
}

static void why_once_more(void **state)
{
	struct prompt_request r = request();

	assert_null(prompt_show_again(&r));
	r.again_code = "pin-wrong";
	r.again_detail = "x";
	assert_string_equal(prompt_show_again(&r), "The PIN was wrong.");
	r.again_code = "anything-new";
	assert_string_equal(prompt_show_again(&r), "x");
}

#define SHOW_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SHOW_TEST(who_asks),
		SHOW_TEST(a_page_with_a_port_and_other_letters),
		SHOW_TEST(what_a_purpose_is),
		SHOW_TEST(what_it_is_to_allow_a_page),
		SHOW_TEST(lines_of_a_content_are_told_apart),
		SHOW_TEST(essentials_are_no_own_lines),
		SHOW_TEST(the_rest_of_the_payees_is_counted),
		SHOW_TEST(tries_are_the_user_pins),
		SHOW_TEST(why_once_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
