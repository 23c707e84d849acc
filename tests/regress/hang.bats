#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# hang: a worker whose module hangs while it starts, at any call, is ended at the
# deadline of a start and replaced; the log names the module.
#
# That deadline is half a minute: all of them hang at once, in one signetd.
#
# slow: the deadline of a start, half a minute, is waited for

load helper

CALLS="dlopen C_Initialize C_GetSlotList C_GetTokenInfo C_OpenSession C_Login
	C_FindObjectsInit C_FindObjects C_GetAttributeValue"

# A module for each call, and one well.
modules() {
	local call
	for call in $CALLS; do
		echo "$call once \"$D/once.$call\" deaf-hang" >"$D/rules.$call"
		cat <<-END
		  - name: at-$call
		    path: $build/mock/signet-mock.so
		    deadline_ms: 1000
		    environment:
		      - {name: SOFTHSM2_CONF, value: $SOFTHSM2_CONF}
		      - {name: SIGNET_MOCK_MODULE, value: $SIGNET_SOFTHSM2_MODULE}
		      - {name: SIGNET_MOCK_RULES, value: $D/rules.$call}
		      - {name: SIGNET_MOCK_LOG, value: $D/log.$call}
		END
	done
}

setup_file() {
	signet_setup_file
	signet_setup
	configure "$(modules; cat "$OTHER_DIR/yaml")"
	start
	STARTED=$(date +%s)
	export D PID STARTED
}

teardown_file() {
	# shellcheck disable=SC2034 # for signet_teardown
	PIDS=("$PID")
	signet_teardown
	rm -rf "$OTHER_DIR"
}

all_hang() {
	local call
	for call in $CALLS; do
		grep -qs '!deaf-hang' "$D/log.$call" || return 1
	done
}

# restarted CALL: its worker was replaced once, and the new one is ready.
restarted() {
	api GET /v1/status | jq -e --arg name "at-$1" '.modules[] |
		select(.name == $name) | .state == "ready" and
		.workers[0].restarts == 1' >/dev/null
}

@test "while all of them hang, a healthy neighbour signs" {
	wait_until 10 all_hang
	not settled
	before=$(date +%s%N)
	for _ in $(seq 10); do
		signs "$OTHER"
	done
	[ $(($(date +%s%N) - before)) -lt 2000000000 ]
}

@test "each worker is ended at its deadline, and the next one works" {
	for call in $CALLS; do
		wait_until $((STARTED + 40 - $(date +%s))) logged \
			"module at-$call: .*did not answer within 30000 ms"
		wait_until 5 restarted "$call"
		pid=$(awk '$3 == "!deaf-hang" {print $1}' "$D/log.$call")
		gone "$pid"
	done
	settled
	signs "$OTHER"
}
