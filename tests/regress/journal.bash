# SPDX-License-Identifier: Apache-2.0
#
# journal: requests with an Idempotency-Key, and what the journal has of them.

serve() {
	start
	wait_until 10 settled
}

# post IDEMPOTENCY-KEY [BODY]: a request; its answer is in $D/answer.
post() {
	printf '%s' "${2-$(body "$KEY")}" >"$D/body"
	api POST /v1/signatures -H "Idempotency-Key: $1" \
		--data-binary "@$D/body" >"$D/answer"
}

# released_once IDEMPOTENCY-KEY [TIMES]: so many of its records hold a
# signature.
released_once() {
	[ "$(journal "SELECT count(*) FROM records WHERE
		json_extract(record, '\$.event.outcome') = 'released' AND
		json_extract(record, '\$.event.idempotency_key') = '$1'")" \
		-eq "${2:-1}" ]
}

journal() {
	sqlite3 -cmd '.timeout 5000' "$D/state-home/signet/evidence.sqlite" \
		"$1"
}

answered() {
	grep -q "^$1 " "$D/status" || { cat "$D/status" "$D/answer"; return 1; }
}

# first IDEMPOTENCY-KEY [BODY]: signs, and keeps the answer as $D/first.
first() {
	post "$@"
	answered 201
	cp "$D/answer" "$D/first"
}

# same IDEMPOTENCY-KEY [BODY]: asked again, the bytes are the first ones.
same() {
	post "$@"
	answered 201
	cmp "$D/first" "$D/answer"
}

# batch COUNT
batch() {
	jq -cn --arg key "$KEY" --argjson n "$1" '{key: $key, format: "raw",
		items: [range($n) | {content: {media_type: "text/plain",
		name: "\(.)", data: ("number \(.)" | @base64)}}]}'
}
