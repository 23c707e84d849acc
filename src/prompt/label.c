/* SPDX-License-Identifier: Apache-2.0 */
/*
 * label: the words of a content's lines, in the user's language.
 */
#include "prompt/label.h"

#include <stddef.h>
#include <string.h>

#include "base/attr.h"
#include "base/i18n.h"

struct label {
	const char *word, *text;
};

static const struct label labels[] = {
	{ "payee.name", N_("Payee") },
	{ "payee.account", N_("Account of the payee") },
	{ "payee.bank", N_("Bank of the payee") },
	{ "payer.name", N_("Payer") },
	{ "payer.account", N_("Account of the payer") },
	{ "amount", N_("Amount") },
	{ "total", N_("Amount") },
	{ "currency", N_("Currency") },
	{ "reference", N_("Reference") },
	{ "purpose", N_("Purpose") },
	{ "due", N_("Due") },
	{ "nonce", N_("Random number") },
	{ "origin", N_("Web page") },
	{ "instrument", N_("Means of payment") },
	{ "instrument.displayName", N_("Means of payment") },
	{ "instrument.name", N_("Means of payment") },
	{ "name", N_("Name") },
	{ "media-type", N_("Type") },
	{ "size", N_("Size in bytes") },
	{ "sha-256", N_("SHA-256") },
	{ "sha-384", N_("SHA-384") },
	{ "sha-512", N_("SHA-512") },
	{ "hidden", N_("Signed, but not meant to be shown") },
	{ "not-shown", N_("Signed, but not shown here") },
	{ "bank.issuer", N_("Request signed by") },
	{ "bank.expires", N_("Request valid until") },
	{ "bank.issued", N_("Request made at") },
	{ "bank.id", N_("Number of the request") },
};

static const struct label kinds[] = {
	{ "payment", N_("Payment") },
	{ "text", N_("Text") },
	{ "pain.001", N_("Payment file (ISO 20022)") },
	{ "display-text", N_("Text, with the bank's own labels") },
	{ "bank-request", N_("Request signed by the bank") },
	{ "data", N_("Data that cannot be shown") },
	{ "digest", N_("Digest of data that is not here") },
};

static const char *label_find(const struct label *table, size_t count,
			      const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(table[i].word, word) == 0)
			return _(table[i].text);
	return word;
}

const char *prompt_label(const char *word)
{
	return label_find(labels, ARRAY_LEN(labels), word);
}

const char *prompt_label_kind(const char *kind)
{
	return label_find(kinds, ARRAY_LEN(kinds), kind);
}
