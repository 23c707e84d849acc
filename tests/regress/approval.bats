#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# approval - a person is asked, sees what is signed, and types the PIN

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
}

# --- PINs ------------------------------------------------------------------

# pin_operation JSON-MEMBERS: on the first test token.
pin_operation() {
	api POST /v1/pin-operations \
		-d "{\"token\":\"pkcs11:serial=$SIGNET_SERIAL_TEST\",$1}" \
		>"$D/answer"
}

# Does pkcs11-tool get in with this PIN?
opens() {
	pkcs11-tool --module "$SIGNET_SOFTHSM2_MODULE" --token-label \
		"${2:-Signet Test}" --login --pin "$1" --list-objects \
		--type privkey >/dev/null 2>&1
}

@test "the PIN is changed, and the old one is no good any more" {
	person approves
	printf '%s\n' "$(cat "$SIGNET_FIXTURES/pin")" 246802 246802 >"$D/pin"
	ln -sf "$doubles/types-in-turn" "$D/approves"
	pin_operation '"operation":"change"'
	grep -q ^200 "$D/status"
	jq -e '.pin == "ok" and .operation == "change"' "$D/answer"
	printf 246802 >"$D/pin"
	ln -sf "$doubles/approves" "$D/approves"
	signs "$KEY"
}
