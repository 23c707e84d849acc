/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list: an answer that is a list of objects, as one allocation for all.
 */
#ifndef SIGNET_CLIENT_LIST_H
#define SIGNET_CLIENT_LIST_H

#include <jansson.h>
#include <stddef.h>

#include "base/attr.h"

struct signet_client;
struct error;

/* What is in a list. */
struct client_list_type {
	const char *member; /* name of the array in the answer */
	size_t item_size;
	/* Fill a zeroed item from an object; its texts may stay in that. */
	int (*read)(void *item, json_t *j, struct error *e);
	/* Release what an item owns, also one half read; NULL: nothing. */
	void (*fini)(void *item);
};

struct client_list {
	const struct client_list_type *type;
	json_t *root; /* the whole answer: texts of the items are in it */
	char *json;   /* the same as text */
	void *items;
	size_t len;
};

/*
 * Read the array of that type in root, which is taken over also on failure;
 * the list is empty then.  ERR_PROTOCOL, ERR_NO_MEMORY, or as type->read.
 */
int client_list_read(struct client_list *list,
		     const struct client_list_type *type, json_t *root,
		     struct error *e) MUST_CHECK;

/* The same with the answer to GET path; also as client_get(). */
int client_list_get(struct client_list *list,
		    const struct client_list_type *type,
		    struct signet_client *c, const char *path) MUST_CHECK;

void client_list_fini(struct client_list *list);

/* NULL behind the end. */
const void *client_list_at(const struct client_list *list, size_t i);

#endif
