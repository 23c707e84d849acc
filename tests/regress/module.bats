#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# module: a module may crash, hang, lie or not be there: only its worker dies,
# the answer names it, its neighbour does not notice, and the next signature
# works.

load helper

setup_file() {
	signet_setup_file
}

teardown_file() {
	rm -rf "$OTHER_DIR"
}

setup() {
	signet_setup
	configure "$(module_mock; cat "$OTHER_DIR/yaml")"
}

teardown() {
	signet_teardown
}

# The module at this path cannot serve; the neighbour can.
broken_module() {
	configure "$(printf '  - name: bad\n    path: %s\n' "$1"
		cat "$OTHER_DIR/yaml")"
	start
	wait_until 10 settled
	signs "$OTHER"
	sign "$KEY" >"$D/answer"
	refused 424 "$2"
	says bad
	api GET /v1/status | jq -e '.modules[] | select(.name == "bad") |
		.state == "failed" and .last_error.detail != ""'
}

@test "a module that is missing" {
	broken_module "$D/nothing.so" module-load
	says "No such file"
}

@test "a file that is not a PKCS#11 module" {
	broken_module "$build/mock/not-pkcs11.so" module-load
	says C_GetFunctionList
}

@test "a file that is no library" {
	cp "$D/signetd.yaml" "$D/module.so"
	broken_module "$D/module.so" module-load
}

@test "a module without functions" {
	broken_module "$build/mock/null-function-list.so" module-load
}

@test "a module with half of its functions" {
	broken_module "$build/mock/null-entries.so" module-load
}

@test "a module of version 1" {
	broken_module "$build/mock/version-1.so" module-load
}

@test "a module that others can change is not loaded" {
	cp "$build/mock/signet-mock.so" "$D/loose.so"
	chmod 666 "$D/loose.so"
	broken_module "$D/loose.so" module-load
	says "chmod go-w"
	# The log tells it, and not at each attempt.
	sleep 0.5
	[ "$(grep -c "no worker: .*chmod go-w" "$D/log")" -eq 1 ]
}

# fails_to_start RULE: the module does not come up; then it does.
fails_to_start() {
	rules "$1"
	start
	wait_until 25 settled
	signs "$OTHER"
	sign "$KEY" >"$D/answer"
	grep -qE '^(424|504)' "$D/status"
	says mock
	rules '# well again'
	wait_until 10 signs "$KEY"
}

@test "C_Initialize fails" {
	fails_to_start 'C_Initialize return CKR_GENERAL_ERROR'
}

@test "C_Initialize crashes" {
	fails_to_start 'C_Initialize crash'
}

@test "C_GetSlotList crashes" {
	fails_to_start 'C_GetSlotList crash'
}

@test "C_GetSlotList lies about its length" {
	fails_to_start 'C_GetSlotList huge-list 100000'
}

@test "C_GetTokenInfo crashes" {
	fails_to_start 'C_GetTokenInfo crash'
}

@test "C_OpenSession crashes" {
	fails_to_start 'C_OpenSession crash'
}

@test "C_FindObjects crashes" {
	fails_to_start 'C_FindObjects crash'
}

@test "C_GetAttributeValue crashes" {
	fails_to_start 'C_GetAttributeValue crash'
}

@test "a module that aborts at C_Login" {
	fails_to_start 'C_Login abort'
}

@test "C_FindObjects lies about its count" {
	rules 'C_FindObjects huge-list 1000000'
	start
	wait_until 10 settled
	signs "$OTHER"
	sign "$KEY" >"$D/answer"
	grep -qE '^424' "$D/status"
}

# fails_once RULE STATUS CODE [TEXT]: the signature fails so, the next works.
fails_once() {
	start
	wait_until 10 settled
	signs "$KEY"
	rules "$1"
	sign "$KEY" >"$D/answer"
	refused "$2" "$3"
	says "${4:-p256}"
	rules '# well again'
	signs "$OTHER"
	wait_until 10 signs "$KEY"
}

@test "C_Sign crashes" {
	fails_once 'C_Sign crash' 424 worker-lost mock
	sanitized || logged 'signal 11'
}

@test "C_Sign hangs: its worker is replaced at the deadline" {
	before=$SECONDS
	fails_once 'C_Sign deaf-hang' 504 deadline mock
	[ $((SECONDS - before)) -le 15 ]
}

@test "C_SignInit spins" {
	fails_once 'C_SignInit spin' 504 deadline mock
}

@test "C_Sign leaves the process" {
	fails_once 'C_Sign exit 0' 424 worker-lost mock
}

@test "C_Sign answers an error" {
	fails_once 'C_Sign return CKR_FUNCTION_FAILED' 424 module-failed \
		'mock: C_Sign: CKR_FUNCTION_FAILED'
}

@test "C_Sign lies about its length" {
	fails_once 'C_Sign wrong-length 100000' 424 module-failed mock
}

@test "C_Sign answers garbage: it is never released" {
	fails_once 'C_Sign garbage-signature' 424 signature-mismatch
	[ "$(released_records)" -ge 2 ]
}

@test "another key's signature is never released" {
	fails_once 'C_SignInit other-key "tls-client"' 424 signature-mismatch
}

@test "a module that prints on stdout" {
	start
	wait_until 10 settled
	rules '* stdout "noise"'
	signs "$KEY"
	signs "$KEY"
	not logged noise
}

@test "a module that forks leaves nobody behind" {
	start
	wait_until 10 settled
	rules 'C_Sign fork 30'
	signs "$KEY"
	child=$(awk '$3 == "!child" {print $4}' "$D/mock.log" | head -n 1)
	kill -0 "$child"
	stop
	wait_until 5 gone "$child"
}

@test "a module that closes our descriptors" {
	fails_once 'C_Sign close-fds' 424 worker-lost mock
}

@test "what stood behind a crash is served by the next worker" {
	export SHARDS=2 DEADLINE=3000
	configure "$(module_mock)"
	start
	wait_until 10 settled
	rules "C_Sign once \"$D/crashed\" crash"
	[ "$(send_all 12)" = " 11 released 1 worker-lost " ]
	[ -e "$D/crashed" ]
}

@test "a token that hangs does not delay another module" {
	export DEADLINE=20000
	configure "$(module_mock; cat "$OTHER_DIR/yaml")"
	start
	wait_until 10 settled
	worker=$(api GET /v1/status |
		jq '.modules[] | select(.name == "mock").workers[0].pid')
	rules 'C_Sign hang'
	sign "$KEY" >"$D/hung" 3>&- &
	hung=$!
	wait_until 5 grep -q '!hang' "$D/mock.log"
	for _ in 1 2 3 4 5; do
		signs "$OTHER"
	done
	# All of them before its deadline.
	kill -0 "$hung"
	kill -KILL "$worker"
	wait "$hung"
	jq -e '.code == "worker-lost"' "$D/hung"
}

@test "a client that goes cancels what has not begun" {
	export DEADLINE=20000
	configure "$(module_mock)"
	start
	wait_until 10 settled
	worker=$(workers)
	halt "$worker"
	before=$(calls C_Sign)
	busy=()
	# As many as a worker is given at a time: the next one has to wait.
	for i in {1..16}; do
		send "$i"
		busy+=("$SENT")
	done
	wait_until 5 queue_has 16
	send 17
	wait_until 5 queue_has 17
	kill -KILL "$SENT"
	wait_until 5 logged 'cancelled.*the client has gone'
	kill -CONT "$worker"
	wait "${busy[@]}"
	[ "$(calls C_Sign)" -eq $((before + 16)) ]
}

# --- PINs ------------------------------------------------------------------

@test "a wrong PIN meets the token once, until a reload" {
	(umask 077 && printf 999999 >"$D/pin")
	export PIN_SOURCE=$D/pin SHARDS=2
	configure "$(module_mock)"
	rules "* pin-counter 3 \"$D/tries\""
	# Two tokens of the fixtures have this label: one URI, one try each.
	sed -i "s/token=Signet%20Test/serial=$SIGNET_SERIAL_TEST/" \
		"$D/signetd.yaml"
	start
	wait_until 10 settled
	sign "$KEY" >"$D/answer"
	refused 403 pin-wrong
	kill -KILL "$(workers | head -n 1)"
	wait_until 5 logged 'ended by signal 9'
	wait_until 10 settled
	sleep 0.2
	sign "$KEY" >"$D/answer"
	refused 403 pin-wrong
	[ "$(calls C_Login)" -eq 1 ]
	cp "$SIGNET_FIXTURES/pin" "$D/pin"
	kill -HUP "$PID"
	wait_until 10 signs "$KEY"
}

@test "the last try is left to a person" {
	rules 'C_GetTokenInfo flags +CKF_USER_PIN_FINAL_TRY'
	start
	wait_until 10 settled
	sign "$KEY" >"$D/answer"
	grep -qE '^(403|423|424)' "$D/status"
	[ "$(calls C_Login)" -eq 0 ]
}

@test "a locked PIN is not tried" {
	rules 'C_GetTokenInfo flags +CKF_USER_PIN_LOCKED'
	start
	wait_until 10 settled
	sign "$KEY" >"$D/answer"
	refused 423 pin-locked
	[ "$(calls C_Login)" -eq 0 ]
}

@test "a token that failed is told, though another module still starts" {
	cp "$SIGNET_FIXTURES/pin" "$D/pin"
	chmod 640 "$D/pin"
	PIN_SOURCE=$D/pin configure "$(module_softhsm soft; module_mock)"
	rules 'C_Initialize hang'
	start
	wait_until 10 logged 'pin-source: .*can be used by group or others'
	sign "pkcs11:object=nobody" >"$D/answer"
	refused 424 pin-source
	sign "$KEY" >"$D/answer"
	refused 424 pin-source
	not settled
}

@test "a pin-source that others can read is refused" {
	cp "$SIGNET_FIXTURES/pin" "$D/pin"
	chmod 640 "$D/pin"
	export PIN_SOURCE=$D/pin
	configure "$(module_mock; cat "$OTHER_DIR/yaml")"
	start
	wait_until 10 settled
	sign "$KEY" >"$D/answer"
	refused 424 pin-source
	says "chmod 600"
	[ "$(calls C_Login)" -eq 0 ]
	signs "$OTHER"
}
