/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xml: walking through an XML document with libxml2's SAX2 interface.
 */
#include "content/xml.h"

#include <libxml/parser.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "content/line.h"
#include "content/visible.h"

#define XML_XSI "http://www.w3.org/2001/XMLSchema-instance"
/* Elements that carry text have it short; blanks between them may be long. */
#define XML_PATH_MAX 4096

struct xml_state {
	const struct content_xml *walk;
	void *arg;
	struct error *e;
	int failed;
	xmlParserCtxtPtr parser;
	struct buf path;
	struct buf root; /* namespace of the root */
	struct buf text; /* of the element that is open, so far */
	size_t lens[LIMIT_XML_DEPTH]; /* of path, before each open element */
	bool inner[LIMIT_XML_DEPTH];  /* has an element inside */
	size_t depth;
};

/* --- before the parser -------------------------------------------------- */

static bool starts_with(struct slice s, const char *text)
{
	size_t len = strlen(text);

	return s.len >= len && memcmp(s.ptr, text, len) == 0;
}

static void skip(struct slice *s, size_t len)
{
	s->ptr += len;
	s->len -= len;
}

/* Behind the next such text, or to the end. */
static void skip_past(struct slice *s, const char *text)
{
	const uint8_t *at = memmem(s->ptr, s->len, text, strlen(text));

	skip(s, at == NULL ? s->len : (size_t)(at - s->ptr) + strlen(text));
}

static size_t tag_len(struct slice s)
{
	uint8_t quote = 0;

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (quote != 0)
			quote = c == quote ? 0 : quote;
		else if (c == '"' || c == '\'')
			quote = c;
		else if (c == '>')
			return i + 1;
	}
	return s.len;
}

/* Refuses document types and tags that are too long. */
static int check_markup(struct slice s, struct error *e)
{
	const uint8_t *at;
	size_t len;

	while (s.len > 0 && (at = memchr(s.ptr, '<', s.len)) != NULL) {
		skip(&s, (size_t)(at - s.ptr));
		if (starts_with(s, "<!--")) {
			skip(&s, 4);
			skip_past(&s, "-->");
		} else if (starts_with(s, "<![CDATA[")) {
			skip_past(&s, "]]>");
		} else if (starts_with(s, "<?")) {
			skip_past(&s, "?>");
		} else if (starts_with(s, "<!")) {
			return error_set(e, ERR_CONTENT,
					 "the XML has a document type"
					 " (DOCTYPE): leave it out");
		} else {
			len = tag_len(s);
			if (len > LIMIT_XML_TAG)
				return error_set(e, ERR_CONTENT,
						 "the XML has a tag of more"
						 " than %u bytes",
						 LIMIT_XML_TAG);
			skip(&s, len);
		}
	}
	return 0;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The value of encoding="..." in an XML declaration, empty if none. */
static struct slice declared_encoding(struct slice s)
{
	struct slice none = { .ptr = NULL, .len = 0 }, value;
	const uint8_t *end, *at;
	uint8_t quote;

	if (starts_with(s, "\xef\xbb\xbf"))
		skip(&s, 3);
	end = starts_with(s, "<?xml") ? memmem(s.ptr, s.len, "?>", 2) : NULL;
	if (end == NULL || !is_blank(s.ptr[5]))
		return none;
	s.len = (size_t)(end - s.ptr);
	at = memmem(s.ptr, s.len, "encoding", 8);
	if (at == NULL)
		return none;
	skip(&s, (size_t)(at - s.ptr) + 8);
	while (s.len > 0 && (is_blank(*s.ptr) || *s.ptr == '='))
		skip(&s, 1);
	if (s.len == 0)
		return none;
	quote = *s.ptr;
	skip(&s, 1);
	at = s.len == 0 ? NULL : memchr(s.ptr, quote, s.len);
	value = slice_of(s.ptr, at == NULL ? s.len : (size_t)(at - s.ptr));
	return value;
}

bool content_xml_foreign(struct slice data)
{
	struct slice encoding = declared_encoding(data);
	size_t at;

	if (!content_visible_utf8(data, &at))
		return true;
	if (encoding.len == 0)
		return false;
	return encoding.len != 5 ||
	       strncasecmp((const char *)encoding.ptr, "utf-8", 5) != 0;
}

/* --- what the parser calls ---------------------------------------------- */

/* Stops the parser; the error is set already. */
static void xml_fail(struct xml_state *s, int code)
{
	if (code == 0 || s->failed != 0)
		return;
	s->failed = code;
	xmlStopParser(s->parser);
}

static void xml_check(struct xml_state *s)
{
	const struct buf *bufs[] = { &s->path, &s->root, &s->text };

	for (size_t i = 0; i < ARRAY_LEN(bufs); i++)
		if (buf_error(bufs[i]) != 0)
			xml_fail(s, error_set(s->e, buf_error(bufs[i]),
					      "the XML has names or text that"
					      " are too long"));
}

/* A text that must hold nothing but blanks: more would be signed unseen. */
static void xml_no_text(struct xml_state *s)
{
	for (size_t i = 0; i < s->text.len; i++)
		if (!is_blank(s->text.ptr[i])) {
			xml_fail(s, error_set(s->e, ERR_CONTENT,
					      "%s has text between its"
					      " elements", buf_text(&s->path)));
			return;
		}
	buf_reset(&s->text);
}

static void xml_leaf(struct xml_state *s, struct slice text)
{
	xml_check(s);
	if (s->failed == 0 && s->walk->leaf != NULL)
		xml_fail(s, s->walk->leaf(s->arg, buf_text(&s->path), text,
					  s->e));
}

static void path_cut(struct buf *path, size_t len)
{
	path->len = len;
}

/* attributes: five pointers each, the last two first and end of the value. */
static void xml_attribute(struct xml_state *s, const xmlChar **a)
{
	size_t before = s->path.len;

	if (a[2] != NULL && strcmp((const char *)a[2], XML_XSI) == 0)
		return;
	buf_put_str(&s->path, a[2] == NULL ? "@" : "@*:");
	content_visible_put(slice_str((const char *)a[0]), &s->path);
	xml_leaf(s, slice_of(a[3], (size_t)(a[4] - a[3])));
	path_cut(&s->path, before);
}

static void xml_push(struct xml_state *s, const char *name, const char *uri)
{
	bool root = s->depth == 0;

	if (root)
		buf_put_str(&s->root, uri);
	else
		s->inner[s->depth - 1] = true;
	s->lens[s->depth] = s->path.len;
	s->inner[s->depth] = false;
	s->depth++;
	if (!root)
		buf_put_u8(&s->path, '/');
	if (strcmp(uri, buf_text(&s->root)) != 0)
		buf_put_str(&s->path, "*:");
	content_visible_put(slice_str(name), &s->path);
	xml_check(s);
}

static void on_start(void *ctx, const xmlChar *name, const xmlChar *prefix,
		     const xmlChar *uri, int namespaces_count,
		     const xmlChar **namespaces, int count, int defaulted,
		     const xmlChar **attributes)
{
	struct xml_state *s = ctx;
	const char *in = uri == NULL ? "" : (const char *)uri;

	if (s->failed != 0)
		return;
	if (s->depth == LIMIT_XML_DEPTH) {
		xml_fail(s, error_set(s->e, ERR_CONTENT,
				      "the XML is deeper than %u elements",
				      LIMIT_XML_DEPTH));
		return;
	}
	xml_no_text(s);
	xml_push(s, (const char *)name, in);
	if (s->failed == 0 && s->walk->open != NULL)
		xml_fail(s, s->walk->open(s->arg, buf_text(&s->path), in,
					  s->e));
	for (int i = 0; s->failed == 0 && i < count; i++)
		xml_attribute(s, attributes + 5 * i);
}

static void on_end(void *ctx, const xmlChar *name, const xmlChar *prefix,
		   const xmlChar *uri)
{
	struct xml_state *s = ctx;

	if (s->failed != 0 || s->depth == 0)
		return;
	if (s->inner[s->depth - 1])
		xml_no_text(s);
	else
		xml_leaf(s, buf_slice(&s->text));
	buf_reset(&s->text);
	if (s->failed == 0 && s->walk->close != NULL)
		xml_fail(s, s->walk->close(s->arg, buf_text(&s->path), s->e));
	path_cut(&s->path, s->lens[--s->depth]);
}

static void on_text(void *ctx, const xmlChar *text, int len)
{
	struct xml_state *s = ctx;

	if (s->failed != 0)
		return;
	buf_put(&s->text, text, (size_t)len);
	xml_check(s);
}

static void on_doctype(void *ctx, const xmlChar *name, const xmlChar *external,
		       const xmlChar *system)
{
	struct xml_state *s = ctx;

	xml_fail(s, error_set(s->e, ERR_CONTENT,
			      "the XML has a document type (DOCTYPE): leave it"
			      " out"));
}

static void on_entity(void *ctx, const xmlChar *name)
{
	struct xml_state *s = ctx;

	xml_fail(s, error_set(s->e, ERR_CONTENT, "the XML has an entity"));
}

/* Only the code and the line: libxml2's words quote the input. */
static void on_error(void *ctx, xmlErrorPtr error)
{
	struct xml_state *s = ctx;

	if (s->failed != 0 || error->level < XML_ERR_ERROR)
		return;
	if (error->code == XML_ERR_NO_MEMORY)
		xml_fail(s, content_line_no_memory(s->e));
	else
		xml_fail(s, error_set(s->e, ERR_CONTENT,
				      "the XML is not well-formed at line %d"
				      " (libxml2 error %d)", error->line,
				      error->code));
}

/* --- the walk ----------------------------------------------------------- */

static int xml_parse(struct xml_state *s, struct slice data)
{
	static const xmlSAXHandler sax = {
		.initialized = XML_SAX2_MAGIC,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.cdataBlock = on_text,
		.ignorableWhitespace = on_text,
		.internalSubset = on_doctype,
		.reference = on_entity,
		.serror = on_error,
	};
	xmlSAXHandler own = sax;

	s->parser = xmlCreatePushParserCtxt(&own, s, NULL, 0, NULL);
	if (s->parser == NULL)
		return content_line_no_memory(s->e);
	xmlCtxtUseOptions(s->parser, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC |
				     XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	xmlParseChunk(s->parser, (const char *)data.ptr, (int)data.len, 1);
	if (s->failed == 0 && (!s->parser->wellFormed || s->depth != 0))
		s->failed = error_set(s->e, ERR_CONTENT,
				      "the XML is not well-formed");
	xmlFreeDoc(s->parser->myDoc);
	xmlFreeParserCtxt(s->parser);
	return s->failed;
}

int content_xml_walk(struct slice data, const struct content_xml *walk,
		     void *arg, struct error *e)
{
	struct xml_state s = { .walk = walk, .arg = arg, .e = e };
	int r;

	if (data.len == 0 || data.len > LIMIT_SHOWN)
		return error_set(e, ERR_CONTENT,
				 "the XML is empty, or has more than %u bytes",
				 LIMIT_SHOWN);
	if (content_xml_foreign(data))
		return error_set(e, ERR_CONTENT,
				 "the XML is not in UTF-8: convert it, its"
				 " declaration too");
	r = check_markup(data, e);
	if (r != 0)
		return r;
	buf_init(&s.path, XML_PATH_MAX);
	buf_init(&s.root, XML_PATH_MAX);
	buf_init(&s.text, LIMIT_SHOWN);
	r = xml_parse(&s, data);
	buf_fini(&s.path);
	buf_fini(&s.root);
	buf_fini(&s.text);
	return r;
}

void content_xml_put(struct slice text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.ptr[i];

		if (c == '&')
			buf_put_str(out, "&amp;");
		else if (c == '<')
			buf_put_str(out, "&lt;");
		else if (c == '>')
			buf_put_str(out, "&gt;");
		else if (c == '\t')
			buf_put_str(out, "&#9;");
		else
			buf_put_u8(out, c);
	}
}
