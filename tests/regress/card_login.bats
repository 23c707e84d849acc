#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# card_login - a login to a card is nobody else's, neither while it lasts nor at
# the moment at which it ends, by OpenSC and by ykcs11
#
# The other program is connected before, and has its command ready for the
# moment at which the card is nobody's.
# shellcheck disable=SC2034 # MODULE, of faults.bash

load helper
load person
load card
load faults
load scenarios

setup() {
	signet_setup
}

teardown() {
	person_teardown
	signet_teardown
}

# login_start MODULE PIN...: who types these in turn, and the other program.
login_start() {
	MODULE=$1
	faults_start 1 types-in-turn
	printf '%s\n' "${@:2}" >"$D/pin"
	use_9d 30000 &
	other=$!
	wait_until 5 grep -q "^6" "$D/foreign"
}

not_used() {
	not grep "9000$" "$D/foreign"
	kill "$other" || {
		tail -n 3 "$D/foreign"
		return 1
	}
}

approvals() {
	login_start "$1" "$CARD_PIN"
	for _ in {1..8}; do
		card_signs alice
	done
	[ "$(pins)" -eq 8 ]
	wait_until 3 card_is 1 login=no
	not_used
}

# After a reset a module may present a PIN by itself that it has kept.
open_dialogs() {
	MODULE=$1
	faults_start 1 approves
	card_signs alice
	double waits
	use_9d 20000 &
	other=$!
	for n in 2 3; do
		ask one "$(body "$(uri alice)")"
		open_dialog "$n"
		card_is 1 login=no
		card_is 1 pin=3
		card_reset_by_another 1
		go
		answer one "$ASKED"
		own_or_typed alice
	done
	wait_until 3 card_is 1 login=no
	not_used
}

kept() {
	POLICY='  - {name: kept, outcome: ask, pin_cache: 1}' \
		login_start "$1" "$CARD_PIN"
	for _ in {1..3}; do
		card_signs alice
		card_is 1 login=yes
		wait_until 5 card_is 1 login=no
	done
	[ "$(pins)" -eq 3 ]
	not_used
}

changed() {
	login_start "$1" "$CARD_PIN" 246802 246802 246802 135790 135790
	for _ in 1 2; do
		api POST /v1/pin-operations -d '{"operation":"change"}' \
			>"$D/answer"
		grep -q '^200 ' "$D/status"
	done
	wait_until 3 card_is 1 login=no
	not_used
}

@test "opensc: approvals" {
	approvals opensc
}

@test "opensc: dialogs that are open" {
	open_dialogs opensc
}

@test "opensc: a login that is kept" {
	kept opensc
}

@test "opensc: a PIN that is changed" {
	changed opensc
}

@test "ykcs11: approvals" {
	approvals ykcs11
}

@test "ykcs11: dialogs that are open" {
	open_dialogs ykcs11
}

@test "ykcs11: a login that is kept" {
	kept ykcs11
}

@test "ykcs11: a PIN that is changed" {
	changed ykcs11
}
