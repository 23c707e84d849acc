#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# approval - a person is asked, sees what is signed, and types the PIN; what
# else can happen to a dialog ends in a refusal

# Helpers read these, and set others.
# shellcheck disable=SC2034,SC2153,SC2154
load helper
load person

setup() {
	signet_setup
}

teardown() {
	person_teardown
	signet_teardown
}

@test "who approves and types the PIN gets a signature" {
	person approves
	signs "$KEY"
	told_line 'hello'
	[ "$(dialogs)" -eq 1 ]
}

# Sockets of signetd: how many, by which nobody listens.
sockets() {
	find "/proc/$PID/fd" -lname 'socket:*' | wc -l
}

@test "signetd keeps no end of the way that the PIN goes" {
	[ "$(id -u)" -eq 0 ] || skip "only root sees the descriptors of signetd"
	person waits
	before=$(sockets)
	ask one
	open_dialog 1
	# The client, and the prompt; the third is theirs and the worker's.
	[ "$(sockets)" -eq $((before + 2)) ]
	[ "$(find "/proc/$(prompts)/fd" -lname 'socket:*' | wc -l)" -ge 2 ]
	go
	answer one "$ASKED"
	released
}

@test "the login ends with the signature: the next one asks again" {
	person approves
	signs "$KEY"
	signs "$KEY"
	[ "$(dialogs)" -eq 2 ]
}

@test "who declines signs nothing" {
	person declines
	sign "$KEY" >"$D/answer"
	refused 403 declined
	wait_nobody_asks
}

@test "two wrong PINs and a right one: a signature, and the dialog says why" {
	person wrong-pin-twice
	signs "$KEY"
	[ "$(pins)" -eq 3 ]
	[ "$(grep -c ^SETERROR "$D/transcript")" -eq 2 ]
	told_error 'The PIN was wrong'
}

@test "three wrong PINs are the end" {
	person approves
	echo 99999999 >"$D/pin"
	sign "$KEY" >"$D/answer"
	refused 403 pin-wrong
	[ "$(pins)" -eq 3 ]
	wait_nobody_asks
}

# --- pinentries that fail --------------------------------------------------

# fails_with DOUBLE STATUS CODE: and the next person is asked as ever.
fails_with() {
	double "$1"
	sign "$KEY" >"$D/answer"
	refused "$2" "$3"
	wait_nobody_asks
	double approves
	signs "$KEY"
}

@test "a pinentry that is missing, crashes or talks nonsense signs nothing" {
	person approves
	fails_with no-such-program 503 prompt-failed
	fails_with never-starts 503 prompt-failed
	fails_with crashes 503 prompt-failed
	fails_with garbage 503 prompt-failed
}

@test "a PIN of 10,000 bytes is no PIN" {
	person approves "$(module_mock)"
	card 3
	double huge-pin
	sign "$KEY" >"$D/answer"
	refused 503 prompt-failed
	not grep -q ' C_Login CKR' "$D/mock.log"
	wait_nobody_asks
}

@test "a pinentry that hangs is ended when the time is over" {
	TIMEOUT=5 person hangs
	sign "$KEY" >"$D/answer"
	refused 408 not-answered
	[ -e "$D/hanging" ]
	wait_nobody_asks
}

# --- processes that go -----------------------------------------------------

@test "signet-prompt is killed while its dialog is open" {
	person waits
	ask one
	open_dialog 1
	kill -KILL "$(prompts)"
	answer one "$ASKED"
	refused 503 prompt-failed
	wait_nobody_asks
	double approves
	signs "$KEY"
}

@test "the worker is killed while the dialog is open" {
	person waits
	ask one
	open_dialog 1
	kill -KILL "$(workers)"
	answer one "$ASKED"
	refused 503 token-gone || refused 503 prompt-failed
	wait_nobody_asks
	wait_until 10 settled
	double approves
	wait_until 10 signs "$KEY"
}

@test "the worker is killed while the PIN is in flight" {
	DEADLINE=10000 person approves "$(module_mock)"
	rules 'C_Login hang'
	ask one
	wait_until 10 grep -q ' C_Login !hang' "$D/mock.log"
	rules
	kill -KILL "$(workers)"
	answer one "$ASKED"
	refused 424 worker-lost
	wait_nobody_asks
	# Nobody is asked for that request again, and no PIN was kept.
	[ "$(dialogs)" -eq 1 ]
	wait_until 10 settled
	wait_until 10 signs "$KEY"
	[ "$(dialogs)" -eq 2 ]
}

@test "the module hangs in the login: its deadline, then the next is asked" {
	person approves "$(module_mock)"
	rules 'C_Login hang'
	sign "$KEY" >"$D/answer"
	refused 504 deadline
	rules
	wait_until 10 signs "$KEY"
}

@test "the client goes away: the dialog closes" {
	person waits
	ask one
	open_dialog 1
	not nobody_asks
	kill -KILL "$ASKED"
	wait_nobody_asks
	wait_until 5 logged 'cancelled.*the client has gone'
	# Nor does it come back.
	[ "$(dialogs)" -eq 1 ]
}

@test "a request is taken back by its owner: the dialog closes" {
	person waits
	asks "$(text hello)" -H 'Prefer: respond-async'
	id=$(jq -r .id "$D/answer")
	open_dialog 1
	api DELETE "/v1/signatures/$id" >"$D/answer"
	grep -q ^200 "$D/status"
	wait_nobody_asks
	[ "$(api GET "/v1/signatures/$id" | jq -r .state)" = cancelled ]
}

@test "signetd ends: the dialog closes" {
	person waits
	ask one
	open_dialog 1
	prompt=$(prompts)
	stop
	answer one "$ASKED"
	refused 503 shutting-down || refused 409 cancelled
	wait_until 5 gone "$prompt"
	wait_nobody_asks
}

@test "signetd is killed: the dialog closes" {
	person waits
	ask one
	open_dialog 1
	prompt=$(prompts)
	kill -KILL "$PID"
	wait_until 5 gone "$prompt"
	wait_nobody_asks
}

@test "a request expires while it is asked for" {
	person waits
	asks "$(text hello | jq -c --arg t "$(date -u -d '+2 seconds' \
		+%Y-%m-%dT%H:%M:%SZ)" '.expires = $t')"
	refused 408 expired
	[ "$(dialogs)" -eq 1 ]
	wait_nobody_asks
}

# --- several requests ------------------------------------------------------

@test "who comes second waits, and is asked after" {
	person waits
	ask one "$(text first)"
	first=$ASKED
	open_dialog 1
	ask two "$(text second)"
	second=$ASKED
	# This one comes through: so the second is in the queue by now.
	asks "$(text third)" -H 'Prefer: respond-async'
	wait_until 5 queued 3
	[ "$(dialogs)" -eq 1 ]
	[ "$(prompts | wc -l)" -eq 1 ]
	go
	answer one "$first"
	released
	open_dialog 2
	[ "$(prompts | wc -l)" -eq 1 ]
	not told_line 'third'
	go decline
	answer two "$second"
	refused 403 declined
	open_dialog 3
	told_line 'third'
}

queued() {
	[ "$(api GET /v1/status | jq .queue)" -ge "$1" ]
}

@test "eight wait, the ninth is refused, and a dialog shows how many wait" {
	person waits
	for i in 0 1 2 3 4 5 6 7 8; do
		asks "$(text "number $i")" -H 'Prefer: respond-async'
		grep -q ^202 "$D/status"
	done
	sign "$KEY" >"$D/answer"
	refused 429 quota
	open_dialog 1
	go decline
	open_dialog 2
	told_line '7 more requests wait'
	api DELETE "/v1/signatures/$(jq -r .id "$D/now")" >/dev/null
	grep -q ^200 "$D/status"
}

@test "two users and one token: each PIN is for one signature" {
	[ "$(id -u)" -eq 0 ] || skip "asking as another user needs root"
	POLICY='  - {name: both, match: {user: ["0", "65534"]}, outcome: ask}'
	person_other_user approves
	pids=()
	for i in 1 2 3; do
		ask "root$i" "$(text "root $i")"
		pids+=("root$i $ASKED")
		AS_CLIENT=$nobody ask "nobody$i" "$(text "nobody $i")"
		pids+=("nobody$i $ASKED")
	done
	for i in "${pids[@]}"; do
		# shellcheck disable=SC2086
		answer $i
		released
	done
	[ "$(pins)" -eq 6 ]
}

@test "another user's request is none of one's own" {
	[ "$(id -u)" -eq 0 ] || skip "asking as another user needs root"
	POLICY='  - {name: both, match: {user: ["0", "65534"]}, outcome: ask}'
	person_other_user waits
	asks "$(text hello)" -H 'Prefer: respond-async'
	id=$(jq -r .id "$D/answer")
	open_dialog 1
	$nobody curl -s --unix-socket "$D/s" -X DELETE \
		-w '%{stderr}%{http_code} %{content_type}\n' \
		"http://localhost/v1/signatures/$id" \
		>"$D/answer" 2>"$D/status"
	refused 404 no-such-request
	[ -n "$(prompts)" ]
}

nobody="setpriv --reuid=65534 --regid=65534 --clear-groups"

# signetd, which the user nobody may use as well.
person_other_user() {
	chmod 711 "$D"
	person_configure "$1"
	sed -i "1a socket_group: $(getent group 65534 | cut -d: -f1)" \
		"$D/signetd.yaml"
	cat "$SIGNET_FIXTURES/pin" >"$D/pin"
	start
	wait_until 10 settled
}

# --- what is shown ---------------------------------------------------------

@test "text that runs backwards is shown as it is" {
	person approves
	asks "$(text $'pay \u202e001 RUE')"
	released
	told_line 'U+202E'
	not grep -q $'\u202e' "$D/transcript"
}

@test "what cannot be shown as what it is asks nobody" {
	person approves
	asks "$(payment '.payee.name = "Müller\u202eHbmG"')"
	refused 422 bad-content
	asks "$(payment '.total.value = "12,00"')"
	refused 422 bad-content
	asks "$(payment '.total.value = 12')"
	refused 422 bad-content
	asks "$(payment '.total.value = "-12.00"')"
	refused 422 bad-content
	asks "$(payment '.payee.extra = "x"')"
	refused 422 bad-content
	asks "$(payment 'del(.payee.account)')"
	refused 422 bad-content
	asks "$(payment | sed 's/"reference":"RE 1"/&,"reference":"RE 2"/')"
	grep -q '^4' "$D/status"
	[ ! -e "$D/transcript" ]
}

# pain FILE: a request to sign it.
pain() {
	jq -cn --arg key "$KEY" --rawfile xml "$1" '{key: $key, format: "cms",
		content: {name: "pay.xml", media_type: "application/xml",
		data: ($xml | @base64)}}'
}

@test "a file of payments is shown with its sum, and not when it is wrong" {
	person approves
	xml=$BATS_TEST_DIRNAME/../../examples/payment.pain001.xml
	sed 's/23562.25/23562.26/' "$xml" >"$D/wrong.xml"
	asks "$(pain "$D/wrong.xml")"
	refused 422 bad-content
	sed '0,/<NbOfTxs>3/s//<NbOfTxs>4/' "$xml" >"$D/wrong.xml"
	asks "$(pain "$D/wrong.xml")"
	refused 422 bad-content
	[ ! -e "$D/transcript" ]
	asks "$(pain "$xml")"
	released
	told_line '23562.25'
}

# --- the policy ------------------------------------------------------------

@test "the policy denies in words, and nobody is asked" {
	POLICY='  - name: small
    match: {sum_max: [{currency: EUR, value: "10.00"}]}
    outcome: ask
  - {name: closed, match: {format: [raw]}, outcome: deny, reason: "not raw"}'
	person approves
	asks "$(payment)"
	refused 403 not-allowed
	says 'small'
	says '12.00'
	asks "$(text hello)"
	refused 403 not-allowed
	says 'closed'
	says 'not raw'
	[ ! -e "$D/transcript" ]
	asks "$(payment '.total.value = "10.00"')"
	released
}

@test "a policy with a mistake does not take the place of the one in force" {
	POLICY='  - {name: texts, match: {content: ["text/*"]}, outcome: ask}'
	person approves
	cp "$D/signetd.yaml" "$D/good.yaml"
	sed -i 's/outcome: ask/outcome: allways/' "$D/signetd.yaml"
	kill -HUP "$PID"
	wait_until 5 logged 'outcome|allways'
	asks "$(text hello)"
	released
	asks "$(payment)"
	refused 403 not-allowed
	[ "$(dialogs)" -eq 1 ]
	sed 's/text\/\*/application\/*/' "$D/good.yaml" >"$D/signetd.yaml"
	kill -HUP "$PID"
	wait_until 5 asks_payment
	asks "$(text hello)"
	refused 403 not-allowed
}

asks_payment() {
	asks "$(payment)"
	grep -q ^201 "$D/status"
}

# --- PINs ------------------------------------------------------------------

# pin_operation JSON-MEMBERS: on the first test token.
pin_operation() {
	api POST /v1/pin-operations \
		-d "{\"token\":\"pkcs11:serial=$SIGNET_SERIAL_TEST\",$1}" \
		>"$D/answer"
}

@test "the PIN is changed, and the old one is no good any more" {
	person types-in-turn
	printf '%s\n' "$(cat "$SIGNET_FIXTURES/pin")" 246802 246802 >"$D/pin"
	pin_operation '"operation":"change"'
	grep -q ^200 "$D/status"
	jq -e '.pin == "ok" and .operation == "change"' "$D/answer"
	printf 246802 >"$D/pin"
	double approves
	signs "$KEY"
}
