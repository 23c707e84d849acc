#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# answer: a worker that lies when it is asked for a signature is ended; the
# request fails and says whose worker it was, and those behind it are served.

load helper

setup() {
	signet_setup
	mkdir "$D/bin"
	cp "$signetd" "$D/bin/"
	cp "$tools/lying-signer" "$D/bin/signet-worker"
	cp "$build/bin/signet-worker" "$D/bin/true-worker"
	signetd=$D/bin/signetd
	configure "$(module_softhsm liar; echo '    deadline_ms: 1000')"
	start
	wait_until 10 settled
}

teardown() {
	signet_teardown
}

# lie HEX STATUS CODE TEXT: so answered, the request ends with this problem.
lie() {
	local worker
	worker=$(workers)
	signs "$KEY"
	echo "$1" >"$D/bin/lie"
	sign "$KEY" >"$D/answer"
	refused "$2" "$3"
	says liar
	[ -z "$4" ] || says "$4"
	wait_until 5 gone "$worker"
	wait_until 10 signs "$KEY"
}

@test "a frame that is too long" {
	lie 'ffffffff 0005 03 00 id' 502 protocol 'frame length 4294967295'
}

@test "a frame that ends too early, then silence" {
	lie '00000048 0005 03 00 id 00000040 01 02' 504 deadline
}

@test "the answer to a request that is not there" {
	lie '00000008 0005 03 00 7fffffff' 502 protocol 'not asked for'
}

@test "a signature that is shorter than its length" {
	lie '00000010 0005 03 00 id 00000040 01 02 03 04' 502 protocol
}

@test "a signature of no bytes" {
	lie '0000000c 0005 03 00 id 00000000' 502 protocol
}

@test "a signature in several frames" {
	lie '00000014 0005 02 00 id 00000008 0102030405060708' 502 protocol \
		'signature 1 of 1'
	[ "$(grep -c 'failed uid' "$D/log")" -eq 1 ]
}

@test "a failure that says nothing failed" {
	lie '00000008 0005 04 00 id' 502 protocol
}

@test "those behind a lie are served by the next worker" {
	echo 'ffffffff 0005 03 00 id' >"$D/bin/lie"
	[ "$(send_all 6)" = " 1 protocol 5 released " ]
}
