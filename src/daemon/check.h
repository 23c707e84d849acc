/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check: what is asked of values in several sections of signetd.yaml.
 */
#ifndef SIGNET_DAEMON_CHECK_H
#define SIGNET_DAEMON_CHECK_H

#include "base/attr.h"

struct error;

/* ERR_CONFIG, which names `what`: the path is not absolute, ... */
int check_absolute(const char *what, const char *path, struct error *e)
	MUST_CHECK;
/* ... the value is below least or above most, ... */
int check_range(const char *what, const char *name, unsigned value,
		unsigned least, unsigned most, struct error *e) MUST_CHECK;
/* ... it is no PKCS#11 URI. */
int check_uri(const char *what, const char *uri, struct error *e) MUST_CHECK;

#endif
