#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# recovery: what a failure leaves for the next worker to do, and what not.

load helper

setup() {
	signet_setup
	own_tokens
	export DEADLINE=5000
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

# A signature in the background; its answer comes to $D/answer.N.
send() {
	curl -s --max-time 20 --unix-socket "$D/s" -o "$D/answer.$1" \
		-H 'Content-Type: application/json' -d "$(body "$KEY")" \
		http://localhost/v1/signatures 3>&- &
	SENT=$!
	PIDS+=("$SENT")
}

queue_has() {
	[ "$(api GET /v1/status | jq .queue)" -eq "$1" ]
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
	rules 'C_Sign delay 300' 'C_Sign from 2 crash'
	for i in 1 2 3; do
		send $i
		wait_until 5 queue_has $i
	done
	wait_until 5 test -s "$D/answer.1"
	rules 'C_Initialize delay 3000'
	wait_until 5 test -s "$D/answer.2"
	wait_until 5 grep -q 'C_Initialize !delay' "$D/mock.log"
	kill -KILL "$SENT"
	wait_until 1 logged 'cancelled.*the client has gone'
	rules '# well again'
	wait_until 10 signs "$KEY"
	[ "$(calls C_Sign)" -eq 2 ]
}

@test "a login that failed oddly is not repeated when tries are low" {
	(umask 077 && printf 999999 >"$D/pin")
	export PIN_SOURCE=$D/pin SHARDS=2
	configure_mock
	rules "* pin-counter 3 \"$D/tries\"" \
		'C_Login return-after CKR_DEVICE_ERROR'
	start
	wait_until 10 settled
	kill -KILL "$(workers | head -n 1)"
	wait_until 5 logged 'ended by signal 9'
	wait_until 10 ready 2
	[ "$(calls C_Login)" -eq 1 ]
	[ "$(cat "$D/tries")" -eq 2 ]
	sign "$KEY" >"$D/answer"
	refused 424 pin-source
	says 'not tried again'
}
