/* SPDX-License-Identifier: Apache-2.0 */
/*
 * origins: the pages that users have allowed to ask for signatures.
 */
#include "broker/origins.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/folder.h"
#include "base/log.h"
#include "base/writer.h"

/* An entry with the longest origin has some 400 bytes. */
#define ORIGINS_FILE_MAX (LIMIT_PAGES * 512u + 1024u)

const char *origins_by(const struct origins_entry *entry)
{
	return entry->by_program ? "program" : "page";
}

static int bad(struct error *e, const struct origins *o, const char *what)
{
	return error_set(e, ERR_NOT_DURABLE, "%s %s: no page that a user has"
			 " allowed is known, and none can be; put it right or"
			 " take it away, and reload signetd", o->path, what);
}

/* --- reading ------------------------------------------------------------ */

static int read_entry(struct origins *o, json_t *j, struct error *e)
{
	struct origins_entry *entry = &o->list[o->count];
	const char *origin, *by, *since;
	json_int_t uid;

	if (json_unpack_ex(j, NULL, JSON_STRICT, "{s:s, s:I, s:s, s:s}",
			   "origin", &origin, "uid", &uid, "since", &since,
			   "by", &by) != 0)
		return bad(e, o, "has an entry that is none");
	if (origin_kind(origin) == ORIGIN_NONE || uid < 0 ||
	    uid >= UINT32_MAX || clock_parse(since, &entry->since) != 0 ||
	    (strcmp(by, "page") != 0 && strcmp(by, "program") != 0))
		return bad(e, o, "has an entry with a value that is none");
	if (origins_find(o, (uid_t)uid, origin) != NULL)
		return bad(e, o, "has the same entry twice");
	entry->uid = (uid_t)uid;
	snprintf(entry->origin, sizeof(entry->origin), "%s", origin);
	entry->by_program = strcmp(by, "program") == 0;
	o->count++;
	return 0;
}

static int read_list(struct origins *o, json_t *root, struct error *e)
{
	json_t *list;
	int version, r = 0;

	if (root == NULL ||
	    json_unpack_ex(root, NULL, JSON_STRICT, "{s:i, s:o}", "version",
			   &version, "origins", &list) != 0 ||
	    version != 1 || !json_is_array(list))
		return bad(e, o, "is no list of version 1");
	if (json_array_size(list) > LIMIT_PAGES)
		return bad(e, o, "has too many entries");
	for (size_t i = 0; r == 0 && i < json_array_size(list); i++)
		r = read_entry(o, json_array_get(list, i), e);
	return r;
}

/* Who else could write it could allow pages. */
static int check_file(const struct origins *o, int fd, struct error *e)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return bad(e, o, "is no file");
	if (st.st_uid != geteuid() || (st.st_mode & 077) != 0)
		return bad(e, o, "is not signetd's own (mode 0600)");
	if (st.st_size > ORIGINS_FILE_MAX)
		return bad(e, o, "is too large");
	return 0;
}

static int read_file(struct origins *o, struct error *e)
{
	AUTO(buf_fini) struct buf text = { .max = ORIGINS_FILE_MAX + 1 };
	uint8_t *at = buf_reserve(&text, text.max);
	json_auto_t *root = NULL;
	ssize_t got;
	AUTO(fd_closep) int fd = open(o->path, O_RDONLY | O_NOFOLLOW |
				      O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return bad(e, o, strerror(errno));
	if (check_file(o, fd, e) != 0)
		return e->code;
	got = at == NULL ? -1 : read(fd, at, text.max);
	if (got < 0)
		return bad(e, o, "cannot be read");
	root = json_loadb((const char *)at, (size_t)got,
			  JSON_REJECT_DUPLICATES, NULL);
	return read_list(o, root, e);
}

static void load(struct origins *o)
{
	struct error e;

	o->count = 0;
	error_clear(&o->failure);
	if (read_file(o, &e) == 0)
		return;
	o->count = 0;
	o->failure = e;
	log_failure(LOG_ERROR, NULL, "pages that users have allowed", &e);
}

/* --- writing ------------------------------------------------------------ */

static void put_list(const struct origins *o, struct buf *out)
{
	struct writer j = writer_of(out);
	char since[CLOCK_RFC3339_SIZE];

	writer_open(&j, NULL, '{');
	writer_int(&j, "version", 1);
	writer_open(&j, "origins", '[');
	for (unsigned i = 0; i < o->count; i++) {
		clock_format(o->list[i].since, since);
		writer_open(&j, NULL, '{');
		writer_text(&j, "origin", o->list[i].origin);
		writer_int(&j, "uid", o->list[i].uid);
		writer_text(&j, "since", since);
		writer_text(&j, "by", origins_by(&o->list[i]));
		writer_close(&j, '}');
	}
	writer_close(&j, ']');
	writer_close(&j, '}');
	buf_put_u8(out, '\n');
}

static int write_new(const char *path, struct slice text, struct error *e)
{
	AUTO(fd_closep) int fd = -1;

	/* What is left of an attempt that was cut short. */
	unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		  0600);
	if (fd < 0)
		return error_set_errno(e, ERR_IO, errno, "%s", path);
	if (fd_write_all(fd, text, e) != 0)
		return e->code;
	if (fsync(fd) != 0)
		return error_set_errno(e, ERR_IO, errno, "%s", path);
	return 0;
}

/* The loop waits for the disk: once for each consent of a person. */
static int replace(const struct origins *o, struct slice text, struct error *e)
{
	char path[sizeof(o->path) + 4];
	int r;

	snprintf(path, sizeof(path), "%s.new", o->path);
	r = folder_make_parents(path, 0700, e);
	if (r == 0)
		r = write_new(path, text, e);
	if (r == 0 && rename(path, o->path) != 0)
		r = error_set_errno(e, ERR_IO, errno, "%s", o->path);
	if (r != 0) {
		unlink(path);
		return r;
	}
	return folder_sync(o->path, e);
}

static int save(const struct origins *o, struct error *e)
{
	AUTO(buf_fini) struct buf text = { .max = ORIGINS_FILE_MAX };
	int r;

	put_list(o, &text);
	r = buf_error(&text) != 0 ?
		error_set(e, buf_error(&text), "the list of pages") :
		replace(o, buf_slice(&text), e);
	if (r == 0)
		return 0;
	e->code = ERR_NOT_DURABLE;
	return ERR_NOT_DURABLE;
}

/* --- the list ----------------------------------------------------------- */

void origins_open(struct origins *o, const char *folder)
{
	snprintf(o->path, sizeof(o->path), "%s/%s", folder, ORIGINS_FILE);
	o->list = calloc(LIMIT_PAGES, sizeof(*o->list));
	if (o->list == NULL)
		error_set(&o->failure, ERR_NO_MEMORY, "no memory for pages");
	else
		load(o);
}

void origins_retry(struct origins *o)
{
	if (o->list != NULL && o->failure.code != 0)
		load(o);
}

void origins_fini(struct origins *o)
{
	free(o->list);
	*o = (struct origins){ .count = 0 };
}

const struct origins_entry *origins_find(const struct origins *o, uid_t uid,
					 const char *origin)
{
	for (unsigned i = 0; i < o->count; i++)
		if (o->list[i].uid == uid &&
		    strcmp(o->list[i].origin, origin) == 0)
			return &o->list[i];
	return NULL;
}

int origins_add(struct origins *o, const struct origins_entry *entry,
		struct error *e)
{
	struct error again;

	if (o->failure.code != 0) {
		*e = o->failure;
		return e->code;
	}
	if (origins_find(o, entry->uid, entry->origin) != NULL)
		return 0;
	if (o->count == LIMIT_PAGES)
		return error_set(e, ERR_QUOTA, "%u pages are allowed, and no"
				 " more can be: `signet origin revoke` takes"
				 " one back", o->count);
	o->list[o->count++] = *entry;
	if (save(o, e) == 0)
		return 0;
	o->count--;
	/* It may be there already, only not for good. */
	if (save(o, &again) != 0)
		log_failure(LOG_WARNING, NULL, "pages that users have allowed",
			    &again);
	return e->code;
}

int origins_remove(struct origins *o, uid_t uid, const char *origin,
		   struct error *e)
{
	const struct origins_entry *found = origins_find(o, uid, origin);

	if (found == NULL)
		return error_set(e, ERR_NO_SUCH_ORIGIN, "%s is not among the"
				 " pages that you have allowed", origin);
	o->list[found - o->list] = o->list[--o->count];
	if (save(o, e) == 0)
		return 0;
	error_prefix(e, "%s is allowed no longer, until signetd is started"
		     " anew: the list could not be written: ", origin);
	return e->code;
}
