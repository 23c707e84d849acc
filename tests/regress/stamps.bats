#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# stamps: checkpoints get time stamps (RFC 3161) that openssl verifies; an
# authority that is away, slow, wrong or hostile delays stamps and nothing else.
#
# slow: the deadline of an authority is waited for

load helper
load tsa

setup_file() {
	export TSA
	tsa_make
}

teardown_file() {
	rm -rf "$TSA"
}

setup() {
	signet_setup
	DB=$XDG_STATE_HOME/signet/evidence.sqlite
	cp "$TSA"/* "$D/"
	PORT=
}

teardown() {
	signet_teardown
}

# asks TEXT [POLICY]: signet-stamp alone; the stamp is $D/stamp, what it says
# $D/said.
asks() {
	"$tools/stamp-driver" "$build/bin/signet-stamp" \
		"http://127.0.0.1:$PORT/tsa" "$D/good-ca.pem" "${2-}" \
		"${TIMEOUT:-10000}" "$1" >"$D/stamp" 2>"$D/said"
}

# fails MODE TEXT: the authority does that, and signet-stamp says so.
fails() {
	mode "$1"
	if asks hello; then
		echo "$1: a stamp"
		return 1
	fi
	grep -q "^time-stamp: .*$2" "$D/said" && return
	echo "$1:"
	cat "$D/said"
	return 1
}

# verifies FILE TEXT: a stamp, by a foreign tool.
verifies() {
	openssl ts -verify -in "$1" -token_in -CAfile "$D/good-ca.pem" \
		-digest "$(printf %s "$2" | sha256sum | cut -d ' ' -f 1)" \
		2>/dev/null | grep -q 'Verification: OK'
}

@test "signet-stamp fetches a stamp that openssl verifies" {
	authority good
	asks hello
	verifies "$D/stamp" hello
	not verifies "$D/stamp" other
	grep -qi '^content-type: application/timestamp-query' "$D/head"
	grep -q '^POST /tsa ' "$D/head"
	asks hello 1.2.3.4.5
	openssl ts -reply -in "$D/stamp" -token_in -token_out -text |
		grep -q '^Policy OID: 1.2.3.4.5'
}

@test "what is no stamp of just this query is none" {
	authority good
	fails wrong-nonce 'nonce mismatch'
	fails wrong-imprint 'message imprint mismatch'
	fails foreign 'certificate verify error'
	fails refuses 'no time stamp token.*rejection.*badAlg'
	fails garbage 'no TimeStampResp'
	fails empty 'no TimeStampResp'
}

@test "an authority cannot send more than a stamp has, or elsewhere" {
	authority huge
	fails huge 'more than 65536 bytes'
	fails huge-without-length 'more than 65536 bytes'
	fails error 'HTTP status 503'
	fails redirects 'HTTP status 302'
	mode good
	not "$tools/stamp-driver" "$build/bin/signet-stamp" \
		"file://$D/tsa.cnf" "$D/good-ca.pem" '' 1000 x 2>"$D/said"
	grep -q '^time-stamp: .*[Pp]rotocol' "$D/said"
}

@test "an authority that takes too long is given up" {
	authority hangs
	TIMEOUT=500 fails hangs 'no answer within 500 ms'
	TIMEOUT=500 fails slow 'no answer within 500 ms'
	kill "$AUTHORITY"
	wait_until 5 gone "$AUTHORITY"
	fails good 'cannot be asked'
}

# --- signetd --------------------------------------------------------------

# stamped: the configuration with that authority, a checkpoint every second.
stamped() {
	configure "$(module_softhsm softhsm2)"
	cat >>"$D/signetd.yaml" <<-END
	evidence:
	  checkpoint_seconds: 1
	  tsa:
	    url: http://127.0.0.1:$PORT/tsa
	    ca: $D/good-ca.pem
	    timeout: ${TIMEOUT:-20}
	END
}

# count WHERE: of checkpoints.
count() {
	sqlite3 "$DB" "SELECT count(*) FROM checkpoints WHERE $1"
}

stamps() {
	[ "$(count 'stamp IS NOT NULL')" -ge "$1" ]
}

checkpoints() {
	[ "$(count 1)" -ge "$1" ]
}

waits() {
	api GET /v1/status | jq -e --arg why "$1" '.evidence.stamps |
		.error.code == "time-stamp" and .waiting > 0 and
		(.error.detail | contains($why))' >/dev/null
}

@test "the stamp of each checkpoint verifies without Signet" {
	authority good
	stamped
	start
	wait_until 10 stamps 1
	signs "$KEY"
	wait_until 10 stamps 2
	for sequence in $(sqlite3 "$DB" 'SELECT sequence FROM checkpoints
		WHERE stamp IS NOT NULL'); do
		sqlite3 "$DB" "SELECT writefile('$D/stamp', stamp),
			writefile('$D/sig', signature) FROM checkpoints
			WHERE sequence = $sequence" >/dev/null
		openssl ts -verify -in "$D/stamp" -token_in \
			-CAfile "$D/good-ca.pem" -data "$D/sig" 2>/dev/null |
			grep -q 'Verification: OK'
	done
	api GET /v1/status | jq -e '.evidence.stamps | .made >= 2 and
		.error == null'
	not logged 'time stamps wait'
}

@test "checkpoints wait for an authority that is away, and are caught up" {
	authority good
	stamped
	kill "$AUTHORITY"
	wait_until 5 gone "$AUTHORITY"
	start
	wait_until 10 waits 'cannot be asked'
	wait_until 10 settled
	signs "$KEY"
	wait_until 10 checkpoints 2
	[ "$(grep -c 'time stamps wait' "$D/log")" -eq 1 ]
	stop
	authority good
	start
	wait_until 10 stamps 3
	[ "$(count "stamp IS NULL AND sequence < (SELECT max(sequence) FROM
		checkpoints WHERE stamp IS NOT NULL)")" -eq 0 ]
}

@test "an authority that hangs stops nothing" {
	authority hangs
	TIMEOUT=4 stamped
	start
	wait_until 10 settled
	wait_until 10 grep -qs hangs "$D/asked"
	for _ in 1 2 3 4 5; do
		signs "$KEY"
	done
	wait_until 10 waits 'no answer within 4000 ms'
	mode good
	wait_until 10 stamps 1
	wait_until 5 logged 'time stamps are had again'
	api GET /v1/status | jq -e '.evidence.stamps.error == null'
}

@test "signetd ends while an authority hangs" {
	authority hangs
	stamped
	start
	wait_until 10 grep -qs hangs "$D/asked"
	# shellcheck disable=SC2153 # start sets it
	helper=$(pgrep -P "$PID" signet-stamp)
	stop
	wait_until 5 gone "$helper"
}

@test "signet-stamp that is killed is told, and started again" {
	authority hangs
	stamped
	start
	wait_until 10 grep -qs hangs "$D/asked"
	kill -KILL "$(pgrep -P "$PID" signet-stamp)"
	wait_until 5 logged 'time stamps wait: worker-lost'
	mode good
	wait_until 10 stamps 1
}
