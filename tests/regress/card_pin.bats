#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# card_pin - the PIN of a card through signetd: looked at, changed, unblocked
# with the PUK, by OpenSC and by ykcs11

load helper
load person
load card
load faults

setup() {
	signet_setup
}

teardown() {
	person_teardown
	signet_teardown
}

# pin_start MODULE LINE...: who types these in turn.
pin_start() {
	MODULE=$1
	faults_start 1 types-in-turn
	types "${@:2}"
}

types() {
	rm -f "$D/typed"
	printf '%s\n' "$@" >"$D/pin"
}

# operation NAME
operation() {
	api POST /v1/pin-operations \
		-d "{\"operation\":\"$1\"}" >"$D/answer"
	echo "# $MODULE $1: $(cat "$D/status" "$D/answer")"
}

done_so() {
	grep -q '^200 ' "$D/status" && return
	cat "$D/status" "$D/answer"
	return 1
}

pin_is() {
	jq -e --arg pin "$1" '.pin == $pin' "$D/answer" >/dev/null || {
		cat "$D/answer"
		return 1
	}
}

# The last try is for who says so in the dialog, which this one does not.
status_tells_the_counter() {
	pin_start "$1" 111111
	operation status
	done_so
	pin_is ok
	sign "$(uri alice)" >"$D/answer"
	typed
	card_is 1 pin=1 puk=3
	operation status
	done_so
	pin_is final-try
}

changed() {
	pin_start "$1" "$CARD_PIN" 246802 246802
	operation change
	done_so
	no_try_spent 1
	# Whoever changes a PIN is logged in, to the card.
	wait_until 3 card_is 1 login=no
	types 246802
	card_signs alice
	no_try_spent 1
}

changed_after_a_wrong_one() {
	pin_start "$1" 111111 246802 246802 "$CARD_PIN" 135790 135790
	operation change
	done_so
	no_try_spent 1
	types 135790
	card_signs alice
	no_try_spent 1
}

# Somebody else spends all tries.
locks_the_pin() {
	for _ in 1 2 3; do
		not opensc --login --pin 111111 --list-objects
	done
	card_is 1 pin=0 puk=3
}

# A PUK is at stake, and nothing gets it back: each is presented once.
@test "opensc: a locked PIN is told, and the PUK sets a new one" {
	pin_start opensc "$CARD_PUK" 246802 246802
	locks_the_pin
	sign "$(uri alice)" >"$D/answer"
	refused 423 pin-locked
	says 'signet pin unblock'
	[ "$(pins)" -eq 0 ]
	operation unblock
	done_so
	pin_is ok
	no_try_spent 1
	types 246802
	card_signs alice
	no_try_spent 1
}

@test "opensc: a wrong PUK costs one try of the PUK, and is asked for again" {
	pin_start opensc 11111111 246802 246802 "$CARD_PUK" 246802 246802
	locks_the_pin
	operation unblock
	done_so
	told_error 'wrong'
	no_try_spent 1
	double follows-script
	printf '%s\n' 'pin 11111111' 'pin 135790' 'pin 135790' cancel \
		>"$D/script"
	operation unblock
	refused 403 declined
	card_is 1 pin=3 puk=2
	printf '%s\n' 'pin 22222222' 'pin 135790' 'pin 135790' \
		'pin 33333333' 'pin 135790' 'pin 135790' >>"$D/script"
	operation unblock
	refused 423 pin-locked
	says 'PUK is locked'
	card_is 1 pin=3 puk=0
	double types-in-turn
	# The PIN is not touched by it.
	types 246802
	card_signs alice
}

# An old PIN is no PUK, though C_SetPIN takes both.
@test "opensc: who changes a PIN spends no try of the PUK" {
	pin_start opensc 111111 246802 246802 222222 246802 246802
	operation change
	not done_so
	card_is 1 pin=1 puk=3
}

# Nobody is asked for anything, and it is told what does it.
@test "ykcs11: the PUK is refused, and what takes it is named" {
	local asked
	pin_start ykcs11 "$CARD_PUK" 246802 246802
	locks_the_pin
	sign "$(uri alice)" >"$D/answer"
	refused 423 pin-locked
	# ykcs11 keeps what the card was when it saw it first.
	asked=$(pins)
	operation unblock
	refused 422 impossible
	says 'yubico-piv-tool -a unblock-pin'
	[ "$(pins)" -eq "$asked" ]
	card_is 1 pin=0 puk=3
}

@test "opensc: the state of the PIN" {
	status_tells_the_counter opensc
}

@test "opensc: the PIN is changed" {
	changed opensc
}

@test "opensc: the PIN is changed at the second attempt" {
	changed_after_a_wrong_one opensc
}

@test "ykcs11: the state of the PIN" {
	status_tells_the_counter ykcs11
}

@test "ykcs11: the PIN is changed" {
	changed ykcs11
}

@test "ykcs11: the PIN is changed at the second attempt" {
	changed_after_a_wrong_one ykcs11
}
