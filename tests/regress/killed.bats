#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# killed: each process is killed at each state of a request: there is no
# signature, or it has its record, and who asks again with the same
# Idempotency-Key gets a new one, or the same bytes
# shellcheck disable=SC2153 # of start

load helper
load person
load journal
load crash

setup() {
	signet_setup
	disk_setup
	# shellcheck disable=SC2034 # for module_mock
	DEADLINE=30000
	configure "$(module_mock)"
}

teardown() {
	[ ! -e "$D/disk/mode" ] || disk honest
	person_teardown
	signet_teardown
}

# wants IDEMPOTENCY-KEY: asks for a signature, and waits for its answer in the
# background.
wants() {
	ask "$1" "$(body "$KEY")" -H "Idempotency-Key: $1"
}

# asked_of_person DOUBLE: the token is not unattended any more.
asked_of_person() {
	person_configure "$1" "$(module_mock)"
	sed -i '/^state:/d' "$D/signetd.yaml"
	cat "$SIGNET_FIXTURES/pin" >"$D/pin"
	serve
}

# signetd_killed HOW: nothing, or how the power goes, too; whoever waited has
# got nothing.
signetd_killed() {
	# shellcheck disable=SC2153 # PID is set by start
	killed "$PID"
	wait_until 5 gone "$ASKED"
	[ ! -s "$D/one" ]
	[ $# -eq 0 ] || power_cut "$@"
	disk honest
	rules
	serve
}

# signed TIMES: the token made so many signatures since signed_from.
signed_from() {
	FROM=$(calls C_Sign)
}

signed() {
	[ $(($(calls C_Sign) - FROM)) -eq "$1" ]
}

# signs_anew: the first one never left, and is nowhere.
signs_anew() {
	signed_from
	[ "$(journal 'SELECT count(*) FROM answers')" -eq 0 ]
	first one
	same one
	signed 1
	released_once one
}

# had_been_signed: the first one is on record, and is what one gets.
had_been_signed() {
	signed_from
	released_once one
	first one
	same one
	signed 0
	released_once one
}

good() {
	stop
	audit -
}

# --- signetd ---------------------------------------------------------------

@test "signetd is killed while a request arrives" {
	serve
	mkfifo "$D/hold"
	"$tools/idle" 1 "$D/s" "POST /v1/signatures HTTP/1.1
Host: localhost
Content-Type: application/json
Idempotency-Key: one
Content-Length: 300

$(body "$KEY")" <"$D/hold" >"$D/one.idle" 3>&- &
	ASKED=$!
	PIDS+=("$ASKED")
	exec 7>"$D/hold"
	wait_until 5 grep -q open "$D/one.idle"
	exec 7>&-
	signetd_killed clean
	signs_anew
	good
}

@test "signetd is killed while a person is asked" {
	asked_of_person waits
	wants one
	open_dialog 1
	double approves
	signetd_killed clean
	signs_anew
	good
}

@test "signetd is killed while a request waits for the token" {
	rules 'C_Sign delay 5000'
	serve
	ask other
	wait_until 5 grep -q 'C_Sign !delay' "$D/mock.log"
	wants one
	# Or the question would be what they answer.
	wait_until 5 queue_has 2
	waits one
	signetd_killed clean
	signs_anew
	good
}

# It is one of those that are under way.
waits() {
	post "$1"
	grep -q '"code":"idempotency-running"' "$D/answer"
}

@test "signetd is killed while the token signs" {
	rules 'C_Sign delay 5000'
	serve
	wants one
	wait_until 5 grep -q 'C_Sign !delay' "$D/mock.log"
	signetd_killed clean
	signs_anew
	good
}

# The group before is being written: this one waits for the next.
@test "signetd is killed between signing and recording" {
	serve
	disk hold
	ask other
	wait_until 5 held
	signed_from
	wants one
	wait_until 5 signed 1
	signetd_killed
	signs_anew
	good
}

@test "signetd is killed while it records" {
	serve
	disk hold
	wants one
	wait_until 5 held
	signetd_killed clean
	signs_anew
	good
}

# What was written is there, when only the process has ended.
@test "signetd is killed while it records, and the machine goes on" {
	serve
	disk hold
	wants one
	wait_until 5 held
	signetd_killed
	had_been_signed
	good
}

@test "signetd is killed when it has recorded" {
	serve
	disk 'hold after'
	wants one
	wait_until 5 held
	signetd_killed clean
	had_been_signed
	good
}

@test "signetd is killed before anybody has read the answer" {
	serve
	mkfifo "$D/hold"
	"$tools/idle" 1 "$D/s" "POST /v1/signatures HTTP/1.1
Host: localhost
Content-Type: application/json
Idempotency-Key: one
Content-Length: $(body "$KEY" | wc -c)

$(body "$KEY")" <"$D/hold" >"$D/one.idle" 3>&- &
	ASKED=$!
	PIDS+=("$ASKED")
	exec 7>"$D/hold"
	wait_until 5 released_once one
	exec 7>&-
	signetd_killed clean
	had_been_signed
	good
}

# --- the others ------------------------------------------------------------

@test "a worker is killed while its token signs" {
	rules 'C_Sign delay 5000'
	serve
	wants one
	wait_until 5 grep -q 'C_Sign !delay' "$D/mock.log"
	rules
	kill -KILL "$(workers)"
	answer one "$ASKED"
	refused 424 worker-lost
	signs_anew
	good
}

@test "a worker is killed while its signature is recorded" {
	serve
	disk hold
	wants one
	wait_until 5 held
	kill -KILL "$(workers)"
	disk honest
	answer one "$ASKED"
	answered 201
	cp "$D/answer" "$D/first"
	same one
	released_once one
	good
}

@test "signet-prompt is killed while it asks" {
	asked_of_person waits
	wants one
	open_dialog 1
	kill -KILL "$(pgrep -P "$PID" signet-prompt)"
	answer one "$ASKED"
	not answered 201
	double approves
	signs_anew
	good
}

# --- the client, and the end ------------------------------------------------

@test "a client that goes away while it is recorded has its record" {
	serve
	disk hold
	wants one
	wait_until 5 held
	kill -KILL "$ASKED"
	wait_until 5 gone "$ASKED"
	disk honest
	wait_until 5 released_once one
	had_been_signed
	good
}

@test "a client that goes away while the token signs gets nothing recorded" {
	rules 'C_Sign delay 700'
	serve
	wants one
	wait_until 5 grep -q 'C_Sign !delay' "$D/mock.log"
	kill -KILL "$ASKED"
	wait_until 5 cancelled_once
	rules
	signs_anew
	good
}

cancelled_once() {
	[ "$(journal "SELECT count(*) FROM records WHERE
		json_extract(record, '\$.event.outcome') = 'cancelled'")" \
		-eq 1 ]
}

@test "SIGTERM: what is under way is released, and recorded" {
	serve
	disk hold
	signed_from
	for i in 1 2 3; do
		ask "$i" "$(body "$KEY")" -H "Idempotency-Key: $i"
	done
	wait_until 5 held
	wait_until 5 signed 3
	kill -TERM "$PID"
	wait_until 5 logged finishing
	not gone "$PID"
	disk honest
	for i in 1 2 3; do
		wait_until 10 test -s "$D/$i.status"
		grep -q ^201 "$D/$i.status"
	done
	wait_until 10 gone "$PID"
	for i in 1 2 3; do
		released_once "$i"
	done
	audit -
	[ "$(journal "SELECT json_extract(record, '\$.event.kind') FROM records
		ORDER BY sequence DESC LIMIT 1")" = stop ]
	serve
	cp "$D/1" "$D/first"
	same 1
}

# --- the first minute ------------------------------------------------------

@test "a power cut after the very first signature loses nothing" {
	serve
	first one
	key=$(journal "SELECT json_extract(record, '\$.event.key') FROM records
		WHERE sequence = 1")
	# shellcheck disable=SC2153 # PID is set by start
	killed "$PID"
	power_cut clean
	serve
	same one
	released_once one
	stop
	[ "$(journal "SELECT DISTINCT json_extract(statement, '\$.key') FROM
		checkpoints")" = "$key" ]
	audit -
}
