#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# metrics: what signetd counts, and signet top.

load helper

setup() {
	signet_setup
	configure "$(module_mock)"
	start
	wait_until 10 settled
}

teardown() {
	signet_teardown
}

# metric SAMPLE: its value.
metric() {
	api GET /metrics | awk -v sample="$1" '
		index($0, sample " ") == 1 { print $NF; found = 1 }
		END { exit !found }'
}

# counted SAMPLE VALUE
counted() {
	[ "$(metric "$1")" = "$2" ] || { metric "$1"; return 1; }
}

token() {
	printf '%s{module="mock",token="Signet Test",serial="%s"}' "$1" \
		"$SIGNET_SERIAL_TEST"
}

signet() {
	"$build/bin/signet" "$@" --socket "$D/s"
}

@test "every line is of the text format" {
	signs "$KEY"
	api GET /metrics >"$D/metrics"
	grep -q '^200 text/plain; version=0.0.4' "$D/status"
	not grep -vE '^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z]+="([^"\\]|\\.)*",?)+\})? [0-9.]+)$' \
		"$D/metrics"
	# Each sample has a type, told before it; no family is told twice.
	awk '
		/^# TYPE/ { if ($3 in type) exit 1; type[$3] = $4; next }
		/^#/ { next }
		{ name = $1; sub(/\{.*/, "", name)
		  base = name; sub(/_(bucket|sum|count)$/, "", base)
		  if (!(name in type) && type[base] != "histogram") exit 1 }
	' "$D/metrics"
	not grep -q "$(cat "$SIGNET_FIXTURES/pin")" "$D/metrics"
}

@test "requests are counted by what became of them" {
	signs "$KEY"
	signs "$KEY"
	sign "pkcs11:object=nobody" >"$D/answer"
	refused 404 no-such-key
	counted 'signet_requests_total{outcome="released"}' 2
	counted 'signet_requests_total{outcome="refused"}' 1
	rules 'C_Sign return CKR_GENERAL_ERROR'
	sign "$KEY" >"$D/answer"
	refused 424 module-failed
	counted 'signet_requests_total{outcome="failed"}' 1
	counted "$(token signet_signatures_total)" 2
	counted signet_requests 0
}

@test "a retry is counted as repeated and signs nothing" {
	api POST /v1/signatures -H 'Idempotency-Key: once' -d "$(body "$KEY")" \
		>"$D/first"
	api POST /v1/signatures -H 'Idempotency-Key: once' -d "$(body "$KEY")" \
		>"$D/second"
	cmp "$D/first" "$D/second"
	counted 'signet_requests_total{outcome="released"}' 1
	counted 'signet_requests_total{outcome="repeated"}' 1
	counted "$(token signet_signatures_total)" 1
}

# between SAMPLE LEAST MOST
between() {
	awk -v n="$(metric "$1")" -v least="$2" -v most="$3" \
		'BEGIN { exit !(n >= least && n <= most) }' ||
		{ metric "$1"; return 1; }
}

@test "waiting for a token and its own work are told apart" {
	rules 'C_Sign delay 1000'
	sign "$KEY" >/dev/null &
	local first=$!
	sleep 0.2
	sign "$KEY" >/dev/null
	wait "$first"
	counted "$(token signet_token_executing_seconds_count)" 2
	counted "$(token signet_token_waiting_seconds_count)" 2
	# The second waited for the first, for some 800 ms that are not its own.
	between "$(token signet_token_waiting_seconds_sum)" 0.1 1.1
	between "$(token signet_token_executing_seconds_sum)" 2 2.6
}

@test "a worker that is replaced, and the journal, are counted" {
	counted 'signet_workers{module="mock"}' 1
	counted 'signet_worker_restarts_total{module="mock"}' 0
	kill -KILL "$(workers)"
	restarted() {
		[ "$(metric 'signet_worker_restarts_total{module="mock"}')" = 1 ] &&
			[ "$(metric 'signet_workers{module="mock"}')" = 1 ]
	}
	wait_until 10 restarted
	before=$(metric signet_evidence_records_total)
	signs "$KEY"
	counted signet_evidence_records_total $((before + 1))
	counted signet_evidence_writable 1
	counted signet_evidence_pending 0
	[ "$(metric signet_evidence_fsync_seconds_count)" = \
		"$(metric signet_evidence_groups_total)" ]
	[ "$(metric signet_evidence_wait_seconds_count)" = 1 ]
	[ "$(metric signet_evidence_sequence)" -ge 2 ]
}

@test "signet top shows the token and what was counted" {
	signs "$KEY"
	signs "$KEY"
	run signet top
	[ "$status" -eq 0 ]
	[[ $output == *'2 released, 0 repeated'* ]]
	[[ $output == *"Signet Test"*"$SIGNET_SERIAL_TEST"*mock* ]]
	[[ $output != *$'\033'* ]]
}

@test "signet top --json tells what changed in between" {
	signet top --json --interval 1 --count 2 >"$D/top" &
	local top=$!
	wait_until 10 test -s "$D/top"
	signs "$KEY"
	wait "$top"
	[ "$(wc -l <"$D/top")" -eq 2 ]
	jq -se '.[1].samples[] | select(.name == "signet_requests_total" and
		(.labels | contains("released"))) |
		.value == 1 and .change == 1' "$D/top"
	jq -se '.[1].interval_ms >= 1000 and .[1].interval_ms < 30000' "$D/top"
}

@test "signet top ends with q, and leaves the terminal as it was" {
	local sock=$D/tmux
	tmux -S "$sock" -f /dev/null new-session -d -x 120 -y 30 \
		"stty -a >$D/stty.before; '$build/bin/signet' top --socket '$D/s' \
		--interval 1; echo \$? >$D/status.top; stty -a >$D/stty.after"
	shown() {
		tmux -S "$sock" capture-pane -p 2>/dev/null |
			grep -q 'Signet Test'
	}
	wait_until 10 shown
	tmux -S "$sock" send-keys q
	wait_until 10 test -s "$D/stty.after"
	[ "$(cat "$D/status.top")" = 0 ]
	cmp "$D/stty.before" "$D/stty.after"
}

@test "signet top says when signetd has gone" {
	signet top --json --interval 1 >"$D/top" 2>"$D/err" &
	local top=$!
	wait_until 10 test -s "$D/top"
	stop
	local status=0
	wait "$top" || status=$?
	[ "$status" -eq 3 ]
	grep -q signetd "$D/err"
}
