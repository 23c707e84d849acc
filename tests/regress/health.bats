#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# health: GET /v1/health says whether there is a reason not to use this signetd.

load helper

setup_file() {
	signet_setup_file
}

teardown_file() {
	rm -rf "$OTHER_DIR"
}

setup() {
	signet_setup
}

teardown() {
	signet_teardown
}

healthy() {
	api GET /v1/health >"$D/answer"
	grep -q '^200 application/json' "$D/status" &&
		[ "$(cat "$D/answer")" = '{"status":"ok"}' ]
}

# sick TEXT: 503, and a reason that says it.
sick() {
	api GET /v1/health >"$D/answer"
	grep -q '^503 application/json' "$D/status" &&
		jq -e --arg why "$1" '.status == "unhealthy" and
			any(.reasons[]; contains($why))' "$D/answer" >/dev/null
}

# reports STATUS TEXT: of `signet status`.
reports() {
	local status=0
	"$build/bin/signet" status --socket "$D/s" >"$D/said" || status=$?
	[ "$status" -eq "$1" ] && grep -qF -- "$2" "$D/said" && return
	cat "$D/said"
	return 1
}

@test "all is well" {
	configure "$(module_softhsm softhsm2; cat "$OTHER_DIR/yaml")"
	start
	wait_until 10 healthy
	reports 0 'health:       ok'
	api GET /v1/status | jq -e '.health == {status: "ok"}'
}

@test "a module that does not start" {
	configure "$(module_mock; cat "$OTHER_DIR/yaml")"
	rules 'C_Initialize return CKR_GENERAL_ERROR'
	start
	wait_until 10 sick 'module mock has no worker: '
	not sick 'module other'
	reports 4 'unhealthy:    module mock has no worker'
	rules
	wait_until 15 healthy
}

@test "an unattended token that is not there, and one that has failed" {
	configure "$(cat "$OTHER_DIR/yaml")"
	start
	wait_until 10 settled
	sick 'unattended token pkcs11:token=Signet%20Test is not there'
	not sick 'token=Other'
	reports 4 'is not there'
	stop
	printf 4711 >"$D/pin"
	chmod 600 "$D/pin"
	PIN_SOURCE=$D/pin configure "$(module_softhsm softhsm2)"
	start
	wait_until 10 sick 'has failed: '
	sick CKR_PIN_INCORRECT
}

@test "evidence that cannot be written" {
	configure "$(module_softhsm softhsm2; cat "$OTHER_DIR/yaml")"
	echo 'evidence: {limit_mib: 1}' >>"$D/signetd.yaml"
	start
	wait_until 10 healthy
	fill "$OTHER"
	sick 'the evidence cannot be written: '
	reports 4 'the evidence cannot be written'
}

@test "a checkpoint that is overdue" {
	configure "$(module_mock; cat "$OTHER_DIR/yaml")"
	cat >>"$D/signetd.yaml" <<-END
	evidence:
	  key: "pkcs11:serial=$SIGNET_SERIAL_TEST;object=rsa2048"
	  checkpoint_seconds: 1
	END
	rules 'C_Sign return CKR_FUNCTION_FAILED'
	start
	wait_until 15 sick 'a checkpoint of the evidence is overdue: record 0'
	rules
	wait_until 20 healthy
}

@test "asking is cheap and leaves nothing behind" {
	configure "$(module_mock; cat "$OTHER_DIR/yaml")"
	start
	wait_until 10 healthy
	before=$(wc -l <"$D/mock.log")
	records=$(sqlite3 "$XDG_STATE_HOME/signet/evidence.sqlite" \
		'SELECT count(*) FROM records')
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		healthy
	done
	[ "$(wc -l <"$D/mock.log")" -eq "$before" ]
	[ "$(sqlite3 "$XDG_STATE_HOME/signet/evidence.sqlite" \
		'SELECT count(*) FROM records')" -eq "$records" ]
}
