/* SPDX-License-Identifier: Apache-2.0 */
/*
 * list: an answer that is a list of objects.
 */
#include "client/list.h"

#include <stdlib.h>

#include "client/client.h"

static void *item_at(const struct client_list *list, size_t i)
{
	return (char *)list->items + i * list->type->item_size;
}

void client_list_fini(struct client_list *list)
{
	for (size_t i = 0; i < list->len && list->type->fini != NULL; i++)
		list->type->fini(item_at(list, i));
	json_decref(list->root);
	free(list->json);
	free(list->items);
	*list = (struct client_list){ .root = NULL };
}

static int read_items(struct client_list *list, const json_t *array,
		      struct error *e)
{
	size_t len = json_array_size(array);
	int r = 0;

	list->items = calloc(len == 0 ? 1 : len, list->type->item_size);
	list->json = json_dumps(list->root, JSON_COMPACT);
	if (list->items == NULL || list->json == NULL)
		return error_set(e, ERR_NO_MEMORY, "answer");
	/* One that fails is counted too: it may be half read. */
	for (size_t i = 0; i < len && r == 0; i++) {
		r = list->type->read(item_at(list, i), json_array_get(array, i),
				     e);
		list->len++;
	}
	return r;
}

int client_list_read(struct client_list *list,
		     const struct client_list_type *type, json_t *root,
		     struct error *e)
{
	json_t *array = json_object_get(root, type->member);
	int r;

	*list = (struct client_list){ .type = type, .root = root };
	if (json_is_array(array))
		r = read_items(list, array, e);
	else
		r = error_set(e, ERR_PROTOCOL,
			      "signetd's answer: no array %s", type->member);
	if (r != 0)
		client_list_fini(list);
	return r;
}

int client_list_get(struct client_list *list,
		    const struct client_list_type *type,
		    struct signet_client *c, const char *path)
{
	json_t *root;
	int r = client_get(c, path, &root);

	if (r != 0)
		return r;
	return client_list_read(list, type, root, &c->error.base);
}

const void *client_list_at(const struct client_list *list, size_t i)
{
	return i < list->len ? item_at(list, i) : NULL;
}
