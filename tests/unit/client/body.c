/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unit tests of src/client/body.c and src/client/content.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/b64.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/limits.h"
#include "client/body.h"

/* A file in memory with len bytes of a pattern. */
static int make_file(size_t len)
{
	int fd = memfd_create("content", MFD_CLOEXEC);
	uint8_t *bytes = malloc(len + 1);

	assert_true(fd >= 0);
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(i * 7 + i / 251);
	assert_int_equal(fd_write_all(fd, slice_of(bytes, len), NULL), 0);
	free(bytes);
	return fd;
}

/* Text, content, text, content: in reads of step bytes, against one go. */
static void check_body(const struct client_content *c, struct slice plain,
		       size_t step)
{
	static const char head[] = "{\"data\":\"", tail[] = "\"}";
	const struct client_part parts[] = {
		{ .end = strlen(head), .content = c },
		{ .end = strlen(head) + strlen(tail), .content = c },
		{ .end = strlen(head) + strlen(tail) },
	};
	struct buf body, want;
	struct client_body b;
	struct error e;
	uint8_t piece[70000];
	size_t len;

	buf_init(&body, SIZE_MAX / 2);
	buf_init(&want, SIZE_MAX / 2);
	buf_put_str(&want, head);
	b64_encode(B64_STD, plain, &want);
	buf_put_str(&want, tail);
	b64_encode(B64_STD, plain, &want);
	client_body_init(&b, slice_str("{\"data\":\"\"}"), parts, 3, &e);
	assert_int_equal(client_body_len(&b), want.len);
	do {
		assert_int_equal(client_body_read(&b, piece, step, &len), 0);
		buf_put(&body, piece, len);
	} while (len > 0);
	assert_true(slice_equal(buf_slice(&body), buf_slice(&want)));
	client_body_fini(&b);
	buf_fini(&body);
	buf_fini(&want);
}

static void encodes_a_file_of_any_length(void **state)
{
	static const size_t lens[] = { 0,     1,     2,	    3,
				       49151, 49152, 49153, 200000 };

	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		int fd = make_file(lens[i]);
		uint8_t *plain = malloc(lens[i] + 1);
		struct client_content c;

		assert_int_equal(pread(fd, plain, lens[i], 0), lens[i]);
		client_content_init(&c);
		assert_int_equal(client_content_set_fd(&c, fd, true, NULL), 0);
		assert_int_equal(c.kind, CONTENT_FILE);
		check_body(&c, slice_of(plain, lens[i]), 70000);
		check_body(&c, slice_of(plain, lens[i]), 1021);
		client_content_fini(&c);
		free(plain);
	}
}

static void encodes_bytes(void **state)
{
	struct client_content c;

	client_content_init(&c);
	client_content_set_bytes(&c, slice_str("hello"));
	check_body(&c, slice_str("hello"), 3);
	client_content_fini(&c);
}

static void reads_a_pipe_to_its_end(void **state)
{
	struct client_content c;
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(fd_write_all(ends[1], slice_str("from a pipe"), NULL),
			 0);
	close(ends[1]);
	client_content_init(&c);
	assert_int_equal(client_content_set_fd(&c, ends[0], true, NULL), 0);
	assert_int_equal(c.kind, CONTENT_READ);
	check_body(&c, slice_str("from a pipe"), 4);
	client_content_fini(&c);
}

static void refuses_a_file_above_the_limit(void **state)
{
	int fd = memfd_create("large", MFD_CLOEXEC);
	struct client_content c;
	struct error e;

	client_content_init(&c);
	assert_int_equal(ftruncate(fd, LIMIT_CONTENT), 0);
	assert_int_equal(client_content_set_fd(&c, fd, false, &e), 0);
	assert_int_equal(ftruncate(fd, (off_t)LIMIT_CONTENT + 1), 0);
	assert_int_equal(client_content_set_fd(&c, fd, false, &e),
			 ERR_TOO_LARGE);
	assert_int_equal(c.kind, CONTENT_NONE);
	close(fd);
}

static void refuses_an_endless_stream(void **state)
{
	FILE *zeros = fopen("/dev/zero", "re");
	struct client_content c;
	struct error e;

	assert_non_null(zeros);
	client_content_init(&c);
	assert_int_equal(client_content_set_fd(&c, fileno(zeros), false, &e),
			 ERR_TOO_LARGE);
	fclose(zeros);
}

static int read_all(struct client_body *b)
{
	uint8_t piece[4096];
	size_t len;
	int r;

	do {
		r = client_body_read(b, piece, sizeof(piece), &len);
	} while (r == 0 && len > 0);
	return r;
}

static void notices_a_file_that_changes(void **state)
{
	static const off_t lens[] = { 10, 200000 };

	for (size_t i = 0; i < ARRAY_LEN(lens); i++) {
		int fd = make_file(100000);
		struct client_content c;
		const struct client_part parts[] = {
			{ .end = 1, .content = &c }, { .end = 2 },
		};
		struct client_body b;
		struct error e;

		client_content_init(&c);
		assert_int_equal(client_content_set_fd(&c, fd, true, &e), 0);
		assert_int_equal(ftruncate(fd, lens[i]), 0);
		client_body_init(&b, slice_str("{}"), parts, 2, &e);
		assert_int_equal(read_all(&b), ERR_IO);
		client_body_fini(&b);
		client_content_fini(&c);
	}
}

static void refuses_a_folder(void **state)
{
	FILE *folder = fopen("/", "re");
	struct client_content c;
	struct error e;

	assert_non_null(folder);
	client_content_init(&c);
	assert_int_equal(client_content_set_fd(&c, fileno(folder), false, &e),
			 ERR_IO);
	fclose(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encodes_a_file_of_any_length),
		cmocka_unit_test(encodes_bytes),
		cmocka_unit_test(reads_a_pipe_to_its_end),
		cmocka_unit_test(refuses_a_file_above_the_limit),
		cmocka_unit_test(refuses_an_endless_stream),
		cmocka_unit_test(notices_a_file_that_changes),
		cmocka_unit_test(refuses_a_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
