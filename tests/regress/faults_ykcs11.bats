#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# faults_ykcs11 - cards that fail in every way, through ykcs11: each request ends
# with the right signature or a typed error, no PIN try is spent, and every card
# that is in signs again by itself (faults.bats: the same through OpenSC)

load helper
load person
load card
load faults
load scenarios

MODULE=ykcs11

setup() {
	signet_setup
}

teardown() {
	person_teardown
	signet_teardown
}

@test "out when idle" {
	out_when_idle
}

@test "out and asked at once" {
	out_and_asked_at_once
}

@test "pulled in mid sign" {
	pulled_in_mid_sign
}

@test "unplugged in mid sign" {
	unplugged_in_mid_sign
}

@test "unplugged when idle" {
	unplugged_when_idle
}

@test "pulled during prompt" {
	pulled_during_prompt
}

@test "swapped then sign" {
	swapped_then_sign
}

@test "swapped during prompt" {
	swapped_during_prompt
}

@test "swapped in mid sign" {
	swapped_in_mid_sign
}

@test "pcscd killed idle" {
	pcscd_killed_idle
}

@test "pcscd killed in mid request" {
	pcscd_killed_in_mid_request
}

@test "pcscd killed during prompt" {
	pcscd_killed_during_prompt
}

@test "slow card" {
	slow_card
}

@test "slow card signs" {
	slow_card_signs
}

@test "mute card" {
	mute_card
}

@test "mute card is pulled" {
	mute_card_is_pulled
}

@test "mute ends at the deadline" {
	mute_ends_at_the_deadline
}

@test "reset by another" {
	reset_by_another
}

@test "reset with a login kept" {
	reset_with_a_login_kept
}

@test "corrupted signature" {
	corrupted_signature
}

@test "worker killed" {
	worker_killed
}

@test "five readers" {
	five_readers
}

@test "an error at the start" {
	skip "defect 6"
	error_at_the_start
}

@test "mute while starting" {
	skip "defect 5"
	mute_while_starting
}

@test "two cards of the same name" {
	two_of_the_same_name
}

@test "listing keys costs no APDU" {
	listing_costs_nothing
}
