#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# recovery: what a failure leaves for the next worker to do, and what not.

load helper

setup() {
	signet_setup
	export DEADLINE=20000
}

teardown() {
	signet_teardown
}

# One token is unattended, not both of that label: one login for each worker.
configure_mock() {
	configure "$(module_mock)"
	sed -i "s/token=Signet%20Test/serial=$SIGNET_SERIAL_TEST/" \
		"$D/signetd.yaml"
}

# That many workers can sign.
ready() {
	[ "$(api GET /v1/status | jq '[.modules[].workers[] |
		select(.state == "ready")] | length')" -eq "$1" ]
}

@test "a second worker that never comes up holds nothing up" {
	export SHARDS=2
	configure_mock
	rules 'C_FindObjects nth 1 delay 1000'
	start
	wait_until 5 grep -q 'C_FindObjects !delay' "$D/mock.log"
	rules 'C_Initialize return CKR_DEVICE_ERROR'
	wait_until 5 settled
	signs "$KEY"
	sign 'pkcs11:object=nobody' >"$D/answer"
	refused 404 no-such-key
}

@test "what went back to the queue is cancelled with its client" {
	configure_mock
	start
	wait_until 10 settled
	rules 'C_Sign from 2 crash' 'C_Initialize hang'
	worker=$(workers)
	halt "$worker"
	for i in 1 2 3; do
		send $i
		wait_until 5 queue_has $i
	done
	kill -CONT "$worker"
	wait_until 5 test -s "$D/answer.1"
	wait_until 5 test -s "$D/answer.2"
	wait_until 5 grep -q 'C_Initialize !hang' "$D/mock.log"
	kill -KILL "$SENT"
	wait_until 5 logged 'cancelled.*the client has gone'
	rules '# well again'
	kill -KILL "$(workers)"
	wait_until 10 signs "$KEY"
	[ "$(calls C_Sign)" -eq 2 ]
}

# not_repeated RULE: a login of which nobody knows what it cost is not tried
# again, by the next worker or another, when tries are low.
not_repeated() {
	(umask 077 && printf 999999 >"$D/pin")
	export PIN_SOURCE=$D/pin SHARDS=2
	configure_mock
	rules "* pin-counter 3 \"$D/tries\"" "$1"
	start
	wait_until 10 settled
	kill -KILL "$(workers | head -n 1)"
	wait_until 5 logged 'ended by signal 9'
	wait_until 10 ready 2
	[ "$(grep -cE ' C_Login (CKR|!crash)' "$D/mock.log")" -eq 1 ]
	sign "$KEY" >"$D/answer"
	refused 424 pin-source
	says 'not tried again'
}

@test "a login that failed oddly is not repeated when tries are low" {
	not_repeated 'C_Login return-after CKR_DEVICE_ERROR'
	[ "$(tries)" -eq 2 ]
}

@test "a login without an answer is not repeated when tries are low" {
	echo 2 >"$D/tries"
	not_repeated 'C_Login crash'
	[ "$(tries)" -eq 2 ]
}

tries() {
	cat "$D/tries"
}
