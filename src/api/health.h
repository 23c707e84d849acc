/* SPDX-License-Identifier: Apache-2.0 */
/*
 * health: GET /v1/health, and the same in GET /v1/status.
 */
#ifndef SIGNET_API_HEALTH_H
#define SIGNET_API_HEALTH_H

#include <stdbool.h>

#include "base/writer.h"

struct broker;

/*
 * {"status":"ok"}, or "unhealthy" and its reasons, as a member of that name or
 * alone (NULL).  True: it is ok.
 */
bool api_health_put(struct writer *j, const char *name, struct broker *b);

#endif
