/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table: rows of texts in columns, for people.
 */
#ifndef SIGNET_CLI_TABLE_H
#define SIGNET_CLI_TABLE_H

#include <stddef.h>

#define CLI_TABLE_COLUMNS 8

struct cli_table {
	size_t columns;
	int state_column; /* its words are coloured; -1: none */
	char **cells;	  /* heap; rows of columns texts, fit for a terminal */
	size_t rows;
};

/* headings: columns texts, which become the first row. */
void cli_table_init(struct cli_table *t, size_t columns, int state_column,
		    const char *const *headings);
void cli_table_fini(struct cli_table *t);

/* Add a row.  A row for which there is no memory is left out. */
void cli_table_add(struct cli_table *t, const char *const *texts);

/* Print to standard output, each column as wide as its widest text. */
void cli_table_print(const struct cli_table *t);

#endif
