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
