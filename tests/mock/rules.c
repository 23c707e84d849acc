/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rules.c - the rule file, read again whenever it has changed
 *
 * Runs in whatever process loads the mock. Sets that were replaced are kept:
 * a call in another thread may still be running by them.
 */
#include "rules.h"

#include "log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct mock_rules none;
static struct mock_rules *current = &none;
static struct stat current_stat;

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	       a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static void refuse(struct mock_rules *rules, unsigned line, const char *why)
{
	mock_log_complain(line, why);
	rules->broken = true;
}

static void read_line(struct mock_rules *rules, const char *text,
		      unsigned line)
{
	const char *why = NULL;
	struct mock_rule *rule;
	int rc;

	if (rules->count == MOCK_RULES_MAX) {
		refuse(rules, line, "too many rules");
		return;
	}
	rule = &rules->rule[rules->count];
	rule->line = line;
	rc = mock_rule_parse(text, rule, &why);
	if (rc < 0)
		refuse(rules, line, why);
	if (rc > 0)
		rules->count++;
}

static void free_text(char **text)
{
	free(*text);
}

static void close_file(FILE **file)
{
	if (*file)
		fclose(*file);
}

static void read_file(struct mock_rules *rules, FILE *file)
{
	__attribute__((cleanup(free_text))) char *text = NULL;
	size_t size = 0;
	unsigned line = 0;
	ssize_t len;

	while (!rules->broken && (len = getline(&text, &size, file)) >= 0) {
		line++;
		if (strlen(text) != (size_t)len)
			refuse(rules, line, "a NUL byte");
		else
			read_line(rules, text, line);
	}
	if (ferror(file))
		refuse(rules, line, "cannot be read");
}

static struct mock_rules *load(const char *path)
{
	__attribute__((cleanup(close_file))) FILE *file = NULL;
	struct mock_rules *rules = calloc(1, sizeof(*rules));

	if (!rules)
		abort();
	file = fopen(path, "re");
	if (!file) {
		refuse(rules, 0, "the rule file cannot be opened");
		return rules;
	}
	read_file(rules, file);
	return rules;
}

struct mock_rules *mock_rules_now(void)
{
	const char *path = getenv("SIGNET_MOCK_RULES");
	struct mock_rules *rules;
	struct stat st;

	if (!path || !*path || stat(path, &st) != 0) {
		memset(&current_stat, 0, sizeof(current_stat));
		return &none;
	}
	if (same_file(&st, &current_stat))
		return current;
	rules = load(path);
	rules->older = current;
	current = rules;
	current_stat = st;
	return current;
}
