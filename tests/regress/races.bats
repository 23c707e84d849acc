#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# races - what happens at the same time as an approval: whatever wins, nothing
# is signed that nobody approved, no dialog stays, and signetd goes on

# shellcheck disable=SC2034
load helper
load person

setup() {
	signet_setup
	pin=$(cat "$SIGNET_FIXTURES/pin")
}

teardown() {
	person_teardown
	signet_teardown
}

# It is still there, asks nobody, and the next one signs.
# shellcheck disable=SC2153 # PID is set by start
goes_on() {
	wait_nobody_asks
	kill -0 "$PID"
	rules
	wait_until 10 settled
	double approves
	asks
	released
}

# slow FUNCTION: the module is in this call for some time from now on.
slow() {
	rules "$1 delay 600"
	: >"$D/mock.log"
}

in_call() {
	wait_until 10 grep -q " $1 !delay" "$D/mock.log"
}

@test "the client goes while the token is made ready" {
	person waits "$(module_mock)"
	slow C_GetTokenInfo
	ask one
	in_call C_GetTokenInfo
	kill -KILL "$ASKED"
	wait_until 5 logged 'cancelled.*the client has gone'
	[ "$(dialogs)" -eq 0 ]
	goes_on
}

@test "the owner takes it back while the token is made ready" {
	person waits "$(module_mock)"
	slow C_GetTokenInfo
	asks "$(text hello)" -H 'Prefer: respond-async'
	in_call C_GetTokenInfo
	id=$(jq -r .id "$D/answer")
	api DELETE "/v1/signatures/$id" >"$D/answer"
	wait_until 5 ended "$id"
	[ "$(api GET "/v1/signatures/$id" | jq -r .state)" = cancelled ]
	[ "$(dialogs)" -eq 0 ]
	goes_on
}

ended() {
	api GET "/v1/signatures/$1" | jq -e '.state == "released" or
		.state == "cancelled" or .state == "refused" or
		.state == "failed"' >/dev/null
}

@test "the worker dies while the token is made ready" {
	DEADLINE=10000 person waits "$(module_mock)"
	rules 'C_GetTokenInfo hang'
	ask one
	wait_until 10 grep -q ' C_GetTokenInfo !hang' "$D/mock.log"
	rules
	kill -KILL "$(workers)"
	answer one "$ASKED"
	grep -q '^424\|^503' "$D/status"
	[ "$(dialogs)" -eq 0 ]
	goes_on
}

@test "the client goes while its PIN is at the token" {
	person approves "$(module_mock)"
	slow C_Login
	ask one
	in_call C_Login
	kill -KILL "$ASKED"
	wait_until 5 logged 'cancelled.*the client has gone'
	wait_until 5 logged_out
	not logged ': released'
	goes_on
}

logged_out() {
	[ "$(calls C_Logout)" -ge 1 ]
}

@test "the owner takes it back while the token signs: it is not released" {
	person approves "$(module_mock)"
	slow C_Sign
	asks "$(text hello)" -H 'Prefer: respond-async'
	id=$(jq -r .id "$D/answer")
	in_call C_Sign
	api DELETE "/v1/signatures/$id" >"$D/answer"
	wait_until 5 ended "$id"
	api GET "/v1/signatures/$id" >"$D/answer"
	jq -e '.state == "cancelled" and (has("signature") | not)' "$D/answer"
	goes_on
}

@test "the client of a batch goes in the middle of it" {
	person approves "$(module_mock)"
	slow 'C_Sign nth 2'
	ask one "$(batch 5)"
	in_call C_Sign
	kill -KILL "$ASKED"
	wait_until 5 logged 'cancelled.*the client has gone'
	not logged ': released'
	goes_on
}

@test "the PIN's state is asked for while a dialog is open: it stays good" {
	person waits "$(module_mock)"
	ask one
	open_dialog 1
	api POST /v1/pin-operations -d "{\"operation\": \"status\",
		\"token\": \"pkcs11:serial=$SIGNET_SERIAL_TEST\"}" >"$D/other"
	grep -q ^200 "$D/status"
	api GET /v1/tokens >"$D/other"
	api GET /v1/keys >"$D/other"
	grep -q ^200 "$D/status"
	go
	answer one "$ASKED"
	released
	[ "$(dialogs)" -eq 1 ]
}

dialogs_waiting() {
	[ "$(api GET /v1/status | jq .dialogs_waiting)" -eq "$1" ]
}

@test "a PIN is to be changed while a dialog is open: it waits" {
	person waits "$(module_mock)"
	ask one
	first=$ASKED
	open_dialog 1
	api POST /v1/pin-operations -d "{\"operation\": \"change\",
		\"token\": \"pkcs11:serial=$SIGNET_SERIAL_TEST\"}" \
		>"$D/change" 2>/dev/null 3>&- &
	PIDS+=("$!")
	change=$!
	wait_until 10 dialogs_waiting 1
	asks "$(text third)" -H 'Prefer: respond-async'
	[ "$(dialogs)" -eq 1 ]
	go
	answer one "$first"
	released
	open_dialog 2
	go decline
	wait_until 10 gone "$change"
	jq -e '.code == "declined"' "$D/change"
}

@test "a reload takes the module away while a dialog is open" {
	person waits "$(module_mock)"
	ask one
	open_dialog 1
	sed -i 's/deadline_ms: 1000/deadline_ms: 1001/' "$D/signetd.yaml"
	kill -HUP "$PID"
	wait_until 5 logged 'reloaded'
	go
	answer one "$ASKED"
	# The old worker has its PIN, and stays for as long.
	released
	goes_on
}

@test "a reload changes the policy while a dialog is open" {
	person waits "$(module_mock)"
	ask one
	open_dialog 1
	printf 'policy: []\n' >>"$D/signetd.yaml"
	kill -HUP "$PID"
	wait_until 5 denies
	go
	answer one "$ASKED"
	released || refused 403 not-allowed
	kill -0 "$PID"
	wait_nobody_asks
}

denies() {
	sign "$KEY" >"$D/answer"
	grep -q ^403 "$D/status"
}

@test "requests and their ends, all at once" {
	person waits "$(module_mock)"
	rules 'C_Login every 3 delay 30'
	clients=()
	for i in 1 2 3 4 5 6; do
		ask "n$i" "$(text "number $i")"
		clients+=("$ASKED")
	done
	# Nobody has an answer before the first dialog has one.
	open_dialog 1
	double approves
	kill -KILL "${clients[1]}" "${clients[4]}"
	go
	for i in 0 2 3 5; do
		answer "n$((i + 1))" "${clients[$i]}"
		released
	done
	[ "$(calls C_Login)" -le 6 ]
	[ "$(calls C_Login)" -eq "$(calls C_Logout)" ]
	goes_on
}

@test "signetd ends while a PIN is at the token, and signs nothing after it" {
	person approves "$(module_mock)"
	slow C_Login
	ask one
	in_call C_Login
	worker=$(workers)
	stop
	wait_until 5 gone "$worker"
	wait_until 5 gone "$ASKED"
	wait_nobody_asks
	start
	wait_until 10 settled
	rules
	asks
	released
}
