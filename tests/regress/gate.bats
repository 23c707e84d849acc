#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# gate: which pages signet-webhost may speak for, and what others learn.

load helper
load page

GOOD=https://bank.example

setup() {
	signet_setup
	own_programs
	configure "$(module_softhsm softhsm2)"
	cat >>"$D/signetd.yaml" <<-END
	loopback:
	  development: ["http://localhost:8000"]
	policy:
	  - {name: bank, match: {origin: ["$GOOD", "http://localhost:8000"]}, outcome: allow}
	  - {name: programs, match: {unattended: true}, outcome: allow}
	END
	start
	wait_until 10 settled
}

teardown() {
	signet_teardown
}

@test "a page that a rule names has its signature" {
	page_api "$GOOD" POST /v1/signatures -d "$(body "$KEY")" >"$D/answer"
	grep -q '^201' "$D/status"
	jq -e '.state == "released"' "$D/answer"
	page_api http://localhost:8000 GET /v1/status >"$D/answer"
	grep -q '^200' "$D/status"
}

@test "any other page gets one answer, whatever it asks" {
	page_api https://evil.example GET /v1/status -i >"$D/first"
	grep -q '^403 $' "$D/status"
	[ "$(tr -d '\r' <"$D/first" | sed '/^Date:/d')" = "$(printf \
		'HTTP/1.1 403 Forbidden\nConnection: close\nContent-Length: 0\n')" ]
	for origin in null '' http://bank.example https://bank.example. \
		https://Bank.example https://bank.example:8443 https://b%61nk.example \
		https://xn--bnk-sna.example http://localhost:8001 wss://bank.example \
		"$GOOD/" "$GOOD,$GOOD" https://user@bank.example 'bank.example'; do
		forbids "$origin" GET /v1/status
	done
	forbids https://evil.example GET /v1/keys
	forbids https://evil.example GET /nothing
	forbids https://evil.example DELETE /v1/status
	forbids https://evil.example POST /v1/signatures -d "$(body "$KEY")"
	forbids https://evil.example POST /v1/pin-operations -d '{'
	forbids https://evil.example OPTIONS '/v1/status?x=y'
	forbids "$GOOD" GET /v1/status -H "Signet-Origin: $GOOD"
}

@test "pages have nothing to do with PINs and new keys" {
	page_api "$GOOD" POST /v1/pin-operations -d '{}' >"$D/answer"
	refused 403 not-allowed
	says 'not for pages'
	page_api "$GOOD" POST /v1/key-operations -d '{}' >"$D/answer"
	refused 403 not-allowed
}

@test "nobody but signet-webhost speaks for a page" {
	api GET /v1/status -H "Signet-Origin: $GOOD" >"$D/answer"
	refused 403 not-allowed
	says 'signet-webhost only'
	signs "$KEY"
}

@test "a page in one request is none in the next" {
	page_curl -o "$D/one" -H "Signet-Origin: $GOOD" http://localhost/v1/status \
		--next -o "$D/two" --unix-socket "$D/s" \
		-H 'Content-Type: application/json' -d '{}' \
		http://localhost/v1/pin-operations
	jq -e .version "$D/one"
	jq -e '.code == "malformed"' "$D/two"
}

@test "a page of localhost needs to be listed" {
	sed -i '/development/s/8000/8001/' "$D/signetd.yaml"
	run "$signetd" --check-config --config "$D/signetd.yaml"
	[ "$status" -eq 1 ]
	[[ $output == *'http://localhost:8000 is not in loopback: development:'* ]]
}

@test "what is no origin of a developer is not configured" {
	for origin in https://bank.example http://bank.example localhost \
		http://localhost/ http://127.0.0.1; do
		sed "s|development.*|development: [\"$origin\"]|" \
			"$D/signetd.yaml" >"$D/other.yaml"
		run "$signetd" --check-config --config "$D/other.yaml"
		[ "$status" -eq 1 ]
		[[ $output == *'development: '*'is not http://localhost or'* ]]
	done
}
