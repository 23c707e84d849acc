#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# idempotency: who asks again with the same Idempotency-Key gets the same bytes,
# and nothing is signed a second time.

load helper
load person
load journal

setup() {
	signet_setup
	configure "$(module_softhsm softhsm2)"
}

teardown() {
	person_teardown
	signet_teardown
}

other_body() {
	body "$KEY" | sed 's/hello.txt/other.txt/'
}

@test "the same key and body get the same bytes" {
	serve
	first 7f3b1a2e-0c57-4c1e-8a3e-2f0f5d6b7c8d
	jq -e '.state == "released" and (.signature | length) > 80 and
		.evidence.seq > 0' "$D/first"
	for _ in 1 2 3; do
		same 7f3b1a2e-0c57-4c1e-8a3e-2f0f5d6b7c8d
	done
	same '"7f3b1a2e-0c57-4c1e-8a3e-2f0f5d6b7c8d"'
	post 7f3b1a2e-0c57-4c1e-8a3e-2f0f5d6b7c8e
	answered 201
	not cmp -s "$D/first" "$D/answer"
	released_once 7f3b1a2e-0c57-4c1e-8a3e-2f0f5d6b7c8d
}

@test "another body is refused and does no harm" {
	serve
	first one
	post one "$(other_body)"
	refused 422 idempotency-mismatch
	says 'a new request needs a new key'
	# The same members, in other bytes.
	post one " $(body "$KEY")"
	refused 422 idempotency-mismatch
	same one
	[ "$(released_records)" -eq 1 ]
}

@test "the bytes are the same after a restart and after SIGKILL" {
	serve
	first one
	stop
	serve
	same one
	kill -KILL "$PID"
	wait_until 5 gone "$PID"
	serve
	same one
	post one "$(other_body)"
	refused 422 idempotency-mismatch
	released_once one
}

@test "while the first one runs, the second has to wait" {
	configure "$(module_mock)"
	rules 'C_Sign nth 1 delay 700'
	serve
	ask slow "$(body "$KEY")" -H 'Idempotency-Key: one'
	slow=$ASKED
	wait_until 5 grep -q 'C_Sign !delay' "$D/mock.log"
	post one
	refused 409 idempotency-running
	jq -e .retry "$D/answer"
	post one "$(other_body)"
	refused 422 idempotency-mismatch
	answer slow "$slow"
	answered 201
	cp "$D/answer" "$D/first"
	same one
	[ "$(calls C_Sign)" -eq 1 ]
	released_once one
}

@test "a key is 1 to 255 visible characters, once" {
	serve
	longest=$(printf '%0255d' 7)
	first "$longest"
	same "$longest"
	for bad in "0$longest" 'a b' $'a\tb' 'caf'$'\xc3\xa9' '""' '"a"b"' \
		'a\b' "\"0$longest\""; do
		post "$bad"
		refused 400 malformed
		says 'visible ASCII'
	done
	# curl sends a field without value for this.
	api POST /v1/signatures -H 'Idempotency-Key;' -d "$(body "$KEY")" \
		>"$D/answer"
	refused 400 malformed
	api POST /v1/signatures -H 'Idempotency-Key: a' \
		-H 'idempotency-key: a' -d "$(body "$KEY")" >"$D/answer"
	refused 400 malformed
	says 'given twice'
	[ "$(released_records)" -eq 1 ]
}

@test "a key expires" {
	printf 'evidence:\n  idempotency_hours: 2\n' >>"$D/signetd.yaml"
	serve
	before=$(date +%s)
	first one
	[ "$(journal 'SELECT expires FROM answers')" -ge $((before + 7200)) ]
	[ "$(journal 'SELECT expires FROM answers')" -le \
		$(($(date +%s) + 7200)) ]
	journal "UPDATE answers SET expires = $(date +%s) + 60"
	same one
	journal "UPDATE answers SET expires = $(date +%s)"
	post one "$(other_body)"
	answered 201
	cp "$D/answer" "$D/first"
	same one "$(other_body)"
	released_once one 2
}

@test "answers that have expired are forgotten with a checkpoint" {
	printf 'evidence:\n  checkpoint_seconds: 1\n' >>"$D/signetd.yaml"
	serve
	first one
	first two
	journal "UPDATE answers SET expires = 1 WHERE key = 'one'"
	wait_until 10 one_forgotten
	same two
}

# With the next one, that is.
one_forgotten() {
	signs "$KEY"
	[ "$(journal 'SELECT group_concat(key) FROM answers')" = two ]
}

@test "each user has keys of its own" {
	[ "$(id -u)" -eq 0 ] || { other_user_needs_root; return; }
	# The built-in policy is for the user of signetd only.
	cat >>"$D/signetd.yaml" <<-'END'
	socket_group: nogroup
	policy:
	  - name: everybody
	    outcome: allow
	END
	serve
	chmod 711 "$D"
	first one
	# shellcheck disable=SC2034 # ask runs it
	AS_CLIENT="setpriv --reuid=65534 --regid=65534 --clear-groups"
	asks "$(other_body)" -H 'Idempotency-Key: one'
	answered 201
	cp "$D/answer" "$D/nobody"
	asks "$(other_body)" -H 'Idempotency-Key: one'
	cmp "$D/nobody" "$D/answer"
	same one
	[ "$(journal 'SELECT group_concat(uid) FROM answers')" = 0,65534 ]
	released_once one 2
}

# Nobody else's uid is at hand: tests/unit/evidence/test_store has two.
other_user_needs_root() {
	[ "$(id -u)" -ne 0 ]
}

@test "a failure and a refusal leave the key free" {
	configure "$(module_mock)"
	rules "C_Sign once \"$D/once\" return CKR_DEVICE_ERROR"
	serve
	post one
	refused 503 token-gone
	post one "$(body pkcs11:object=nobody)"
	refused 404 no-such-key
	first one "$(other_body)"
	same one "$(other_body)"
	released_once one
}

@test "who declined may be asked again" {
	person declines
	asks "$(body "$KEY")" -H 'Idempotency-Key: one'
	refused 403 declined
	double approves
	asks "$(body "$KEY")" -H 'Idempotency-Key: one'
	answered 201
	cp "$D/answer" "$D/first"
	double crashes
	asks "$(body "$KEY")" -H 'Idempotency-Key: one'
	cmp "$D/first" "$D/answer"
}

@test "a large content has to be detached" {
	serve
	head -c 16385 /dev/zero | tr '\0' a | base64 -w0 >"$D/large"
	for format in cms jws; do
		post "$format" "$(large "$format" false)"
		refused 422 unsupported
		says 'has to be detached'
		first "$format" "$(large "$format" true)"
		same "$format" "$(large "$format" true)"
	done
	first raw "$(large raw true)"
	same raw "$(large raw true)"
	head -c 16384 /dev/zero | tr '\0' a | base64 -w0 >"$D/large"
	first small "$(large cms false)"
	same small "$(large cms false)"
}

# large FORMAT DETACHED
large() {
	printf '{"key":"%s","format":"%s",' "$KEY" "$1"
	[ "$1" = raw ] || printf '"detached":%s,' "$2"
	printf '"content":{"media_type":"text/plain","data":"%s"}}' \
		"$(cat "$D/large")"
}

@test "a batch is signed once" {
	serve
	first one "$(batch 40)"
	[ "$(jq '.items | length' "$D/first")" -eq 40 ]
	same one "$(batch 40)"
	post one "$(batch 39)"
	refused 422 idempotency-mismatch
	kill -KILL "$PID"
	wait_until 5 gone "$PID"
	serve
	same one "$(batch 40)"
	released_once one
	[ "$(journal 'SELECT count(*) FROM items')" -eq 40 ]
}

@test "a batch that broke off is not begun again" {
	configure "$(module_mock)"
	rules "C_Sign from 4 once \"$D/once\" return CKR_DEVICE_ERROR"
	serve
	post one "$(batch 6)"
	jq -e '.signed == 3 and .count == 6' "$D/answer"
	cp "$D/answer" "$D/first"
	cp "$D/status" "$D/first.status"
	made=$(calls C_Sign)
	post one "$(batch 6)"
	cmp "$D/first" "$D/answer"
	cut -d' ' -f1 "$D/first.status" | cmp - <(cut -d' ' -f1 "$D/status")
	[ "$(calls C_Sign)" -eq "$made" ]
}

@test "a request that nobody waits for is signed once" {
	serve
	for _ in 1 2; do
		api POST /v1/signatures -H 'Prefer: respond-async' \
			-H 'Idempotency-Key: one' -d "$(body "$KEY")" \
			>"$D/answer"
		answered 202
		id=$(jq -r .id "$D/answer")
		wait_until 5 is_released "$id"
		api GET "/v1/signatures/$id" >"$D/got"
		[ -s "$D/first" ] || cp "$D/got" "$D/first"
		cmp "$D/first" "$D/got"
	done
	same one
	released_once one
}

is_released() {
	[ "$(api GET "/v1/signatures/$1" | jq -r .state)" = released ]
}

# A trigger of the database stands for a disk that fails at the last moment.
@test "what was not recorded is neither released nor kept" {
	serve
	journal "CREATE TRIGGER fails AFTER UPDATE ON head
		WHEN EXISTS (SELECT 1 FROM answers WHERE key = 'one') BEGIN
		SELECT RAISE(ABORT, 'the disk fails'); END"
	for body in "$(body "$KEY")" "$(batch 3)"; do
		post one "$body"
		refused 503 not-durable
		not jq -e '.signature // .items[0] // .evidence' "$D/answer"
		wait_until 5 signs "$KEY"
	done
	api POST /v1/signatures -H 'Prefer: respond-async' \
		-H 'Idempotency-Key: one' -d "$(body "$KEY")" >"$D/answer"
	id=$(jq -r .id "$D/answer")
	wait_until 5 is_failed "$id"
	api GET "/v1/signatures/$id" >"$D/answer"
	jq -e '.error.code == "not-durable"' "$D/answer"
	not jq -e '.signature // .evidence' "$D/answer"
	[ "$(journal 'SELECT count(*) FROM answers')" -eq 0 ]
	journal 'DROP TRIGGER fails'
	wait_until 5 signs "$KEY"
	first one "$(other_body)"
	same one "$(other_body)"
	released_once one
}

is_failed() {
	[ "$(api GET "/v1/signatures/$1" | jq -r .state)" = failed ]
}
