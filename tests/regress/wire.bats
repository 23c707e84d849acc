#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# wire: a peer that lies on the worker protocol is ended, and nothing else.
# Frames: length (4 bytes), type (2), kind (1), zero (1), id (4), body.

load helper

setup() {
	signet_setup
	mkdir "$D/bin"
	cp "$signetd" "$D/bin/"
	cp "$tools/lying-worker" "$D/bin/signet-worker"
	configure "$(module_softhsm liar)"
	signetd=$D/bin/signetd
}

teardown() {
	signet_teardown
}

# lie HEX TEXT: a worker that answers this is ended for that reason.
lie() {
	echo "$1" >"$D/bin/lie"
	start
	wait_until 10 settled
	wait_until 5 logged "$2"
	worker=$(sed -n 's/.*worker \([0-9]*\) ended.*/\1/p' "$D/log" | head -n 1)
	wait_until 5 gone "$worker"
	sign "$KEY" >"$D/answer"
	refused 502 protocol
	says liar
	answers
}

@test "a frame that is too long" {
	lie 'ffffffff 0001 03 00 00000001' 'frame length 4294967295'
}

@test "a frame that is shorter than its head" {
	lie '00000004 0001 03 00' 'frame length 4'
}

@test "an answer that was not asked for" {
	lie '00000008 0001 03 00 00000007' 'not asked for'
}

@test "an answer of another type" {
	lie '00000008 0005 03 00 00000001' 'not asked for'
}

@test "a message type that does not exist" {
	lie '00000008 00ff 03 00 00000001' 'frame of type 255'
}

@test "a request from the worker" {
	lie '00000008 0001 01 00 00000001' 'not asked for'
}

@test "an answer that is shorter than its fields" {
	lie '0000000a 0001 03 00 00000001 0000' 'shorter than its fields'
}

@test "an answer with another version" {
	lie '00000018 0001 03 00 00000001 00000063 02 28 01 00 00000000 00000000' \
		'version 99'
}

@test "the first part of an answer that has one part" {
	lie '00000018 0001 02 00 00000001 00000001 02 28 01 00 00000000 00000000' \
		'not asked for'
}

# lied HEX: how a worker ends that is asked this.
lied() {
	"$tools/lying-daemon" "$build/bin/signet-worker" "$1" 2>>"$D/log"
}

@test "a worker that is lied to leaves with status 3" {
	[ "$(lied 'ffffffff0001010000000001')" = 'status 3' ]
	[ "$(lied '0000000400010100')" = 'status 3' ]
	[ "$(lied '0000000800ff010000000001')" = 'status 3' ]
	[ "$(lied '00000008000103000000000100')" = 'status 3' ]
}

@test "a worker that is asked before hello leaves with status 3" {
	[ "$(lied '000000080002010000000001')" = 'status 3' ]
}

@test "a worker waits for the rest of a frame" {
	[ "$(lied '00000018')" = alive ]
}

# --- PINs of a person, and what other programs say of the result --------------

# driven COMMAND...: of worker-driver, with the module of the fixtures.
driven() {
	"$tools/worker-driver" "$build/bin/signet-worker" \
		"${MODULE:-$SIGNET_SOFTHSM2_MODULE}" token "$SIGNET_SERIAL_TEST" "$@" \
		2>>"$D/log"
}

# other_program PIN [LABEL]: it logs in with it. Two tokens of the fixtures have
# one label: the slot tells them apart.
other_program() {
	local slot
	slot=$(pkcs11-tool --module "$SIGNET_SOFTHSM2_MODULE" --list-slots |
		awk -v label="$2" -v serial="$SIGNET_SERIAL_TEST" '
			/^Slot/ { slot = $3; gsub("[():]", "", slot) }
			/token label/ && label != "" && $NF == label ||
			/serial num/ && label == "" && $NF == serial {
				print slot }')
	pkcs11-tool --module "$SIGNET_SOFTHSM2_MODULE" --slot "$slot" \
		--login --pin "$1" --list-objects --type data >/dev/null 2>&1
}

unhex() {
	# shellcheck disable=SC2001,SC2059
	printf "$(echo "$1" | sed 's/../\\x&/g')"
}

# der HEX: r and s as OpenSSL has them.
der() {
	printf 'asn1=SEQUENCE:s\n[s]\nr=INTEGER:0x%s\ns=INTEGER:0x%s\n' \
		"${1:0:64}" "${1:64}" >"$D/asn1"
	openssl asn1parse -genconf "$D/asn1" -noout -out "$D/der"
}

@test "a person's PIN signs a batch that openssl verifies" {
	driven public p256 prepare 1 type 648219 sign p256 1 0 3 >"$D/out"
	[ "$(grep -c '^signature ' "$D/out")" -eq 3 ]
	unhex "$(sed -n 's/^public //p' "$D/out")" >"$D/public"
	printf '%032d' 0 >"$D/digest"
	while read -r hex; do
		der "$hex"
		openssl pkeyutl -verify -pubin -keyform DER \
			-inkey "$D/public" -in "$D/digest" -sigfile "$D/der"
	done < <(sed -n 's/^signature //p' "$D/out")
}

@test "a login that is kept needs no second PIN" {
	driven prepare 1 type 648219 sign p256 1 1 1 prepare 0 \
		sign p256 0 0 1 logout sign p256 0 0 1 >"$D/out"
	[ "$(grep -c '^signature ' "$D/out")" -eq 2 ]
	grep -q '^prepared 0x[0-9a-f]* 1$' "$D/out"
	grep -q '^failed not-logged-in' "$D/out"
}

@test "a prompt that ends costs no try" {
	use_mock "* where token-label \"Signet Test\" pin-counter 3 \"$D/tries\""
	driven prepare 1 hang-up sign p256 1 0 1 >"$D/out"
	grep -q '^failed prompt-failed' "$D/out"
	[ "$(calls C_Login)" -eq 0 ]
	[ "$(cat "$D/tries")" = 3 ]
}

@test "the counter of a card lives on over workers" {
	use_mock "* where token-label \"Signet Test\" pin-counter 3 \"$D/tries\""
	for left in 2 1 0; do
		driven prepare 1 type 000000 sign p256 1 0 1 >"$D/out"
		grep -q '^failed pin-wrong' "$D/out"
		[ "$(cat "$D/tries")" = "$left" ]
	done
	driven prepare 1 type 648219 sign p256 1 0 1 >"$D/out"
	grep -q '^failed pin-locked' "$D/out"
	driven prepare 2 type 76543210 type 648219 pin 2 '' >"$D/out"
	grep -q '^label Signet Test' "$D/out"
	driven prepare 1 type 648219 sign p256 1 0 1 >"$D/out"
	grep -q '^signature ' "$D/out"
}

use_mock() {
	MODULE=$build/mock/signet-mock.so
	export SIGNET_MOCK_MODULE=$SIGNET_SOFTHSM2_MODULE
	export SIGNET_MOCK_RULES=$D/rules SIGNET_MOCK_LOG=$D/mock.log
	: >"$D/mock.log"
	rules "$@"
}

@test "a PIN that was changed is changed for everybody" {
	driven prepare 2 type 648219 type 135790 pin 1 '' >"$D/out"
	grep -q '^label Signet Test' "$D/out"
	other_program 135790
	not other_program 648219
}

@test "a PIN that was set by the security officer is set for everybody" {
	driven prepare 2 type 76543210 type 97531 pin 2 '' >"$D/out"
	grep -q '^label Signet Test' "$D/out"
	other_program 97531
	not other_program 648219
	driven prepare 2 type 11111111 type 648219 pin 2 '' >"$D/out"
	grep -q '^failed pin-wrong' "$D/out"
	other_program 97531
}

@test "a token that was initialised is one for everybody" {
	driven token '' prepare 2 type 24682468 type 135790 pin 3 Fresh \
		>"$D/out"
	grep -q '^label Fresh' "$D/out"
	other_program 135790 Fresh
	not other_program 648219 Fresh
	# The others stay as they were.
	other_program 648219
}
