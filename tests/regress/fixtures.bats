#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# SoftHSM-fixtures/provision: what it makes is what keys.plan says, and it
# touches nothing else. Needs bin/fixture-keygen in SIGNET_BUILD.

setup_file() {
	local root=$BATS_TEST_DIRNAME/../..

	# A user with a SoftHSM configuration: it must stay as it is.
	HOME=$BATS_FILE_TMPDIR/home
	mkdir -p "$HOME/.config/softhsm2/tokens"
	cat >"$HOME/.config/softhsm2/softhsm2.conf" <<-END
	directories.tokendir = $HOME/.config/softhsm2/tokens
	objectstore.backend = file
	END
	unset SOFTHSM2_CONF
	SIGNET_BUILD=${SIGNET_BUILD:-$(cd "$root" && pwd)/build}
	PROVISION=$root/SoftHSM-fixtures/provision
	FIX=$BATS_FILE_TMPDIR/fix
	export HOME SIGNET_BUILD PROVISION FIX
	"$PROVISION" "$FIX"
}

setup() {
	# shellcheck source=/dev/null
	. "$FIX/env"
}

# p11 ARGS: pkcs11-tool on the token of serial $SERIAL, else on the first one.
p11() {
	pkcs11-tool --module "$SIGNET_SOFTHSM2_MODULE" --slot \
		"$(slot_of "${SERIAL:-$SIGNET_SERIAL_TEST}")" "$@"
}

# SoftHSM makes the slot number from the last 31 bits of the serial.
slot_of() {
	echo $((0x${1: -8} & 0x7fffffff))
}

verify() {
	openssl verify -CAfile "$FIX/ca/root.pem" \
		-untrusted "$FIX/ca/intermediate.pem" \
		-CRLfile "$FIX/ca/crl.pem" -CRLfile "$FIX/ca/root-crl.pem" \
		-crl_check_all "$@"
}

# object TYPE ID: the token's object as pkcs11-tool describes it.
object() {
	p11 --login --pin "$(cat "$FIX/pin")" --list-objects --type "$1" \
		--id "$2"
}

@test "the user's own SoftHSM configuration is untouched" {
	run find "$HOME" -type f
	[ "$output" = "$HOME/.config/softhsm2/softhsm2.conf" ]
	run find "$HOME/.config/softhsm2/tokens" -mindepth 1
	[ "$output" = "" ]
	[ "$SOFTHSM2_CONF" = "$FIX/softhsm2.conf" ]
	grep -qx "directories.tokendir = $FIX/tokens" "$SOFTHSM2_CONF"
}

@test "nothing is readable by group or others" {
	run find "$FIX" -perm /077
	[ "$output" = "" ]
	[ "$(stat -c %a "$FIX/pin")" = 600 ]
	[ "$(stat -c %a "$FIX/so-pin")" = 600 ]
	[ "$(wc -l <"$FIX/pin")" -eq 0 ]
}

@test "nothing is left beside the folder" {
	run ls "$BATS_FILE_TMPDIR"
	[ "$output" = $'fix\nhome' ]
}

@test "two tokens have the same label and different serials" {
	run pkcs11-tool --module "$SIGNET_SOFTHSM2_MODULE" --list-token-slots
	[ "$status" -eq 0 ]
	[ "$(grep -c 'token label *: Signet Test$' <<<"$output")" -eq 2 ]
	grep -q "serial num *: $SIGNET_SERIAL_TEST$" <<<"$output"
	grep -q "serial num *: $SIGNET_SERIAL_SECOND$" <<<"$output"
	[ "$SIGNET_SERIAL_TEST" != "$SIGNET_SERIAL_SECOND" ]
}

@test "every key of the plan is on its token, as private and public key" {
	local kind nick name label id rest
	local count=0

	while read -r kind nick name label id rest; do
		[ "$kind" = key ] && [ "$nick" != large ] || continue
		SERIAL=SIGNET_SERIAL_${nick^^}
		SERIAL=${!SERIAL}
		object privkey "$id" | grep -q "label: *$label$"
		object pubkey "$id" | grep -q "label: *$label$"
		count=$((count + 1))
	done <"$BATS_TEST_DIRNAME/../../SoftHSM-fixtures/keys.plan"
	[ "$count" -eq 13 ]
}

@test "private keys cannot leave the token and can only sign" {
	run object privkey 01
	[ "$status" -eq 0 ]
	[[ $output =~ Usage:\ +sign($'\n'|$) ]]
	[[ $output == *"sensitive, always sensitive, never extractable, local"* ]]
	run p11 --list-objects --type privkey
	[[ $output != *rsa2048* ]]
}

@test "a certificate on the token is the one in certs/" {
	local id=1 name

	for name in rsa2048 rsa3072 p256 p384 ed25519 tls-client expired \
		revoked; do
		p11 --read-object --type cert --id "0$id" \
			--output-file "$BATS_TEST_TMPDIR/cert.der"
		openssl x509 -in "$FIX/certs/$name.pem" -outform DER |
			cmp - "$BATS_TEST_TMPDIR/cert.der"
		openssl x509 -in "$FIX/certs/$name.pem" -noout -pubkey |
			cmp - "$FIX/pub/$name.pem"
		id=$((id + 1))
	done
}

@test "the key without certificate has none" {
	object pubkey 09 | grep -q 'label: *nocert$'
	run p11 --list-objects --type cert
	[ "$status" -eq 0 ]
	[[ $output == *rsa2048* ]]
	[[ $output != *nocert* ]]
	[ ! -e "$FIX/certs/nocert.pem" ]
	[ -s "$FIX/pub/nocert.pem" ]
}

@test "a signature of each kind verifies with openssl" {
	local id=0 name

	cd "$BATS_TEST_TMPDIR"
	echo "pay Li Wei 12.50" >data
	for name in rsa2048 rsa3072; do
		id=$((id + 1))
		p11 --login --pin "$(cat "$FIX/pin")" --sign --id "0$id" \
			--mechanism SHA256-RSA-PKCS -i data -o rsa.sig
		openssl dgst -sha256 -verify "$FIX/pub/$name.pem" \
			-signature rsa.sig data
	done
	for name in p256 p384; do
		id=$((id + 1))
		openssl dgst -sha256 -binary -out digest data
		p11 --login --pin "$(cat "$FIX/pin")" --sign --id "0$id" \
			--mechanism ECDSA --signature-format openssl \
			-i digest -o ec.sig
		openssl dgst -sha256 -verify "$FIX/pub/$name.pem" \
			-signature ec.sig data
	done
	p11 --login --pin "$(cat "$FIX/pin")" --sign --id 05 \
		--mechanism EDDSA -i data -o ed.sig
	openssl pkeyutl -verify -pubin -inkey "$FIX/pub/ed25519.pem" -rawin \
		-in data -sigfile ed.sig
}

@test "certificates verify by use, with both CRLs" {
	local name

	for name in rsa2048 rsa3072 p256 p384 ed25519 second-p256; do
		verify -purpose smimesign "$FIX/certs/$name.pem"
		run verify -purpose sslclient "$FIX/certs/$name.pem"
		[ "$status" -ne 0 ]
	done
	verify -purpose sslclient "$FIX/certs/tls-client.pem"
}

@test "the chain file has the intermediate, then the root" {
	cat "$FIX/ca/intermediate.pem" "$FIX/ca/root.pem" |
		cmp - "$FIX/ca/chain.pem"
	openssl verify -CAfile "$FIX/ca/chain.pem" "$FIX/certs/p256.pem"
}

@test "the expired certificate was valid once, and nothing else is wrong" {
	run verify "$FIX/certs/expired.pem"
	[ "$status" -ne 0 ]
	[[ $output == *"error 10 at 0 depth"* ]]
	openssl verify -CAfile "$FIX/ca/chain.pem" \
		-attime "$(date -d 2023-07-01 +%s)" "$FIX/certs/expired.pem"
}

@test "the CRL lists the revoked certificate and no other" {
	local serial

	serial=$(openssl x509 -in "$FIX/certs/revoked.pem" -noout -serial)
	run openssl crl -in "$FIX/ca/crl.pem" -noout -text
	[[ $output == *"Serial Number: ${serial#serial=}"* ]]
	[ "$(grep -c 'Serial Number:' <<<"$output")" -eq 1 ]
	run verify "$FIX/certs/revoked.pem"
	[[ $output == *"error 23 at 0 depth"* ]]
	openssl verify -CAfile "$FIX/ca/chain.pem" "$FIX/certs/revoked.pem"
}

@test "a second run changes nothing" {
	local before

	before=$(cd "$FIX" && find . -type f -exec cksum {} + | sort)
	"$PROVISION" "$FIX"
	[ "$before" = "$(cd "$FIX" && find . -type f -exec cksum {} + | sort)" ]
}

@test "what is half made is made anew" {
	local half=$BATS_TEST_TMPDIR/half

	mkdir "$half"
	cp "$FIX/softhsm2.conf" "$half"
	touch "$half/left-over"
	"$PROVISION" "$half"
	[ ! -e "$half/left-over" ]
	grep -qx "directories.tokendir = $half/tokens" "$half/softhsm2.conf"
	[ -s "$half/certs/p256.pem" ]
}

@test "a run that fails says why and leaves nothing" {
	local dir=$BATS_TEST_TMPDIR

	mkdir "$dir/tmp"
	echo "not a module" >"$dir/fake.so"
	TMPDIR=$dir/tmp SIGNET_SOFTHSM2_MODULE=$dir/fake.so \
		run "$PROVISION" "$dir/failed"
	[ "$status" -ne 0 ]
	[[ $output == *fake.so* ]]
	run find "$dir" -mindepth 1
	[ "$(sort <<<"$output")" = "$dir/fake.so"$'\n'"$dir/tmp" ]
}

@test "a folder of somebody else is refused and stays" {
	mkdir "$BATS_TEST_TMPDIR/mine"
	echo precious >"$BATS_TEST_TMPDIR/mine/file"
	run "$PROVISION" "$BATS_TEST_TMPDIR/mine"
	[ "$status" -ne 0 ]
	[[ $output == *"not a fixtures folder"* ]]
	[ "$(cat "$BATS_TEST_TMPDIR/mine/file")" = precious ]
}

@test "two runs at once make one whole folder" {
	local pid pids root dir=$BATS_TEST_TMPDIR/race

	"$PROVISION" "$dir" 3>&- &
	pids=$!
	sleep 0.3
	"$PROVISION" "$dir" 3>&- &
	pids+=" $!"
	# Whoever is first may use the folder while the other still runs.
	wait -n
	root=$(cat "$dir/ca/root.pem")
	for pid in $pids; do
		wait "$pid"
	done
	[ "$(cat "$dir/ca/root.pem")" = "$root" ]
	# shellcheck source=/dev/null
	. "$dir/env"
	p11 --read-object --type cert --id 03 -o "$BATS_TEST_TMPDIR/cert.der"
	openssl x509 -in "$dir/certs/p256.pem" -outform DER |
		cmp - "$BATS_TEST_TMPDIR/cert.der"
	run find "$BATS_TEST_TMPDIR" -name '*.tmp.*'
	[ "$output" = "" ]
}
