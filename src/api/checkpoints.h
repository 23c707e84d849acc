/* SPDX-License-Identifier: Apache-2.0 */
/*
 * checkpoints: how the signing of the evidence stands, for GET /v1/status.
 */
#ifndef SIGNET_API_CHECKPOINTS_H
#define SIGNET_API_CHECKPOINTS_H

#include "base/writer.h"

struct broker;

/* The members "checkpoints" and "stamps" of the status of the evidence. */
void api_checkpoints_put(struct writer *j, const struct broker *b);

#endif
