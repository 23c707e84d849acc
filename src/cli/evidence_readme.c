/* SPDX-License-Identifier: Apache-2.0 */
/*
 * evidence_readme: the commands that verify an exported record without Signet.
 */
#include "cli/evidence_readme.h"

#include <string.h>

#include "cli/evidence.h"

static const char head[] =
	"Record %lld of the evidence of Signet, and what verifies it\n"
	"\n"
	"The lines that are indented are commands: openssl, sha256sum, jq, xxd"
	" and sh.\nRun them in a copy of this folder; the first that fails"
	" says what is wrong.\nAll of them at once:"
	" sed -n 's/^    //p' README | sh -e\n"
	"\n"
	"record.json is what was recorded: who asked, what was shown"
	" (.event.items[].lines),\nwhat was decided. item-N.content and"
	" item-N.signature are what was signed and\nreleased;"
	" certificates.pem are certificates of signers and their issuers.\n"
	"\n"
	"    mkdir -p check\n"
	"\n"
	"1. Contents and signatures are those that the record names.\n"
	"\n"
	"    for f in item-*.*; do test -e \"$f\" || continue;"
	" i=${f#item-}; k=${i#*.}; i=${i%%%%.*}; test \"$(sha256sum <\"$f\" |"
	" cut -c -64)\" = \"$(jq -r \".event.items[$i].$k\" record.json)\";"
	" done\n"
	"\n";

static const char chain[] =
	"2. The records from %lld to %lld follow each other, and this one is"
	" among them.\n"
	"\n"
	"    cmp record.json records/%010lld.json\n"
	"    %s >check/hashes\n"
	"    sha256sum records/*.json | cut -c -64 >>check/hashes\n"
	"    jq -r .previous records/*.json >check/previous\n"
	"    head -n -1 check/hashes | cmp - check/previous\n"
	"    test \"$(jq -s length records/*.json)\" = %lld\n"
	"\n";

static const char checkpoint[] =
	"3. The checkpoint signs the last of them. checkpoint-key.pem is to be"
	" the one that\nyou know from elsewhere.\n"
	"\n"
	"    test \"$(jq -r .hash checkpoint.json)\" ="
	" \"$(tail -n 1 check/hashes)\"\n"
	"    jq -r .key checkpoint.json | openssl base64 -d -A |"
	" openssl pkey -pubin -inform DER -pubout >check/key.pem\n"
	"    openssl pkey -pubin -in checkpoint-key.pem -pubout |"
	" cmp - check/key.pem\n";

/* r||s in check/raw becomes DER in check/der. */
static const char to_der[] =
	"    n=$(($(stat -c %%s check/raw) / 2)); printf 'asn1=SEQUENCE:rs\\n"
	"[rs]\\nr=INTEGER:0x%%s\\ns=INTEGER:0x%%s\\n'"
	" \"$(xxd -p -l $n check/raw | tr -d '\\n')\""
	" \"$(xxd -p -s $n check/raw | tr -d '\\n')\" >check/cnf;"
	" openssl asn1parse -genconf check/cnf -noout -out check/der\n";

/* One command that verifies check/raw over a file. */
static void put_verify(const char *alg, const char *key, const char *file,
		       struct buf *out)
{
	const char *bits = strlen(alg) == 5 ? alg + 2 : "256";

	if (strcmp(alg, "EdDSA") == 0 || alg[0] == '\0') {
		buf_printf(out, "    openssl pkeyutl -verify -pubin -inkey %s"
			   " -rawin -in %s -sigfile check/raw\n", key, file);
		return;
	}
	if (alg[0] == 'E')
		buf_printf(out, to_der);
	buf_printf(out, "    openssl dgst -sha%s -verify %s%s -signature"
		   " check/%s %s\n", bits, key, alg[0] != 'P' ? "" :
		   " -sigopt rsa_padding_mode:pss"
		   " -sigopt rsa_pss_saltlen:digest",
		   alg[0] == 'E' ? "der" : "raw", file);
}

static void put_chain(const struct cli_evidence_readme *r, struct buf *out)
{
	buf_printf(out, chain, (long long)r->first, (long long)r->last,
		   (long long)r->sequence, r->before ?
		   "jq -r .hash before.json" : "printf '%064d\\n' 0",
		   (long long)(r->last - r->first + 1));
	if (!r->checkpoint) {
		buf_put_str(out, "3. No checkpoint signs them yet: export it"
			    " again later.\n\n");
		return;
	}
	buf_put_str(out, checkpoint);
	if (r->before)
		buf_put_str(out, "    test \"$(jq -r .previous"
			    " checkpoint.json)\" = \"$(sha256sum <before.json"
			    " | cut -c -64)\"\n");
	buf_put_str(out, "    cp checkpoint.sig check/raw\n");
	put_verify(r->algorithm, "checkpoint-key.pem", "checkpoint.json", out);
	if (r->stamp)
		buf_put_str(out, "\ncheckpoint.tst is a time stamp of"
			    " checkpoint.sig; with the CA of its authority:\n"
			    "openssl ts -verify -token_in -in checkpoint.tst"
			    " -data checkpoint.sig -CAfile CA.pem\n");
	buf_put_u8(out, '\n');
}

/* What a JWS signs is made of the content, attached or not (RFC 7797). */
static const char jws[] =
	"    h=$(cut -d . -f 1 item-$i.signature)\n"
	"    openssl base64 -A -in item-$i.content | tr '+/' '-_' |"
	" tr -d = >check/payload\n"
	"    if printf '%s==' \"$h\" | tr -- '-_' '+/' | openssl base64 -d -A |"
	" grep -q '\"b64\":false'; then { printf %s. \"$h\";"
	" cat item-$i.content; }; else { printf %s. \"$h\";"
	" cat check/payload; }; fi >check/signed\n"
	"    p=$(cut -d . -f 2 item-$i.signature);"
	" test -z \"$p\" || test \"$p\" = \"$(cat check/payload)\"\n"
	"    test \"$(cut -d . -f 3 item-$i.signature)\" ="
	" \"$(openssl base64 -A -in check/raw | tr '+/' '-_' | tr -d =)\"\n";

/* Raw signatures and JWS: every item that was signed and shown. */
static void put_items(const struct cli_evidence_readme *r, bool is_jws,
		      struct buf *out)
{
	buf_put_str(out, "\nOf each item that was signed and whose content is"
		    " here:\n\n"
		    "    for i in $(seq 0 $(($(jq .event.signed record.json) -"
		    " 1))); do\n"
		    "    test -e item-$i.content || continue\n"
		    "    jq -r \".event.items[$i].raw\" record.json |"
		    " openssl base64 -d -A >check/raw\n");
	if (is_jws)
		buf_put_str(out, jws);
	put_verify(r->signer, "check/signer.pem", is_jws ? "check/signed" :
		   "item-$i.content", out);
	buf_put_str(out, "    done\n");
}

static void put_signatures(const struct cli_evidence_readme *r,
			   struct buf *out)
{
	if (r->signer[0] == '\0' || !r->certificate)
		return;
	buf_put_str(out, "4. The signature is one by the certificate that the"
		    " record names. Whose that is,\nthe certificates say;"
		    " trust them by a CA of your own.\n\n"
		    "    test \"$(openssl x509 -in certificate.pem -outform"
		    " DER | sha256sum | cut -c -64)\" = \"$(jq -r"
		    " .event.certificate record.json)\"\n"
		    "    openssl x509 -in certificate.pem -pubkey -noout"
		    " >check/signer.pem\n");
	if (strcmp(r->format, "cms") == 0) {
		buf_put_str(out, "    for s in item-*.signature; do"
			    " c=${s%.signature}.content; test -e \"$c\" ||"
			    " continue; openssl cms -verify -binary -inform"
			    " DER -in \"$s\" -content \"$c\" -nointern"
			    " -certfile certificate.pem -noverify -out"
			    " check/content; cmp \"$c\" check/content;"
			    " done\n");
		return;
	}
	put_items(r, strcmp(r->format, "jws") == 0, out);
}

/* JWS whose header has the certificate: RFC 7515 4.1.6. */
static const char agreed[] =
	"\n    f=approval-%lld.jws; a=.event.approvals[%lld]\n"
	"    test \"$(sha256sum <$f | cut -c -64)\" ="
	" \"$(jq -r \"$a.signature\" record.json)\"\n"
	"    jq -rRj 'split(\".\")[0] | gsub(\"-\"; \"+\") | gsub(\"_\"; \"/\")"
	" | . + \"===\"[:(4 - length %% 4) %% 4]' $f |"
	" openssl base64 -d -A | jq -r '.x5c[0]' |"
	" openssl base64 -d -A >check/agreed.der\n"
	"    test \"$(sha256sum <check/agreed.der | cut -c -64)\" ="
	" \"$(jq -r \"$a.certificate\" record.json)\"\n"
	"    openssl x509 -inform DER -in check/agreed.der -pubkey -noout"
	" >check/agreed.pem\n"
	"    jq -rRj 'split(\".\")[1] | gsub(\"-\"; \"+\") | gsub(\"_\"; \"/\")"
	" | . + \"===\"[:(4 - length %% 4) %% 4]' $f |"
	" openssl base64 -d -A >check/statement\n"
	"    test \"$(jq -r .request check/statement)\" ="
	" \"$(jq -r .event.request record.json)\"\n"
	"    test \"$(jq -c '[.items[].digest]' check/statement)\" ="
	" \"$(jq -c '[.event.items[].content]' record.json)\"\n"
	"    jq -rRj 'split(\".\")[2] | gsub(\"-\"; \"+\") | gsub(\"_\"; \"/\")"
	" | . + \"===\"[:(4 - length %% 4) %% 4]' $f |"
	" openssl base64 -d -A >check/raw\n"
	"    jq -rRj 'split(\".\")[:2] | join(\".\")' $f >check/signed\n";

static void put_approvals(const struct cli_evidence_readme *r, struct buf *out)
{
	if (r->approvals == 0)
		return;
	buf_put_str(out, "\n5. Each person who had to agree signed a statement"
		    " of this request, with the\ncertificate that the record"
		    " names: approval-0.jws is the supervisor's.\n");
	for (unsigned i = 0; i < r->approvals; i++) {
		long long n = (long long)r->approval[i].number;

		buf_printf(out, agreed, n, n);
		put_verify(r->approval[i].algorithm, "check/agreed.pem",
			   "check/signed", out);
	}
}

void cli_evidence_readme(const struct cli_evidence_readme *r, struct buf *out)
{
	buf_printf(out, head, (long long)r->sequence);
	put_chain(r, out);
	put_signatures(r, out);
	put_approvals(r, out);
}
