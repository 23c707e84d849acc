/* SPDX-License-Identifier: Apache-2.0 */
/*
 * metrics: GET /metrics.
 */
#include <stdlib.h>

#include "client/http.h"

struct signet_metrics {
	struct buf text; /* ends with a NUL */
};

static int fetch(struct signet_client *c, struct buf *text)
{
	const struct client_call call = { .method = "GET", .path = "/metrics" };
	int r = client_begin(c);

	if (r == 0)
		r = client_http(c, &call, text);
	if (r != 0)
		return r;
	buf_put_u8(text, '\0');
	return buf_error(text) == 0 ? 0 :
		error_set(&c->error.base, buf_error(text), "metrics");
}

int signet_client_metrics(struct signet_client *c, struct signet_metrics **out)
{
	struct signet_metrics *m = calloc(1, sizeof(*m));
	int r;

	if (m == NULL)
		return error_set(&c->error.base, ERR_NO_MEMORY, "metrics");
	buf_init(&m->text, CLIENT_ANSWER_MAX);
	r = fetch(c, &m->text);
	if (r != 0)
		signet_metrics_free(m);
	else
		*out = m;
	return r;
}

void signet_metrics_free(struct signet_metrics *m)
{
	if (m == NULL)
		return;
	buf_fini(&m->text);
	free(m);
}

const char *signet_metrics_text(const struct signet_metrics *m)
{
	return (const char *)m->text.ptr;
}
