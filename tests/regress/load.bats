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
	idle "$count"
	signs "$KEY"
	echo "# $count connections: $(($(rss) / 1024)) MiB" >&3
	sanitized || [ "$(rss)" -le 122880 ]
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

# What is resident: "VmRSS RssAnon RssFile" in KiB.
resident() {
	awk '/^(VmRSS|RssAnon|RssFile):/ {printf "%s ", $2}' \
		"/proc/$PID/status"
}

# The pages of its start were given back (src/daemon/trim.c).
trimmed() {
	[ "$(rss)" -lt "$((STARTED - 4000))" ]
}

# median FROM TO FILE: of the first column of these lines.
median() {
	sed -n "$1,$2p" "$3" | cut -d' ' -f1 | sort -n |
		awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'
}

# Resident while N samples are taken, SECONDS apart, in $D/samples.
sample() {
	for _ in $(seq "$1"); do
		sleep "$2"
		resident
		released_records
	done >"$D/samples"
}

# make soak-memory: an hour of it, and all 100,000 signatures.
@test "signatures leave no memory behind" {
	count=${MEMORY_SIGNATURES:-3000} seconds=${MEMORY_SECONDS:-2}
	stop
	configure "$(module_softhsm softhsm2; echo '    shards: 2')"
	start
	wait_until 10 settled
	STARTED=$(rss)
	signs "$KEY"
	wait_until 6 trimmed
	read -r _ before _ <<<"$(resident)"
	"$build/crash/many" "$D/s" "$KEY" 16 "$count"
	read -r total anon file <<<"$(resident)"
	echo "# after $count signatures: VmRSS $total, RssAnon $anon," \
		"RssFile $file KiB" >&3
	sanitized || [ "$total" -le 12288 ]
	# What is kept of the last ones, and caches: nothing of each.
	sanitized || [ $((anon - before)) -lt 4000 ]
	"$build/crash/many" "$D/s" "$KEY" 16 100000000 "$seconds" 100 \
		>"$D/paced" 3>&- &
	PIDS+=("$!")
	sample 20 "$(awk "BEGIN {print $seconds / 20}")"
	wait "$!"
	[ "$seconds" -lt 60 ] || awk '{printf "# %5.1f %% VmRSS %s, RssAnon " \
		"%s, RssFile %s KiB, signatures %s\n", NR * 5, $1, $2, $3, $4}' \
		"$D/samples" >&3
	sanitized || [ "$(median 16 20 "$D/samples")" -le 12288 ]
	# Flat: the last quarter to the second one.
	sanitized || [ "$(median 16 20 "$D/samples")" -le \
		"$(($(median 6 10 "$D/samples") + 512))" ]
}
