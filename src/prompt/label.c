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
	{ "payee.proxy", N_("Payee is known as") },
	{ "payee.ultimate", N_("For the benefit of") },
	{ "payee.bank", N_("Bank of the payee") },
	{ "payee.bank-name", N_("Bank of the payee") },
	{ "payee.bank-id", N_("Bank of the payee, number") },
	{ "payee.bank-clearing", N_("Bank of the payee, clearing number") },
	{ "payee.bank-account", N_("Bank of the payee, account") },
	{ "payer.name", N_("Payer") },
	{ "payer.account", N_("Account of the payer") },
	{ "payer.bank", N_("Bank of the payer") },
	{ "payer.ultimate", N_("On behalf of") },
	{ "intermediary", N_("Bank in between") },
	{ "amount", N_("Amount") },
	{ "total", N_("Amount") },
	{ "currency", N_("Currency") },
	{ "currency-of-transfer", N_("Currency of the transfer") },
	{ "charges", N_("Charges are paid by") },
	{ "reference", N_("Reference") },
	{ "remittance", N_("Reference") },
	{ "purpose", N_("Purpose") },
	{ "category", N_("Kind of payment") },
	{ "method", N_("Way of payment") },
	{ "service", N_("Service") },
	{ "priority", N_("Priority") },
	{ "due", N_("Due") },
	{ "execution-date", N_("To be paid on") },
	{ "nonce", N_("Random number") },
	{ "origin", N_("Web page") },
	{ "instrument", N_("Means of payment") },
	{ "instrument.displayName", N_("Means of payment") },
	{ "payments", N_("Number of payments") },
	{ "sum", N_("Sum") },
	{ "message.id", N_("Number of the file") },
	{ "message.created", N_("File made at") },
	{ "initiator.name", N_("File made by") },
	{ "initiator.id", N_("Number of the maker") },
	{ "group.id", N_("Number of the group") },
	{ "instruction-id", N_("Number of the order") },
	{ "end-to-end-id", N_("Number for the payee") },
	{ "name", N_("Name") },
	{ "blind", N_("Not shown because") },
	{ "media-type", N_("Type") },
	{ "size", N_("Size in bytes") },
	{ "sha-256", N_("SHA-256") },
	{ "sha-384", N_("SHA-384") },
	{ "sha-512", N_("SHA-512") },
	{ "hidden", N_("Signed, but not meant to be shown") },
	{ "not-shown", N_("Signed, but not shown here") },
	{ "sign-in", N_("Sign in to") },
	{ "bank.issuer", N_("Request signed by") },
	{ "bank.audience", N_("Request meant for") },
	{ "bank.issued", N_("Request made at") },
	{ "bank.expires", N_("Request valid until") },
	{ "bank.request", N_("Number of the request") },
	{ "bank.nonce", N_("Random number of the request") },
};

static const struct label kinds[] = {
	{ "payment", N_("Payment") },
	{ "text", N_("Text") },
	{ "pain.001", N_("Payment file (ISO 20022)") },
	{ "display-text", N_("Text, with the bank's own labels") },
	{ "bank-request", N_("Request signed by the bank") },
	{ "authentication", N_("Sign-in") },
	{ "data", N_("Data that cannot be shown") },
	{ "digest", N_("Digest of data that is not here") },
};

/* Values of the line "blind". */
static const struct label reasons[] = {
	{ "digest", N_("only a digest was given") },
	{ "unknown-type", N_("its type is not known") },
	{ "charset", N_("it is not in UTF-8") },
	{ "too-large", N_("it is too large") },
	{ "too-many-lines", N_("it has too many lines") },
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

const char *prompt_label_value(const char *word, const char *value)
{
	if (strcmp(word, "blind") != 0)
		return value;
	return label_find(reasons, ARRAY_LEN(reasons), value);
}

const char *prompt_label_kind(const char *kind)
{
	return label_find(kinds, ARRAY_LEN(kinds), kind);
}
