#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# faults_ykcs11 - cards that fail in every way, through ykcs11: each request
# ends with the right signature or a typed error, no PIN try is spent, and every
# card that is in signs again by itself (faults.bats: the same through OpenSC)

load helper
load person
load card
load faults
load scenarios

export MODULE=ykcs11

setup() {
	signet_setup
}

teardown() {
	person_teardown
	signet_teardown
}

@test "a card that is taken out when idle" {
	out_when_idle
}

@test "a card that is taken out and asked for at once" {
	out_and_asked_at_once
}

@test "a card that is pulled in mid-signature" {
	pulled_in_mid_sign
}

@test "a reader that is unplugged in mid-signature" {
	unplugged_in_mid_sign
}

@test "a reader that is unplugged when idle" {
	unplugged_when_idle
}

@test "a card that is pulled during the PIN prompt" {
	pulled_during_prompt
}

@test "a card that is swapped, then asked for: only its own signature" {
	swapped_then_sign
}

@test "a card that is swapped during the PIN prompt does not sign" {
	swapped_during_prompt
}

@test "a card that is swapped in mid-signature does not sign" {
	swapped_in_mid_sign
}

@test "pcscd is killed when idle, and started again" {
	pcscd_killed_idle
}

@test "pcscd is killed in mid-request, and started again" {
	pcscd_killed_in_mid_request
}

@test "pcscd is killed during the PIN prompt, and started again" {
	pcscd_killed_during_prompt
}

@test "a card that takes 2 s for an APDU, and another reader meanwhile" {
	slow_card
}

@test "a card that is slow, but not too slow, signs" {
	slow_card_signs
}

@test "a mute card, and another reader meanwhile" {
	mute_card
}

@test "a mute card that is pulled" {
	mute_card_is_pulled
}

@test "a mute card ends its request at the deadline" {
	mute_ends_at_the_deadline
}

@test "a card that another program resets" {
	reset_by_another
}

@test "a card that another program resets, with a login kept" {
	reset_with_a_login_kept
}

@test "pcscd is killed with a login kept" {
	pcscd_killed_with_a_login_kept
}

@test "a card that is taken out with a login kept" {
	pulled_with_a_login_kept
}

@test "a signature that the card spoiled is not released" {
	corrupted_signature
}

@test "a worker that is killed, idle and in mid-signature" {
	worker_killed
}

@test "five readers at once, one of them mute" {
	five_readers
}

@test "a card that answers an error while its worker starts" {
	error_at_the_start
}

@test "a mute card whose next worker starts keeps nobody waiting" {
	mute_while_starting
}

@test "two cards of the same name and serial number" {
	two_of_the_same_name
}

@test "listing the keys of a card costs no APDU" {
	listing_costs_nothing
}
