#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# sampling: with "check: sampled" the first signature of each worker and key is
# verified, then one in N; one that is bad ends its worker, and all that come
# after it are verified.

# Helpers read these, and set others.
# shellcheck disable=SC2034,SC2153,SC2154
load helper
load person

setup() {
	signet_setup
	configure "$(module_mock)"
	sampled 'check: sampled' 'sample: 4'
}

teardown() {
	person_teardown
	signet_teardown
}

# sampled LINE...: what is said of the token.
sampled() {
	local line
	for line; do
		sed -i "s|^    pin_source:.*|&\n    $line|" "$D/signetd.yaml"
	done
}

signs_times() {
	local i
	for ((i = 0; i < $1; i++)); do
		signs "$KEY"
	done
}

mismatch() {
	sign "${1:-$KEY}" >"$D/answer"
	refused 424 signature-mismatch
}

# The worker that is there is another one than this.
replaced() {
	[ -n "$(workers)" ] && [ "$(workers)" != "$1" ]
}

# Of each item that was released: was it verified?
checked() {
	sqlite3 "$D/state-home/signet/evidence.sqlite" "SELECT
		coalesce(json_extract(value, '\$.checked'), 'yes')
		FROM records, json_each(record, '\$.event.items')
		WHERE json_extract(record, '\$.event.outcome') = 'released'
		ORDER BY sequence, key" | tr '\n' ' '
}

@test "the first is verified, then one in four, and the evidence says which" {
	start
	wait_until 10 settled
	signs_times 6
	[ "$(checked)" = 'yes 0 0 0 yes 0 ' ]
	api GET /v1/tokens | jq -e '.tokens[] |
		select(.label == "Signet Test") | .check == "sampled"'
}

@test "the first of each key is verified" {
	start
	wait_until 10 settled
	signs_times 2
	rules 'C_Sign where key-label "rsa2048" garbage-signature'
	mismatch "pkcs11:serial=$SIGNET_SERIAL_TEST;object=rsa2048"
}

@test "the first of a new worker is verified" {
	start
	wait_until 10 settled
	signs_times 3
	worker=$(workers)
	rules "C_Sign nth 1 once \"$D/signed\" garbage-signature"
	: >"$D/signed"
	kill -KILL "$worker"
	wait_until 10 replaced "$worker"
	rm "$D/signed"
	mismatch
}

@test "a bad one ends its worker, and then each is verified" {
	start
	wait_until 10 settled
	signs_times 4
	worker=$(workers)
	rules "C_Sign nth 1 once \"$D/signed\" garbage-signature" \
		'C_Sign nth 3 garbage-signature'
	mismatch
	wait_until 10 replaced "$worker"
	worker=$(workers)
	signs_times 2
	# The third of this worker, which one in four would not meet.
	mismatch
	wait_until 10 replaced "$worker"
	signs_times 2
	[ "$(checked)" = 'yes 0 0 0 yes yes yes yes ' ]
	logged 'worker [0-9]+ ended: key .* is not one by its public key'
}

# batch COUNT: so many items by $KEY.
batch() {
	jq -n --arg key "$KEY" --argjson n "$1" '{key: $key, format: "raw",
		items: [range($n) | {content: {media_type: "text/plain",
		data: ("item \(.)" | @base64)}}]}'
}

@test "of a batch with a bad one nothing is released" {
	start
	wait_until 10 settled
	api POST /v1/signatures -d "$(batch 6)" | jq -e '.signed == 6'
	[ "$(checked)" = 'yes 0 0 0 yes 0 ' ]
	# The next two are not looked at; the third is.
	rules 'C_Sign nth 3 garbage-signature'
	api POST /v1/signatures -d "$(batch 6)" >"$D/answer"
	refused 424 signature-mismatch
	jq -e '.signed == 0 and .items == []' "$D/answer"
}

@test "what a person approved is always verified" {
	TOKENS=$(printf '  - {uri: "pkcs11:token=Signet%%20Test", %s, %s}' \
		"unattended: true, pin_source: $SIGNET_FIXTURES/pin" \
		'check: sampled') \
	POLICY='  - {name: ask, outcome: ask}' \
		person approves "$(module_mock)"
	signs "$KEY"
	rules 'C_Sign garbage-signature'
	mismatch
}

# refused_config TEXT LINE...
refused_config() {
	local text=$1
	shift
	configure "$(module_mock)"
	sampled "$@"
	run "$signetd" --config "$D/signetd.yaml" --check-config
	[ "$status" -eq 1 ]
	[[ $output == *"$text"* ]]
}

@test "a configuration that would sample what it must not is refused" {
	refused_config 'sample is 1001; it can be 1 to 1000' \
		'check: sampled' 'sample: 1001'
	refused_config 'sample goes with check: sampled' 'sample: 4'
	refused_config check 'check: never'
	configure "$(module_mock)"
	sed -i '/unattended:/d; s/pin_source:.*/check: sampled/' \
		"$D/signetd.yaml"
	run "$signetd" --config "$D/signetd.yaml" --check-config
	[ "$status" -eq 1 ]
	[[ $output == *"check: sampled is for unattended tokens only"* ]]
}
