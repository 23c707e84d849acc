/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_document: the worked example of docs/PROTOCOL.worker is, byte for byte,
 * what the code makes, and its numbers are those of the code.
 *
 * With --print the program prints the example for the document.
 */
#include <stdio.h>

#include "base/secret.h"
#include "tests/unit/wire/bodies.h"
#include "wire/fault.h"
#include "wire/hello.h"
#include "wire/keys.h"
#include "wire/login.h"
#include "wire/prepare.h"
#include "wire/readers.h"
#include "wire/sign.h"
#include "wire/tokens.h"

#define DOCUMENT "docs/PROTOCOL.worker"

/* The frames of the example, in order; put writes the body. */
struct example {
	const char *name;
	enum wire_type type;
	enum wire_kind kind;
	uint32_t id;
	void (*put)(struct buf *out);
};

static void put_hello_req(struct buf *out)
{
	struct wire_hello_req m = {
		.version = WIRE_VERSION,
		.module = "/usr/lib/softhsm/libsofthsm2.so",
		.name = "soft",
	};

	wire_hello_req_put(out, &m);
}

static void put_hello_rep(struct buf *out)
{
	struct wire_hello_rep m = {
		.version = WIRE_VERSION,
		.cryptoki_major = 2, .cryptoki_minor = 40,
		.library_major = 2, .library_minor = 6,
		.manufacturer = "SoftHSM",
		.description = "Implementation of PKCS11",
	};

	wire_hello_rep_put(out, &m);
}

static void put_prepare_req(struct buf *out)
{
	const struct wire_prepare_req m = { .token = 0, .pins = 1 };

	wire_prepare_req_put(out, &m);
}

static void put_prepare_rep(struct buf *out)
{
	const struct wire_prepare_rep m = {
		.token = { .token = 0, .slot_id = 1, .flags = 0x1040d,
			   .min_pin_len = 4, .max_pin_len = 8,
			   .label = "Payments", .serial = "0011",
			   .manufacturer = "m", .model = "v2",
			   .slot = "Reader 00 00" },
	};

	wire_prepare_rep_put(out, &m);
}

static void put_sign_req(struct buf *out)
{
	uint8_t digest[32];
	const struct wire_sign_item item = {
		.mechanism = WIRE_ECDSA,
		.hash = WIRE_HASH_NONE,
		.data = slice_of(digest, sizeof(digest)),
	};
	struct wire_sign_req m = {
		.token = 0,
		.deadline_ns = INT64_C(3600000000000),
		.login = WIRE_LOGIN_PIN,
		.count = 1,
		.items = &item,
	};

	memset(m.identity, 0xaa, sizeof(m.identity));
	memset(digest, 0xdd, sizeof(digest));
	wire_sign_req_put(out, &m);
}

static void put_sign_rep(struct buf *out)
{
	uint8_t bytes[64];
	struct wire_sign_rep m = { slice_of(bytes, sizeof(bytes)) };

	memset(bytes, 0x11, 32);
	memset(bytes + 32, 0x22, 32);
	wire_sign_rep_put(out, &m);
}

static void put_fail(struct buf *out)
{
	struct error m;

	error_set_at(&m, "C_Sign soft", ERR_TOKEN_GONE, 0,
		     "soft: C_Sign: CKR_DEVICE_REMOVED (0x32)");
	m.ckr = 0x32;
	wire_fault_put(out, &m);
}

static void put_readers_req(struct buf *out)
{
	const struct wire_readers_req m = { .version = WIRE_VERSION };

	wire_readers_req_put(out, &m);
}

static void put_service(struct buf *out)
{
	const struct wire_readers_more m = {
		.about = WIRE_READERS_SERVICE,
		.service = { .state = WIRE_SERVICE_RUNNING },
	};

	wire_readers_more_put(out, &m);
}

static void put_reader(struct buf *out)
{
	static const uint8_t atr[] = { 0x3b, 0x80, 0x80, 0x01, 0x01 };
	const struct wire_readers_more m = {
		.about = WIRE_READERS_READER,
		.reader = { .name = "Reader 00 00",
			    .state = WIRE_READER_PRESENT,
			    .swapped = true, .events = 3,
			    .atr = { atr, sizeof(atr) } },
	};

	wire_readers_more_put(out, &m);
}

static void put_complete(struct buf *out)
{
	const struct wire_readers_more m = { .about = WIRE_READERS_COMPLETE };

	wire_readers_more_put(out, &m);
}

static const struct example examples[] = {
	{ "HELLO REQ 1", WIRE_HELLO, WIRE_REQ, 1, put_hello_req },
	{ "HELLO REP 1", WIRE_HELLO, WIRE_REP, 1, put_hello_rep },
	{ "PREPARE REQ 2", WIRE_PREPARE, WIRE_REQ, 2, put_prepare_req },
	{ "PREPARE REP 2", WIRE_PREPARE, WIRE_REP, 2, put_prepare_rep },
	{ "SIGN REQ 3", WIRE_SIGN, WIRE_REQ, 3, put_sign_req },
	{ "SIGN REP 3", WIRE_SIGN, WIRE_REP, 3, put_sign_rep },
	{ "SIGN FAIL 3", WIRE_SIGN, WIRE_FAIL, 3, put_fail },
	{ "READERS REQ 1", WIRE_READERS, WIRE_REQ, 1, put_readers_req },
	{ "READERS MORE 1", WIRE_READERS, WIRE_MORE, 1, put_service },
	{ "READERS MORE 1", WIRE_READERS, WIRE_MORE, 1, put_complete },
	{ "READERS MORE 1", WIRE_READERS, WIRE_MORE, 1, put_reader },
};

/* "    | 00 00 00 01 ...", 16 bytes to a line. */
static void example_text(const struct example *x, struct buf *text)
{
	AUTO(buf_fini) struct buf frame;
	size_t at;

	buf_init(&frame, 4096);
	at = wire_frame_begin(&frame, x->type, x->kind, x->id);
	x->put(&frame);
	wire_frame_end(&frame, at);
	buf_printf(text, "    %s\n", x->name);
	for (size_t i = 0; i < frame.len; i++)
		buf_printf(text, "%s%02x%s", i % 16 == 0 ? "    | " : " ",
			   frame.ptr[i],
			   i % 16 == 15 || i + 1 == frame.len ? "\n" : "");
}

static char *document(void)
{
	static char text[65536];
	FILE *f = fopen(DOCUMENT, "re");
	size_t n;

	assert_non_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	return text;
}

static void test_example(void **state)
{
	AUTO(buf_fini) struct buf text;
	const char *doc = document();

	buf_init(&text, 16384);
	for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
		buf_reset(&text);
		example_text(&examples[i], &text);
		if (strstr(doc, buf_text(&text)) == NULL)
			fail_msg("%s: not as in the code:\n%s", DOCUMENT,
				 buf_text(&text));
	}
}

static void says(const char *before, unsigned long n, const char *after)
{
	char line[128];

	snprintf(line, sizeof(line), "%s%lu%s", before, n, after);
	if (strstr(document(), line) == NULL)
		fail_msg("%s does not say: %s", DOCUMENT, line);
}

static void test_numbers(void **state)
{
	says("Version ", WIRE_VERSION, ".");
	says("| ", WIRE_HELLO, " | HELLO |");
	says("| ", WIRE_TOKENS, " | TOKENS |");
	says("| ", WIRE_LOGIN, " | LOGIN |");
	says("| ", WIRE_KEYS, " | KEYS |");
	says("| ", WIRE_SIGN, " | SIGN |");
	says("| ", WIRE_LOGOUT, " | LOGOUT |");
	says("| ", WIRE_PREPARE, " | PREPARE |");
	says("| ", WIRE_PIN, " | PIN |");
	says("| ", WIRE_READERS, " | READERS |");
	says("| ", WIRE_MANAGE, " | MANAGE |");
	says("| ", WIRE_STAMP, " | STAMP |");
	says("LIMIT_STAMP (", LIMIT_STAMP, ")");
	says("WIRE_ATR_MAX (", WIRE_ATR_MAX, ")");
	says("LIMIT_BATCH (", LIMIT_BATCH, ")");
	says("LIMIT_PINS (", LIMIT_PINS, ")");
	says("SECRET_MAX (", SECRET_MAX, ")");
	says("| message | text | ", ERROR_MESSAGE_MAX - 1, " |");
	says("| where | text | ", ERROR_WHERE_MAX - 1, " |");
	says("LIMIT_FRAME (", LIMIT_FRAME, ")");
	says("LIMIT_PATH (", LIMIT_PATH, ")");
	says("LIMIT_LABEL (", LIMIT_LABEL, ")");
	says("LIMIT_KEY_ID (", LIMIT_KEY_ID, ")");
	says("LIMIT_SPKI (", LIMIT_SPKI, ")");
	says("LIMIT_CERTIFICATE (", LIMIT_CERTIFICATE, ")");
	says("LIMIT_EDDSA_MESSAGE (", LIMIT_EDDSA_MESSAGE, ")");
	says("LIMIT_SIGNATURE (", LIMIT_SIGNATURE, ")");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_example),
		cmocka_unit_test(test_numbers),
	};
	struct buf text;

	if (argc == 2 && strcmp(argv[1], "--print") == 0) {
		buf_init(&text, 16384);
		for (size_t i = 0; i < ARRAY_LEN(examples); i++) {
			example_text(&examples[i], &text);
			buf_put_str(&text, "\n");
		}
		fputs(buf_text(&text), stdout);
		buf_fini(&text);
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
