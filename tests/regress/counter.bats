#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# counter - a card with a retry counter goes through everything that can go
# wrong, one after another: its counter falls by what was typed wrongly and
# presented, and by nothing else

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

# The counter begins below its most, so that a login that nobody saw shows, too.
counting_card() {
	printf '%s\n' 8 >"$D/tries"
	POLICY='  - {name: texts, match: {content: ["text/*"]}, outcome: ask}'
	DEADLINE=1200 person "$1" "$(module_mock)"
	card 9
	left 8
}

# left N: tries, and everything is as it was for the next.
left() {
	wait_nobody_asks
	wait_until 10 settled
	[ "$(tries)" -eq "$1" ] || {
		echo "tries: $(tries), not $1"
		return 1
	}
	rm -f "$D/typed" "$D/dialogs" "$D/go"
	: >"$D/transcript"
	: >"$D/mock.log"
	card 9
}

# Dialogs by a script, and what comes of them.
scripted() {
	double follows-script
	printf '%s\n' "$@" >"$D/script"
	asks
}

@test "what the person does or does not do costs no try" {
	counting_card declines
	asks
	refused 403 declined
	left 8
	scripted late
	refused 408 not-answered
	left 8
	# Too short and too long: told in the dialog, not tried.
	scripted 'pin 1' 'pin 12' cancel
	refused 403 declined
	[ "$(pins)" -eq 3 ]
	left 8
	scripted "pin $(printf '%0300d' 0)" cancel
	refused 403 declined
	left 8
	double waits
	ask one
	open_dialog 1
	kill -KILL "$ASKED"
	left 8
	asks "$(text hello)" -H 'Prefer: respond-async'
	open_dialog 1
	api DELETE "/v1/signatures/$(jq -r .id "$D/answer")" >/dev/null
	left 8
	asks "$(text hello | jq -c --arg t "$(date -u -d '+2 seconds' \
		+%Y-%m-%dT%H:%M:%SZ)" '.expires = $t')"
	refused 408 expired
	left 8
	ask one
	open_dialog 1
	stop
	wait_until 5 gone "$ASKED"
	wait_nobody_asks
	start
	left 8
}

@test "what a pinentry does wrong costs no try" {
	counting_card crashes
	asks
	refused 503 prompt-failed
	left 8
	double garbage
	asks
	refused 503 prompt-failed
	left 8
	double huge-pin
	asks
	refused 503 prompt-failed
	left 8
	# Nobody typed what comes from a cache.
	double remembers
	echo 99999999 >"$D/pin"
	asks
	refused 503 prompt-failed
	left 8
	double waits
	ask one
	open_dialog 1
	kill -KILL "$(prompts)"
	answer one "$ASKED"
	refused 503 prompt-failed
	left 8
}

@test "what a worker or a module does costs no try" {
	counting_card waits
	ask one
	open_dialog 1
	kill -KILL "$(workers)"
	answer one "$ASKED"
	grep -q ^503 "$D/status"
	left 8
	double approves
	# The PIN is right and on its way; nobody gives it once more.
	card 9 'C_Login hang'
	ask one
	wait_until 10 grep -q ' C_Login !hang' "$D/mock.log"
	kill -KILL "$(workers)"
	answer one "$ASKED"
	refused 424 worker-lost
	left 8
	card 9 'C_Login hang'
	asks
	refused 504 deadline
	left 8
	card 9 'C_Login crash'
	asks
	refused 424 worker-lost
	left 8
	card 9 'C_Login return CKR_DEVICE_ERROR'
	asks
	grep -q '^503\|^424' "$D/status"
	[ "$(calls C_Login)" -eq 1 ]
	left 8
	# Wrong ones that did not get so far.
	echo 99999999 >"$D/pin"
	card 9 'C_Login hang'
	asks
	refused 504 deadline
	left 8
	card 9 'C_Login crash'
	asks
	refused 424 worker-lost
	left 8
}

@test "what is refused before anybody is asked costs no try" {
	counting_card approves
	echo 99999999 >"$D/pin"
	asks "$(payment '.payee.name = "Müller\u202eHbmG"')"
	refused 422 bad-content
	left 8
	asks "$(payment)"
	refused 403 not-allowed
	left 8
	KEY="pkcs11:object=none" asks "$(KEY="pkcs11:object=none" text hello)"
	refused 404 no-such-key
	left 8
	asks '{"key":'
	refused 400 malformed
	left 8
	api POST /v1/pin-operations -d "{\"operation\": \"status\",
		\"token\": \"pkcs11:serial=$SIGNET_SERIAL_TEST\"}" >"$D/answer"
	grep -q ^200 "$D/status"
	[ "$(calls C_Login)" -eq 0 ]
	left 8
	kill -KILL "$(workers)"
	wait_until 10 logged 'ended by signal 9'
	left 8
	kill -HUP "$PID"
	left 8
}

@test "a wrong PIN that was presented costs one, each time it was typed" {
	counting_card follows-script
	scripted 'pin 99999999' cancel
	refused 403 declined
	[ "$(calls C_Login)" -eq 1 ]
	left 7
	scripted 'pin 99999999' 'pin 88888888' cancel
	refused 403 declined
	left 5
	scripted 'pin 99999999' 'pin 99999999' 'pin 99999999' 'pin 99999999'
	refused 403 pin-wrong
	[ "$(pins)" -eq 3 ]
	left 2
	# Of a change it is the old PIN that is presented.
	double follows-script
	printf '%s\n' 'pin 99999999' 'pin 123456' 'pin 123456' cancel \
		>"$D/script"
	api POST /v1/pin-operations -d "{\"operation\": \"change\",
		\"token\": \"pkcs11:serial=$SIGNET_SERIAL_TEST\"}" >"$D/answer"
	refused 403 declined
	left 1
	# And the right one gives all back, by itself and once.
	scripted not-ok "pin $pin"
	released
	[ "$(calls C_Login)" -eq 1 ]
	left 9
}

@test "the signature fails after a right PIN: no second login" {
	counting_card approves
	card 9 'C_Sign crash'
	asks
	refused 424 worker-lost
	wait_until 10 settled
	[ "$(calls C_Login)" -eq 1 ]
	[ "$(dialogs)" -eq 1 ]
	[ "$(tries)" -eq 9 ]
}
