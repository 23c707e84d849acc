/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_xml: a document is walked through as it stands, and what XML can do
 * besides is refused.
 */
#include "read.h"

#include "content/xml.h"

static int log_open(void *arg, const char *path, const char *uri,
		    struct error *e)
{
	buf_printf(arg, "(%s", path);
	if (strchr(path, '/') == NULL)
		buf_printf(arg, " %s", uri);
	return 0;
}

static int log_leaf(void *arg, const char *path, struct slice text,
		    struct error *e)
{
	buf_printf(arg, "[%s=%.*s]", path, (int)text.len,
		   text.len == 0 ? "" : (const char *)text.ptr);
	return 0;
}

static int log_close(void *arg, const char *path, struct error *e)
{
	buf_printf(arg, ")");
	return 0;
}

static const struct content_xml walk = { log_open, log_leaf, log_close };

static int walks(struct slice data, struct buf *log)
{
	buf_init(log, 1 << 20);
	error_clear(&error);
	return content_xml_walk(data, &walk, log, &error);
}

static void gives(const char *xml, const char *log)
{
	struct buf b;

	if (walks(slice_str(xml), &b) != 0)
		fail_msg("%s", error.message);
	assert_string_equal(buf_text(&b), log);
	buf_fini(&b);
}

static void xml_refused(const char *xml, const char *words)
{
	struct buf b;

	assert_int_equal(walks(slice_str(xml), &b), ERR_CONTENT);
	if (strstr(error.message, words) == NULL)
		fail_msg("\"%s\" does not say: %s", error.message, words);
	buf_fini(&b);
}

static void elements_come_in_order(void **state)
{
	gives("<a xmlns='u'><b>x</b> <b/>\n<c><d>y</d></c></a>",
	      "(a u(a/b[a/b=x])(a/b[a/b=])(a/c(a/c/d[a/c/d=y])))");
	gives("<?xml version='1.0' encoding=\"utf-8\"?><!-- c --><a/>",
	      "(a [a=])");
	gives("\xef\xbb\xbf<a>\xe2\x82\xac</a>", "(a [a=\xe2\x82\xac])");
}

static void text_is_what_xml_says(void **state)
{
	gives("<a>1 &lt;&amp;&#x20AC;<![CDATA[<b>]]><!-- no -->2</a>",
	      "(a [a=1 <&\xe2\x82\xac<b>2])");
}

static void attributes_and_namespaces_are_told(void **state)
{
	gives("<a xmlns='u' b='1' xmlns:x='v' x:c='2'><x:d/><d xmlns=''/></a>",
	      "(a u[a@b=1][a@*:c=2](a/*:d[a/*:d=])(a/*:d[a/*:d=]))");
	gives("<a xmlns:i='http://www.w3.org/2001/XMLSchema-instance'"
	      " i:schemaLocation='u v'/>", "(a [a=])");
}

static void document_types_are_refused(void **state)
{
	xml_refused("<!DOCTYPE a><a/>", "DOCTYPE");
	xml_refused("<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "DOCTYPE");
	xml_refused("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "DOCTYPE");
	xml_refused("<!-- > --><?p <!DOCTYPE ?><!DOCTYPE a><a/>", "DOCTYPE");
	xml_refused("<a>&e;</a>", "not well-formed");
}

static void other_encodings_are_refused(void **state)
{
	static const char utf16[] = "\xff\xfe<\0a\0/\0>\0";
	struct buf b;

	xml_refused("<?xml version='1.0' encoding='GBK'?><a/>", "UTF-8");
	xml_refused("<?xml version='1.0' encoding = 'iso-8859-1'?><a/>",
		    "UTF-8");
	xml_refused("\xef\xbb\xbf<?xml version='1.0' encoding='UTF-7'?><a/>",
		    "UTF-8");
	xml_refused("<a>\xe4</a>", "UTF-8");
	assert_int_equal(walks(slice_of(utf16, sizeof(utf16) - 1), &b),
			 ERR_CONTENT);
	buf_fini(&b);
}

static void broken_documents_are_refused(void **state)
{
	static const char *const bad[] = { "x", "<a>", "<a></b>", "<a/><b/>",
		"<a b='1' b='2'/>", "<a b=1/>", "<p:a/>", "<a", "<a b='",
		"<!-- ", "<a><![CDATA[", "<a>\x01</a>", "<a>&#0;</a>",
		"<a>&#xFFFE;</a>", "<a/>x", "</a>", "<>", "<a><!ELEMENT</a>" };
	struct buf b;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		if (walks(slice_str(bad[i]), &b) != ERR_CONTENT)
			fail_msg("%s is taken", bad[i]);
		buf_fini(&b);
	}
	assert_int_equal(walks(slice_of(NULL, 0), &b), ERR_CONTENT);
	buf_fini(&b);
}

/* Cut off anywhere, a document is none. */
static void half_a_document_is_none(void **state)
{
	static const char xml[] = "<?xml version='1.0'?><a b='c'><d>&lt;x</d>"
				  "<!-- e --><![CDATA[]]></a>";
	struct buf b;

	for (size_t len = 0; len < sizeof(xml) - 1; len++) {
		char *copy = malloc(len + 1); /* for the address checks */

		memcpy(copy, xml, len);
		assert_int_equal(walks(slice_of(copy, len), &b), ERR_CONTENT);
		buf_fini(&b);
		free(copy);
	}
	assert_int_equal(walks(slice_of(xml, sizeof(xml) - 1), &b), 0);
	buf_fini(&b);
}

static void text_between_elements_is_refused(void **state)
{
	xml_refused("<a>x<b/></a>", "a has text between");
	xml_refused("<a><b/>x</a>", "a has text between");
	xml_refused("<a><b/><![CDATA[x]]><b/></a>", "a has text between");
}

static char *nested(size_t depth)
{
	char *xml = malloc(depth * 7 + 1), *at = xml;

	for (size_t i = 0; i < depth; i++, at += 3)
		memcpy(at, "<a>", 3);
	for (size_t i = 0; i < depth; i++, at += 4)
		memcpy(at, "</a>", 4);
	*at = '\0';
	return xml;
}

static void depth_is_bounded(void **state)
{
	char *good = nested(LIMIT_XML_DEPTH), *bad = nested(100000);
	struct buf b;

	assert_int_equal(walks(slice_str(good), &b), 0);
	buf_fini(&b);
	xml_refused(bad, "deeper than");
	free(good);
	free(bad);
}

static void tags_are_bounded(void **state)
{
	static char xml[LIMIT_SHOWN];
	size_t len = 2;

	memcpy(xml, "<a", 2);
	while (len < sizeof(xml) - 32)
		len += (size_t)snprintf(xml + len, sizeof(xml) - len,
					" a%zu=''", len);
	snprintf(xml + len, sizeof(xml) - len, "/>");
	xml_refused(xml, "a tag of more than");
	/* A '>' in a value does not end a tag. */
	snprintf(xml, sizeof(xml), "<a b='>%0*d'/>", LIMIT_XML_TAG, 1);
	xml_refused(xml, "a tag of more than");
}

static int stop_leaf(void *arg, const char *path, struct slice text,
		     struct error *e)
{
	++*(int *)arg;
	return error_set(e, ERR_IMPOSSIBLE, "stopped");
}

static void a_walk_can_be_ended(void **state)
{
	static const struct content_xml stop = { .leaf = stop_leaf };
	int calls = 0;

	assert_int_equal(content_xml_walk(
				 slice_str("<a c=''><b/><b/></a>"), &stop,
				 &calls, &error), ERR_IMPOSSIBLE);
	assert_int_equal(calls, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_come_in_order),
		cmocka_unit_test(text_is_what_xml_says),
		cmocka_unit_test(attributes_and_namespaces_are_told),
		cmocka_unit_test(document_types_are_refused),
		cmocka_unit_test(other_encodings_are_refused),
		cmocka_unit_test(broken_documents_are_refused),
		cmocka_unit_test(half_a_document_is_none),
		cmocka_unit_test(text_between_elements_is_refused),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(tags_are_bounded),
		cmocka_unit_test(a_walk_can_be_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
