#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# journal: what happens is recorded, and while it cannot be, nothing is signed
# and all else works. Read as an auditor would, with sqlite3 and jq.

load helper
load person

setup() {
	signet_setup
	DB=$XDG_STATE_HOME/signet/evidence.sqlite
}

teardown() {
	signet_teardown
}

# events KIND: the events of that kind, one JSON text a line.
events() {
	sqlite3 "$DB" "SELECT json_extract(record, '\$.event') FROM records
		WHERE json_extract(record, '\$.event.kind') = '$1'
		ORDER BY sequence"
}

# recorded KIND FILTER: jq says that one of them is so.
recorded() {
	events "$1" | jq -es "any(.[]; $2)" >/dev/null
}

@test "start, reload and stop are recorded, and follow each other" {
	configure "$(module_softhsm softhsm2)"
	start
	wait_until 10 settled
	kill -HUP "$PID"
	wait_until 5 recorded reload true
	stop
	recorded start ".pid == $PID and .version != null and .key != null"
	recorded stop true
	[ "$(sqlite3 "$DB" "SELECT json_extract(record, '\$.event.kind') FROM
		records ORDER BY sequence" | tr '\n' ' ')" = \
		'start reload stop ' ]
	# The chain, link by link, as docs/PROTOCOL.evidence has it.
	previous=$(printf '0%.0s' {1..64})
	for n in 1 2 3; do
		sqlite3 "$DB" "SELECT record FROM records WHERE sequence = $n" |
			tr -d '\n' >"$D/record"
		[ "$(jq -r .previous "$D/record")" = "$previous" ]
		previous=$(sha256sum <"$D/record" | cut -d ' ' -f 1)
		[ "$(sqlite3 "$DB" "SELECT lower(hex(hash)) FROM records WHERE
			sequence = $n")" = "$previous" ]
	done
}

@test "a signature is recorded with who, what, and by which module" {
	configure "$(module_softhsm softhsm2)"
	start
	wait_until 10 settled
	worker=$(workers)
	signs "$KEY" cms
	jq -r .signature "$D/answer" | base64 -d | sha256sum |
		cut -d ' ' -f 1 >"$D/digest"
	recorded request ".outcome == \"released\" and .worker == $worker and
		.module.name == \"softhsm2\" and .module.version == \"2.6\" and
		.caller.uid == $(id -u) and .caller.exe == \"$(command -v curl |
			xargs realpath)\" and
		.format == \"cms\" and .algorithm == \"ES256\" and
		.rule != null and .certificate != null and
		(.key | startswith(\"pkcs11:\")) and
		.items[0].content == \"$(printf hello | sha256sum |
			cut -d ' ' -f 1)\" and
		(.items[0].lines | length) > 0 and
		.items[0].signature == \"$(cat "$D/digest")\""
}

@test "a request that is refused or fails is recorded, too" {
	configure "$(module_mock)"
	start
	wait_until 10 settled
	sign "pkcs11:object=nobody" >"$D/answer"
	refused 404 no-such-key
	wait_until 5 recorded request '.outcome == "refused" and
		.failure.code == "no-such-key"'
	rules 'C_Sign garbage-signature'
	sign "$KEY" >"$D/answer"
	wait_until 5 recorded request '.outcome == "failed" and
		.failure.code == "signature-mismatch" and .signed == 0 and
		.items[0].signature == null and .items[0].raw == null'
}

@test "a module that fails and a PIN that is refused are recorded" {
	printf 4711 >"$D/pin"
	chmod 600 "$D/pin"
	PIN_SOURCE=$D/pin configure "$(module_mock)"
	start
	wait_until 10 recorded pin-failed '.failure.code == "pin-wrong" and
		(.token | contains("Signet%20Test"))'
	rules 'C_GetTokenInfo crash' 'C_Initialize return CKR_GENERAL_ERROR'
	kill -KILL "$(workers)"
	wait_until 10 recorded module-failed '.module == "mock" and
		.failure.code == "worker-lost"'
}

@test "PINs that a person changes, and one that is wrong, are recorded" {
	local token="pkcs11:serial=$SIGNET_SERIAL_TEST"
	person types-in-turn
	DB=$D/state/evidence.sqlite
	local change="{\"operation\": \"change\", \"token\": \"$token\"}"
	echo 99999999 >"$D/pin"
	api POST /v1/pin-operations -d "$change" >"$D/answer"
	refused 403 pin-wrong
	rm "$D/typed"
	printf '%s\n' "$(cat "$SIGNET_FIXTURES/pin")" 246802 246802 >"$D/pin"
	api POST /v1/pin-operations -d "$change" >"$D/answer"
	grep -q ^200 "$D/status"
	wait_until 5 recorded pin-changed ".operation == \"change\" and
		.caller.uid == $(id -u) and (.token | contains(
		\"serial=$SIGNET_SERIAL_TEST\"))"
	recorded pin-failed ".failure.code == \"pin-wrong\" and
		.caller.uid == $(id -u)"
	not grep -rqa -e 246802 -e 99999999 "$D/state"
}

# --- a journal that cannot be written -------------------------------------

# refuses_but_reads: no signature, and all that only reads works.
refuses_but_reads() {
	sign "$KEY" >"$D/answer"
	refused 503 not-durable
	says "$1"
	api GET /v1/keys | jq -e '.keys | length > 0' >/dev/null
	api GET /v1/tokens | jq -e '.tokens | length > 0' >/dev/null
	api GET /v1/status | jq -e '.health.status == "unhealthy"' >/dev/null
}

# with_key NAME TEXT: signed with this Idempotency-Key.
with_key() {
	api POST /v1/signatures -H "Idempotency-Key: $1" -d "$(body "$KEY")" \
		>"$D/$2"
	grep -q ^201 "$D/status"
}

@test "the limit is reached: nothing is signed, the rest works" {
	configure "$(module_softhsm softhsm2)"
	echo 'evidence: {limit_mib: 1}' >>"$D/signetd.yaml"
	start
	wait_until 10 settled
	with_key first answer1
	fill "$KEY"
	refuses_but_reads 'limit'
	with_key first answer2
	cmp "$D/answer1" "$D/answer2"
	before=$(released_records)
	sign "$KEY" >"$D/answer"
	[ "$(released_records)" -eq "$before" ]
	stop
	# More room.
	sed -i 's/limit_mib: 1/limit_mib: 2/' "$D/signetd.yaml"
	start
	wait_until 10 signs "$KEY"
	with_key first answer3
	cmp "$D/answer1" "$D/answer3"
}

# In a mount namespace, so that nobody else sees the disk; nsenter changes it.
isolated() {
	local alone="unshare -m"
	[ "$(id -u)" -eq 0 ] || alone="unshare -Urm"
	mkdir -p "$XDG_STATE_HOME/signet"
	cat >"$D/isolated" <<-END
	#!/bin/sh
	mount -t tmpfs -o size=$1 none "$XDG_STATE_HOME/signet" || exit 1
	touch "$XDG_STATE_HOME/signet/is-here"
	[ "$2" = rw ] || mount -o remount,ro "$XDG_STATE_HOME/signet"
	exec "\$@"
	END
	chmod +x "$D/isolated"
	# shellcheck disable=SC2034 # start runs it
	AS="$alone $D/isolated"
}

# inside COMMAND...: where signetd is.
inside() {
	if [ "$(id -u)" -eq 0 ]; then
		nsenter -t "$PID" -m -- "$@"
	else
		nsenter -t "$PID" -U --preserve-credentials -m -- "$@"
	fi
}

@test "a disk that is full: nothing is signed until there is room" {
	isolated 4m rw
	configure "$(module_softhsm softhsm2)"
	start
	wait_until 10 settled
	with_key first answer1
	inside sh -c "cat /dev/zero >'$XDG_STATE_HOME/signet/rubbish' || :" \
		2>/dev/null
	fill "$KEY"
	refuses_but_reads 'no room'
	with_key first answer2
	cmp "$D/answer1" "$D/answer2"
	inside rm "$XDG_STATE_HOME/signet/rubbish"
	wait_until 10 signs "$KEY"
	logged 'evidence: it can be written again'
	api GET /v1/health | jq -e '.status == "ok"'
}

@test "a disk that is read-only: nothing is signed until it is not" {
	isolated 4m ro
	configure "$(module_softhsm softhsm2)"
	start
	wait_until 10 settled
	refuses_but_reads 'Read-only file system'
	[ "$(grep -c 'nothing can be signed' "$D/log")" -eq 1 ]
	inside mount -o remount,rw "$XDG_STATE_HOME/signet"
	wait_until 15 signs "$KEY"
	logged 'evidence: it can be written now'
}
