/* SPDX-License-Identifier: Apache-2.0 */
/*
 * origin: of a web page, as a browser writes it in the field Origin.
 */
#ifndef SIGNET_BASE_ORIGIN_H
#define SIGNET_BASE_ORIGIN_H

#include "base/attr.h"

/* Bytes with the final 0: a host of the DNS has at most 253. */
#define ORIGIN_SIZE 270

enum origin_kind {
	ORIGIN_NONE,	  /* null, *, a URL, another spelling, ... */
	ORIGIN_HTTPS,	  /* https://host[:port] */
	ORIGIN_LOCALHOST, /* http://localhost[:port], for development */
};

/*
 * What it is, to the letter: lower case, ASCII (a name in other letters as its
 * xn-- form), no user, path, dot at the end or port that is the default one.
 * What a browser would have written otherwise is none: so one origin has one
 * spelling, and is compared as text.  (HTML, "ASCII serialisation of an
 * origin"; URL Standard, "host serialising".)
 */
enum origin_kind origin_kind(const char *text) MUST_CHECK;

#endif
