#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# key_operations - keys that are made on a token, and certificates that are
# brought to them, by a person who is asked

load helper
load person
load card

signet=$build/bin/signet

setup() {
	signet_setup
	unset SIGNET_SOCKET SIGNET_CONFIG NO_COLOR
	export LC_ALL=C HOME=$D
	TOKEN="pkcs11:serial=$SIGNET_SERIAL_TEST"
	printf 'order 1\n' >"$D/a.txt"
	cd "$D" || return
}

teardown() {
	cd / || return
	person_teardown
	signet_teardown
}

# expect STATUS COMMAND...: that exit status; stderr is in $D/err.
expect() {
	local want=$1 status=0
	shift
	output=$("$@" 2>"$D/err") || status=$?
	[ "$status" -eq "$want" ] || {
		echo "status $status instead of $want: $*"
		cat "$D/err"
		return 1
	}
}

cli() {
	local command=$1
	shift
	"$signet" "$command" --socket "$D/s" --no-start "$@"
}

tells() {
	grep -qF -- "$1" "$D/err" || { cat "$D/err"; return 1; }
}

nobody_was_asked() {
	[ ! -e "$D/transcript" ]
}

# generate ID [OPTION...]: its public key is in $D/ID.pem
generate() {
	expect 0 cli key generate --token "$TOKEN" --id "$@"
	printf '%s\n' "$output" >"$D/$1.pem"
}

# has_key ID: it is listed, and can sign.
has_key() {
	cli keys --token "$TOKEN" --json |
		jq -e --arg id "id=%$1" '.keys[] | select(.uri | contains($id))' \
		>/dev/null
}

# certify ID: a CA of the test's gives the public key $D/ID.pem a certificate.
certify() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$D/own.key" -subj "/CN=New Key" -out "$D/csr" 2>/dev/null
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-keyout "$D/ca.key" -subj "/CN=Test CA" -out "$D/ca.pem" 2>/dev/null
	openssl x509 -req -in "$D/csr" -CA "$D/ca.pem" -CAkey "$D/ca.key" \
		-set_serial 7 -force_pubkey "$D/$1.pem" -out "$D/$1.crt" \
		2>/dev/null
}

# raw ID: a signature by that key over a.txt, as openssl sees it.
signs_raw() {
	cli sign --key "$TOKEN;id=%$1" --format raw --force -o "$D/sig" a.txt
	openssl dgst -sha256 -verify "$D/$1.pem" -signature "$D/sig" a.txt
}

@test "generate: a new key signs, and openssl verifies" {
	person approves
	generate 51 --label fresh
	told_line 'A NEW KEY'
	told_line 'fresh (51)'
	has_key 51
	signs_raw 51
	generate 52 --type rsa2048
	has_key 52
	openssl pkey -pubin -in "$D/52.pem" -noout -text | grep -q '2048 bit'
	signs_raw 52
	# Two keys, two signatures: a PIN each.
	[ "$(pins)" -eq 4 ]
}

@test "what comes right after a new key waits for the worker that lists it" {
	# It takes a while to come.
	person approves "$(module_mock)"
	rules 'C_Initialize delay 300'
	generate 51
	expect 0 cli key generate --token "$TOKEN" --id 52 --type rsa2048
	printf '%s\n' "$output" >"$D/52.pem"
	has_key 51
	has_key 52
	generate 53
	signs_raw 53
	generate 54
	expect 0 cli pin status --token "$TOKEN"
	generate 55
	certify 55
	expect 0 cli key import-certificate --token "$TOKEN" --id 55 "$D/55.crt"
	cli keys --token "$TOKEN" --json | grep -q 'New Key'
}

@test "the private key never leaves, and cannot be used without a PIN" {
	person approves
	generate 51
	pkcs11-tool --module /usr/lib/softhsm/libsofthsm2.so --token-label \
		"Signet Test" --login --pin "$(cat "$SIGNET_FIXTURES/pin")" \
		--list-objects --type privkey --id 51 >"$D/objects" 2>/dev/null
	grep -q 'sensitive' "$D/objects"
	grep -q 'never extractable' "$D/objects"
	pkcs11-tool --module /usr/lib/softhsm/libsofthsm2.so --token-label \
		"Signet Test" --list-objects --type privkey --id 51 \
		>"$D/objects" 2>/dev/null
	not grep -q 'Private Key' "$D/objects"
}

@test "import-certificate: CMS with the new key verifies" {
	person approves
	generate 51
	certify 51
	has_key 51
	expect 0 cli key import-certificate --token "$TOKEN" --id 51 "$D/51.crt"
	told_line 'A new certificate'
	has_certificate() {
		cli keys --token "$TOKEN" --json | grep -q 'New Key'
	}
	has_certificate
	expect 0 cli sign --key "$TOKEN;id=%51" --detached -o "$D/p7s" a.txt
	openssl cms -verify -inform DER -in "$D/p7s" -content a.txt -binary \
		-CAfile "$D/ca.pem" -purpose any -out /dev/null
}

@test "a certificate of another key is refused before anybody is asked" {
	person approves
	generate 51
	has_key 51
	certify 51
	generate 52
	has_key 52
	rm "$D/transcript"
	expect 1 cli key import-certificate --token "$TOKEN" --id 52 \
		"$D/51.crt" --json
	[ "$(jq -r .code <<<"$output")" = bad-certificate ]
	printf 'no certificate' >"$D/none"
	expect 1 cli key import-certificate --token "$TOKEN" --id 52 "$D/none"
	nobody_was_asked
}

@test "an id that is taken is refused where keys have no places" {
	person approves
	generate 51
	has_key 51
	rm "$D/transcript"
	expect 1 cli key generate --token "$TOKEN" --id 51
	tells 'take another ID'
	nobody_was_asked
	signs_raw 51
}

@test "declined, or a wrong PIN: no key is made" {
	person declines
	expect 1 cli key generate --token "$TOKEN" --id 51 --json
	[ "$(jq -r .code <<<"$output")" = declined ]
	double approves
	printf 99999999 >"$D/pin"
	expect 1 cli key generate --token "$TOKEN" --id 51 --json
	[ "$(jq -r .code <<<"$output")" = pin-wrong ]
	cat "$SIGNET_FIXTURES/pin" >"$D/pin"
	generate 51
}

# malformed JSON: answered with 400.
malformed() {
	api POST /v1/key-operations -d "$1" >"$D/answer"
	refused 400 malformed
}

@test "what is no operation is refused, by name" {
	person approves
	malformed '{"operation":"generate","type":"p256"}'
	malformed '{"operation":"generate","id":"51"}'
	malformed '{"operation":"generate","id":"","type":"p256"}'
	malformed '{"operation":"generate","id":"5","type":"p256"}'
	malformed '{"operation":"generate","id":"5x","type":"p256"}'
	malformed "{\"operation\":\"generate\",\"id\":\"$(printf '%0258d' 0)\",\"type\":\"p256\"}"
	malformed '{"operation":"generate","id":"51","type":"dsa"}'
	malformed '{"operation":"erase","id":"51","type":"p256"}'
	malformed '{"operation":"generate","id":"51","type":"p256","pin":"1"}'
	malformed '{"operation":"generate","id":"51","type":"p256","certificate":"MAA="}'
	malformed '{"operation":"import-certificate","id":"51"}'
	malformed '{"operation":"import-certificate","id":"51","certificate":"!"}'
	expect 2 cli key generate --token "$TOKEN"
	expect 2 cli key
	expect 2 cli key import-certificate --id 51
	nobody_was_asked
}

@test "a client that goes away takes the dialog along" {
	person hangs
	timeout 2 "$signet" key generate --socket "$D/s" --no-start \
		--token "$TOKEN" --id 51 >/dev/null 2>&1 3>&- &
	wait_until 10 test -e "$D/hanging"
	wait_nobody_asks
	not has_key 51
}

# --- cards ------------------------------------------------------------------

@test "OpenSC cannot: the refusal names the tool, and nobody is asked" {
	card_setup 1
	person approves "$(printf '  - {name: card, profile: opensc}\n')"
	expect 1 cli key generate --id 01
	tells 'yubico-piv-tool -a generate'
	expect 1 cli key generate --id 01 --json
	[ "$(jq -r .code <<<"$output")" = impossible ]
	nobody_was_asked
	card_is 1 pin=3
}

@test "ykcs11: a card's key and certificate are replaced, and it signs" {
	[ -n "$(module_path libykcs11.so.2)" ] || skip "no ykcs11"
	card_setup 1 'Yubico YubiKey test'
	person approves "$(printf '  - {name: card, profile: ykcs11}\n')"
	TOKEN=$(cli token list --json | jq -r '.tokens[0].uri')
	printf %s 010203040506070801020304050607080102030405060708 >"$D/pin"
	generate 03
	certify 03
	expect 0 cli key import-certificate --token "$TOKEN" --id 03 "$D/03.crt"
	printf %s "$CARD_PIN" >"$D/pin"
	has_key 03
	signs_raw 03
	# ykcs11 writes curves out.
	not logged 'is left out'
}
