/* SPDX-License-Identifier: Apache-2.0 */
/*
 * browser_host: signet browser install, remove, list: the manifests by which
 * browsers find signet-webhost.
 *
 * A manifest of another program is never removed, and replaced with --force
 * only.  What was done is told for each place.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/native_host.h"
#include "base/self.h"
#include "base/writer.h"
#include "cli/browser.h"
#include "cli/browser_manifest.h"
#include "cli/browser_place.h"
#include "cli/cli.h"
#include "cli/i18n.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/table.h"

#define HOST_JSON_MAX (256u * 1024)
#define HOST_TEXT_MAX (16u * 1024)

/* One manifest, where it is or could be. */
struct place {
	const struct browser_args *args;
	const struct browser *browser;
	const struct native_host *host;
	bool system;
	char path[CLI_PATH_MAX];
	struct buf text;	    /* that it is to have */
	void (*act)(struct place *p);
	struct browser_manifest manifest;
	const char *result;	    /* what was found or done, a word */
	struct error error;
};

struct report {
	struct cli_table table;
	struct buf json;
	struct writer writer;
	unsigned lines;
	int status;
};

/* --- what is done with one ---------------------------------------------- */

static void do_list(struct place *p)
{
	static const char *const words[] = {
		[BROWSER_NOTHING] = "absent",
		[BROWSER_OURS] = "installed",
		[BROWSER_OTHER] = "outdated",
		[BROWSER_FOREIGN] = "foreign",
	};

	p->result = words[p->manifest.found];
}

static void do_install(struct place *p)
{
	enum browser_found found = p->manifest.found;

	if (found == BROWSER_OURS)
		p->result = "unchanged";
	else if (found == BROWSER_FOREIGN && !p->args->force)
		p->result = "foreign";
	else if (browser_manifest_put(p->path, buf_slice(&p->text),
				      found != BROWSER_NOTHING,
				      &p->error) != 0)
		p->result = "failed";
	else
		p->result = found == BROWSER_NOTHING ? "installed" :
			"replaced";
}

static void do_remove(struct place *p)
{
	enum browser_found found = p->manifest.found;

	if (found == BROWSER_NOTHING)
		p->result = "absent";
	else if (found == BROWSER_FOREIGN)
		p->result = "foreign";
	else if (unlink(p->path) == 0 || errno == ENOENT)
		p->result = "removed";
	else if (error_set_errno(&p->error, ERR_IO, errno, "cannot remove %s",
				 p->path) != 0)
		p->result = "failed";
}

/* --- telling ------------------------------------------------------------ */

static void tell_json(struct writer *j, const struct place *p)
{
	writer_open(j, NULL, '{');
	writer_text(j, "browser", p->browser->word);
	writer_text(j, "host", p->host->name);
	writer_text(j, "scope", p->system ? "system" : "user");
	writer_text(j, "result", p->result);
	writer_text(j, "file", p->path);
	writer_text_or_null(j, "program", p->manifest.program);
	if (p->error.code != 0)
		writer_text(j, "detail", p->error.message);
	writer_close(j, '}');
}

/* Whose it is; whoever wanted to install there has not. */
static void tell_foreign(struct report *r, const struct place *p)
{
	const char *program = p->manifest.program;

	cli_message(_("%s is kept, it is of another program: %s"), p->path,
		    program[0] == '\0' ? "?" : program);
	if (p->act != do_install)
		return;
	cli_message(_("--force replaces it"));
	if (r->status == CLI_OK)
		r->status = CLI_REFUSED;
}

static void tell(struct report *r, const struct place *p)
{
	tell_json(&r->writer, p);
	cli_table_add(&r->table, (const char *const[]){
		p->browser->name, p->host->name, p->result, p->path });
	r->lines++;
	if (p->error.code != 0) {
		cli_failure(&p->error, p->browser->name);
		r->status = CLI_FILE;
	} else if (strcmp(p->result, "foreign") == 0 && p->act != do_list) {
		tell_foreign(r, p);
	}
}

/* --- one after the other ------------------------------------------------- */

/* Its file was looked at for another browser: Chrome's folder serves three. */
static bool is_told(const struct browser *b)
{
	for (const struct browser *o = browsers; o < b; o++)
		if (strcmp(o->system, b->system) == 0)
			return true;
	return false;
}

/* Our program as it will be found when root is not in front of it. */
static void program_in(const char *root, const char *name, char *out)
{
	char path[CLI_PATH_MAX];
	size_t len = root == NULL ? 0 : strlen(root);

	out[0] = '\0';
	if (!self_program(name, path, sizeof(path)))
		return;
	while (len > 0 && root[len - 1] == '/')
		len--;
	if (strncmp(path, root == NULL ? "" : root, len) != 0 ||
	    path[len] != '/')
		len = 0;
	snprintf(out, CLI_PATH_MAX, "%s", path + len);
}

static void visit(struct place *p, struct report *r)
{
	char program[CLI_PATH_MAX];

	if (!browser_manifest_path(p->browser, p->system, p->args->root,
				   p->host->name, p->path))
		return;
	error_clear(&p->error);
	buf_init(&p->text, HOST_TEXT_MAX);
	program_in(p->args->root, p->host->program, program);
	browser_manifest_text(p->host, program, p->browser->firefox,
			      &p->text);
	browser_manifest_look(p->path, buf_slice(&p->text), &p->manifest);
	p->act(p);
	tell(r, p);
	buf_fini(&p->text);
}

/*
 * All browsers, or those that are named.  Not named, and for this user: those
 * that were started.
 */
static bool is_meant(const struct browser_args *args, const struct browser *b,
		     bool system)
{
	for (int i = 0; i < args->operand_count; i++)
		if (browser_find(args->operands[i]) == b)
			return true;
	if (args->operand_count > 0)
		return false;
	return system ? !is_told(b) : browser_is_there(b, args->root);
}

static void visit_scope(const struct browser_args *args, bool system,
			const struct native_host *const *hosts,
			void (*act)(struct place *p), struct report *r)
{
	for (const struct browser *b = browsers; b < browsers + BROWSER_COUNT;
	     b++) {
		if (!is_meant(args, b, system))
			continue;
		for (size_t i = 0; hosts[i] != NULL; i++) {
			struct place p = { .args = args, .browser = b,
					   .host = hosts[i], .act = act,
					   .system = system };

			visit(&p, r);
		}
	}
}

static void print(struct report *r, bool json)
{
	writer_close(&r->writer, ']');
	if (json)
		printf("%s\n", buf_text(&r->json));
	else if (r->lines > 0)
		cli_table_print(&r->table);
	else
		cli_message(_("no browser was started here yet: name one, or"
			      " use --system"));
	cli_table_fini(&r->table);
	buf_fini(&r->json);
}

static void open_report(struct report *r)
{
	const char *const headings[] = { _("BROWSER"), _("HOST"), _("RESULT"),
					 _("FILE") };

	*r = (struct report){ .status = CLI_OK };
	cli_table_init(&r->table, ARRAY_LEN(headings), 2, headings);
	buf_init(&r->json, HOST_JSON_MAX);
	r->writer = writer_of(&r->json);
	writer_open(&r->writer, NULL, '[');
}

/* CLI_OK: what is named is there. */
static int check(const struct browser_args *args)
{
	for (int i = 0; i < args->operand_count; i++) {
		if (browser_find(args->operands[i]) != NULL)
			continue;
		cli_error(_("there is no browser %s: firefox, chrome, chromium,"
			    " edge, brave, vivaldi"), args->operands[i]);
		return CLI_USAGE;
	}
	return CLI_OK;
}

/* --- the subcommands ----------------------------------------------------- */

int browser_list(const struct browser_args *args)
{
	static const struct native_host *const both[] = {
		&native_host_signet, &native_host_webeid, NULL };
	bool all = !args->user && !args->system;
	struct report r;
	int status = check(args);

	if (status != CLI_OK)
		return status;
	open_report(&r);
	if (all || args->user)
		visit_scope(args, false, both, do_list, &r);
	if (all || args->system)
		visit_scope(args, true, both, do_list, &r);
	print(&r, args->json);
	return r.status;
}

int browser_install(const struct browser_args *args)
{
	const struct native_host *const hosts[] = {
		&native_host_signet,
		args->web_eid ? &native_host_webeid : NULL, NULL };
	char program[CLI_PATH_MAX];
	struct report r;
	int status = check(args);

	if (status != CLI_OK)
		return status;
	if (!self_program(native_host_signet.program, program,
			  sizeof(program))) {
		cli_error(_("%s is not installed: neither beside signet nor in"
			    " ../lib/signet"), native_host_signet.program);
		return CLI_FAULT;
	}
	cli_output_catch_signals();
	open_report(&r);
	if (args->user || !args->system)
		visit_scope(args, false, hosts, do_install, &r);
	if (args->system)
		visit_scope(args, true, hosts, do_install, &r);
	print(&r, args->json);
	return r.status;
}

int browser_remove(const struct browser_args *args)
{
	const struct native_host *const hosts[] = {
		&native_host_webeid,
		args->web_eid ? NULL : &native_host_signet, NULL };
	struct report r;
	int status = check(args);

	if (status != CLI_OK)
		return status;
	open_report(&r);
	if (args->user || !args->system)
		visit_scope(args, false, hosts, do_remove, &r);
	if (args->system)
		visit_scope(args, true, hosts, do_remove, &r);
	print(&r, args->json);
	return r.status;
}
