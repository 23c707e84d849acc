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
