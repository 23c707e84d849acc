#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# signet-webhost in the place of the Web eID application, eu.webeid: every
# command, error and limit of that protocol (docs/PROTOCOL.webhost, section 4).
# shellcheck disable=SC2034,SC2153 # of the helpers

# What helper, person and webhost set, and what they read.
# shellcheck disable=SC2034,SC2153
bats_require_minimum_version 1.5.0

load helper
load person
load shared
load webhost

NONCE=12345678123456781234567812345678912345678901

# rule NAME KEY...: the page of this name may use these keys.
rule() {
	local name=$1 keys=$SIGNET_SERIAL_TEST
	shift
	keys=$(printf "\"pkcs11:serial=$keys;object=%s\"," "$@")
	printf '  - {name: %s, match: {origin: ["https://%s.example"],\n' \
		"$name" "$name"
	printf '     key: [%s]}, outcome: ask}\n' "${keys%,}"
}

# One page for each kind of key: it has one to sign by and one to sign in by.
setup_file() {
	local name
	# shellcheck source=/dev/null
	. "$build/fixtures/env"
	unset SIGNET_CONFIG
	POLICY=$(for name in rsa2048 p256 p384; do
		rule "$name" "$name" "auth-$name"
	done
	for name in expired tls-client nocert ed25519; do
		rule "$name" "$name"
	done
	printf '  - {name: all, match: {origin: ["https://all.example"],\n'
	printf '     key: ["pkcs11:serial=%s"]}, outcome: ask}\n' \
		"$SIGNET_SERIAL_TEST")
	shared_setup_file
}

teardown_file() {
	shared_teardown_file
}

setup() {
	shared_setup
	ORIGIN=https://p256.example
}

teardown() {
	webhost_teardown
	shared_teardown
}

# message_of NAME [JQ-FILTER]: a message, its arguments changed by the filter.
message_of() {
	jq -cn --arg name "$1" --arg origin "$ORIGIN" --arg nonce "$NONCE" \
		'{command: $name, arguments: {origin: $origin}} |
		if $name == "authenticate" then
			.arguments.challengeNonce = $nonce else . end |
		.arguments |= ('"${2:-.}"')'
}

# asks_webeid LINE...: in a process of its own; the reply is in $D/reply.
asks_webeid() {
	drive 2 signet-webhost "$@"
	[ "$(head -n 1 "$D/heard")" = '{"version":"2.0.0"}' ]
	[ "$(wc -l <"$D/heard")" -eq 2 ]
	tail -n 1 "$D/heard" >"$D/reply"
}

# fails_webeid CODE [TEXT]: the reply is this error, and says that.
fails_webeid() {
	jq -e --arg code "$1" --arg text "${2:-}" 'keys == ["error"] and
		(.error | keys == ["code", "message"] and .code == $code and
		 (.message | length > 0 and contains($text)))' "$D/reply" ||
		{ cat "$D/reply"; return 1; }
}

invalid() {
	fails_webeid ERR_WEBEID_NATIVE_INVALID_ARGUMENT "$@"
}

fatal() {
	fails_webeid ERR_WEBEID_NATIVE_FATAL "$@"
}

# certificate NAME: of the fixtures, in base64.
certificate() {
	openssl x509 -in "$SIGNET_FIXTURES/certs/$1.pem" -outform DER |
		base64 -w0
}

# sign_command NAME HASH [JQ-FILTER]: to sign the hash of "hello" by this key.
sign_command() {
	message_of sign ". + {certificate: \"$(certificate "$1")\",
		hashFunction: \"SHA-$2\", hash: \"$(printf hello |
		openssl dgst "-sha$2" -binary | base64 -w0)\"} | ${3:-.}"
}

# verifies NAME HASH: openssl finds the signature of the reply to be good.
verifies() {
	jq -r .signature "$D/reply" | base64 -d >"$D/signature"
	case $1 in
	rsa*) cp "$D/signature" "$D/der" ;;
	*) der_of "$D/signature" >"$D/der" ;;
	esac
	printf hello | openssl dgst "-sha$2" -verify \
		"$SIGNET_FIXTURES/pub/$1.pem" -signature "$D/der"
}

# der_of FILE: a signature r||s as openssl dgst wants it.
der_of() {
	local hex half
	hex=$(xxd -p -c 1000 "$1")
	half=$((${#hex} / 2))
	printf 'asn1=SEQUENCE:s\n[s]\nr=INTEGER:0x%s\ns=INTEGER:0x%s\n' \
		"${hex:0:half}" "${hex:half}" >"$D/asn1"
	openssl asn1parse -genconf "$D/asn1" -noout -out /dev/stdout
}

# --- the session -----------------------------------------------------------

@test "version first, then one reply, then the end" {
	asks_webeid '{"command":"quit","arguments":{}}'
	[ "$(cat "$D/reply")" = '{}' ]
	# Strict SemVer of major version 2.
	head -n 1 "$D/heard" | jq -e '.version |
		test("^2\\.(0|[1-9][0-9]*)\\.(0|[1-9][0-9]*)$")'
}

@test "started without an argument, by Chrome, Edge and by Firefox" {
	local arguments
	for arguments in "" \
		"chrome-extension://ncibgoaomkmdpilpocfeponihegamlic/" \
		"chrome-extension://gnmckgbandlkacikdndelhfghdejfido/" \
		"/usr/lib/mozilla/native-messaging-hosts/eu.webeid.json
		 {e68418bc-f2b0-4459-a9ea-3e72b6751b07}"; do
		# shellcheck disable=SC2086
		host signet-webhost $arguments
		tell '{"command":"quit","arguments":{"lang":"en"}}'
		hear
		[ "$MESSAGE" = '{}' ]
		host_ended 0
	done
	run -1 "$driver" "$build/bin/signet-webhost" \
		chrome-extension://cfnnghaifcoicniedmmddefimhedcnmf/ </dev/null
	not grep -q version <<<"$output"
}

# --- get-signing-certificate -----------------------------------------------

@test "get-signing-certificate of RSA-2048, P-256 and P-384" {
	local name crypto padding hashes
	while read -r name crypto padding hashes; do
		ORIGIN=https://$name.example
		asks_webeid "$(message_of get-signing-certificate)"
		jq -e --arg c "$crypto" --arg p "$padding" --arg h "$hashes" \
			--arg der "$(certificate "$name")" '. ==
			{certificate: $der, supportedSignatureAlgorithms: [
			 $h | split(" ")[] | {cryptoAlgorithm: $c,
			 hashFunction: "SHA-\(.)", paddingScheme: $p}]}' \
			"$D/reply"
		[ "$(dialogs)" -eq 0 ]
	done <<-END
	rsa2048 RSA PKCS1.5 256 384 512
	p256 ECC NONE 256
	p384 ECC NONE 384
	END
}

@test "nonRepudiation first, valid ones only, none that signs in" {
	ORIGIN=https://all.example
	asks_webeid "$(message_of get-signing-certificate)"
	# By URI: id=%01.
	[ "$(jq -r .certificate "$D/reply")" = "$(certificate rsa2048)" ]
	for name in expired tls-client nocert ed25519; do
		ORIGIN=https://$name.example
		asks_webeid "$(message_of get-signing-certificate)"
		fatal "certificate"
	done
}

# --- authenticate ----------------------------------------------------------

@test "authenticate by RSA-2048, P-256 and P-384: Node's crypto verifies" {
	local name algorithm
	while read -r name algorithm; do
		ORIGIN=https://$name.example
		asks_webeid "$(message_of authenticate '.lang = "et"')"
		jq -e --arg a "$algorithm" --arg der \
			"$(certificate "auth-$name")" '.algorithm == $a and
			.unverifiedCertificate == $der and keys ==
			["algorithm", "appVersion", "format", "signature",
			 "unverifiedCertificate"]' "$D/reply"
		node "$BATS_TEST_DIRNAME/../web/verify-token.mjs" "$D/reply" \
			"$ORIGIN" "$NONCE" "$SIGNET_FIXTURES/ca/intermediate.pem"
	done <<-END
	rsa2048 RS256
	p256 ES256
	p384 ES384
	END
}

@test "authenticate shows page and certificate, and is not blind" {
	asks_webeid "$(message_of authenticate)"
	told_line "A sign-in is asked for by $ORIGIN"
	told_line "Sign in to: $ORIGIN"
	told_line "holder Zhang Min"
	not told_line "WARNING"
}

@test "authenticate has nobody to be without a certificate for it" {
	ORIGIN=https://expired.example
	asks_webeid "$(message_of authenticate)"
	fatal "clientAuth"
	[ "$(dialogs)" -eq 0 ]
}

@test "challengeNonce has 44 to 128 characters" {
	for length in 43 129; do
		asks_webeid "$(message_of authenticate \
			".challengeNonce = \"a\" * $length")"
		invalid "44 to 128"
	done
	for length in 44 128; do
		asks_webeid "$(message_of authenticate \
			".challengeNonce = \"a\" * $length")"
		jq -e .signature "$D/reply"
	done
	asks_webeid "$(message_of authenticate '.challengeNonce += "\n"')"
	invalid
}

# --- sign ------------------------------------------------------------------

@test "sign by RSA-2048, P-256 and P-384: openssl verifies" {
	local name hash crypto padding
	while read -r name hash crypto padding; do
		ORIGIN=https://$name.example
		asks_webeid "$(sign_command "$name" "$hash")"
		jq -e --arg c "$crypto" --arg p "$padding" --arg h "$hash" \
			'.signatureAlgorithm == {cryptoAlgorithm: $c,
			 hashFunction: "SHA-\($h)", paddingScheme: $p} and
			 keys == ["signature", "signatureAlgorithm"]' "$D/reply"
		verifies "$name" "$hash"
	done <<-END
	rsa2048 256 RSA PKCS1.5
	rsa2048 512 RSA PKCS1.5
	p256 256 ECC NONE
	p384 384 ECC NONE
	END
}

@test "sign is blind, and says so, with page and certificate" {
	asks_webeid "$(sign_command p256 256)"
	told_line "A signature is asked for by $ORIGIN"
	told_line "WARNING: Signet cannot show what this is."
	told_line "holder Zhang Min"
	told_line "SHA-256: $(printf hello | sha256sum | cut -d' ' -f1 |
		cut -c1-40)"
}

@test "sign takes the hash of its length, and none that the key does not" {
	asks_webeid "$(sign_command p256 256 '.hash = "AAAA"')"
	invalid "32 bytes"
	asks_webeid "$(sign_command p256 256 '.hash = "!"')"
	invalid
	asks_webeid "$(sign_command p256 256 '.hashFunction = "MD5"')"
	invalid "MD5"
	asks_webeid "$(sign_command p256 384)"
	invalid "SHA-384"
	asks_webeid "$(sign_command p256 256 '.hashFunction = "SHA3-256"')"
	invalid "SHA3-256"
	[ "$(dialogs)" -eq 0 ]
}

@test "sign knows the key by its certificate" {
	asks_webeid "$(sign_command p384 384)"
	fatal
	asks_webeid "$(sign_command p256 256 '.certificate = "AAAA"')"
	fatal
	asks_webeid "$(sign_command p256 256 '.certificate = "A"')"
	invalid "base64"
	[ "$(dialogs)" -eq 0 ]
}

@test "a key that signs in does not sign a hash: it could be a sign-in" {
	asks_webeid "$(sign_command auth-p256 256)"
	fatal "clientAuth"
	[ "$(dialogs)" -eq 0 ]
}

# --- the person and the page -----------------------------------------------

@test "who declines has cancelled" {
	double declines
	asks_webeid "$(sign_command p256 256)"
	fails_webeid ERR_WEBEID_USER_CANCELLED
	asks_webeid "$(message_of authenticate)"
	fails_webeid ERR_WEBEID_USER_CANCELLED
	[ "$(dialogs)" -eq 2 ]
}

@test "a page that goes in mid-prompt takes the dialog along" {
	double waits
	host signet-webhost
	tell "$(message_of authenticate)"
	open_dialog 1
	leave
	wait_nobody_asks
	host_ended 0
}

@test "a page that nobody allows learns nothing" {
	local name
	for name in get-signing-certificate authenticate; do
		asks_webeid "$(message_of "$name" \
			'.origin = "https://evil.example"')"
		[ "$(jq -c .error "$D/reply")" = \
		'{"code":"ERR_WEBEID_NATIVE_FATAL","message":"this page is not allowed"}' ]
	done
	asks_webeid "$(sign_command p256 256 '.origin = "https://evil.example"')"
	fatal "this page is not allowed"
}

@test "an origin is https or wss, with a host and nothing behind it" {
	local origin long
	# With https:// and a letter 255 bytes.
	long=$(printf 'abcdefgh.%.0s' {1..27})abc
	for origin in "" http://bank.example https://bank.example/ \
		"https://${long}ab"; do
		asks_webeid "$(message_of get-signing-certificate \
			".origin = \"$origin\"")"
		invalid "origin"
	done
	for origin in wss://bank.example "https://${long}a"; do
		asks_webeid "$(message_of get-signing-certificate \
			".origin = \"$origin\"")"
		fatal "not allowed"
	done
}

@test "without signetd it is a fatal error" {
	own_place
	asks_webeid "$(message_of get-signing-certificate)"
	fatal
}

# --- messages that are none ------------------------------------------------

@test "lengths of 0, 4, 8193 and 0xFFFFFFFF are refused" {
	local length
	for length in 0 4 8193 4294967295; do
		asks_webeid "!length $length"
		invalid "bytes"
	done
}

@test "a message of 8192 bytes is read" {
	local message='{"command":"quit","arguments":{}}'
	asks_webeid "$(printf '%-8192s' "$message")"
	[ "$(cat "$D/reply")" = '{}' ]
	asks_webeid "$(printf '%-8193s' "$message")"
	invalid "8192"
}

@test "what is no command is refused" {
	local line
	# {"a":"<C3 28>"}
	for line in '!hex 0a0000007b2261223a22c328227d' '[1,2,3]' \
		'{"command":"quit"}' '{"command":"Quit","arguments":{}}' \
		'{"command":"quit","arguments":{},"more":1}'; do
		asks_webeid "$line"
		invalid
	done
}

# More of them: tests/unit/webhost/test_arguments.c.
@test "the arguments of a command are exactly its own" {
	local line
	while read -r line; do
		# shellcheck disable=SC2086
		asks_webeid "$(eval message_of $line)"
		invalid
	done <<-'END'
	quit
	get-signing-certificate 'del(.origin)'
	authenticate '.hash = "x"'
	authenticate '.lang = 1'
	END
	asks_webeid "$(sign_command p256 256 "del(.certificate)")"
	invalid certificate
}

@test "two requests at once are one too many" {
	double waits
	asks_webeid "$(message_of authenticate)" "$(message_of authenticate)"
	invalid "one request"
	wait_nobody_asks
}

@test "a message that breaks off is none" {
	drive 1 signet-webhost '!hex 40000000' '!hex 7b22'
	[ "$(cat "$D/heard")" = '{"version":"2.0.0"}' ]
}
