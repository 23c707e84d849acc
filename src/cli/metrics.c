/* SPDX-License-Identifier: Apache-2.0 */
/*
 * metrics: the figures of GET /metrics, read again.
 */
#include "cli/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of a name with its suffix. */
#define METRICS_NAME 128

/* --- reading -------------------------------------------------------------- */

/* Behind the labels that begin at p: quotes may hold braces. */
static char *labels_end(char *p)
{
	bool quoted = false;

	for (; *p != '\0'; p++) {
		if (quoted && *p == '\\' && p[1] != '\0')
			p++;
		else if (*p == '"')
			quoted = !quoted;
		else if (!quoted && *p == '}')
			return p;
	}
	return NULL;
}

/* One line, which is cut into its parts. */
static bool read_sample(char *line, struct cli_sample *out)
{
	size_t name = strcspn(line, "{ ");
	char *rest = line + name, *end;

	if (line[0] == '#' || name == 0 || *rest == '\0')
		return false;
	out->name = line;
	out->labels = "";
	if (*rest == '{') {
		*rest++ = '\0';
		out->labels = rest;
		rest = labels_end(rest);
		if (rest == NULL)
			return false;
	}
	*rest++ = '\0';
	out->value = strtod(rest, &end);
	return end != rest && *end == '\0';
}

static size_t count_lines(const char *text)
{
	size_t n = 1;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

void cli_metrics_read(struct cli_metrics *m, const char *text)
{
	char *line, *save = NULL;

	m->count = 0;
	m->text = strdup(text);
	m->samples = calloc(count_lines(text), sizeof(*m->samples));
	if (m->text == NULL || m->samples == NULL)
		return;
	for (line = strtok_r(m->text, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save))
		if (read_sample(line, &m->samples[m->count]))
			m->count++;
}

void cli_metrics_fini(struct cli_metrics *m)
{
	free(m->text);
	free(m->samples);
	*m = (struct cli_metrics){ .text = NULL };
}

/* --- looking -------------------------------------------------------------- */

double cli_metrics_value(const struct cli_metrics *m, const char *name,
			 const char *labels)
{
	for (size_t i = 0; i < m->count; i++)
		if (strcmp(m->samples[i].name, name) == 0 &&
		    strcmp(m->samples[i].labels, labels) == 0)
			return m->samples[i].value;
	return 0;
}

double cli_metrics_sum(const struct cli_metrics *m, const char *name)
{
	const struct cli_sample *s;
	double sum = 0;

	for (size_t i = 0; (s = cli_metrics_at(m, name, i)) != NULL; i++)
		sum += s->value;
	return sum;
}

const struct cli_sample *cli_metrics_at(const struct cli_metrics *m,
					const char *name, size_t i)
{
	for (size_t k = 0; k < m->count; k++)
		if (strcmp(m->samples[k].name, name) == 0 && i-- == 0)
			return &m->samples[k];
	return NULL;
}

void cli_metrics_label(const char *labels, const char *label, char *out,
		       size_t size)
{
	size_t len = strlen(label), n = 0;
	const char *p = labels;

	out[0] = '\0';
	for (;;) {
		if (strncmp(p, label, len) == 0 && p[len] == '=' &&
		    p[len + 1] == '"')
			break;
		p = strstr(p, "\",");
		if (p == NULL)
			return;
		p += 2;
	}
	for (p += len + 2; *p != '\0' && *p != '"' && n + 1 < size; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		out[n++] = *p;
	}
	out[n] = '\0';
}

/* Does this bucket belong to the histogram with these labels? */
static bool bucket_of(const struct cli_sample *s, const char *name,
		      const char *labels)
{
	size_t len = strlen(labels);

	if (strcmp(s->name, name) != 0 || strncmp(s->labels, labels, len) != 0)
		return false;
	return strncmp(s->labels + len, len == 0 ? "le=" : ",le=",
		       len == 0 ? 3 : 4) == 0;
}

double cli_metrics_quantile(const struct cli_metrics *now,
			    const struct cli_metrics *before,
			    const char *histogram, const char *labels,
			    double part)
{
	char name[METRICS_NAME], bound[32];
	double count;

	snprintf(name, sizeof(name), "%s_count", histogram);
	count = cli_metrics_value(now, name, labels) -
		cli_metrics_value(before, name, labels);
	if (count <= 0)
		return -1;
	snprintf(name, sizeof(name), "%s_bucket", histogram);
	for (size_t i = 0; i < now->count; i++) {
		const struct cli_sample *s = &now->samples[i];

		if (!bucket_of(s, name, labels) ||
		    s->value - cli_metrics_value(before, name, s->labels) <
		    part * count)
			continue;
		cli_metrics_label(s->labels, "le", bound, sizeof(bound));
		return strtod(bound, NULL);
	}
	return -1;
}
