#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# Sign-ins, POST /v1/authentications: the token verifies with the crypto of
# others, a person is told which page it is for, and nothing else that is signed
# can pass for one.
# shellcheck disable=SC2119,SC2120 # not takes it as a word

load helper
load person
load shared

verify=$BATS_TEST_DIRNAME/../web/verify-token.mjs
ORIGIN=https://bank.example
NONCE=12345678123456781234567812345678912345678901

setup_file() {
	# shellcheck disable=SC2034 # for person
	POLICY="  - name: no-sign-ins
    match: {origin: [\"https://closed.example\"],
      content: [\"application/vnd.signet.authentication\"]}
    outcome: deny
  - name: sign-in
    match: {origin: [\"$ORIGIN\", \"https://closed.example\"]}
    outcome: ask
  - name: one-key
    match: {origin: [\"https://rsa.example\"],
      key: [\"pkcs11:object=auth-rsa2048\"]}
    outcome: ask
  - name: signs-only
    match: {origin: [\"https://signs.example\"],
      key: [\"pkcs11:object=p256\"]}
    outcome: ask
  - {name: rest, outcome: ask}"
	shared_setup_file
}

teardown_file() {
	shared_teardown_file
}

setup() {
	shared_setup
}

teardown() {
	shared_teardown
}

# sign_in [JQ-FILTER]: the request, changed by the filter.
sign_in() {
	jq -cn --arg origin "$ORIGIN" --arg nonce "$NONCE" \
		"{challenge_nonce: \$nonce, origin: \$origin} | ${1:-.}"
}

# asks_in [JQ-FILTER [CURL-OPTION...]]: asks, and waits for the answer.
asks_in() {
	local filter=${1:-.}
	shift $(($# > 0))
	api POST /v1/authentications -d "$(sign_in "$filter")" "$@" \
		>"$D/answer"
}

key() {
	echo ".key = \"pkcs11:serial=$SIGNET_SERIAL_TEST;object=$1\""
}

# verifies FILE: by Node's crypto, as a server would.
verifies() {
	run node "$verify" "$1" "$ORIGIN" "$NONCE" \
		"$SIGNET_FIXTURES/ca/intermediate.pem"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "a token by each kind of key verifies with Node's crypto" {
	local name algorithm
	while read -r name algorithm; do
		asks_in "$(key "$name")"
		released
		[ "$(jq -r .algorithm "$D/answer")" = "$algorithm" ]
		verifies "$D/answer"
	done <<-END
	auth-p256 ES256
	auth-p384 ES384
	auth-rsa2048 RS256
	END
}

@test "an RSA key signs in with PSS and longer hashes, if asked" {
	local name
	for name in RS384 RS512 PS256 PS384 PS512; do
		asks_in "$(key auth-rsa2048) | .algorithm = \"$name\""
		released
		verifies "$D/answer"
	done
	asks_in "$(key auth-p256) | .algorithm = \"ES384\""
	refused 422 impossible
}

@test "another nonce, page or certificate does not verify" {
	asks_in "$(key auth-p256)"
	released
	ORIGIN=https://other.example not verifies "$D/answer"
	NONCE=x$NONCE not verifies "$D/answer"
	jq -c --arg other "$(openssl x509 -outform DER \
		-in "$SIGNET_FIXTURES/certs/tls-client.pem" | base64 -w0)" \
		'.unverifiedCertificate = $other' "$D/answer" >"$D/other"
	not verifies "$D/other"
	verifies "$D/answer"
}

@test "the answer is a token of Web eID, and says where it is recorded" {
	asks_in "$(key auth-p256)"
	released
	jq -e '.format == "web-eid:1.0" and (.id | length) == 32 and
		(.appVersion | startswith("https://web-eid.eu/")) and
		.evidence.seq > 0 and (.signature | @base64d | length) > 0' \
		"$D/answer"
	sqlite3 "$D/state/evidence.sqlite" "SELECT record FROM records WHERE
		sequence = $(jq .evidence.seq "$D/answer")" >"$D/record"
	jq -e --arg origin "$ORIGIN" --arg nonce "$NONCE" '.event |
		.items[0].lines == [["sign-in", $origin], ["nonce", $nonce]] and
		.items[0].type == "application/vnd.signet.authentication" and
		(.items[0] | has("blind") | not) and .format == "raw"' "$D/record"
}

@test "the dialog says which page it is for, and by whose certificate" {
	asks_in "$(key auth-p256)"
	released
	told_line "A sign-in is asked for by /"
	told_line "Sign in to: $ORIGIN"
	told_line "holder Zhang Min"
	not told_line "WARNING"
	grep -q '^SETOK _Sign in' "$D/transcript"
}

@test "a person who declines signs in nowhere" {
	double declines
	asks_in "$(key auth-p256)"
	refused 403 declined
}

@test "without a key it is the first that may sign in" {
	asks_in
	released
	verifies "$D/answer"
	# By its URI, in which the id is before the label.
	grep -qF 'object=tls-client' <<<"$(jq -r .key "$D/answer")"
}

@test "the policy's key chooses among several" {
	ORIGIN=https://rsa.example
	asks_in
	released
	grep -qF 'object=auth-rsa2048' <<<"$(jq -r .key "$D/answer")"
}

@test "no key that may sign in: refused before anybody is asked" {
	ORIGIN=https://signs.example
	asks_in
	refused 404 no-such-key
	says clientAuth
	asks_in "$(key p256)"
	refused 422 impossible
	says clientAuth
	[ "$(dialogs)" -eq 0 ]
}

@test "a program signs in only where a rule names the page" {
	asks_in "$(key auth-p256) | .origin = \"https://other.example\""
	refused 403 not-allowed
	[ "$(dialogs)" -eq 0 ]
}

@test "the policy can match sign-ins by their type" {
	ORIGIN=https://closed.example
	asks_in "$(key auth-p256)"
	refused 403 not-allowed
	says no-sign-ins
}

@test "members that are missing, unknown or no good are refused" {
	asks_in 'del(.origin)'
	refused 400 malformed
	says origin
	asks_in 'del(.challenge_nonce)'
	refused 400 malformed
	asks_in '.nonce = "n"'
	refused 400 malformed
	asks_in '.origin = "http://bank.example"'
	refused 404 no-such-key
	asks_in "$(key auth-p256) | .origin = \"https://bank.example/\""
	refused 422 bad-content
	says origin
	asks_in "$(key auth-p256) | .challenge_nonce |= .[1:]"
	refused 422 bad-content
	says "43 characters"
	asks_in '.challenge_nonce *= 4'
	refused 400 malformed
	[ "$(dialogs)" -eq 0 ]
}

@test "what is signed by other means cannot bear the name of a sign-in" {
	local type=application/vnd.signet.authentication
	asks "$(body "$KEY" | jq -c ".content.media_type = \"$type\"")"
	refused 422 bad-content
	asks "$(jq -cn --arg key "$KEY" --arg type "$type" '{key: $key,
		format: "raw", content: {media_type: $type, digest:
		{algorithm: "sha-256", value: ("\(range(32))" | @base64)}}}' |
		head -n 1)"
	refused 422 impossible
}

@test "a retry with its Idempotency-Key is the same token" {
	asks_in "$(key auth-p256)" -H 'Idempotency-Key: k-1'
	released
	cp "$D/answer" "$D/first"
	asks_in "$(key auth-p256)" -H 'Idempotency-Key: k-1'
	released
	cmp "$D/first" "$D/answer"
	[ "$(dialogs)" -eq 1 ]
}
