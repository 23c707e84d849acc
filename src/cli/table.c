/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table: rows of texts in columns, for people.
 */
#include "cli/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/term.h"

#define TABLE_CELL_MAX 2048

void cli_table_init(struct cli_table *t, size_t columns, int state_column,
		    const char *const *headings)
{
	*t = (struct cli_table){ .columns = columns,
				 .state_column = state_column };
	cli_table_add(t, headings);
}

void cli_table_fini(struct cli_table *t)
{
	for (size_t i = 0; i < t->rows * t->columns; i++)
		free(t->cells[i]);
	free(t->cells);
	t->cells = NULL;
	t->rows = 0;
}

void cli_table_add(struct cli_table *t, const char *const *texts)
{
	size_t used = t->rows * t->columns;
	char **cells = reallocarray(t->cells, used + t->columns,
				    sizeof(*cells));

	if (cells == NULL)
		return;
	t->cells = cells;
	for (size_t i = 0; i < t->columns; i++) {
		char safe[TABLE_CELL_MAX];

		cli_term_safe(texts[i], safe, sizeof(safe));
		cells[used + i] = strdup(safe);
		if (cells[used + i] != NULL)
			continue;
		while (i-- > 0)
			free(cells[used + i]);
		return;
	}
	t->rows++;
}

static void print_cell(const struct cli_table *t, size_t row, size_t column,
		       size_t width)
{
	const char *text = t->cells[row * t->columns + column];
	enum cli_colour colour = CLI_PLAIN;
	size_t pad = width - cli_term_width(text);

	if (row == 0)
		colour = CLI_BOLD;
	else if ((int)column == t->state_column)
		colour = cli_term_colour_of(text);
	if (colour != CLI_PLAIN)
		printf("%s%s%s", cli_term_colour(stdout, colour), text,
		       cli_term_colour(stdout, CLI_PLAIN));
	else
		printf("%s", text);
	if (column + 1 < t->columns)
		printf("%*s", (int)pad + 2, "");
}

void cli_table_print(const struct cli_table *t)
{
	size_t width[CLI_TABLE_COLUMNS] = { 0 };

	for (size_t i = 0; i < t->rows * t->columns; i++) {
		size_t w = cli_term_width(t->cells[i]);

		if (w > width[i % t->columns])
			width[i % t->columns] = w;
	}
	for (size_t row = 0; row < t->rows; row++) {
		for (size_t column = 0; column < t->columns; column++)
			print_cell(t, row, column, width[column]);
		printf("\n");
	}
}
