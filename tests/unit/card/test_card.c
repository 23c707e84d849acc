/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_card: a chip of somebody else's making is in the card's place, with the
 * faults of any card and no counters.
 */
#include "tests/card/card.h"

#include "base/err.h"
#include "tests/card/control.h"
#include "tests/card/link.h"
#include "tests/unit/card/head.h"

/* What the reader was told and the chip had to do, a letter each. */
static char told[64];

static void tell(const char *what)
{
	strncat(told, what, sizeof(told) - strlen(told) - 1);
}

static void presence(struct link *l, bool present)
{
	tell(present ? "I" : "O");
}

static void answer(struct link *l, struct slice bytes)
{
	tell(bytes.len == 0 ? "-" : "A");
}

static const struct link_ops ops = { .presence = presence, .answer = answer };
static struct link reader = { .ops = &ops };

static struct slice on(void *self)
{
	tell("1");
	return BYTES("\x3b\0");
}

static void off(void *self)
{
	tell("0");
}

static void transmit(void *self, struct slice raw, struct buf *out)
{
	if (raw.ptr[1] != 0xff)
		buf_put_u16(out, 0x9000);
}

static bool is_sign(struct slice raw)
{
	return raw.ptr[1] == 0x42;
}

static const struct card_chip chip = {
	.on = on, .off = off, .transmit = transmit, .is_sign = is_sign,
};

static int put_in(void **state)
{
	static struct card c;

	card_init_chip(&c, &chip);
	c.link = &reader;
	told[0] = '\0';
	card_insert(&c);
	*state = &c;
	return 0;
}

static int take_away(void **state)
{
	card_fini(*state);
	return 0;
}

#define READ BYTES("\x80\x52\0\0\2\1\1")
#define SIGN BYTES("\x80\x42\0\0\1\1")
#define BROKEN BYTES("\x80\xff\0\0")

static void the_atr_is_the_chips(void **state)
{
	struct slice atr = card_power_on(*state);

	assert_int_equal(atr.len, 2);
	assert_int_equal(atr.ptr[0], 0x3b);
	card_power_off(*state);
	assert_string_equal(told, "I10");
}

static void its_answers_go_to_the_reader(void **state)
{
	card_transmit(*state, READ);
	(void)card_power_on(*state);
	card_transmit(*state, READ);
	card_transmit(*state, BROKEN);
	assert_string_equal(told, "I-1A-");
}

static void a_mute_chip_owes_the_answer(void **state)
{
	struct card *c = *state;

	(void)card_power_on(c);
	c->faults.mute = true;
	card_transmit(c, READ);
	assert_string_equal(told, "I1");
	card_unmute(c);
	assert_string_equal(told, "I1A");
}

static void it_is_pulled_at_its_own_signature(void **state)
{
	struct card *c = *state;

	(void)card_power_on(c);
	c->faults.pull_on_sign = 1;
	card_transmit(c, READ);
	card_transmit(c, SIGN);
	assert_string_equal(told, "I1A0-O");
	assert_false(c->present);
}

static bool does(struct card *c, const char *line, char said[128])
{
	AUTO(buf_fini) struct buf out;
	struct control ctl = { 0 };
	char copy[64];

	buf_init(&out, 127);
	snprintf(copy, sizeof(copy), "%s\n", line);
	control_run(&ctl, c, copy, &out);
	snprintf(said, 128, "%s", buf_text(&out));
	return strncmp(said, "ok", 2) == 0;
}

static void it_has_no_counters_to_tell_of(void **state)
{
	char said[128];

	assert_true(does(*state, "status", said));
	assert_non_null(strstr(said, "card=in"));
	assert_null(strstr(said, "pin="));
	assert_true(does(*state, "reset-counters", said));
	assert_false(does(*state, "corrupt-signature", said));
	assert_false(does(*state, "swap /tmp", said));
	assert_int_equal(((struct card *)*state)->known, 0);
}

#define chip_test(f) cmocka_unit_test_setup_teardown(f, put_in, take_away)

int main(void)
{
	const struct CMUnitTest tests[] = {
		chip_test(the_atr_is_the_chips),
		chip_test(its_answers_go_to_the_reader),
		chip_test(a_mute_chip_owes_the_answer),
		chip_test(it_is_pulled_at_its_own_signature),
		chip_test(it_has_no_counters_to_tell_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
