#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# cacard - the scenarios of faults.bats on libcacard's CAC card, a second card
# that nobody here wrote: what holds is not the doing of our own card
#
# It has RSA keys only, no counter of tries, no unblocking, and nobody can ask
# whether it is logged in; all such cards have one serial number. So these are
# not here: spent tries of this card, ECDSA, a kept login, another card swapped
# in, wrong bits in a signature. Mute and slow are of the reader, and are here.

load helper
load person
load card
load faults
load scenarios

# shellcheck disable=SC2034 # for faults
MODULE=opensc
SERIAL=000058bd002c19b5

setup() {
	signet_setup
}

teardown() {
	person_teardown
	signet_teardown
}

# What the scenarios know as alice is the CAC card; the others are PIV cards.
more_profiles() {
	mkdir -p "$D/profiles"
	cp -R "$card_programs/profiles/." "$D/profiles"
	profiles=$D/profiles
	rm -r "$profiles/alice"
	cp -R "$card_programs/cac" "$profiles/alice"
	piv_profile carol alice 5
	piv_profile dave twin 6
	piv_profile erin clone 7
}

# piv_profile NAME OF N: with keys of another, but a number of its own.
piv_profile() {
	cp -R "$card_programs/profiles/$2" "$profiles/$1"
	sed -i "s/^guid .*/guid 5a1e9c0000000000000000000000e00$3/
		s/^serial .*/serial 500000$3/" "$profiles/$1/card"
}

uri() {
	local guid
	case $1 in
	alice) echo "pkcs11:serial=$SERIAL;id=%00%01" ;;
	*)
		guid=$(sed -n 's/^guid //p' "$profiles/$1/card")
		echo "pkcs11:serial=${guid: -16};id=%${2:-01}"
		;;
	esac
}

# no_try_spent N...: of those that count.
no_try_spent() {
	local n
	for n; do
		not is_piv "$n" || card_is "$n" pin=3 puk=3
	done
}

is_piv() {
	card_control "$1" status | grep -q ' pin='
}

@test "OpenSC lists the card, and signs with it" {
	more_profiles
	CARDS=alice card_setup 1
	opensc --list-token-slots
	opensc_says "Carla Example"
	opensc_says "Common Access Card"
	opensc_says "$SERIAL"
	opensc --list-objects --type cert
	[ "$(grep -c "CN=Carla Example" "$D/said")" -eq 3 ]
	echo "pay 12 EUR" >"$D/content"
	opensc --login --pin "$CARD_PIN" --id 0001 --sign \
		--mechanism SHA256-RSA-PKCS \
		--input-file "$D/content" --output-file "$D/signature"
	card_verifies alice 9a "$D/content" "$D/signature"
}

@test "a wrong PIN signs nothing, and the right one does after it" {
	faults_start 1 approves
	echo 111111 >"$D/pin"
	sign "$(uri alice)" >"$D/answer"
	# The card says 6985, not 63Cx: OpenSC knows nothing better.
	refused 424 module-failed
	printf '%s\n' "$CARD_PIN" >"$D/pin"
	card_signs alice
}

@test "this card is not taken for one that counts" {
	faults_start 2 approves
	not is_piv 1
	is_piv 2
	not card_control 1 corrupt-signature
	not card_control 1 swap "$profiles/bob"
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

@test "mute ends at the deadline" {
	mute_ends_at_the_deadline
}

@test "mute while its worker starts" {
	mute_while_starting
}

@test "mute card is pulled" {
	mute_card_is_pulled
}

@test "reset by another" {
	reset_by_another
}

@test "worker killed" {
	worker_killed
}

@test "five readers" {
	five_readers
}

@test "error at the start" {
	error_at_the_start
}

@test "listing costs nothing" {
	faults_start 1 approves
	card_signs alice
	# Who is logged in this card does not tell: until nothing comes any more.
	until [ "$(apdus 1)" -eq "${seen:-0}" ]; do
		seen=$(apdus 1)
		sleep 0.5
	done
	api GET /v1/keys | jq -e '.keys | length >= 3'
	api GET /v1/tokens | jq -e '.tokens | length == 1'
	[ "$(apdus 1)" -eq "$seen" ]
}
