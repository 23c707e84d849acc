#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# pairing: pages that ask the user to be allowed, and what they may before and
# afterwards.
# shellcheck disable=SC2034,SC2089,SC2090,SC2153,SC2154 # for the helpers

load helper
load page
load person
load shared

GOOD=https://bank.example
SHOP=https://shop.example
IDN=https://xn--bnk-qla.example
EVIL=https://evil.example
EMPTY='{}'

setup_file() {
	# Only these may ask at all; the page of a rule needs no leave.
	POLICY="  - {name: bank, match: {origin: [\"$GOOD\"]}, outcome: ask}
  - {name: allowed, match: {paired: true, origin: [\"$SHOP\",
     \"$IDN\"]}, outcome: ask}
  - {name: programs, outcome: ask}"
	signet_setup
	place
	export D PID PORT POLICY
}

teardown_file() {
	shared_teardown_file
}

setup() {
	shared_setup
	TYPE=application/json
	EMPTY='{}'
}

teardown() {
	[ -n "$OWN" ] || forget
	shared_teardown
}

place() {
	PORT=$(free_port)
	person_configure approves
	cat "$SIGNET_FIXTURES/pin" >"$D/pin"
	printf 'loopback: {port: %s}\n' "$PORT" >>"$D/signetd.yaml"
	own_programs
	start
	wait_until 10 settled
}

# A signetd of the test's own.
own() {
	own_place
	place
}

# No page is allowed, and none has to wait: one that is approved need not.
forget() {
	local origin
	for origin in $(origins | cut -d' ' -f1); do
		api DELETE "/v1/origins?origin=$origin" >/dev/null
	done
}

# asks_leave ORIGIN: over the loopback.
asks_leave() {
	web "$1" POST /v1/origins -d "$EMPTY" "${@:2}" >"$D/answer"
}

status_is() {
	grep -q "^$1" "$D/status" && return
	cat "$D/status" "$D/answer"
	return 1
}

# Neither over the loopback nor by signet-webhost.
stranger() {
	web "$1" "$2" "$3" -i "${@:4}" >"$D/raw"
	forbidden || { echo "loopback: $*"; cat "$D/raw"; return 1; }
	page_api "$1" "$2" "$3" -i "${@:4}" >"$D/raw"
	sed -i '/^Date:/d' "$D/raw"
	forbidden || { echo "webhost: $*"; cat "$D/raw"; return 1; }
}

origins() {
	api GET /v1/origins | jq -r '.origins[] | "\(.origin) \(.by)"'
}

# kinds: of the records about pages, in their order.
kinds() {
	sqlite3 "$D/state/evidence.sqlite" "SELECT json_extract(record,
		'\$.event.kind', '\$.event.origin', '\$.event.by',
		'\$.event.caller.uid') FROM records WHERE
		json_extract(record, '\$.event.kind') LIKE 'origin-%'"
}

recorded() {
	[ "$(kinds | wc -l)" -ge "$1" ]
}

# --- before ------------------------------------------------------------------

@test "a page that no rule would know stays a stranger" {
	for origin in "$EVIL" https://shop.example.evil.example \
		http://shop.example https://shop.example:8443 null \
		http://localhost:8000; do
		stranger "$origin" GET /hello
		stranger "$origin" POST /v1/origins -d "$EMPTY"
	done
	[ "$(dialogs)" -eq 0 ]
}

@test "a candidate learns how to ask, and nothing else" {
	for what in 'GET /v1/status' 'GET /v1/tokens' 'GET /v1/keys' \
		'GET /v1/events' 'GET /v1/origins' 'DELETE /v1/origins' \
		'POST /v1/signatures' 'POST /v1/authentications' \
		'GET /metrics' 'GET /v1/health' 'POST /v1/pin-operations' \
		'GET /nothing' 'PUT /v1/origins' 'POST /hello'; do
		# shellcheck disable=SC2086
		stranger "$SHOP" $what
	done
	web "$SHOP" GET /hello -i >"$D/answer"
	status_is '202 $'
	not grep -qi 'signet\|^server\|^date' "$D/answer"
	web "$GOOD" GET /hello -i >"$D/other"
	grep -q '^204 $' "$D/status"
	for route in /v1/keys /v1/signatures '/v1/origins?origin=x' /v1/origins/; do
		web "$SHOP" OPTIONS "${route%%\?*}/" -i \
			-H 'Access-Control-Request-Method: GET' >"$D/raw"
		forbidden
	done
	web "$SHOP" OPTIONS /v1/origins -i \
		-H 'Access-Control-Request-Method: POST' >"$D/answer"
	status_is 204
	grep -q "^Access-Control-Allow-Origin: $SHOP"$'\r' "$D/answer"
	[ "$(dialogs)" -eq 0 ]
}

@test "what a page can send without a preflight asks nobody" {
	for TYPE in text/plain application/x-www-form-urlencoded ''; do
		asks_leave "$SHOP"
		refused 415 unsupported-media-type
	done
	TYPE=application/json
	raw "POST /v1/origins HTTP/1.1\r\nHost: 127.0.0.1:$PORT\r\nOrigin: $SHOP\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
	grep -q '^HTTP/1.1 400' "$D/raw"
	raw "POST /v1/origins HTTP/1.1\r\nHost: evil.example:$PORT\r\nOrigin: $SHOP\r\nSignet-Client: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
	forbidden
	[ "$(dialogs)" -eq 0 ]
}

@test "a page asks for itself only" {
	for EMPTY in "{\"origin\": \"$SHOP\"}" "{\"origin\": \"$EVIL\"}" \
		'{"x": 1}' '[]' '{' '' '{"content": {"data": "YQ=="}}'; do
		asks_leave "$SHOP"
		refused 400 malformed
	done
	EMPTY=$(printf '{%1100s}' '')
	asks_leave "$SHOP" -H 'Expect: 100-continue'
	refused 413 too-large
	[ "$(dialogs)" -eq 0 ]
	[ -z "$(origins)" ]
}

# --- the dialog ----------------------------------------------------------------

@test "a page that the user allows may ask, also after a restart" {
	own
	asks_leave "$SHOP"
	status_is 201
	jq -e --arg o "$SHOP" '.origin == $o and .by == "page" and .since' \
		"$D/answer"
	told_line "asked for by $SHOP"
	told_line 'signet origin revoke'
	[ "$(pins)" -eq 0 ]
	[ "$(stat -c '%a %u' "$D/state/origins.json")" = "600 $(id -u)" ]
	web "$SHOP" GET /hello >"$D/answer"
	status_is '204 $'
	web "$SHOP" GET /v1/keys | jq -e '.keys | length > 0'
	# Asked again, nobody is disturbed.
	asks_leave "$SHOP"
	status_is 200
	[ "$(dialogs)" -eq 1 ]
	# Each signature is asked for.
	web "$SHOP" POST /v1/signatures -d "$(body "$KEY")" >"$D/answer"
	status_is 201
	[ "$(pins)" -eq 1 ]
	# Others are who they were.
	stranger "$EVIL" GET /hello
	stranger "$IDN" GET /v1/keys
	[ "$(origins)" = "$SHOP page" ]
	kill -HUP "$PID"
	wait_until 5 logged reloaded
	web "$SHOP" GET /v1/keys >"$D/answer"
	status_is 200
	stop
	start
	wait_until 10 settled
	web "$SHOP" GET /v1/keys >"$D/answer"
	status_is 200
	wait_until 5 recorded 1
	[ "$(kinds)" = "[\"origin-allowed\",\"$SHOP\",\"page\",$(id -u)]" ]
	stop
	"$build/bin/signet" evidence verify --file "$D/state/evidence.sqlite"
}

@test "by signet-webhost it is the same page" {
	page_api "$SHOP" GET /hello >"$D/answer"
	status_is '202 '
	page_api "$SHOP" POST /v1/origins -d '{}' >"$D/answer"
	status_is 201
	page_api "$SHOP" GET /v1/keys >"$D/answer"
	status_is 200
	web "$SHOP" GET /v1/keys >"$D/answer"
	status_is 200
}

@test "a name in other letters is shown as it may be read" {
	asks_leave "$IDN"
	status_is 201
	told_line "asked for by $IDN"
	told_line 'Its name may be read as: bänk.example'
}

@test "a page that is declined has to wait, and so has every other" {
	own
	double declines
	asks_leave "$SHOP"
	refused 403 declined
	[ -z "$(origins)" ]
	[ ! -e "$D/state/origins.json" ]
	stranger "$SHOP" GET /v1/keys
	for origin in "$SHOP" "$IDN" "$SHOP"; do
		asks_leave "$origin" -D "$D/head"
		refused 429 quota
		says 'signet origin allow'
		grep -q $'^Retry-After: [1-5]\r' "$D/head"
	done
	grep -qi '^Access-Control-Expose-Headers:.*Retry-After' "$D/head"
	[ "$(dialogs)" -eq 1 ]
	# Whose leave stands is not concerned.
	double approves
	web "$GOOD" POST /v1/signatures -d "$(body "$KEY")" >"$D/answer"
	status_is 201
	wait_until 7 allowed_now
	[ "$(origins)" = "$SHOP page" ]
}

allowed_now() {
	asks_leave "$SHOP"
	grep -q '^201' "$D/status"
}

@test "a dialog that is not answered allows nothing" {
	own
	stop
	sed -i 's/timeout: .*/timeout: 5/' "$D/signetd.yaml"
	start
	double waits
	asks_leave "$SHOP"
	refused 408 not-answered
	asks_leave "$SHOP"
	refused 429 quota
	[ -z "$(origins)" ]
	wait_nobody_asks
}

# Its pid in $ASKED.
ask_leave_behind() {
	web "$1" POST /v1/origins -d '{}' >"$D/behind" 3>&- &
	ASKED=$!
	PIDS+=("$ASKED")
}

@test "one dialog at a time, whichever page asks" {
	double waits
	ask_leave_behind "$SHOP"
	open_dialog 1
	for origin in "$SHOP" "$IDN"; do
		asks_leave "$origin"
		refused 429 quota
	done
	# A signature waits for its turn.
	CLIENT=curl ask later "$(body "$KEY")"
	wait_until 5 one_waits
	[ "$(dialogs)" -eq 1 ]
	go
	wait_until 10 gone "${PIDS[-2]}"
	open_dialog 2
	go
	answer later "${PIDS[-1]}"
	released
	[ "$(origins)" = "$SHOP page" ]
}

one_waits() {
	[ "$(api GET /v1/status | jq .dialogs_waiting)" -eq 1 ]
}

@test "a tab that is closed closes the dialog, and is no consent" {
	own
	double waits
	ask_leave_behind "$SHOP"
	open_dialog 1
	# shellcheck disable=SC2046 # the client, not the function around it
	kill $(pgrep -P "$ASKED") "$ASKED"
	wait_nobody_asks
	go
	[ -z "$(origins)" ]
	# It cannot open one after the other so.
	asks_leave "$SHOP"
	refused 429 quota
}

@test "rules that are others by then allow nothing" {
	own
	double waits
	ask_leave_behind "$SHOP"
	open_dialog 1
	sed -i "s|\"$SHOP\",||" "$D/signetd.yaml"
	kill -HUP "$PID"
	wait_until 5 logged reloaded
	go
	wait_until 10 gone "$ASKED"
	jq -e '.code == "not-allowed"' "$D/behind"
	[ -z "$(origins)" ]
	stranger "$SHOP" GET /hello
}

@test "a page that no rule knows any more is none, though it was allowed" {
	own
	asks_leave "$SHOP"
	status_is 201
	sed -i "s|\"$SHOP\",||" "$D/signetd.yaml"
	kill -HUP "$PID"
	wait_until 5 logged reloaded
	stranger "$SHOP" GET /v1/keys
	stranger "$SHOP" GET /hello
	[ "$(origins)" = "$SHOP page" ]
}

# --- programs -------------------------------------------------------------------

@test "a program of the user lists, allows and takes back" {
	own
	api POST /v1/origins -d "{\"origin\": \"$SHOP\"}" >"$D/answer"
	status_is 201
	[ "$(origins)" = "$SHOP program" ]
	[ "$(dialogs)" -eq 0 ]
	web "$SHOP" GET /v1/keys >"$D/answer"
	status_is 200
	api DELETE '/v1/origins?origin=https%3A%2F%2Fshop.example' >"$D/answer"
	status_is 200
	[ -z "$(origins)" ]
	stranger "$SHOP" GET /v1/keys
	web "$SHOP" GET /hello >"$D/answer"
	status_is 202
	api DELETE '/v1/origins?origin=https%3A%2F%2Fshop.example' >"$D/answer"
	refused 404 no-such-origin
	api DELETE /v1/origins >"$D/answer"
	refused 400 malformed
	wait_until 5 recorded 2
	[ "$(kinds | jq -r '"\(.[0]) \(.[2])"')" = \
		$'origin-allowed program\norigin-revoked program' ]
}

@test "what is no origin, or nothing for the rules, is not allowed" {
	for origin in http://shop.example https://Shop.example "$SHOP/" '*' \
		null '' shop.example "$SHOP:443"; do
		api POST /v1/origins -d "{\"origin\": \"$origin\"}" >"$D/answer"
		refused 400 malformed
	done
	api POST /v1/origins -d '{}' >"$D/answer"
	refused 400 malformed
	api POST /v1/origins -d "{\"origin\": \"$(printf '%0300d' 1)\"}" \
		>"$D/answer"
	refused 400 malformed
	api POST /v1/origins -d "{\"origin\": \"$EVIL\"}" >"$D/answer"
	refused 403 not-allowed
	says 'match: paired'
	api POST /v1/origins -d '{"origin": "http://localhost:8000"}' >"$D/answer"
	refused 403 not-allowed
	says 'development'
	[ -z "$(origins)" ]
}

# another COMMAND...: as another user of the socket's group.
another() {
	setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

@test "what one user allows, only that user's pages have" {
	if [ "$(id -u)" -ne 0 ]; then
		[ -z "$CI" ]
		skip "only root can be somebody else"
	fi
	own
	stop
	echo 'socket_group: nogroup' >>"$D/signetd.yaml"
	chmod 711 "$D" "$D/bin"
	chmod 755 "$D/bin/signet-webhost"
	start
	wait_until 10 settled
	another "$D/bin/signet-webhost" -s --unix-socket "$D/s" \
		-H 'Content-Type: application/json' -H "Signet-Origin: $SHOP" \
		-d '{}' http://localhost/v1/origins >"$D/answer"
	jq -e '.by == "page"' "$D/answer"
	told_line "asked for by $SHOP"
	told_line '(user nobody, process '
	another curl -s --unix-socket "$D/s" http://localhost/v1/origins |
		jq -e '.origins | length == 1'
	# Not root's.
	[ -z "$(origins)" ]
	web "$SHOP" GET /hello >"$D/answer"
	status_is 202
	stranger "$SHOP" GET /v1/keys
	api DELETE "/v1/origins?origin=$SHOP" >"$D/answer"
	refused 404 no-such-origin
}

@test "pages neither list nor take back" {
	asks_leave "$SHOP"
	status_is 201
	for page in "$SHOP" "$GOOD"; do
		web "$page" GET /v1/origins >"$D/answer"
		refused 403 not-allowed
		page_api "$page" DELETE \
			'/v1/origins?origin=https%3A%2F%2Fshop.example' >"$D/answer"
		refused 403 not-allowed
	done
	[ "$(origins)" = "$SHOP page" ]
}

@test "taken back is taken back at once: dialog, events, signature" {
	own
	asks_leave "$SHOP"
	status_is 201
	web "$SHOP" GET /v1/events -N >"$D/events" 3>&- &
	listener=$!
	PIDS+=("$listener")
	wait_until 5 grep -q '^event: live' "$D/events"
	double waits
	web "$SHOP" POST /v1/signatures -d "$(body "$KEY")" \
		>"$D/behind" 3>&- &
	PIDS+=("$!")
	open_dialog 2
	api DELETE '/v1/origins?origin=https%3A%2F%2Fshop.example' >"$D/answer"
	jq -e .origin "$D/answer"
	wait_until 5 gone "${PIDS[-1]}"
	jq -e '.code == "cancelled"' "$D/behind"
	wait_nobody_asks
	wait_until 5 gone "$listener"
	stranger "$SHOP" GET /v1/events
}

@test "a list that is no good allows nothing, and stays as it is" {
	own
	asks_leave "$SHOP"
	status_is 201
	stop
	sed -i 's/"version":1/"version":9/' "$D/state/origins.json"
	cp "$D/state/origins.json" "$D/bad"
	start
	wait_until 10 settled
	logged 'pages that users have allowed.*origins.json'
	stranger "$SHOP" GET /v1/keys
	asks_leave "$SHOP"
	refused 503 not-durable
	not grep -q "$D" "$D/answer"
	api GET /v1/origins >"$D/answer"
	refused 503 not-durable
	says origins.json
	[ "$(dialogs)" -eq 1 ]
	cmp "$D/bad" "$D/state/origins.json"
	web "$GOOD" GET /v1/keys >"$D/answer"
	status_is 200
	sed -i 's/"version":9/"version":1/' "$D/state/origins.json"
	kill -HUP "$PID"
	wait_until 5 logged reloaded
	web "$SHOP" GET /v1/keys >"$D/answer"
	status_is 200
}

@test "a rule for pages that were allowed asks each time" {
	own
	sed -i '/xn--/s/ask/allow/' "$D/signetd.yaml"
	kill -HUP "$PID"
	wait_until 5 logged 'not reloaded.*asked about each signature'
}
