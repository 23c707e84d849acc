#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# http: whatever a client sends, the answer is a problem document or a closed
# connection, and the next client is served.

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

# post TEXT: as the body of a signature request.
post() {
	printf '%s' "$1" | api POST /v1/signatures --data-binary @- >"$D/answer"
}

# raw TEXT: bytes to the socket, what comes back to $D/raw.
raw() {
	printf '%b' "$1" | socat -b 65536 -t "${WAIT:-2}" - "UNIX-CONNECT:$D/s" >"$D/raw" || true
}

@test "a well-formed request is signed" {
	signs "$KEY"
}

@test "malformed JSON is refused" {
	for text in '' '{' '[]' '"x"' '{"a":1,}' '{"format":"raw"' 'null' \
		'{"format":"raw"}x' $'{"format":"r\x01w"}'; do
		post "$text"
		refused 400 malformed
	done
	signs "$KEY"
}

@test "an unknown member is refused and named" {
	post '{"format":"raw","colour":1,"content":{"media_type":"a","data":""}}'
	refused 400 malformed
	says colour
	post '{"format":"raw","content":{"media_type":"a","data":"","size2":1}}'
	refused 400 malformed
	says size2
}

@test "a doubled member is refused" {
	post '{"format":"raw","format":"cms","content":{"media_type":"a","data":""}}'
	refused 400 malformed
	post '{"format":"raw","content":{"media_type":"a","data":"","data":""}}'
	refused 400 malformed
}

@test "a missing member is refused" {
	post '{"content":{"media_type":"a","data":""}}'
	refused 400 malformed
	post '{"format":"raw"}'
	refused 400 malformed
	post '{"format":"raw","content":{"data":""}}'
	refused 400 malformed
	post '{"format":"raw","content":{"media_type":"a"}}'
	refused 400 malformed
}

@test "a wrong type is refused" {
	post '{"format":1,"content":{"media_type":"a","data":""}}'
	refused 400 malformed
	post '{"format":"raw","content":"x"}'
	refused 400 malformed
	post '{"format":"raw","content":{"media_type":"a","data":7}}'
	refused 400 malformed
	post '{"format":"raw","detached":"yes","content":{"media_type":"a","data":""}}'
	refused 400 malformed
}

@test "content that is no base64 is refused" {
	for data in a aGVsbG8 'aGVs bG8=' 'aGVsbG9=' -_-_; do
		post "{\"format\":\"raw\",\"content\":{\"media_type\":\"a\",\"data\":\"$data\"}}"
		refused 400 malformed
	done
}

@test "members above their limit are refused" {
	{
		printf '{"format":"raw","key":"'
		head -c 1100000 /dev/zero | tr '\0' a
		printf '","content":{"media_type":"a","data":""}}'
	} | api POST /v1/signatures --data-binary @- >"$D/answer"
	refused 413 too-large
	signs "$KEY"
}

@test "a body above its limit is refused before it is sent" {
	raw 'POST /v1/signatures HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100000000\r\n\r\n'
	grep -q '^HTTP/1.1 413' "$D/raw"
	grep -q urn:signet:problem:too-large "$D/raw"
}

# upload COMMAND...: what that prints as content.data, streamed.
upload() {
	{
		printf '{"format":"raw","content":{"media_type":"a","data":"'
		"$@"
		printf '"}}'
	} 2>/dev/null | api POST /v1/signatures \
		-H 'Transfer-Encoding: chunked' -T - >"$D/answer"
}

zeros() {
	head -c "$1" /dev/zero | base64 -w0
}

@test "content above its limit is refused, and never in memory" {
	peak_begin
	upload zeros $((64 * 1024 * 1024 + 1))
	peak_below 20000
	refused 413 too-large
	signs "$KEY"
}

@test "a body without end is cut" {
	peak_begin
	status=0
	upload tr '\0' A </dev/zero || status=$?
	peak_below 20000
	[ "$status" -eq 55 ] || [ "$status" -eq 56 ]
	signs "$KEY"
}

@test "whoever asks first is told to go on, or not to" {
	body "$KEY" >"$D/body"
	head='POST /v1/signatures HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n'
	raw "${head}Content-Length: $(wc -c <"$D/body")\r\n\r\n$(cat "$D/body")"
	grep -q '^HTTP/1.1 100 ' "$D/raw"
	grep -q '^HTTP/1.1 201 ' "$D/raw"
	raw "${head}Content-Length: 100000000\r\n\r\n"
	not grep -q '^HTTP/1.1 100 ' "$D/raw"
	grep -q '^HTTP/1.1 413 ' "$D/raw"
}

@test "another content type is refused" {
	for type in text/plain application/json-seq ''; do
		TYPE=$type api POST /v1/signatures -d "$(body "$KEY")" \
			>"$D/answer"
		refused 415 unsupported-media-type
	done
	api POST /v1/signatures -H 'Content-Type: text/plain' \
		-d "$(body "$KEY")" >"$D/answer"
	refused 400 malformed
}

@test "an unknown address and a wrong method are told apart" {
	api GET /v1/nothing >"$D/answer"
	refused 404 no-such-route
	api POST /v1/status -d '' >"$D/answer"
	refused 405 method-not-allowed
	api GET /v1/signatures/0123 >"$D/answer"
	refused 404 no-such-request
}

@test "an unknown query argument is refused" {
	api GET '/v1/keys?colour=red' >"$D/answer"
	refused 400 malformed
	says colour
	api GET '/v1/status?token=x' >"$D/answer"
	refused 400 malformed
}

@test "a body where none belongs is refused" {
	raw 'GET /v1/status HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello'
	grep -q '^HTTP/1.1 413' "$D/raw"
}

@test "two lengths for one body are refused" {
	raw 'POST /v1/signatures HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}'
	grep -q '^HTTP/1.1 400' "$D/raw"
	grep -q 'given twice' "$D/raw"
	raw 'POST /v1/signatures HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}'
	grep -q '^HTTP/1.1 400' "$D/raw"
	grep -q 'given twice' "$D/raw"
	signs "$KEY"
}

@test "a header above its limit is refused" {
	raw "GET /v1/status HTTP/1.1\r\nHost: x\r\nX: $(head -c 20000 /dev/zero | tr '\0' a)\r\n\r\n"
	grep -q '^HTTP/1.1 431' "$D/raw"
	signs "$KEY"
}

@test "what is no HTTP ends its connection only" {
	raw 'hello\r\n\r\n'
	raw '\x16\x03\x01\x02\x00\x01\x00\x01'
	head -c 100000 /dev/urandom | socat -t 1 - "UNIX-CONNECT:$D/s" \
		>/dev/null || true
	signs "$KEY"
}

@test "half a request, then close, leaves nothing behind" {
	WAIT=0.1
	before=$(connected)
	for _ in 1 2 3 4 5 6 7 8; do
		raw 'POST /v1/signatures HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"format":'
	done
	wait_until 5 connected_at_most $((before + 1))
	signs "$KEY"
}

connected_at_most() {
	[ "$(connected)" -le "$1" ]
}

@test "a chunked body is taken" {
	body "$KEY" | api POST /v1/signatures \
		-H 'Transfer-Encoding: chunked' -T - >"$D/answer"
	grep -q '^201' "$D/status"
}

@test "neither PIN nor module is the caller's to choose" {
	sign "pkcs11:object=p256?pin-value=1234" >"$D/answer"
	refused 400 malformed
	sign "pkcs11:object=p256?module-path=/tmp/x.so" >"$D/answer"
	refused 400 malformed
}

@test "a request may be left alone and asked for later" {
	api POST /v1/signatures -H 'Prefer: respond-async' \
		-d "$(body "$KEY")" >"$D/answer"
	grep -q '^202' "$D/status"
	id=$(jq -r .id "$D/answer")
	wait_until 5 released "$id"
	api GET "/v1/signatures/$id" | jq -e '.signature | length > 80'
	api DELETE "/v1/signatures/$id" >"$D/answer"
	refused 409 finished
}

released() {
	[ "$(api GET "/v1/signatures/$1" | jq -r .state)" = released ]
}

# later [BODY]: left alone and released; its id is $LATER.
later() {
	LATER=$(api POST /v1/signatures -H 'Prefer: respond-async' \
		-d "${1:-$(body "$KEY")}" | jq -r .id)
	wait_until 10 released "$LATER"
}

@test "answered at once is forgotten after 16 others, left alone is not" {
	later
	sign "$KEY" >"$D/answer"
	first=$(jq -r .id "$D/answer")
	for _ in $(seq 15); do
		signs "$KEY"
	done
	released "$first"
	signs "$KEY"
	api GET "/v1/signatures/$first" >"$D/answer"
	refused 404 no-such-request
	released "$LATER"
}

@test "no more than 1000 items are remembered" {
	batch=$(jq -n --arg key "$KEY" '{key: $key, format: "raw", items:
		[range(501) | {content: {media_type: "text/plain", data: "aGk="}}]}')
	later "$batch"
	first=$LATER
	released "$first"
	later "$batch"
	api GET "/v1/signatures/$first" >"$D/answer"
	refused 404 no-such-request
}
