#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# bank - a request that a bank signed: shown and signed as a whole, once; any
# other than a good one asks nobody

# shellcheck disable=SC2034
load helper
load person

setup_file() {
	BANK=$(mktemp -dt signet.XXXXXX)
	export BANK
	new_key() {
		openssl genpkey -algorithm EC -pkeyopt \
			ec_paramgen_curve:P-256 -out "$1.key" 2>/dev/null
		openssl pkey -in "$1.key" -pubout -out "$1.pem"
	}
	new_key "$BANK/bank"
	new_key "$BANK/evil"
	openssl req -x509 -new -key "$BANK/evil.key" -days 2 \
		-subj "/CN=bank.example" -out "$BANK/evil.crt" 2>/dev/null
	openssl req -x509 -new -key "$BANK/bank.key" -days 2 \
		-subj "/CN=bank.example" -out "$BANK/bank.crt" 2>/dev/null
}

teardown_file() {
	rm -rf "$BANK"
}

setup() {
	signet_setup
	SIGNER=$BANK/bank.key
	HEADER='{"alg":"ES256","typ":"signet-request+jws"}'
	now=$(date +%s)
}

teardown() {
	person_teardown
	signet_teardown
}

# pinned DOUBLE [PEM]: the rule with the bank's key.
pinned() {
	POLICY="  - name: bank
    match: {content: [application/vnd.signet.request+jws]}
    outcome: ask
    bank: ${2:-$BANK/bank.pem}
    bank_issuer: https://bank.example
    audience: signet"
	person "$1" "$(module_mock)"
}

b64url() {
	base64 -w 0 | tr '+/' '-_' | tr -d '='
}

# claims [JQ-FILTER]: of a good request, changed.
claims() {
	echo >>"$D/number"
	jq -cn --argjson now "$now" --arg jti "r-$(wc -l <"$D/number")" '{
		iss: "https://bank.example", aud: "signet", jti: $jti,
		iat: $now, exp: ($now + 300), nonce: "n-1", content: {
		media_type: "application/vnd.signet.payment+json", payment: {
		payee: {name: "Müller GmbH", account: "DE02120300000000202051"},
		total: {value: "12.00", currency: "EUR"}}}}'" | ${1:-.}" |
		tr -d '\n'
}

# ES256 of standard input, as JWS has it: r and s, 32 bytes each.
es256() {
	local part
	openssl dgst -sha256 -sign "$SIGNER" | openssl asn1parse -inform DER |
		sed -n 's/.*INTEGER *://p' | while read -r part; do
		printf '%64s' "$part" | tr ' ' 0 | tail -c 64
	done | xxd -r -p
}

# jws CLAIMS: into $D/jws.
jws() {
	printf '%s.%s' "$(printf '%s' "$HEADER" | b64url)" \
		"$(printf '%s' "$1" | b64url)" >"$D/jws"
	printf '.%s' "$(es256 <"$D/jws" | b64url)" >>"$D/jws"
}

# a request to sign what is in $D/jws.
bank_request() {
	jq -cn --arg key "$KEY" --rawfile jws "$D/jws" '{key: $key,
		format: "raw", content: {name: "r.jws", data: ($jws | @base64),
		media_type: "application/vnd.signet.request+jws"}}'
}

# bank [JQ-FILTER]: asks with a request of these claims.
bank() {
	jws "$(claims "${1:-.}")"
	asks "$(bank_request)"
}

# no [STATUS CODE]: refused, nobody was asked, and no PIN was used.
no() {
	refused "${1:-422}" "${2:-bank-request}"
	[ "$(dialogs)" -eq 0 ]
	[ "$(calls C_Login)" -eq 0 ]
}

signed_jws() {
	jq -r .signature "$D/answer" | base64 -d >"$D/signature"
	openssl dgst -sha256 -verify "$SIGNET_FIXTURES/pub/p256.pem" \
		-signature "$D/signature" "$D/jws" >/dev/null
}

@test "a good one is shown with its bank, and signed as a whole" {
	pinned approves
	bank
	released
	told_line 'https://bank.example'
	told_line 'Müller GmbH'
	told_line 'EUR 12.00' || told_line '12.00'
	signed_jws
	bank '.content = {media_type: "text/plain", name: "t",
		data: ("Consent to the terms." | @base64)}'
	released
	told_line 'Consent to the terms.'
	signed_jws
}

@test "a certificate is pinned by its key" {
	pinned approves "$BANK/bank.crt"
	bank
	released
	SIGNER=$BANK/evil.key
	bank
	refused 422 bank-request
	[ "$(dialogs)" -eq 1 ]
}

@test "a request out of its time asks nobody" {
	pinned approves
	bank '.iat -= 400 | .exp = .iat + 300'
	no
	says 'expired'
	bank '.iat += 600 | .exp += 600'
	no
	says 'not valid before'
	bank '.exp = .iat + 7200'
	no
	bank '.exp = .iat'
	no
	bank '.exp |= tostring'
	no
	bank 'del(.exp)'
	no
}

@test "a request for or by somebody else asks nobody" {
	pinned approves
	bank '.aud = "another"'
	no
	says 'another'
	bank '.aud = ["signet"]'
	no
	bank '.iss = "https://bank.example.evil.example"'
	no
	bank '.iss = "https://BANK.example"'
	no
}

@test "a request that another key signed asks nobody, whatever it brings" {
	pinned approves
	SIGNER=$BANK/evil.key
	bank
	no
	# Its own key, in all the ways a header can name one.
	x5c=$(openssl x509 -in "$BANK/evil.crt" -outform DER | base64 -w 0)
	HEADER='{"alg":"ES256","typ":"signet-request+jws","x5c":["'$x5c'"]}'
	bank
	no
	HEADER='{"alg":"ES256","typ":"signet-request+jws","kid":"bank",
		"jku":"https://evil.example/keys"}'
	bank
	no
	xy=$(openssl pkey -in "$BANK/evil.key" -pubout -outform DER |
		tail -c 64 | xxd -p -c 64)
	HEADER='{"alg":"ES256","typ":"signet-request+jws","jwk":{"kty":"EC",
		"crv":"P-256","x":"'$(xxd -r -p <<<"${xy:0:64}" | b64url)'",
		"y":"'$(xxd -r -p <<<"${xy:64}" | b64url)'"}}'
	bank
	no
	# Nor do they use up the number of a good one.
	SIGNER=$BANK/bank.key
	HEADER='{"alg":"ES256","typ":"signet-request+jws"}'
	rm "$D/number"
	bank
	released
}

@test "algorithms that prove nothing ask nobody" {
	pinned approves
	HEADER='{"alg":"none","typ":"signet-request+jws"}'
	bank
	no
	jws "$(claims)"
	sed -i 's/\.[^.]*$/./' "$D/jws"
	asks "$(bank_request)"
	no
	# The public key as a shared secret.
	HEADER='{"alg":"HS256","typ":"signet-request+jws"}'
	jws "$(claims)"
	sed -i 's/\.[^.]*$//' "$D/jws"
	hmac=$(openssl dgst -sha256 -mac HMAC -macopt \
		"hexkey:$(xxd -p -c 0 "$BANK/bank.pem")" -binary "$D/jws" |
		b64url)
	printf '.%s' "$hmac" >>"$D/jws"
	asks "$(bank_request)"
	no
	HEADER='{"typ":"signet-request+jws"}'
	bank
	no
	HEADER='{"alg":"ES384","typ":"signet-request+jws"}'
	bank
	no
}

@test "what was changed after it was signed asks nobody" {
	pinned approves
	jws "$(claims)"
	IFS=. read -r head _ signature <"$D/jws" || true
	printf '%s.%s.%s' "$head" "$(claims '.content.payment.total.value =
		"12000.00"' | b64url)" "$signature" >"$D/jws"
	asks "$(bank_request)"
	no
	jws "$(claims)"
	printf '.e30' >>"$D/jws"
	asks "$(bank_request)"
	no
	jws "$(claims)"
	printf '\n' >>"$D/jws"
	asks "$(bank_request)"
	no
}

@test "what has more or other members than it should asks nobody" {
	pinned approves
	HEADER='{"alg":"ES256","typ":"JWT"}'
	bank
	no
	HEADER='{"alg":"ES256","typ":"signet-request+jws","crit":["b64"],
		"b64":false}'
	bank
	no
	HEADER='{"alg":"ES256","alg":"none","typ":"signet-request+jws"}'
	bank
	no
	HEADER='{"alg":"ES256","typ":"signet-request+jws"}'
	bank '.admin = true'
	no
	bank 'del(.nonce)'
	no
	jws "$(claims | sed 's/"aud":"signet"/&,"aud":"another"/')"
	asks "$(bank_request)"
	no
	bank '.content.payment.payee.name = "Müller\u202eHbmG"'
	grep -q ^422 "$D/status"
	[ "$(dialogs)" -eq 0 ]
	bank '.content.payment.total.value = "12,00"'
	grep -q ^422 "$D/status"
	[ "$(dialogs)" -eq 0 ]
	bank '.content = {media_type: "application/vnd.signet.request+jws",
		data: "YQ=="}'
	no
}

@test "no request is used twice, also after a restart" {
	pinned approves
	bank
	released
	asks "$(bank_request)"
	refused 409 replayed
	[ "$(dialogs)" -eq 1 ]
	stop
	start
	wait_until 10 settled
	asks "$(bank_request)"
	refused 409 replayed
	kill -KILL "$PID"
	wait_until 5 gone "$PID"
	rm -f "$D/s"
	start
	wait_until 10 settled
	asks "$(bank_request)"
	refused 409 replayed
	[ "$(dialogs)" -eq 1 ]
	# The same number, in other claims.
	rm "$D/number"
	bank '.nonce = "n-2"'
	refused 409 replayed
	[ "$(dialogs)" -eq 1 ]
	bank
	released
}

@test "one that was declined, or comes twice at a time, is used as well" {
	pinned waits
	bank_first=$(claims)
	jws "$bank_first"
	ask one "$(bank_request)"
	first=$ASKED
	open_dialog 1
	asks "$(bank_request)"
	refused 409 replayed
	go decline
	answer one "$first"
	refused 403 declined
	asks "$(bank_request)"
	refused 409 replayed
	# Twice in one batch.
	jws "$(claims)"
	asks "$(bank_request | jq -c '.items = [{content}, {content}] |
		del(.content)')"
	refused 409 replayed
	[ "$(dialogs)" -eq 1 ]
	[ "$(calls C_Login)" -eq 0 ]
}

@test "where it cannot be remembered nobody is asked" {
	pinned approves
	rm -rf "$D/state"
	: >"$D/state"
	bank
	no 503 not-durable
}

@test "a rule without a key of a bank takes none" {
	POLICY='  - {name: all, match: {format: [raw]}, outcome: ask}'
	person approves "$(module_mock)"
	bank
	no
	says 'all'
}

@test "a rule with a key of a bank takes nothing else" {
	pinned approves
	asks "$(text hello)"
	no 403 not-allowed
	asks "$(payment)"
	no 403 not-allowed
	# Whatever it calls itself.
	jws "$(claims)"
	asks "$(bank_request | jq -c '.content.media_type = "text/plain"')"
	no 403 not-allowed
	asks "$(text hello | jq -c '.content.media_type =
		"application/vnd.signet.request+jws"')"
	no
}
