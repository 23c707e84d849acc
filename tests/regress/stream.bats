#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# stream: a content of 64 MiB passes through without lying in memory, and
# without the others waiting for it.

load helper

setup() {
	signet_setup
	configure "$(module_softhsm softhsm2)"
	start
	wait_until 10 settled
	head -c $((64 * 1024 * 1024)) /dev/zero |
		openssl enc -aes-128-ctr -K 00 -iv 00 -nosalt 2>/dev/null \
			>"$D/large"
}

teardown() {
	signet_teardown
}

# large FORMAT DETACHED: the request, streamed.
large() {
	{
		printf '{"key":"%s","format":"%s","detached":%s,"content":{' \
			"$KEY" "$1" "$2"
		printf '"media_type":"application/octet-stream","data":"'
		base64 -w0 <"$D/large"
		printf '"}}'
	} | api POST /v1/signatures -H 'Transfer-Encoding: chunked' -T - \
		>"$D/answer"
	grep -q ^201 "$D/status" || { cat "$D/status"; head -c 500 "$D/answer"; }
	grep -q ^201 "$D/status"
}

@test "a detached CMS of 64 MiB" {
	peak_begin
	large cms true
	peak_below 20000
	jq -r .signature "$D/answer" | base64 -d >"$D/p7s"
	openssl cms -verify -binary -inform DER -in "$D/p7s" \
		-content "$D/large" -CAfile "$SIGNET_FIXTURES/ca/root.pem" \
		-out /dev/null
}

@test "an attached CMS of 64 MiB" {
	peak_begin
	large cms false
	peak_below 20000
	jq -r .signature "$D/answer" | base64 -d >"$D/p7m"
	openssl cms -verify -binary -inform DER -in "$D/p7m" \
		-CAfile "$SIGNET_FIXTURES/ca/root.pem" -out "$D/out"
	cmp "$D/out" "$D/large"
}

# part N: of the compact JWS in the answer, decoded.
part() {
	local text
	text=$(jq -r .signature "$D/answer" | cut -d. -f"$1" | tr -- -_ +/)
	printf '%s%s' "$text" "$(printf '%.*s' $((-${#text} & 3)) ==)" |
		base64 -d
}

@test "a detached JWS of 64 MiB" {
	KEY="pkcs11:serial=$SIGNET_SERIAL_TEST;object=rsa2048"
	peak_begin
	large jws true
	peak_below 20000
	part 1 | jq -e '.alg == "RS256" and .b64 == false'
	part 3 >"$D/sig"
	{ jq -r .signature "$D/answer" | cut -d. -f1 | tr '\n' .
		cat "$D/large"; } |
		openssl dgst -sha256 -signature "$D/sig" \
			-verify "$SIGNET_FIXTURES/pub/rsa2048.pem"
}

@test "a raw signature of 64 MiB" {
	{
		printf '{"key":"%s","format":"raw","content":{' "$KEY"
		printf '"media_type":"application/octet-stream","data":"'
		base64 -w0 <"$D/large"
		printf '"}}'
	} | api POST /v1/signatures -H 'Transfer-Encoding: chunked' -T - \
		>"$D/answer"
	jq -r .signature "$D/answer" | base64 -d >"$D/sig"
	openssl dgst -sha256 -verify "$SIGNET_FIXTURES/pub/p256.pem" \
		-signature "$D/sig" "$D/large"
}

@test "others sign while it is uploaded and hashed" {
	large cms true 3>&- &
	busy=$!
	while kill -0 "$busy" 2>/dev/null; do
		before=$(date +%s%N)
		curl -s --unix-socket "$D/s" -d "$(body "$KEY")" \
			-H 'Content-Type: application/json' \
			http://localhost/v1/signatures >"$D/small"
		echo $((($(date +%s%N) - before) / 1000000)) >>"$D/times"
		jq -e '.state == "released"' "$D/small" >/dev/null
	done
	wait "$busy"
	[ "$(wc -l <"$D/times")" -ge 3 ]
	[ "$(sort -n "$D/times" | tail -n 1)" -lt 1000 ]
}
