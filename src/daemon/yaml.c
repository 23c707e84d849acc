/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml: what libcyaml does not tell of a file that it took.
 */
#include "daemon/yaml.h"

#include <yaml.h>

#include "base/err.h"

static bool is_scalar(const yaml_node_t *n, const char *text)
{
	return n != NULL && n->type == YAML_SCALAR_NODE &&
	       slice_equal(slice_of(n->data.scalar.value,
				    n->data.scalar.length),
			   slice_str(text));
}

static bool root_has_key(yaml_document_t *d, const char *key)
{
	const yaml_node_t *root = yaml_document_get_root_node(d);
	const yaml_node_pair_t *p;

	if (root == NULL || root->type != YAML_MAPPING_NODE)
		return false;
	for (p = root->data.mapping.pairs.start;
	     p < root->data.mapping.pairs.top; p++)
		if (is_scalar(yaml_document_get_node(d, p->key), key))
			return true;
	return false;
}

int yaml_has_key(struct slice text, const char *key, bool *has,
		 struct error *e)
{
	yaml_document_t document;
	yaml_parser_t parser;
	int r = 0;

	if (!yaml_parser_initialize(&parser))
		return error_set(e, ERR_NO_MEMORY, "no memory for YAML");
	yaml_parser_set_input_string(&parser, text.ptr, text.len);
	if (yaml_parser_load(&parser, &document)) {
		*has = root_has_key(&document, key);
		yaml_document_delete(&document);
	} else {
		r = error_set(e, ERR_CONFIG, "no YAML (line: %zu)",
			      parser.problem_mark.line + 1);
	}
	yaml_parser_delete(&parser);
	return r;
}
