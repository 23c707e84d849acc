#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# own: GET /v1/evidence, records of the caller's own requests and of no other.

load helper
load page
load journal

GOOD=https://bank.example
OTHER_PAGE=https://shop.example
nobody="setpriv --reuid=65534 --regid=65534 --clear-groups"

# One signetd for all; of the user nobody there are records only where a test
# may become that user.
setup_file() {
	signet_setup
	own_programs
	configure "$(module_softhsm softhsm2)"
	cat >>"$D/signetd.yaml" <<-END
	policy:
	  - {name: pages, match: {origin: ["$GOOD", "$OTHER_PAGE"]}, outcome: allow}
	  - {name: programs, match: {unattended: true}, outcome: allow}
	END
	chmod 711 "$D"
	[ "$(id -u)" -ne 0 ] || sed -i "1a socket_group: $(getent group 65534 |
		cut -d: -f1)" "$D/signetd.yaml"
	start
	wait_until 10 settled
	signs "$KEY"
	for page in "$GOOD" "$OTHER_PAGE"; do
		page_api "$page" POST /v1/signatures -d "$(body "$KEY")" \
			>"$D/answer"
		grep -q '^201' "$D/status"
	done
	signs "$KEY"
	LAST=$(jq .evidence.seq "$D/answer")
	export D PID LAST
}

# shellcheck disable=SC2034 # PIDS: for signet_teardown
teardown_file() {
	PIDS=("$PID")
	signet_teardown
}

# shellcheck disable=SC2034 # PIDS: for helper
setup() {
	# shellcheck source=/dev/null
	. "$build/fixtures/env"
	PIDS=()
	KEY="pkcs11:serial=$SIGNET_SERIAL_TEST;object=p256"
}

# as_nobody METHOD PATH [CURL-OPTION...]: as api.
as_nobody() {
	local method=$1 path=$2
	[ "$(id -u)" -eq 0 ] || skip 'only root can become somebody else'
	shift 2
	$nobody curl -s --max-time 30 --unix-socket "$D/s" -X "$method" \
		-H 'Content-Type: application/json' \
		-w '%{stderr}%{http_code} %{content_type}\n' "$@" \
		"http://localhost$path" 2>"$D/status"
}

# The records that one page of the list has, in words.
listed() {
	jq -c '[.records[].seq]' "$D/answer"
}

@test "a program sees its user's requests, each as it was recorded" {
	api GET /v1/evidence >"$D/answer"
	grep -q '^200 application/json' "$D/status"
	jq -e --argjson last "$LAST" '(.records | length) >= 4 and
		(.records | any(.seq == $last)) and
		(.records | all(.record.event.kind == "request")) and
		.next == null' "$D/answer"
	api GET "/v1/evidence/$LAST" >"$D/one"
	# The bytes are those that are hashed.
	[ "$(sed 's/.*"record":\(.*\)}$/\1/' "$D/one" | tr -d '\n' |
		sha256sum | cut -c -64)" = "$(jq -r .hash "$D/one")" ]
	jq -e '.record.event.outcome == "released"' "$D/one"
}

@test "pages are gone through by next, until there is none" {
	local after=0 all='' rounds=0
	for _ in $(seq 120); do
		printf '%s\n' next "unix-socket = $D/s" 'output = /dev/null' \
			"data = @$D/body" silent \
			'header = "Content-Type: application/json"' \
			'url = http://localhost/v1/signatures'
	done | sed 1d >"$D/many"
	body "$KEY" >"$D/body"
	curl -K "$D/many"
	while [ "$after" != null ]; do
		api GET "/v1/evidence?after=$after" >"$D/answer"
		[ "$(jq '.records | length' "$D/answer")" -le 100 ]
		all="$all $(jq -r '.records[].seq' "$D/answer")"
		after=$(jq .next "$D/answer")
		rounds=$((rounds + 1))
	done
	[ "$rounds" -gt 1 ]
	[ "$(wc -w <<<"$all")" -eq "$(journal "SELECT count(*) FROM records
		WHERE json_extract(record, '\$.event.kind') = 'request' AND
		json_extract(record, '\$.event.caller.uid') = $(id -u)")" ]
	[ "$(tr ' ' '\n' <<<"$all" | sort -n | uniq -d | tr -d '\n')" = '' ]
}

@test "a page sees its own requests, and nothing of this machine" {
	local mine
	page_api "$GOOD" GET /v1/evidence >"$D/answer"
	[ "$(jq '.records | length' "$D/answer")" -eq 1 ]
	jq -e '.records[0].record.event | .outcome == "released" and
		.caller == null and .module == null and .worker == null' \
		"$D/answer"
	not grep -q "$D" "$D/answer"
	mine=$(jq .records[0].seq "$D/answer")
	page_api "$GOOD" GET "/v1/evidence/$mine" >"$D/answer"
	jq -e .seq "$D/answer"
	not grep -q "$D" "$D/answer"
	for path in "$mine" "$LAST" 1 999999; do
		page_api "$OTHER_PAGE" GET "/v1/evidence/$path" >"$D/answer"
		refused 404 no-such-record
	done
	page_api https://evil.example GET /v1/evidence >"$D/answer"
	grep -q '^403 $' "$D/status"
}

@test "what is another user's is as if it were not there" {
	as_nobody GET /v1/evidence >"$D/answer"
	[ "$(listed)" = '[]' ]
	as_nobody GET "/v1/evidence/$LAST" | jq -S . >"$D/theirs"
	as_nobody GET "/v1/evidence/999999" | jq -S . >"$D/none"
	cmp "$D/theirs" "$D/none"
	as_nobody POST /v1/signatures -d "$(body "$KEY")" >"$D/answer"
	grep -q ^201 "$D/status"
	last=$(jq .evidence.seq "$D/answer")
	as_nobody GET /v1/evidence >"$D/answer"
	[ "$(listed)" = "[$last]" ]
	# Not even the user of signetd, or root, who has the file.
	api GET "/v1/evidence/$last" >"$D/answer"
	refused 404 no-such-record
}

@test "numbers that are none, starts, and what is behind the end" {
	for bad in 0 -1 +1 1x 0x1 18446744073709551616 9223372036854775808 \
		99999999999999999999999999 1.0 "1%27"; do
		api GET "/v1/evidence/$bad" >"$D/answer"
		refused 400 malformed
	done
	for bad in '' - -1 x 1x 18446744073709551615 %20; do
		api GET "/v1/evidence?after=$bad" >"$D/answer"
		refused 400 malformed
	done
	api GET '/v1/evidence?before=1' >"$D/answer"
	refused 400 malformed
	api GET "/v1/evidence?after=9223372036854775807" >"$D/answer"
	[ "$(jq -c . "$D/answer")" = '{"records":[]}' ]
	# The start of signetd is nobody's request.
	api GET /v1/evidence/1 >"$D/answer"
	refused 404 no-such-record
	api GET /v1/evidence/9223372036854775807 >"$D/answer"
	refused 404 no-such-record
	api POST /v1/evidence -d '{}' >"$D/answer"
	refused 405 method-not-allowed
}

@test "a record that is large is on a page of its own" {
	local after
	after=$(journal 'SELECT max(sequence) FROM records')
	# A thousand lines of 700 bytes each, twice.
	for i in 1 2; do
		{
			printf '{"key":"%s","format":"raw","content":{"media_type":' \
				"$KEY"
			printf '"text/plain","data":"'
			for _ in $(seq 1000); do
				printf '%700s\n' x
			done | base64 -w 0
			printf '"}}'
		} >"$D/body"
		api POST /v1/signatures --data-binary "@$D/body" >"$D/answer"
		grep -q ^201 "$D/status"
	done
	api GET "/v1/evidence?after=$after" >"$D/answer"
	[ "$(jq '.records | length' "$D/answer")" -eq 1 ]
	[ "$(jq .next "$D/answer")" -eq $((after + 1)) ]
	api GET "/v1/evidence?after=$((after + 1))" >"$D/answer"
	[ "$(listed)" = "[$((after + 2))]" ]
	jq -e '.next == null and (.records[0].record.event.items | length) == 1' \
		"$D/answer"
}

@test "many who read at once delay no signature" {
	local i pids=() before
	for i in $(seq 150); do
		printf '%s\n' next "unix-socket = $D/s" 'output = /dev/null' \
			'write-out = "%{http_code}\n"' silent \
			'url = http://localhost/v1/evidence'
	done | sed 1d >"$D/many"
	for i in 1 2; do
		curl --parallel --parallel-immediate --parallel-max 150 \
			-K "$D/many" >"$D/codes.$i" 2>/dev/null 3>&- &
		pids+=("$!")
	done
	before=$(date +%s%N)
	for _ in $(seq 10); do
		signs "$KEY"
	done
	[ $(($(date +%s%N) - before)) -lt 3000000000 ]
	wait "${pids[@]}"
	[ "$(cat "$D"/codes.* | grep -vcE '^(200|429)$')" -eq 0 ]
	grep -q '^200' "$D/codes.1"
}
