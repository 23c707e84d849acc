/* SPDX-License-Identifier: Apache-2.0 */
/*
 * body: the JSON body of a signature request, as it arrives.
 *
 * One member is long: content.data, or items[].content.data of a batch, base64.
 * It is taken out while it passes, decoded and given to the spool of its item;
 * all other members are collected for the JSON parser, in which "data" then is
 * the empty string.  So an upload of any size needs the memory of its small
 * members only.
 */
#ifndef SIGNET_API_BODY_H
#define SIGNET_API_BODY_H

#include <jansson.h>
#include <stdbool.h>

#include "base/attr.h"
#include "base/b64.h"
#include "base/buf.h"

struct error;
struct spool;

/* Nesting that is followed; the parser refuses what is deeper anyway. */
#define BODY_DEPTH 8
#define BODY_NAME 16

enum body_at {
	BODY_PLAIN,  /* between tokens */
	BODY_STRING, /* in a string that is kept */
	BODY_ESCAPE, /* behind its backslash */
	BODY_DATA,   /* in content.data */
	BODY_DATA_ESCAPE,
};

struct body {
	struct buf members;   /* the JSON text without the data */
	/* Where the data of an item goes; NULL when it cannot be had. */
	struct spool *(*spool_of)(void *arg, unsigned item);
	void *spool_arg;
	struct spool *spool;  /* of the data that passes now */
	struct buf decoded;   /* of one piece, on its way to the spool */
	struct b64_stream b64;
	enum body_at at;
	unsigned depth;
	bool object[BODY_DEPTH + 1]; /* else array */
	bool value;		     /* the next string is one, not a name */
	unsigned item;		     /* objects of items[] that began */
	unsigned taken;		     /* item whose data was taken, plus 1 */
	char name[BODY_DEPTH + 1][BODY_NAME]; /* last name at each depth */
	size_t name_len;
	bool name_escaped;
};

/* spool_of() is asked when the data of an item begins. */
void body_init(struct body *b,
	       struct spool *(*spool_of)(void *arg, unsigned item), void *arg);
void body_fini(struct body *b);

/*
 * The next piece.  ERR_TOO_LARGE: members above LIMIT_BODY_MEMBERS, content
 * above its limit, or more items than LIMIT_BATCH; ERR_MALFORMED: the data is
 * no base64; else as spool_put().
 */
int body_put(struct body *b, struct slice piece, struct error *e) MUST_CHECK;

/* All is there.  ERR_MALFORMED: it ends inside a string. */
int body_end(const struct body *b, struct error *e) MUST_CHECK;
/* And what it says, without the data; the caller's.  ERR_MALFORMED: no JSON. */
int body_json(const struct body *b, json_t **out, struct error *e) MUST_CHECK;

#endif
