/* SPDX-License-Identifier: Apache-2.0 */
/*
 * label: the words of a content's lines, in the user's language.
 */
#ifndef SIGNET_PROMPT_LABEL_H
#define SIGNET_PROMPT_LABEL_H

/* "payee.name" -> "Payee"; a word that is not known is given back. */
const char *prompt_label(const char *word);
/* The value of a line, where it is a word of Signet, too; else itself. */
const char *prompt_label_value(const char *word, const char *value);
/* The kind of a content ("payment") as a heading. */
const char *prompt_label_kind(const char *kind);

#endif
