#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# gate: which pages signet-webhost may speak for, and what others learn.
# shellcheck disable=SC2153 # of start

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

# only KEY: from now on the page has a rule for that key only.
only() {
	sed -i "s|match: {origin: \\[.*\\]}|match: {origin: [\"$GOOD\"], key: [\"$1\"]}|" \
		"$D/signetd.yaml"
	kill -HUP "$PID"
	wait_until 5 logged 'reloaded'
	wait_until 10 settled
}

no_keys() {
	page_api "$GOOD" GET /v1/keys | jq -e '.keys == []'
}

@test "a page sees the keys that it may use, and no others" {
	page_api "$GOOD" GET /v1/keys >"$D/answer"
	[ "$(jq '.keys | length' "$D/answer")" -gt 1 ]
	only pkcs11:object=p256
	page_api "$GOOD" GET /v1/keys |
		jq -e '[.keys[].label] | unique == ["p256"]'
	page_api "$GOOD" GET /v1/tokens | jq -e '.tokens | length >= 1'
	sed -i 's/object=p256/object=nothing/' "$D/signetd.yaml"
	kill -HUP "$PID"
	wait_until 5 no_keys
	page_api "$GOOD" GET /v1/tokens | jq -e '.tokens == []'
}

@test "a key that a page may not use is not there for it" {
	only "$KEY"
	page_api "$GOOD" POST /v1/signatures \
		-d "$(body "${KEY/p256/rsa2048}")" | jq 'del(.request)' >"$D/one"
	grep -q '^404' "$D/status"
	page_api "$GOOD" POST /v1/signatures \
		-d "$(body "${KEY/p256/nothing}")" | jq 'del(.request)' >"$D/two"
	cmp "$D/one" "$D/two"
	page_api "$GOOD" POST /v1/signatures -d "$(body '')" >"$D/answer"
	grep -q '^201' "$D/status"
}

@test "a page is told neither rules nor other pages" {
	sed -i 's/origin: \[/format: [jws], origin: [/' "$D/signetd.yaml"
	kill -HUP "$PID"
	wait_until 5 logged 'reloaded'
	page_api "$GOOD" POST /v1/signatures -d "$(body "$KEY")" >"$D/answer"
	refused 403 not-allowed
	not grep -q 'rule\|localhost' "$D/answer"
	wait_until 5 logged 'rule 1 "bank" wants format jws'
	page_api "$GOOD" GET /v1/status | jq -e 'keys ==
		["limits", "state", "version"]'
}

@test "a page knows its own requests only" {
	page_api "$GOOD" POST /v1/signatures -H 'Prefer: respond-async' \
		-d "$(body "$KEY")" >"$D/answer"
	grep -q '^202' "$D/status"
	id=$(jq -r .id "$D/answer")
	page_api "$GOOD" GET "/v1/signatures/$id" >"$D/answer"
	grep -q '^200' "$D/status"
	api GET "/v1/signatures/$id" >"$D/answer"
	grep -q '^200' "$D/status"
	page_api http://localhost:8000 GET "/v1/signatures/$id" >"$D/answer"
	refused 404 no-such-request
	page_api http://localhost:8000 DELETE "/v1/signatures/$id" >"$D/answer"
	refused 404 no-such-request
}

@test "a page hears that keys changed, and not which" {
	page_api "$GOOD" GET /v1/events -N >"$D/events" 3>&- &
	PIDS+=("$!")
	wait_until 5 grep -q '"live"' "$D/events"
	# First what is there for it, and behind "live" no names.
	sed '/"live"/,$d' "$D/events" >"$D/snapshot"
	[ "$(grep -c '"snapshot":true' "$D/snapshot")" -eq \
		"$(page_api "$GOOD" GET /v1/tokens | jq '.tokens | length')" ]
	not grep '^event:' "$D/snapshot" | grep -v 'token-inserted$'
	api GET '/v1/tokens' >/dev/null
	kill -TERM "$(workers)"
	wait_until 10 grep -q 'event: token-removed\|event: keys-changed\|event: token-inserted' \
		"$D/events" || true
	sed '1,/"live"/d' "$D/events" >"$D/since"
	not grep -q 'pkcs11\|Signet%20Test\|module' "$D/since"
}

@test "what is there is told to a page as far as it may use it" {
	only pkcs11:object=nothing
	wait_until 5 no_keys
	page_api "$GOOD" GET /v1/events -N >"$D/events" 3>&- &
	PIDS+=("$!")
	wait_until 5 grep -q '"live"' "$D/events"
	not grep -q 'snapshot\|pkcs11' "$D/events"
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
