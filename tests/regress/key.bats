#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# key: which key signs, and what it cannot do.

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

ask() {
	api POST /v1/signatures -d "$1" >"$D/answer"
}

@test "a URI that matches two tokens names both" {
	sign 'pkcs11:token=Signet%20Test;object=p256' >"$D/answer"
	refused 422 ambiguous
	says "$SIGNET_SERIAL_TEST"
	says "$SIGNET_SERIAL_SECOND"
}

@test "a URI that matches nothing is told" {
	sign 'pkcs11:object=nobody' >"$D/answer"
	refused 404 no-such-key
	says nobody
	sign 'http://localhost/' >"$D/answer"
	refused 400 malformed
}

@test "without a URI there must be one key only" {
	ask '{"format":"raw","content":{"media_type":"a","data":""}}'
	refused 422 ambiguous
}

@test "an algorithm of another key type is refused" {
	ask "{\"key\":\"$KEY\",\"algorithm\":\"RS256\",\"format\":\"raw\",\"content\":{\"media_type\":\"a\",\"data\":\"\"}}"
	refused 422 impossible
	ask "{\"key\":\"$KEY\",\"algorithm\":\"ES384\",\"format\":\"raw\",\"content\":{\"media_type\":\"a\",\"data\":\"\"}}"
	refused 422 impossible
	ask "{\"key\":\"$KEY\",\"algorithm\":\"none\",\"format\":\"raw\",\"content\":{\"media_type\":\"a\",\"data\":\"\"}}"
	refused 422 impossible
}

@test "a digest has the length and the name of its algorithm" {
	ask "{\"key\":\"$KEY\",\"format\":\"raw\",\"content\":{\"digest\":{\"algorithm\":\"sha-256\",\"value\":\"aGVsbG8=\"}}}"
	refused 422 impossible
	ask "{\"key\":\"$KEY\",\"format\":\"raw\",\"content\":{\"digest\":{\"algorithm\":\"md5\",\"value\":\"aGVsbG8=\"}}}"
	refused 400 malformed
	value=$(printf x | openssl dgst -sha384 -binary | base64 -w0)
	ask "{\"key\":\"$KEY\",\"format\":\"raw\",\"content\":{\"digest\":{\"algorithm\":\"sha-384\",\"value\":\"$value\"}}}"
	refused 422 impossible
}

@test "a digest gives the same kind of signature as its content" {
	value=$(printf hello | openssl dgst -sha256 -binary | base64 -w0)
	ask "{\"key\":\"$KEY\",\"format\":\"raw\",\"content\":{\"digest\":{\"algorithm\":\"sha-256\",\"value\":\"$value\"}}}"
	grep -q ^201 "$D/status"
	jq -r .signature "$D/answer" | base64 -d >"$D/sig"
	printf hello | openssl dgst -sha256 -verify "$SIGNET_FIXTURES/pub/p256.pem" \
		-signature "$D/sig"
}

@test "an expired request is refused" {
	ask "{\"key\":\"$KEY\",\"format\":\"raw\",\"expires\":\"2020-01-01T00:00:00Z\",\"content\":{\"media_type\":\"a\",\"data\":\"\"}}"
	refused 408 expired
	ask "{\"key\":\"$KEY\",\"format\":\"raw\",\"expires\":\"soon\",\"content\":{\"media_type\":\"a\",\"data\":\"\"}}"
	refused 400 malformed
}

@test "CMS needs a certificate" {
	sign "pkcs11:serial=$SIGNET_SERIAL_TEST;object=nocert" cms >"$D/answer"
	refused 422 impossible
}

@test "every key verifies with openssl in every format" {
	printf hello >"$D/hello"
	for key in rsa2048 rsa3072 p256 p384; do
		uri="pkcs11:serial=$SIGNET_SERIAL_TEST;object=$key"
		sign "$uri" raw | jq -r .signature | base64 -d >"$D/sig"
		hash=-sha256
		[ $key != p384 ] || hash=-sha384
		openssl dgst $hash -verify "$SIGNET_FIXTURES/pub/$key.pem" \
			-signature "$D/sig" "$D/hello"
		sign "$uri" cms | jq -r .signature | base64 -d >"$D/p7s"
		openssl cms -verify -binary -inform DER -in "$D/p7s" \
			-content "$D/hello" -CAfile "$SIGNET_FIXTURES/ca/root.pem" \
			-out /dev/null
	done
	sign "pkcs11:serial=$SIGNET_SERIAL_TEST;object=ed25519" raw |
		jq -r .signature | base64 -d >"$D/sig"
	openssl pkeyutl -verify -rawin -pubin -in "$D/hello" \
		-inkey "$SIGNET_FIXTURES/pub/ed25519.pem" -sigfile "$D/sig"
}
