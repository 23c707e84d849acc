/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api: the API of signetd as messages, for Signet's own extension.
 */
#ifndef SIGNET_WEBHOST_API_H
#define SIGNET_WEBHOST_API_H

#include "webhost/port.h"

extern const struct port_protocol api_protocol;

#endif
