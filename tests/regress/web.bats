#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# web: what comes over the loopback, from pages and from others who would like
# to be taken for one.
# shellcheck disable=SC2034,SC2102,SC2153 # for the helpers; IPv6

load helper
load page
load person

GOOD=https://bank.example
EVIL=https://evil.example

setup() {
	signet_setup
	PORT=$(free_port)
	configure "$(module_softhsm softhsm2)"
	cat >>"$D/signetd.yaml" <<-END
	loopback:
	  port: $PORT
	policy:
	  - {name: bank, match: {origin: ["$GOOD"]}, outcome: allow}
	  - {name: programs, match: {unattended: true}, outcome: allow}
	END
	start
	wait_until 10 settled
}

teardown() {
	signet_teardown
}

# strange HEADER...: this request has the one answer.
strange() {
	local text="GET /v1/status HTTP/1.1\r\n" field
	for field; do
		text+="$field\r\n"
	done
	raw "$text\r\n"
	forbidden || { echo "$*"; cat "$D/raw"; return 1; }
}

@test "a page that a rule names has its signature" {
	for HOST in 127.0.0.1 '[::1]' localhost; do
		web "$GOOD" POST /v1/signatures -i -d "$(body "$KEY")" >"$D/answer"
		grep -q '^201' "$D/status"
		grep -q "^Access-Control-Allow-Origin: $GOOD"$'\r' "$D/answer"
		grep -q $'^Vary: Origin\r' "$D/answer"
	done
	not grep -qi '^server:\|^date:' "$D/answer"
}

@test "any other page gets one answer, whatever it asks" {
	for origin in "$EVIL" null '' http://bank.example https://bank.example. \
		https://Bank.example https://bank.example:8443 \
		https://xn--bnk-sna.example https://bank.example.evil.example \
		http://localhost:8000 "$GOOD/" "$GOOD $EVIL" file:// \
		https://bänk.example "https://user@bank.example"; do
		web "$origin" GET /v1/tokens -i >"$D/raw"
		forbidden
	done
	for what in 'POST /v1/signatures' 'DELETE /v1/status' 'GET /nothing' \
		'PUT /hello' 'GET /hello' 'POST /v1/pin-operations' \
		'GET /metrics' 'TRACE /' 'BREW /coffee'; do
		# shellcheck disable=SC2086
		web "$EVIL" $what -i >"$D/raw"
		forbidden
	done
}

@test "the one answer is the same with a token and without" {
	web "$EVIL" GET /v1/tokens -i >"$D/with"
	stop
	sed -i '/^modules:/,/^tokens:/{/^tokens:/!d}; /^tokens:/,/^loopback:/{/^loopback:/!d}' \
		"$D/signetd.yaml"
	sed -i '/unattended/d; s/allow}/ask}/' "$D/signetd.yaml"
	start
	web "$EVIL" GET /v1/tokens -i >"$D/without"
	cmp "$D/with" "$D/without"
	forbidden "$D/with"
}

@test "Origin stands there once" {
	strange "Host: 127.0.0.1:$PORT"
	strange "Host: 127.0.0.1:$PORT" "Origin: $GOOD" "Origin: $GOOD"
	strange "Host: 127.0.0.1:$PORT" "Origin: $GOOD" "Origin: $EVIL"
	strange "Host: 127.0.0.1:$PORT" "Signet-Origin: $GOOD"
}

@test "Host is the loopback, with our port" {
	for host in 127.0.0.1 localhost "127.0.0.1:$((PORT + 1))" \
		"bank.example:$PORT" "evil.example:$PORT" "127.0.0.2:$PORT" \
		"localhost.:$PORT" "LOCALHOST:$PORT" "127.0.0.1.nip.io:$PORT" \
		"0.0.0.0:$PORT" "user@127.0.0.1:$PORT" ''; do
		strange "Host: $host" "Origin: $GOOD" 'Signet-Client: x'
	done
	strange "Host: 127.0.0.1:$PORT" "Host: 127.0.0.1:$PORT" \
		"Origin: $GOOD" 'Signet-Client: x'
}

@test "a target in absolute form is none" {
	raw "GET http://127.0.0.1:$PORT/v1/status HTTP/1.1\r\nHost: 127.0.0.1:$PORT\r\nOrigin: $GOOD\r\nSignet-Client: x\r\n\r\n"
	forbidden
	raw "OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1:$PORT\r\nOrigin: $GOOD\r\n\r\n"
	forbidden
}

@test "what a page can send without a preflight is refused" {
	for TYPE in text/plain application/x-www-form-urlencoded \
		'multipart/form-data; boundary=x' 'application/json; charset=utf-8' \
		'application/json,text/plain' ''; do
		web "$GOOD" POST /v1/signatures -d "$(body "$KEY")" >"$D/answer"
		refused 415 unsupported-media-type
	done
	TYPE=application/json
	raw "GET /v1/keys HTTP/1.1\r\nHost: 127.0.0.1:$PORT\r\nOrigin: $GOOD\r\n\r\n"
	grep -q '^HTTP/1.1 400' "$D/raw"
	grep -q 'send the field Signet-Client' "$D/raw"
}

@test "two lengths are one too many" {
	web "$GOOD" POST /v1/signatures -H 'Content-Length: 2' \
		-H 'Content-Length: 3' -d '{}' >"$D/answer" || true
	[ "$(cut -c1 "$D/status")" = 4 ]
	signs "$KEY"
}

@test "a preflight is answered for the page that is allowed, and no other" {
	web "$GOOD" OPTIONS /v1/signatures -i \
		-H 'Access-Control-Request-Method: POST' \
		-H 'Access-Control-Request-Private-Network: true' >"$D/answer"
	grep -q '^204' "$D/status"
	grep -q "^Access-Control-Allow-Origin: $GOOD"$'\r' "$D/answer"
	grep -q $'^Access-Control-Allow-Methods: GET, POST, DELETE\r' "$D/answer"
	grep -qi '^Access-Control-Allow-Headers:.*signet-client' "$D/answer"
	grep -q $'^Access-Control-Allow-Private-Network: true\r' "$D/answer"
	grep -q $'^Access-Control-Max-Age: 600\r' "$D/answer"
	grep -q $'^Vary: Origin\r' "$D/answer"
	not grep -q '\*' "$D/answer"
	web "$EVIL" OPTIONS /v1/signatures -i \
		-H 'Access-Control-Request-Method: POST' >"$D/raw"
	forbidden
	web "$EVIL" OPTIONS /hello -i \
		-H 'Access-Control-Request-Method: GET' >"$D/raw"
	forbidden
	web "$GOOD" OPTIONS /v1/signatures -i >"$D/raw"
	forbidden
}

@test "hello tells nothing" {
	web "$GOOD" GET /hello -i >"$D/answer"
	grep -q '^204 $' "$D/status"
	not grep -qi 'signet\|version' "$D/answer"
}

@test "a body of 8 MiB is refused" {
	head -c 8388608 /dev/zero | tr '\0' x >"$D/large"
	web "$GOOD" POST /v1/signatures --data-binary "@$D/large" \
		-H 'Expect: 100-continue' >"$D/answer"
	refused 413 too-large
	web "$EVIL" POST /v1/signatures --data-binary "@$D/large" \
		-H 'Expect: 100-continue' -i >"$D/raw"
	forbidden
	web "$GOOD" POST /v1/signatures --data-binary "@$D/large" -H 'Expect:' \
		>"$D/answer" || true
	not grep -q '^201' "$D/status"
	web "$GOOD" POST /v1/signatures -T - -H 'Transfer-Encoding: chunked' \
		<"$D/large" >"$D/answer" || true
	not grep -q '^201' "$D/status"
	signs "$KEY"
}

@test "a slow client is cut, and disturbs nobody" {
	(printf 'POST /v1/signatures HTTP/1.1\r\nHost: 127.0.0.1:%s\r\n' "$PORT"
		for _ in {1..40}; do
			printf 'X: y\r\n' || break
			sleep 0.5
		done) | socat -u - "TCP4:127.0.0.1:$PORT" 3>&- &
	slow=$!
	PIDS+=("$slow")
	signs "$KEY"
	web "$GOOD" GET /v1/status >"$D/answer"
	grep -q '^200' "$D/status"
	wait_until 16 gone "$slow"
}

@test "a thousand connections do not disturb the unix socket" {
	"$tools/connections" "$PORT" 1000 3>&- &
	PIDS+=("$!")
	wait_until 10 crowded
	for _ in {1..20}; do
		signs "$KEY"
	done
	kill "${PIDS[-1]}"
	web "$GOOD" GET /v1/status >"$D/answer"
	grep -q '^200' "$D/status"
}

crowded() {
	[ "$(ss -Htn "dport = :$PORT" | wc -l)" -ge 120 ]
}

@test "another user of the machine is nobody" {
	if [ "$(id -u)" -ne 0 ]; then
		[ -z "$CI" ]
		skip "only root can be somebody else"
	fi
	setpriv --reuid 65534 --regid 65534 --clear-groups curl -s -i \
		-H "Origin: $GOOD" -H 'Signet-Client: x' \
		"http://127.0.0.1:$PORT/v1/status" >"$D/raw" || true
	[ ! -s "$D/raw" ]
	setpriv --reuid 65534 --regid 65534 --clear-groups curl -s -i \
		-H "Origin: $GOOD" -H 'Signet-Client: x' \
		"http://[::1]:$PORT/v1/status" >"$D/raw" || true
	[ ! -s "$D/raw" ]
	logged 'user 65534 came over the loopback'
	web "$GOOD" GET /v1/status >"$D/answer"
	grep -q '^200' "$D/status"
}

@test "a port that is taken is told, and programs are served" {
	stop
	socat TCP6-LISTEN:"$PORT",bind=[::1],ipv6only=1 - 3>&- >/dev/null &
	PIDS+=("$!")
	wait_until 5 listens
	start
	wait_until 10 settled
	signs "$KEY"
	logged "pages are not served.*port $PORT of ::1 is another program's"
	not web "$GOOD" GET /v1/status
	"$build/bin/signet" status --socket "$D/s" >"$D/said"
	grep -q "^loopback:  *failed: .*port $PORT of ::1 is another" "$D/said"
	"$build/bin/signet" doctor --socket "$D/s" >"$D/said" || true
	grep -q "^error.*pages are not served.*port $PORT of ::1" "$D/said"
	grep -q "ss -ltnp 'sport = :$PORT'" "$D/said"
}

listens() {
	ss -Hltn "sport = :$PORT" | grep -q .
}

@test "a reload opens and closes the port" {
	"$build/bin/signet" status --socket "$D/s" >"$D/said"
	grep -q "^loopback:  *pages are served at port $PORT\$" "$D/said"
	grep -q "^page:  *$GOOD\$" "$D/said"
	sed -i '/^loopback:/,/port:/d' "$D/signetd.yaml"
	kill -HUP "$PID"
	wait_until 5 not listens
	"$build/bin/signet" status --socket "$D/s" | grep -q '^loopback:  *off$'
	printf 'loopback: {port: %s}\n' "$PORT" >>"$D/signetd.yaml"
	kill -HUP "$PID"
	wait_until 5 listens
	web "$GOOD" GET /v1/status >"$D/answer"
	grep -q '^200' "$D/status"
}

@test "a page that asks and asks has one dialog, and 429" {
	stop
	POLICY="  - {name: bank, match: {origin: [\"$GOOD\"]}, outcome: ask}"
	person_configure waits
	printf 'loopback: {port: %s}\n' "$PORT" >>"$D/signetd.yaml"
	start
	wait_until 10 settled
	web "$GOOD" POST /v1/signatures -d "$(body "$KEY")" >"$D/first" 3>&- &
	first=$!
	PIDS+=("$first")
	wait_until 10 dialogs 1
	for _ in {1..20}; do
		web "$GOOD" POST /v1/signatures -d "$(body "$KEY")" >"$D/answer"
		refused 429 quota
	done
	dialogs 1
	# The tab is closed, and so is the dialog.
	# shellcheck disable=SC2046 # the client, not the function around it
	kill $(pgrep -P "$first") "$first"
	wait_until 10 dialogs 0
}

dialogs() {
	[ "$(api GET /v1/status | jq '.dialogs_open + .dialogs_waiting')" -eq "$1" ]
}
