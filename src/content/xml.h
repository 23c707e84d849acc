/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xml: walking through an XML document, element by element, without a tree.
 *
 * What XML has and a payment needs not is refused: document types and with
 * them entities, other encodings than UTF-8, text between elements, depth
 * above LIMIT_XML_DEPTH, tags above LIMIT_XML_TAG.  Nothing is ever loaded.
 */
#ifndef SIGNET_CONTENT_XML_H
#define SIGNET_CONTENT_XML_H

#include "base/attr.h"
#include "base/slice.h"

struct error;

/*
 * The path of an element is the local names from the root to it, as in
 * "Document/GrpHdr/MsgId"; of an attribute that, "@" and its name.  An element
 * of another namespace than the root's, and an attribute of any, has "*:"
 * before its name.  Attributes of XMLSchema-instance are left out.
 *
 * Each returns 0, or an ERR_ that ends the walk.  NULL: not of interest.
 */
struct content_xml {
	/* An element begins; its attributes come next.  uri may be NULL. */
	int (*open)(void *arg, const char *path, const char *uri,
		    struct error *e);
	/* An attribute, or an element that has no element inside. */
	int (*leaf)(void *arg, const char *path, struct slice text,
		    struct error *e);
	int (*close)(void *arg, const char *path, struct error *e);
};

/*
 * Walk through data.  ERR_CONTENT, ERR_NO_MEMORY, or what a function of the
 * walk returned.
 */
int content_xml_walk(struct slice data, const struct content_xml *walk,
		     void *arg, struct error *e) MUST_CHECK;

/*
 * Does it say that it is in another encoding than UTF-8, or are its bytes no
 * UTF-8?  content_xml_walk() refuses that.
 */
bool content_xml_foreign(struct slice data);

/* Append text with what has a meaning in XML escaped. */
struct buf;
void content_xml_put(struct slice text, struct buf *out);

#endif
