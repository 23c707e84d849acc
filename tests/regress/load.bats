#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# load: many and slow clients cost what is planned for them, and delay nobody.

load helper

setup() {
	signet_setup
	configure "$(module_softhsm softhsm2)"
	start
	wait_until 10 settled
}

teardown() {
	signet_teardown
}

# idle COUNT [TEXT]: that many connections, until idle_end.
idle() {
	mkfifo "$D/hold"
	"$tools/idle" "$1" "$D/s" "${2:-}" <"$D/hold" >"$D/idle" 2>&1 3>&- &
	IDLE=$!
	PIDS+=("$IDLE")
	exec 7>"$D/hold"
	wait_until 30 grep -q open "$D/idle"
}

idle_end() {
	exec 7>&-
	wait_until 10 gone "$IDLE"
}

# shellcheck disable=SC2153 # PID is set by start
rss() {
	awk '/^VmRSS/{print $2}' "/proc/$PID/status"
}

# As many as asked for, or what the hard limit of this machine allows.
connections() {
	local hard
	hard=$(ulimit -Hn)
	[ "$hard" != unlimited ] && [ "$hard" -lt $(($1 + 500)) ] &&
		echo $((hard - 500)) || echo "$1"
}

@test "10,000 idle connections" {
	count=$(connections 10000)
	before=$(rss)
	idle "$count"
	signs "$KEY"
	echo "# $count connections: $((($(rss) - before) / 1024)) MiB" >&3
	sanitized || [ $(($(rss) - before)) -lt 120000 ]
	[ "$(connected)" -ge "$count" ]
	idle_end
	wait_until 10 few_connected
	signs "$KEY"
}

few_connected() {
	[ "$(connected)" -lt 100 ]
}

@test "200 clients that stop in mid-request delay nobody" {
	idle 200 'POST /v1/signatures HTTP/1.1
Host: localhost
Content-Type: application/json
Content-Length: 100000

{"format":"raw"'
	before=$(date +%s%N)
	for _ in $(seq 20); do
		signs "$KEY"
	done
	[ $(($(date +%s%N) - before)) -lt 4000000000 ]
	idle_end
	wait_until 10 few_connected
}

@test "a thousand signatures leave no memory behind" {
	signs "$KEY"
	mark=0
	for round in 1 2 3; do
		body "$KEY" >"$D/body"
		for _ in $(seq 700); do
			echo 'next'
			echo "url = http://localhost/v1/signatures"
			echo "unix-socket = $D/s"
			echo 'header = "Content-Type: application/json"'
			echo "data = @$D/body"
			echo 'output = /dev/null'
			echo 'silent'
		done | sed 1d | curl -K -
		[ $round -gt 1 ] || mark=$(rss)
	done
	[ "$(released_records)" -ge 2100 ]
	sanitized || [ $(($(rss) - mark)) -lt 1500 ]
}
