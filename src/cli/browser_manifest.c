/* SPDX-License-Identifier: Apache-2.0 */
/*
 * browser_manifest: one manifest of a native messaging host.
 */
#include "cli/browser_manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/folder.h"
#include "base/native_host.h"
#include "base/writer.h"
#include "cli/output.h"

/* Those of others are of some hundred bytes, too. */
#define MANIFEST_MAX (64u * 1024)

static void put_extensions(struct writer *j, const struct native_host *h,
			   bool firefox)
{
	writer_open(j, firefox ? "allowed_extensions" : "allowed_origins",
		    '[');
	for (const char *const *id = firefox ? h->firefox : h->chromium;
	     *id != NULL; id++) {
		char text[128];

		snprintf(text, sizeof(text), firefox ? "%s" :
			 "chrome-extension://%s/", *id);
		writer_text(j, NULL, text);
	}
	writer_close(j, ']');
}

void browser_manifest_text(const struct native_host *h, const char *program,
			   bool firefox, struct buf *out)
{
	struct writer j = writer_of(out);

	writer_open(&j, NULL, '{');
	writer_text(&j, "name", h->name);
	writer_text(&j, "description", h->text);
	writer_text(&j, "path", program);
	writer_text(&j, "type", "stdio");
	put_extensions(&j, h, firefox);
	writer_close(&j, '}');
	buf_put_u8(out, '\n');
}

/* False: there is none. */
static bool read_file(const char *path, struct buf *out)
{
	AUTO(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	uint8_t piece[4096];
	ssize_t got;

	if (fd < 0)
		return errno != ENOENT && errno != ENOTDIR;
	while ((got = read(fd, piece, sizeof(piece))) > 0)
		buf_put(out, piece, (size_t)got);
	return true;
}

static void program_of(struct slice text, char out[CLI_PATH_MAX])
{
	json_t *root = json_loadb((const char *)text.ptr, text.len, 0, NULL);
	const char *path = json_string_value(json_object_get(root, "path"));

	snprintf(out, CLI_PATH_MAX, "%s", path == NULL ? "" : path);
	json_decref(root);
}

void browser_manifest_look(const char *path, struct slice wanted,
			   struct browser_manifest *out)
{
	AUTO(buf_fini) struct buf text = { .max = MANIFEST_MAX };
	struct stat st;

	*out = (struct browser_manifest){ .found = BROWSER_NOTHING };
	/* A link that leads nowhere is somebody's. */
	if (!read_file(path, &text) && lstat(path, &st) != 0)
		return;
	program_of(buf_slice(&text), out->program);
	if (!native_host_is_ours(out->program))
		out->found = BROWSER_FOREIGN;
	else if (slice_equal(buf_slice(&text), wanted))
		out->found = BROWSER_OURS;
	else
		out->found = BROWSER_OTHER;
}

int browser_manifest_put(const char *path, struct slice text, bool replace,
			 struct error *e)
{
	AUTO(cli_output_abort) struct cli_output o = CLI_OUTPUT_NONE;
	int r = folder_make_parents(path, 0755, e);

	if (r == 0)
		r = cli_output_open(&o, path, replace, e);
	if (r == 0)
		r = fd_write_all(o.fd, text, e);
	/* The umask of whoever installs is not that of who reads. */
	if (r == 0 && fchmod(o.fd, 0644) != 0)
		r = error_set_errno(e, ERR_IO, errno, "%s", path);
	return r != 0 ? r : cli_output_commit(&o, replace, e);
}
