#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# events - what happens is told as it happens, to whom it concerns, and nobody
# who listens delays who signs.
# shellcheck disable=SC2034 # for helper

load helper
load person

setup() {
	signet_setup
	signet=$build/bin/signet
	export LC_ALL=C.UTF-8 TZ=UTC
}

teardown() {
	person_teardown
	signet_teardown
}

mock() {
	configure "$(module_mock)"
	start
	wait_until 10 settled
}

# data NAME TYPE: the last one of it.
data() {
	grep -A1 "^event: $2\$" "$D/$1" | sed -n 's/^data: //p' | tail -n 1
}

# last NAME: the last id.
last() {
	sed -n 's/^id: //p' "$D/$1" | tail -n 1
}

@test "a stream begins with the tokens there are" {
	mock
	listen all
	[ "$(types all)" = "token-inserted token-inserted live " ]
	[ "$(grep -c '"snapshot":true' "$D/all")" -eq 2 ]
	diff <(api GET /v1/tokens | jq -r '.tokens[].uri' | sort) \
		<(sed -n 's/^data: //p' "$D/all" |
			jq -r '.token // empty' | sort)
	listen none '?types=module-failed,request-state'
	[ "$(types none)" = "live " ]
}

@test "each event is its type, its id, and one line of JSON" {
	mock
	listen all
	signs "$KEY"
	wait_until 5 heard all request-state
	data all request-state | jq -e --arg id "$(last all)" '
		.type == "request-state" and (.id | tostring) == $id and
		.state == "released" and .uid == '"$(id -u)"' and
		.items == 1 and .signed == 1 and (.program | test("curl$")) and
		(.time | fromdate | . > 0) and (has("error") | not)'
	[ "$(data all request-state | jq -r .request)" = \
		"$(jq -r .id "$D/answer")" ]
}

@test "what is no type, and what is no query, is refused" {
	mock
	api GET '/v1/events?types=token-inserted,nonsense' >"$D/answer"
	refused 400 malformed
	says nonsense
	api GET '/v1/events?type=token-inserted' >"$D/answer"
	refused 400 malformed
	api POST /v1/events -d '{}' >"$D/answer"
	refused 405 method-not-allowed
}

@test "a module that crashes fails, and recovers" {
	mock
	listen all '?types=module-failed,module-recovered,token-removed'
	rules "C_Sign crash"
	sign "$KEY" >"$D/answer"
	refused 424 worker-lost
	wait_until 10 heard all module-recovered
	[ "$(types all)" = \
		"live module-failed token-removed token-removed module-recovered " ]
	data all module-failed | jq -e '.module == "mock" and
		.workers_ready == 0 and .error.code == "worker-lost" and
		(.error.detail | test("its worker "))'
	data all module-recovered | jq -e '.workers_ready == 1'
	# As the lists have it again.
	listen after '?types=token-inserted,module-failed'
	[ "$(types after)" = "token-inserted token-inserted live " ]
}

@test "a module that stays down is in the snapshot" {
	rules "C_Initialize fail CKR_GENERAL_ERROR"
	mock
	listen all
	[ "$(types all)" = "module-failed live " ]
	rules ""
	wait_until 15 heard all module-recovered
	wait_until 5 heard all token-inserted 2
}

@test "requests and dialogs are told to their own user only" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	own_group=$(getent group nogroup | cut -d: -f3)
	double approves
	chmod 711 "$D"
	person_configure approves
	printf 'socket_group: nogroup\n' >>"$D/signetd.yaml"
	cat "$SIGNET_FIXTURES/pin" >"$D/pin"
	start
	wait_until 10 settled
	chmod 660 "$D/s"
	listen root
	AS_CLIENT="setpriv --reuid=65533 --regid=$own_group --clear-groups"
	listen other
	AS_CLIENT="setpriv --reuid=65534 --regid=$own_group --clear-groups"
	listen mine
	AS_CLIENT=
	# Of root's request only root is told.
	signs "$KEY"
	wait_until 5 heard root dialog-closed
	[ "$(data root request-state | jq -r .state)" = released ]
	data root dialog-opened | jq -e '.purpose == "sign" and .uid == 0'
	grep '^data' "$D/root" | grep request-state | sed 's/^data: //' |
		jq -r .state | tr '\n' ' ' >"$D/states"
	[ "$(cat "$D/states")" = "authorised approved signing released " ]
	# Of another one's, he and root.
	before=$(grep -c '^event: request-state' "$D/root")
	setpriv --reuid=65534 --regid="$own_group" --clear-groups \
		curl -s --unix-socket "$D/s" -o "$D/null" -X POST \
		-H 'Content-Type: application/json' \
		-d "$(body pkcs11:token=None)" http://localhost/v1/signatures \
		>/dev/null || true
	wait_until 5 heard mine request-state
	wait_until 5 heard root request-state $((before + 1))
	[ "$(data mine request-state | jq -r .state,.uid | tr '\n' ' ')" = \
		"refused 65534 " ]
	[ "$(types mine)" = \
		"token-inserted token-inserted live request-state " ]
	[ "$(types other)" = "token-inserted token-inserted live " ]
}

@test "who comes back is told what was missed, and only that" {
	mock
	listen first '?types=request-state'
	signs "$KEY"
	wait_until 5 heard first request-state
	kill "$LISTENER"
	id=$(last first)
	not signs "pkcs11:token=None" 2>&1
	signs "$KEY"
	listen second '?types=request-state' -H "Last-Event-ID: $id"
	wait_until 5 heard second request-state 2
	[ "$(types second)" = "live request-state request-state " ]
	[ "$(sed -n 's/^data: //p' "$D/second" | jq -r '.state // empty' |
		tr '\n' ' ')" = "refused released " ]
	# An id of a signetd before, or none: all is told anew.
	for id in 1 x "$(($(last second) + 1))"; do
		listen lost "?types=token-inserted" -H "Last-Event-ID: $id"
		[ "$(types lost)" = "lost token-inserted token-inserted live " ]
	done
}

# many COUNT: requests, all refused, by one program over one connection.
many() {
	body pkcs11:token=None >"$D/refused.body"
	curl -s --unix-socket "$D/s" -o /dev/null \
		-H 'Content-Type: application/json' -d "@$D/refused.body" \
		"http://localhost/v1/signatures#[1-$1]"
}

# slow COUNT: listeners that read nothing.
slow() {
	mkfifo "$D/hold"
	"$tools/idle" "$1" "$D/s" \
		"$(printf 'GET /v1/events HTTP/1.1\r\nHost: x\r\n\r\n.')" \
		<"$D/hold" >"$D/idle" 2>&1 3>&- &
	IDLE=$!
	PIDS+=("$IDLE")
	exec 7>"$D/hold"
	wait_until 30 grep -q open "$D/idle"
}

@test "who does not read is cut, and delays nobody" {
	mock
	before=$(connected)
	slow 10
	wait_until 5 test "$(connected)" -eq $((before + 10))
	listen quick '?types=request-state'
	exec 6>&7 7>&-
	peak_begin 6>&-
	many 5000
	signs "$KEY"
	wait_until 20 heard quick request-state 5001
	[ "$(data quick request-state | jq -r .state)" = released ]
	kill -0 "$LISTENER"
	# quick is still there, the others are not.
	wait_until 10 connections_are $((before + 1))
	peak_below 40000
	exec 6>&-
	wait_until 10 gone "$IDLE"
	signs "$KEY"
	wait_until 5 heard quick request-state 5002
}

connections_are() {
	[ "$(connected)" -le "$1" ]
}

@test "a hundred listeners hear the same" {
	mock
	urls=$(seq 1 100 | sed "s|.*|url=http://localhost/v1/events?types=request-state\noutput=$D/n&|")
	curl -sNZ --parallel-immediate --parallel-max 100 \
		--unix-socket "$D/s" -K - <<<"$urls" 3>&- &
	PIDS+=("$!")
	wait_until 20 all_heard live
	signs "$KEY"
	wait_until 10 all_heard request-state
	[ "$(sed -n '/"request-state"/s/^data: //p' "$D"/n* | sort -u |
		wc -l)" -eq 1 ]
}

all_heard() {
	[ "$(cat "$D"/n* | grep -c "^event: $1\$")" -eq 100 ]
}

@test "there is a limit to listeners of one user" {
	mock
	slow 128
	wait_until 10 quota
	exec 7>&-
	wait_until 10 gone "$IDLE"
	wait_until 10 listens
}

quota() {
	api GET /v1/events --max-time 1 >"$D/answer"
	grep -q ^429 "$D/status" && refused 429 quota
}

listens() {
	api GET /v1/events --max-time 1 >"$D/answer"
	grep -q ^200 "$D/status"
}

@test "SIGTERM ends the streams at once" {
	mock
	listen one
	slow 20
	began=${EPOCHREALTIME/./}
	# shellcheck disable=SC2153 # PID is set by start
	kill -TERM "$PID"
	wait_until 5 gone "$PID"
	[ $((${EPOCHREALTIME/./} - began)) -lt 1500000 ]
	# The end of the answer, not a broken connection.
	wait "$LISTENER"
	exec 7>&-
	wait_until 5 gone "$IDLE"
}

@test "where nothing happens there is a comment every 15 seconds" {
	mock
	listen quiet '?types=reader-added'
	not grep -q '^:' "$D/quiet"
	wait_until 17 grep -qx ':' "$D/quiet"
}

@test "a client that goes away is forgotten" {
	mock
	before=$(connected)
	for i in 1 2 3; do
		listen "n$i"
		kill "$LISTENER"
	done
	wait_until 5 connections_are "$before"
	signs "$KEY"
}

@test "another token after a reload is told" {
	mock
	listen all '?types=token-inserted,token-removed'
	configure "$(module_softhsm other)"
	kill -HUP "$PID"
	wait_until 10 heard all token-inserted 4
	[ "$(types all)" = "token-inserted token-inserted live token-removed\
 token-removed token-inserted token-inserted " ]
	data all token-inserted | jq -e '.module == "other"'
}

# --- signet watch ------------------------------------------------------------

# watch [OPTION...]: to $D/watch; Ctrl-C works though it is in the background.
watch() {
	env --default-signal=INT "$signet" watch --socket "$D/s" "$@" \
		>"$D/watch" 2>"$D/watch.err" 3>&- &
	WATCH=$!
	PIDS+=("$WATCH")
}

shows() {
	grep -qE -- "$1" "$D/watch"
}

@test "signet watch: a line for each event, and Ctrl-C ends it well" {
	mock
	watch
	wait_until 5 shows 'token Signet Test \([0-9a-f]+\) is there$'
	signs "$KEY"
	wait_until 5 shows 'request [0-9a-f]{8} of curl: released$'
	rules "C_Sign crash"
	sign "$KEY" >"$D/answer"
	wait_until 5 shows 'module mock has failed: .*its worker '
	wait_until 5 shows 'module mock works again$'
	wait_until 5 shows 'has come$'
	not grep -vE '^20[0-9-]{8} [0-9:]{8}  ' "$D/watch"
	not grep -q "$(printf '\033')" "$D/watch"
	kill -INT "$WATCH"
	wait "$WATCH"
	[ ! -s "$D/watch.err" ]
}

@test "signet watch: a signetd that is started anew" {
	mock
	watch
	wait_until 5 shows 'is there$'
	stop
	wait_until 5 shows 'signetd has gone; waiting for it$'
	start
	wait_until 15 shows 'connected to signetd again$'
	shows 'what happened in the meantime is not known'
	wait_until 10 settled
	signs "$KEY"
	wait_until 5 shows 'released$'
	kill -0 "$WATCH"
}

@test "signet watch --once --json: the first event, as it came" {
	mock
	watch --once --json --types request-state
	wait_until 5 shows live
	signs "$KEY"
	wait "$WATCH"
	[ "$(jq -r .type "$D/watch" | tr '\n' ' ')" = "live request-state " ]
	[ "$(tail -n 1 "$D/watch" | jq -r .request)" = \
		"$(jq -r .id "$D/answer")" ]
}

@test "signet watch: what goes wrong" {
	mock
	run "$signet" watch --socket "$D/s" --types nonsense
	[ "$status" -eq 1 ]
	[[ $output == *nonsense* ]]
	run "$signet" watch --socket "$D/s" --once --timeout 1 \
		--types token-removed
	[ "$status" -eq 4 ]
	run "$signet" watch --socket "$D/none"
	[ "$status" -eq 3 ]
	run "$signet" watch --socket "$D/s" extra
	[ "$status" -eq 2 ]
}

@test "signet watch speaks Chinese" {
	mock
	TEXTDOMAINDIR=$build/share/locale LANGUAGE=zh_CN watch
	wait_until 5 shows '令牌 Signet Test .* 已在$'
}
