/* SPDX-License-Identifier: Apache-2.0 */
/*
 * form: records and statements, read back.
 */
#include "evidence/form.h"

#include <string.h>

#include "base/err.h"
#include "base/hex.h"
#include "content/jcs.h"
#include "evidence/chain.h"

int form_load(struct slice text, struct buf *scratch, json_t **out,
	      struct error *e)
{
	json_t *root;
	int r = content_jcs_load(text, "it", ERR_MALFORMED, &root, e);

	if (r != 0)
		return r;
	buf_reset(scratch);
	r = content_jcs_put(root, scratch, e);
	if (r == 0 && !slice_equal(buf_slice(scratch), text))
		r = error_set(e, ERR_MALFORMED, "it is not in canonical form");
	else if (r == ERR_CONTENT)
		r = e->code = ERR_MALFORMED;
	if (r != 0)
		json_decref(root);
	else
		*out = root;
	return r;
}

bool form_number(const json_t *root, const char *name, uint64_t *out)
{
	const json_t *value = json_object_get(root, name);

	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return false;
	*out = (uint64_t)json_integer_value(value);
	return true;
}

bool form_digest(const json_t *root, const char *name, uint8_t *out)
{
	struct buf bytes AUTO(buf_fini) = { .max = CHAIN_HASH };
	const char *text = form_text(root, name);

	if (strspn(text, "0123456789abcdef") != 2 * CHAIN_HASH ||
	    text[2 * CHAIN_HASH] != '\0' || !hex_decode(text, &bytes))
		return false;
	memcpy(out, bytes.ptr, CHAIN_HASH);
	return true;
}

const char *form_text(const json_t *root, const char *name)
{
	const char *text = json_string_value(json_object_get(root, name));

	return text == NULL ? "" : text;
}
