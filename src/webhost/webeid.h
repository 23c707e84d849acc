/* SPDX-License-Identifier: Apache-2.0 */
/*
 * webeid: the native messaging protocol of Web eID: one request, one reply.
 */
#ifndef SIGNET_WEBHOST_WEBEID_H
#define SIGNET_WEBHOST_WEBEID_H

#include "webhost/port.h"

/* Of the protocol: extensions want their own major version. */
#define WEBEID_VERSION "2.0.0"

extern const struct port_protocol webeid_protocol;

#endif
