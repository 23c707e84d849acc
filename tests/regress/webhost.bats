#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# signet-webhost under its name "signet": the API as messages, for pages.
# shellcheck disable=SC2034,SC2153 # of the helpers

# What helper, person and webhost set, and what they read.
# shellcheck disable=SC2034,SC2153
bats_require_minimum_version 1.5.0

load helper
load person
load shared
load webhost

setup_file() {
	unset SIGNET_CONFIG
	POLICY="  - {name: page, match: {origin: [\"$ORIGIN\"]}, outcome: ask}"
	shared_setup_file
}

teardown_file() {
	shared_teardown_file
}

setup() {
	shared_setup
}

teardown() {
	webhost_teardown
	shared_teardown
}

# request ID METHOD PATH [BODY [HEADERS]]: a message of the page.
request() {
	printf '{"id":%s,"origin":"%s","method":"%s","path":"%s"%s%s}' "$1" \
		"$ORIGIN" "$2" "$3" "${4:+,\"body\":$4}" \
		"${5:+,\"headers\":$5}"
}

# take ID: waits for the answer to this one, and makes it the last answer, for
# refused, says and released.
take() {
	hear
	until [[ $MESSAGE == "{\"id\":$1,"* ]]; do
		hear || return 1
	done
	made
}

# The parts of an answer, as they would have come from the API.
made() {
	local type='"content-type":"([^"]*)"' body=${MESSAGE#*,\"body\":}
	[[ $MESSAGE =~ \"status\":([0-9]+) ]] || return 1
	printf '%s ' "${BASH_REMATCH[1]}" >"$D/status"
	[[ $MESSAGE =~ $type ]] || BASH_REMATCH=()
	printf '%s\n' "${BASH_REMATCH[1]:-}" >>"$D/status"
	printf '%s\n' "${body%\}}" >"$D/answer"
}

# heard ID: something has come for it.
heard() {
	grep -q "^{\"id\":$1," "$D/heard"
}

# ask_page ID ...: sends it and waits for the answer.
ask_page() {
	tell "$(request "$@")"
	take "$1"
}

# sign_as ID [FORMAT [HEADERS]]: asks for a signature.
sign_as() {
	tell "$(request "$1" POST /v1/signatures "$(body "$KEY" "${2:-cms}")" \
		"${3:-}")"
}

# --- the beginning, requests, answers --------------------------------------

@test "says what it is, and not which version" {
	host signet-webhost-api
	[ "$MESSAGE" = '{"host":"signet","api":"v1"}' ]
	leave
	host_ended 0
}

@test "a page's request is answered as the API does" {
	host signet-webhost-api
	ask_page 1 GET "/v1/keys?purpose=clientAuth"
	grep -q '^200 application/json' "$D/status"
	[ "$(jq '.keys | length' "$D/answer")" -eq 4 ]
	ask_page '"a-1"' GET /v1/no-such-thing
	refused 404 no-such-route
	ask_page 3 GET "/v1/keys?unknown=1"
	refused 400 malformed
}

@test "a payment of a page is shown with page and browser, and signed" {
	host signet-webhost-api
	ask_page 1 POST /v1/signatures "$(payment)"
	released
	[[ $MESSAGE == *'"location":"/v1/signatures/'* ]]
	told_line "A signature is asked for by $ORIGIN"
	told_line "Program: $(readlink -f "$driver") (user"
	jq -r .signature "$D/answer" | base64 -d >"$D/cms"
	payment | jq -cSj .content.payment >"$D/payment"
	openssl cms -verify -inform DER -in "$D/cms" -binary -content \
		"$D/payment" -CAfile "$SIGNET_FIXTURES/ca/chain.pem" \
		-out "$D/signed"
}

@test "a sign-in of a page is its own, whatever it says" {
	local nonce=12345678123456781234567812345678912345678901
	host signet-webhost-api
	ask_page 1 POST /v1/authentications "{\"challenge_nonce\": \"$nonce\"}"
	released
	node "$BATS_TEST_DIRNAME/../web/verify-token.mjs" "$D/answer" \
		"$ORIGIN" "$nonce" "$SIGNET_FIXTURES/ca/intermediate.pem"
	told_line "A sign-in is asked for by $ORIGIN"
	ask_page 2 POST /v1/authentications "{\"challenge_nonce\": \"$nonce\"\
,\"origin\": \"https://other.example\"}"
	refused 400 malformed
	[ "$(dialogs)" -eq 1 ]
}

@test "a key that signs in makes no raw signature for a page" {
	host signet-webhost-api
	KEY="pkcs11:serial=$SIGNET_SERIAL_TEST;object=auth-p256"
	sign_as 1 raw
	take 1
	refused 403 not-allowed
	says "clientAuth"
	[ "$(dialogs)" -eq 0 ]
	sign_as 2 cms
	take 2
	released
}

@test "an Idempotency-Key is passed on, other header fields are refused" {
	host signet-webhost-api
	sign_as 1 cms '{"Idempotency-Key": "k-1"}'
	take 1
	released
	cp "$D/answer" "$D/first"
	sign_as 2 cms '{"idempotency-key": "k-1"}'
	take 2
	cmp "$D/first" "$D/answer"
	[ "$(dialogs)" -eq 1 ]
}

@test "header fields that are not passed on, or no good, are refused" {
	local field lines=()
	for field in '{"Signet-Origin": "https://other.example"}' \
		'{"Host": "x"}' '{"Prefer": "a\r\nHost: x"}' '{"Prefer": ""}' \
		'{"Prefer": 1}' '[]' '{"Prefer": "a", "prefer": "b",
			"PREFER": "c", "pREFER": "d"}'; do
		lines+=("$(request 1 GET /v1/keys '' "${field//$'\n'/}")")
	done
	drive 8 signet-webhost-api "${lines[@]}"
	[ "$(grep -c '"status":400,.*"code":"malformed","detail":"headers' \
		"$D/heard")" -eq 7 ]
}

@test "an answer larger than a message comes in parts" {
	POLICY="  - name: page
    match: {origin: [\"$ORIGIN\"], unattended: true}
    outcome: allow" TOKENS="  - uri: pkcs11:token=Signet%20Test
    unattended: true
    pin_source: $SIGNET_FIXTURES/pin" own approves
	drive 4 signet-webhost-api "$(request 1 POST /v1/signatures \
		"$(batch 1000 | jq -c '.format = "cms"')")"
	sed -n 2p "$D/heard" | jq -e '.status == 201 and .part and
		(.headers["content-type"] == "application/json")'
	tail -n 1 "$D/heard" | grep -q '"last":true}$'
	awk 'length($0) > 1048576 { exit 1 }' "$D/heard"
	tail -n +2 "$D/heard" | jq -j .part | jq -e '.signed == 1000 and
		(.items | length) == 1000 and .evidence.seq > 0'
}

@test "a message has at most 1 MiB" {
	local head tail text
	POLICY="  - {name: page, match: {origin: [\"$ORIGIN\"],
	     content: [image/png]}, outcome: ask}" own approves
	IFS=@ read -r head tail <<<"$(request 1 POST /v1/signatures \
		"$(body "$KEY" | jq -c '.content.data = "@"')")"
	text=$(head -c $((1048576 - ${#head} - ${#tail})) /dev/zero |
		tr '\0' ' ')
	drive 2 signet-webhost-api "${head}aGVsbG8=${text:8}$tail"
	grep -q '"status":400,.*"code":"malformed"' "$D/heard"
	drive 2 signet-webhost-api "${head}aGVsbG8=$tail${text:8}"
	grep -q '"status":403,.*"code":"not-allowed"' "$D/heard"
	drive 2 signet-webhost-api "${head}aGVsbG8=$tail${text:8} "
	tail -n 1 "$D/heard" | jq -e '.error.code == "too-large"'
}

# --- strangers -------------------------------------------------------------

@test "a stranger gets 403 and not a word, whatever it asks" {
	local lines=() path
	for path in /v1/keys /v1/status /v1/no-such-thing; do
		lines+=("$(ORIGIN=https://evil.example \
			request $((${#lines[@]} + 1)) GET $path)")
	done
	for ORIGIN in null http://bank.example https://bank.example.evil \
		https://bank.example/ https://bank.example:443 file://; do
		lines+=("$(request $((${#lines[@]} + 1)) GET /v1/keys)")
	done
	drive 10 signet-webhost-api "${lines[@]}"
	[ "$(grep -c '^{"id":.,"status":403,"headers":{}}$' "$D/heard")" -eq 9 ]
}

@test "no other program may name a page" {
	for origin in "$ORIGIN" https://evil.example; do
		api GET /v1/keys -H "Signet-Origin: $origin" >"$D/answer"
		refused 403 not-allowed
		says signet-webhost
	done
}

@test "what runs signet-webhost under another name may, a copy of it not" {
	ln -s "$build/bin/signet-webhost" "$D/signet-webhost-api"
	cp "$build/bin/signet-webhost" "$D/copy"
	build=$D/none
	mkdir -p "$D/none/bin"
	ln -s "$D/signet-webhost-api" "$D/none/bin/signet-webhost-api"
	host signet-webhost-api
	ask_page 1 GET /v1/keys
	grep -q '^200' "$D/status"
	hang_up
	mv "$D/copy" "$D/none/bin/signet-webhost-api"
	host signet-webhost-api
	ask_page 1 GET /v1/keys
	refused 403 not-allowed
}

@test "an extension that is not in the table is not served" {
	local argument
	for argument in chrome-extension://abcdefghijklmnopabcdefghijklmnop/ \
		chrome-extension://cfnnghaifcoicniedmmddefimhedcnmf \
		chrome-extension://ncibgoaomkmdpilpocfeponihegamlic/ \
		other@addon.example /usr/lib/mozilla/x.json; do
		run -1 "$driver" "$build/bin/signet-webhost-api" "$argument" \
			</dev/null
		grep -q "is not for the extension" <<<"$output"
		not grep -q host <<<"${output//webhost/}"
	done
	host signet-webhost-api \
		chrome-extension://cfnnghaifcoicniedmmddefimhedcnmf/
	hang_up
	host signet-webhost-api /usr/lib/mozilla/signet.json \
		extension@signet.example
}

# --- several, cancelling, the end ------------------------------------------

@test "others are answered while one waits for a person" {
	double waits
	host signet-webhost-api
	sign_as 1
	open_dialog 1
	ask_page 2 GET /v1/keys
	grep -q '^200' "$D/status"
	not heard 1
	go
	take 1
	released
}

@test "cancelling closes the dialog, and nothing comes for it" {
	double waits
	host signet-webhost-api
	sign_as 1
	open_dialog 1
	tell '{"id":1,"cancel":true}'
	wait_nobody_asks
	tell '{"id":1,"cancel":true}'
	tell '{"id":77,"cancel":true}'
	ask_page 2 GET /v1/keys
	not heard 1
	sign_as 1
	open_dialog 2
	go
	take 1
	released
}

# recorded OUTCOME: requests that have ended so, by the journal.
recorded() {
	sqlite3 "$D/state/evidence.sqlite" "SELECT count(*) FROM records WHERE
		json_extract(record, '\$.event.outcome') = '$1'"
}

@test "the page goes in mid-prompt: the dialog closes" {
	local before
	before=$(recorded released)
	double waits
	host signet-webhost-api
	sign_as 1
	open_dialog 1
	leave
	wait_nobody_asks
	host_ended 0
	[ "$(recorded released)" -eq "$before" ]
}

@test "the browser is killed in mid-prompt: the dialog closes" {
	double waits
	host signet-webhost-api
	sign_as 1
	open_dialog 1
	kill -KILL "$HOST"
	wait_nobody_asks
}

@test "no more than 32 requests at a time" {
	local i
	host signet-webhost-api
	for i in $(seq 32); do
		tell "$(request "$i" GET "/v1/events")"
	done
	take 32
	ask_page 33 GET /v1/keys
	refused 429 quota
	tell '{"id":1,"cancel":true}'
	ask_page 34 GET /v1/keys
	grep -q '^200' "$D/status"
}

@test "a hundred requests one after the other" {
	local i
	host signet-webhost-api
	for i in {1..100}; do
		tell '{"id":'"$i"',"origin":"'"$ORIGIN"'","method":"GET"'\
',"path":"/v1/signatures/'"$i"'"}'
		hear
		[[ $MESSAGE == '{"id":'"$i"',"status":404,'* ]]
	done
}

@test "events come as messages until signetd closes the stream" {
	own approves
	host signet-webhost-api
	tell "$(request 1 GET "/v1/events?types=token-inserted" '' \
		'{"Last-Event-ID": "0"}')"
	hear
	jq -e '.status == 200 and (.headers["content-type"] |
		startswith("text/event-stream"))' <<<"$MESSAGE"
	until [[ $MESSAGE == *'"event":"live"'* ]]; do
		hear
	done
	jq -e '.id == 1 and .data.type == "live" and
		.event_id == (.data.id | tostring)' <<<"$MESSAGE"
	# 0 is no event that is kept.
	sed -n 3p "$D/heard" | jq -e '.event == "lost"'
	grep '"event":"token-inserted"' "$D/heard" | head -n 1 |
		jq -e '.data.snapshot and .data.label == "Signet Test"'
	kill -TERM "$PID"
	until [[ $MESSAGE == '{"id":1,"end":true}' ]]; do
		hear
	done
}

# --- what is no message ----------------------------------------------------

@test "members that are missing, unknown or wrong: 400, and it goes on" {
	local m lines=()
	for m in '{"id":"m"}' \
		'{"id":"m","origin":"https://bank.example","method":"GET"}' \
		'{"id":"m","origin":1,"method":"GET","path":"/v1/keys"}' \
		'{"id":"m","origin":"","method":"GET","path":"/v1/keys"}' \
		'{"id":"m","origin":"a\nb","method":"GET","path":"/v1/keys"}' \
		'{"id":"m","origin":"o","method":"PUT","path":"/v1/keys"}' \
		'{"id":"m","origin":"o","method":"GET","path":"v1/keys"}' \
		'{"id":"m","origin":"o","method":"GET","path":"/v1 HTTP"}' \
		'{"id":"m","origin":"o","method":"GET","path":"/","body":{}}' \
		'{"id":"m","origin":"o","method":"POST","path":"/"}' \
		'{"id":"m","origin":"o","method":"POST","path":"/","body":1}' \
		'{"id":"m","origin":"o","method":"GET","path":"/","x":1}' \
		'{"id":"m","cancel":false}' '{"id":"m","cancel":true,"x":1}'
	do
		lines+=("$m")
	done
	drive 16 signet-webhost-api "${lines[@]}" "$(request 2 GET /v1/keys)"
	[ "$(grep -c '^{"id":"m","status":400,.*"code":"malformed"' \
		"$D/heard")" -eq 14 ]
	grep -q '^{"id":2,"status":200,' "$D/heard"
}

# ends_with LINE [CODE]: that is no message; the host says so and ends.
ends_with() {
	drive 99 signet-webhost-api "$1"
	[ "$(wc -l <"$D/heard")" -eq 2 ]
	tail -n 1 "$D/heard" | grep -q '^{"error":{"type":'\
'"urn:signet:problem:'"${2:-malformed}"'",.*"retry":false}}$' ||
		{ cat "$D/heard"; return 1; }
}

@test "lengths of 0, 4, above 1 MiB and 0xFFFFFFFF end it" {
	ends_with '!length 0'
	ends_with '!length 4'
	ends_with '!length 1048577' too-large
	ends_with '!length 4294967295' too-large
}

@test "what is no JSON object in UTF-8, or has no usable id, ends it" {
	local line
	# {"a":"<C3 28>"}
	for line in '!hex 0a0000007b2261223a22c328227d' '[1,2,3]' '"text"' \
		'{"id":1' '{"id":1,"id":2}' '{"method":"GET"}' '{"id":0}' \
		'{"id":2147483648}' '{"id":1.5}' '{"id":null}' '{"id":""}' \
		"{\"id\":\"$(printf '%065d' 0)\"}" '{"id":"a\u0000b"}'; do
		ends_with "$line"
	done
}

@test "an id that is under way ends it" {
	double waits
	host signet-webhost-api
	sign_as 1
	open_dialog 1
	sign_as 1
	hear
	[[ $MESSAGE == '{"error":{'*'"code":"malformed"'* ]]
	host_ended 0
	wait_nobody_asks
}

@test "a message that breaks off is none" {
	drive 1 signet-webhost-api '!hex 40000000' '!hex 7b226964223a'
	[ "$(wc -l <"$D/heard")" -eq 1 ]
}

# --- signetd ---------------------------------------------------------------

@test "starts the user's signetd when none runs" {
	own_place
	person_configure approves
	export SIGNET_CONFIG=$D/signetd.yaml SIGNET_SOCKET=$D/run/signetd.sock
	host signet-webhost-api
	ask_page 1 GET /v1/keys
	grep -q '^200' "$D/status"
	PIDS+=("$(ps -o ppid= -p "$(curl -s --unix-socket "$SIGNET_SOCKET" \
		http://localhost/v1/status |
		jq '.modules[0].workers[0].pid')" | tr -d ' ')")
}

@test "says that there is no signetd" {
	own_place
	host signet-webhost-api
	ask_page 1 GET /v1/keys
	refused 503 no-daemon
}
