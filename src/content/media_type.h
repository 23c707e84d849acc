/* SPDX-License-Identifier: Apache-2.0 */
/*
 * media_type: as much of a media type (RFC 9110 8.3.1) as chooses a reader.
 */
#ifndef SIGNET_CONTENT_MEDIA_TYPE_H
#define SIGNET_CONTENT_MEDIA_TYPE_H

#include <stdbool.h>

/* Is type/subtype this, whatever the parameters are?  Case does not count. */
bool content_media_type_is(const char *media_type, const char *name);

/* False when a charset parameter says anything but UTF-8, or cannot be read. */
bool content_media_type_utf8(const char *media_type);

#endif
