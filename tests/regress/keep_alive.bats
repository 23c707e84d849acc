#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# keep_alive: an unattended token that nobody uses signs now and then; one that
# cannot is failed, recorded and started anew.
#
# slow: sessions are left idle for seconds

load helper

setup() {
	signet_setup
	DB=$XDG_STATE_HOME/signet/evidence.sqlite
}

teardown() {
	signet_teardown
}

# alive: the configuration with a signature after a second of idleness.
alive() {
	configure "$(module_mock)"
	sed -i 's/unattended: true/&\n    keep_alive: 1/' "$D/signetd.yaml"
}

# recorded KIND: there is such a record.
recorded() {
	[ "$(sqlite3 "$DB" "SELECT count(*) FROM records WHERE
		json_extract(record, '\$.event.kind') = '$1'")" -gt 0 ]
}

@test "a session that dies when it is idle is kept alive" {
	alive
	rules 'C_SignInit idle 5000 return CKR_SESSION_HANDLE_INVALID'
	start
	wait_until 10 settled
	signs "$KEY"
	sleep 6
	signs "$KEY"
	not recorded keep-alive
	not logged keep-alive
	[ "$(calls C_Sign)" -ge 4 ]
}

@test "without keep_alive it dies" {
	configure "$(module_mock)"
	rules 'C_SignInit idle 2000 return CKR_SESSION_HANDLE_INVALID'
	start
	wait_until 10 settled
	signs "$KEY"
	sleep 3
	[ "$(calls C_Sign)" -eq 1 ]
	not signs "$KEY"
}

@test "a token that cannot sign has failed until it is started anew" {
	alive
	rules 'C_Sign garbage-signature'
	start
	wait_until 10 recorded keep-alive
	logged 'signature-mismatch: keep-alive: '
	wait_until 10 recorded module-failed
	sqlite3 "$DB" "SELECT record FROM records WHERE
		json_extract(record, '\$.event.kind') = 'keep-alive' LIMIT 1" |
		jq -e '.event.failure.code == "signature-mismatch" and
			(.event.token | startswith("pkcs11:"))'
	rules
	wait_until 15 signs "$KEY"
	[ "$(api GET /v1/status | jq '[.modules[].workers[].restarts] | add')" \
		-ge 1 ]
}

@test "a token that is started anew tries its PIN once" {
	cp "$SIGNET_FIXTURES/pin" "$D/pin"
	chmod 600 "$D/pin"
	PIN_SOURCE=$D/pin alive
	start
	wait_until 10 settled
	printf 4711 >"$D/pin"
	rules 'C_Sign return CKR_DEVICE_ERROR'
	wait_until 15 recorded pin-failed
	sleep 3
	# Two tokens have that label.
	[ "$(grep -c 'C_Login CKR_PIN_INCORRECT' "$D/mock.log")" -le 2 ]
	sqlite3 "$DB" "SELECT record FROM records WHERE
		json_extract(record, '\$.event.kind') = 'pin-failed'" |
		jq -es 'all(.[]; .event.failure.code == "pin-wrong" and
			.event.caller == null)'
}

@test "a token that people use is left alone" {
	configure "$(module_mock)"
	sed -i 's/unattended: true/unattended: false/; /pin_source/d' \
		"$D/signetd.yaml"
	echo '    keep_alive: 1' >>"$D/signetd.yaml"
	run "$signetd" --check-config --config "$D/signetd.yaml"
	[ "$status" -eq 1 ]
	[[ $output == *'keep_alive is for unattended tokens only'* ]]
}
