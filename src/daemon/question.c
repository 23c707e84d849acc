/* SPDX-License-Identifier: Apache-2.0 */
/*
 * question: a question to the policy from JSON, for signetd --explain.
 */
#include "daemon/question.h"

#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "broker/settings.h"
#include "broker/uri.h"

/* A text of the machine's that the question may borrow; NULL: no memory. */
static const char *keep(struct question *out, const char *text)
{
	json_t *kept = json_string(text);

	if (kept == NULL || json_array_append_new(out->names, kept) != 0)
		return NULL;
	return json_string_value(kept);
}

static int malformed(struct error *e, const char *what)
{
	return error_set(e, ERR_MALFORMED, "%s", what);
}

/* --- lists -------------------------------------------------------------- */

static int read_texts(json_t *list, const char *name, const char **out,
		      size_t *count, struct error *e)
{
	if (list == NULL)
		return 0;
	if (!json_is_array(list) || json_array_size(list) > QUESTION_LIST_MAX)
		return error_set(e, ERR_MALFORMED, "%s is a list of at most %d"
				 " texts", name, QUESTION_LIST_MAX);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *text = json_string_value(json_array_get(list, i));

		if (text == NULL)
			return error_set(e, ERR_MALFORMED, "%s is a list of"
					 " texts", name);
		out[(*count)++] = text;
	}
	return 0;
}

static int read_sums(struct question *out, json_t *list, struct error *e)
{
	if (list == NULL)
		return 0;
	if (!json_is_array(list) || json_array_size(list) > QUESTION_LIST_MAX)
		return malformed(e, "sums is a list of currency and value");
	for (size_t i = 0; i < json_array_size(list); i++) {
		struct policy_question_sum *sum = &out->sums[i];

		if (json_unpack_ex(json_array_get(list, i), NULL, JSON_STRICT,
				   "{s:s, s:s}", "currency", &sum->currency,
				   "value", &sum->value) != 0)
			return malformed(e, "sums is a list of currency and"
					 " value, both texts");
		out->q.sums_count++;
	}
	return 0;
}

/* --- who ---------------------------------------------------------------- */

/* 0 to 4294967294, or false. */
static bool number_of(const char *text, unsigned *out)
{
	char *end;
	unsigned long n;

	if (text[0] < '0' || text[0] > '9')
		return false;
	n = strtoul(text, &end, 10);
	if (*end != '\0' || n >= UINT_MAX)
		return false;
	*out = (unsigned)n;
	return true;
}

/* A name that this machine does not know has no number: none of anybody. */
static void read_user(struct question *out, const char *user)
{
	const struct passwd *entry;

	out->q.uid = getuid();
	if (user != NULL && !number_of(user, &out->q.uid)) {
		out->q.user = user;
		entry = getpwnam(user);
		out->q.uid = entry != NULL ? entry->pw_uid : UINT_MAX;
		return;
	}
	entry = getpwuid(out->q.uid);
	if (entry != NULL)
		out->q.user = keep(out, entry->pw_name);
}

static int groups_given(struct question *out, json_t *groups, struct error *e)
{
	int r = read_texts(groups, "groups", out->groups, &out->q.groups_count,
			   e);

	for (size_t i = 0; r == 0 && i < out->q.groups_count; i++)
		if (number_of(out->groups[i], &out->gids[out->q.gids_count]))
			out->q.gids_count++;
	return r;
}

static void groups_of_user(struct question *out)
{
	const struct passwd *entry = getpwuid(out->q.uid);
	gid_t gids[QUESTION_LIST_MAX];
	int count = QUESTION_LIST_MAX;

	if (entry == NULL)
		return;
	getgrouplist(entry->pw_name, entry->pw_gid, gids, &count);
	for (int i = 0; i < count && i < QUESTION_LIST_MAX; i++) {
		const struct group *group = getgrgid(gids[i]);
		const char *name = group == NULL ? NULL :
				   keep(out, group->gr_name);

		out->gids[out->q.gids_count++] = gids[i];
		if (name != NULL)
			out->groups[out->q.groups_count++] = name;
	}
}

/* --- which key ---------------------------------------------------------- */

static const char *or_null(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

/* As the daemon knows it: by the first entry of tokens: that matches. */
static bool is_unattended(const struct policy_key_names *k,
			  const struct settings *s)
{
	struct wire_token token = { .label = "" };
	struct error e;
	bool unattended = false, found = false;

	snprintf(token.label, sizeof(token.label), "%s", k->token);
	snprintf(token.serial, sizeof(token.serial), "%s", k->serial);
	snprintf(token.manufacturer, sizeof(token.manufacturer), "%s",
		 k->manufacturer);
	snprintf(token.model, sizeof(token.model), "%s", k->model);
	for (unsigned i = 0; !found && i < s->tokens_count; i++) {
		AUTO(uri_freep) struct uri *u = NULL;

		found = uri_parse(s->tokens[i].uri, &u, &e) == 0 &&
			uri_matches_token(u, &token);
		if (found)
			unattended = s->tokens[i].unattended;
	}
	return unattended;
}

static int read_key(struct question *out, const char *uri,
		    const struct settings *s, struct error *e)
{
	int r = uri == NULL ? 0 : policy_key_read(uri, &out->key, e);

	if (r != 0) {
		e->code = ERR_MALFORMED;
		return ERR_MALFORMED;
	}
	out->q.token.label = or_null(out->key.token);
	out->q.token.serial = or_null(out->key.serial);
	out->q.token.manufacturer = or_null(out->key.manufacturer);
	out->q.token.model = or_null(out->key.model);
	out->q.key.label = or_null(out->key.object);
	out->q.key.id = slice_of(out->key.id, out->key.id_len);
	out->q.token.unattended = uri != NULL && is_unattended(&out->key, s);
	return 0;
}

/* --- the whole ---------------------------------------------------------- */

struct members {
	const char *user, *key;
	json_t *groups, *ekus, *media_types, *sums;
	int unattended, blind, items, paired;
};

static int unpack(struct question *out, struct members *m, struct error *e)
{
	json_error_t why;

	if (json_unpack_ex(out->root, &why, JSON_STRICT,
			   "{s?s, s?o, s?s, s?s, s?b, s?s, s?b, s?s, s?o, s?s,"
			   " s?o, s?b, s?i, s?o}",
			   "user", &m->user, "groups", &m->groups, "exe",
			   &out->q.exe, "origin", &out->q.origin, "paired",
			   &m->paired, "key", &m->key, "unattended",
			   &m->unattended, "issuer", &out->q.key.issuer,
			   "ekus", &m->ekus, "format", &out->q.format,
			   "media_types", &m->media_types, "blind", &m->blind,
			   "items", &m->items, "sums", &m->sums) != 0)
		return malformed(e, why.text);
	if (m->items < 1)
		return malformed(e, "items is a number from 1 on");
	out->q.paired = m->paired != 0;
	out->q.blind = m->blind != 0;
	out->q.items = (unsigned)m->items;
	return 0;
}

static int read_lists(struct question *out, const struct members *m,
		      struct error *e)
{
	int r = read_texts(m->ekus, "ekus", out->ekus, &out->q.key.ekus_count,
			   e);

	if (r == 0)
		r = read_texts(m->media_types, "media_types", out->media_types,
			       &out->q.media_types_count, e);
	if (r == 0)
		r = read_sums(out, m->sums, e);
	out->q.gids = out->gids;
	out->q.groups = out->groups;
	out->q.key.ekus = out->ekus;
	out->q.media_types = out->media_types;
	out->q.sums = out->sums;
	return r;
}

int question_read(struct slice text, const struct settings *s,
		  struct question *out, struct error *e)
{
	struct members m = { .items = 1, .unattended = -1 };
	json_error_t why;
	int r;

	*out = (struct question){ .names = json_array() };
	out->root = json_loadb((const char *)text.ptr, text.len,
			       JSON_REJECT_DUPLICATES, &why);
	if (out->names == NULL)
		return error_set(e, ERR_NO_MEMORY, "no memory for a question");
	if (out->root == NULL)
		return malformed(e, why.text);
	r = unpack(out, &m, e);
	read_user(out, m.user);
	if (r == 0)
		r = groups_given(out, m.groups, e);
	if (r == 0 && m.groups == NULL)
		groups_of_user(out);
	if (r == 0)
		r = read_key(out, m.key, s, e);
	if (r == 0 && m.unattended >= 0)
		out->q.token.unattended = m.unattended != 0;
	return r != 0 ? r : read_lists(out, &m, e);
}

void question_fini(struct question *q)
{
	json_decref(q->root);
	json_decref(q->names);
	q->root = NULL;
	q->names = NULL;
}
