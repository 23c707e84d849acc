#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# checkpoints: the evidence is signed by a key on a token; without that token
# the checkpoints wait and nothing else does.
#
# slow: what must not come is waited for

load helper

setup_file() {
	signet_setup_file
}

teardown_file() {
	rm -rf "$OTHER_DIR"
}

setup() {
	signet_setup
	DB=$XDG_STATE_HOME/signet/evidence.sqlite
	SEAL="pkcs11:serial=$SIGNET_SERIAL_TEST;object=rsa2048"
}

teardown() {
	signet_teardown
}

# sealed MODULES KEY: the configuration, with a checkpoint every second.
sealed() {
	configure "$1"
	cat >>"$D/signetd.yaml" <<-END
	evidence:
	  key: "$2"
	  checkpoint_seconds: 1
	END
}

# checkpoints N: there are at least so many.
checkpoints() {
	[ "$(sqlite3 "$DB" 'SELECT count(*) FROM checkpoints')" -ge "$1" ]
}

# of_checkpoint MEMBER: of the statement of the last one.
of_checkpoint() {
	sqlite3 "$DB" "SELECT json_extract(statement, '\$.$1') FROM checkpoints
		ORDER BY sequence DESC LIMIT 1"
}

waiting() {
	api GET /v1/status | jq -e --arg code "$1" \
		'.evidence.checkpoints.error.code == $code' >/dev/null
}

@test "a checkpoint by a key on a token verifies without Signet" {
	sealed "$(module_softhsm softhsm2)" "$SEAL"
	start
	wait_until 10 settled
	signs "$KEY"
	wait_until 10 checkpoints 1
	[ "$(of_checkpoint algorithm)" = RS256 ]
	sqlite3 "$DB" 'SELECT statement FROM checkpoints LIMIT 1' |
		tr -d '\n' >"$D/statement"
	sqlite3 "$DB" "SELECT writefile('$D/sig', signature) FROM checkpoints
		LIMIT 1"
	openssl dgst -sha256 -verify "$SIGNET_FIXTURES/pub/rsa2048.pem" \
		-signature "$D/sig" "$D/statement"
	[ "$(jq -r .hash "$D/statement")" = "$(sqlite3 "$DB" "SELECT
		lower(hex(hash)) FROM records WHERE sequence =
		$(jq .sequence "$D/statement")")" ]
	[ "$(jq -r .key "$D/statement" | base64 -d | sha256sum)" = \
		"$(openssl pkey -pubin -in "$SIGNET_FIXTURES/pub/rsa2048.pem" \
			-outform DER | sha256sum)" ]
	[ ! -e "$XDG_STATE_HOME/signet/evidence.key" ]
}

@test "checkpoints follow each other, over a restart too" {
	sealed "$(module_softhsm softhsm2)" \
		"pkcs11:serial=$SIGNET_SERIAL_TEST;object=p384"
	start
	wait_until 10 settled
	signs "$KEY"
	wait_until 10 checkpoints 1
	stop
	start
	wait_until 10 checkpoints 2
	[ "$(of_checkpoint checkpoint)" -ge 2 ]
	[ "$(of_checkpoint algorithm)" = ES384 ]
	sqlite3 "$DB" 'SELECT statement FROM checkpoints ORDER BY sequence' |
		head -n 2 >"$D/two"
	[ "$(tail -n 1 "$D/two" | jq -r .previous)" = \
		"$(head -n 1 "$D/two" | tr -d '\n' | sha256sum |
			cut -d ' ' -f 1)" ]
}

@test "nobody else gets a signature by that key" {
	sealed "$(module_softhsm softhsm2)" "$SEAL"
	start
	wait_until 10 settled
	sign "$SEAL" >"$D/answer"
	refused 403 not-allowed
	says "signs the checkpoints"
	signs "$KEY"
}

@test "without its key checkpoints wait, all else goes on" {
	sealed "$(module_mock; cat "$OTHER_DIR/yaml")" "$SEAL"
	rules 'C_SignInit return CKR_DEVICE_ERROR'
	start
	wait_until 10 settled
	signs "$OTHER"
	wait_until 10 waiting token-gone
	signs "$OTHER"
	sleep 2
	[ "$(grep -c 'checkpoints wait for their key' "$D/log")" -eq 1 ]
	not checkpoints 1
	rules
	wait_until 20 checkpoints 1
	wait_until 5 logged 'checkpoints are signed again'
	api GET /v1/status | jq -e '.evidence.checkpoints.error == null'
	[ "$(of_checkpoint sequence)" -ge "$(sqlite3 "$DB" "SELECT max(sequence)
		FROM records WHERE json_extract(record, '\$.event.outcome') =
		'released'")" ]
}

@test "a signature that does not verify makes no checkpoint" {
	sealed "$(module_mock; cat "$OTHER_DIR/yaml")" "$SEAL"
	rules 'C_Sign garbage-signature'
	start
	wait_until 10 settled
	wait_until 10 waiting signature-mismatch
	not checkpoints 1
}

@test "a PIN that is wrong is tried once, whatever waits for it" {
	printf 4711 >"$D/pin"
	chmod 600 "$D/pin"
	PIN_SOURCE=$D/pin sealed "$(module_mock; cat "$OTHER_DIR/yaml")" \
		"$SEAL"
	start
	wait_until 10 settled
	wait_until 10 waiting pin-wrong
	signs "$OTHER"
	sleep 3
	# Two tokens have that label.
	[ "$(calls C_Login)" -eq 2 ]
}

# The last record, and the one of the last checkpoint.
last_signed() {
	sqlite3 "$DB" 'SELECT (SELECT max(sequence) FROM records) =
		(SELECT max(sequence) FROM checkpoints)'
}

@test "the end of signetd is signed, too, if the token is there" {
	sealed "$(module_softhsm softhsm2)" "$SEAL"
	sed -i 's/checkpoint_seconds: 1/checkpoint_seconds: 3600/' \
		"$D/signetd.yaml"
	start
	wait_until 10 settled
	signs "$KEY"
	not checkpoints 1
	stop
	[ "$(last_signed)" -eq 1 ]
	[ "$(sqlite3 "$DB" "SELECT json_extract(record, '\$.event.kind')
		FROM records ORDER BY sequence DESC LIMIT 1")" = stop ]
	[ "$(sqlite3 "$DB" "SELECT count(*) FROM records WHERE
		json_extract(record, '\$.event.kind') = 'stop'")" -eq 1 ]
	"$build/bin/signet" evidence verify --signed --file "$DB"
}

@test "a token that hangs delays the end by two seconds, no more" {
	local before
	# shellcheck disable=SC2034 # for module_mock
	DEADLINE=60000
	sealed "$(module_mock; cat "$OTHER_DIR/yaml")" "$SEAL"
	sed -i 's/checkpoint_seconds: 1/checkpoint_seconds: 3600/' \
		"$D/signetd.yaml"
	start
	wait_until 10 settled
	signs "$OTHER"
	rules 'C_Sign hang'
	body "$OTHER" >"$D/body"
	{
		printf 'GET /v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n'
		wait_until 10 logged finishing
		sleep 0.3
		printf 'POST /v1/signatures HTTP/1.1\r\nHost: localhost\r\n'
		printf 'Content-Type: application/json\r\n'
		printf 'Content-Length: %d\r\n\r\n' "$(wc -c <"$D/body")"
		cat "$D/body"
		sleep 1
	} | socat - "UNIX-CONNECT:$D/s" >"$D/late" 3>&- &
	PIDS+=("$!")
	wait_until 5 test -s "$D/late"
	before=$(date +%s%N)
	stop
	grep -q shutting-down "$D/late"
	[ $(($(date +%s%N) - before)) -lt 6000000000 ]
	logged 'the last records wait for their checkpoint'
	[ "$(last_signed)" = '' ]
	[ "$(sqlite3 "$DB" "SELECT count(*) FROM records WHERE
		json_extract(record, '\$.event.kind') = 'stop'")" -eq 1 ]
	"$build/bin/signet" evidence verify --file "$DB"
}
