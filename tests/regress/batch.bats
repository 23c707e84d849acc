#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# batch - many signatures under one approval, and where it breaks off

# shellcheck disable=SC2034
load helper
load person

setup() {
	signet_setup
	cat >"$D/payments" <<-'END'
	{"payee": {"name": "Müller GmbH", "account": "DE02120300000000202051"},
	 "total": {"value": "10.10", "currency": "EUR"}, "reference": "RE 1"}
	{"payee": {"name": "李伟", "account": "6222020200112233445"},
	 "total": {"value": "300.00", "currency": "CNY"}, "reference": "RE 2"}
	{"payee": {"name": "Acme S.A.", "account": "FR1420041010050500013M02606"},
	 "total": {"value": "0.20", "currency": "EUR"}, "reference": "RE 3"}
	END
}

teardown() {
	person_teardown
	signet_teardown
}

# payments FORMAT [FILE]: a request to sign all of them.
payments() {
	jq -cs --arg key "$KEY" --arg format "$1" '{key: $key, format: $format,
		items: [.[] | {content: {payment: .,
		media_type: "application/vnd.signet.payment+json"}}]}' \
		"${2:-$D/payments}"
}

# signature N: of the last answer, into $D/signature.
signature() {
	jq -r ".items[$1 - 1].signature" "$D/answer" | base64 -d \
		>"$D/signature"
}

# signs_payment FORMAT N: the Nth signature is over the canonical form of the
# Nth payment.
signs_payment() {
	jq -csS ".[$2 - 1]" "$D/payments" | tr -d '\n' >"$D/canonical"
	signature "$2"
	signed_"$1" "$D/canonical"
}

signed_raw() {
	openssl dgst -sha256 -verify "$SIGNET_FIXTURES/pub/p256.pem" \
		-signature "$D/signature" "$1" >"$D/openssl" 2>&1
}

signed_cms() {
	openssl cms -verify -binary -inform DER -in "$D/signature" \
		-content "$1" -CAfile "$SIGNET_FIXTURES/ca/chain.pem" \
		-purpose any -out "$D/verified" >"$D/openssl" 2>&1
}

# signs_text N: the Nth signature is over the Nth text of batch().
signs_text() {
	printf 'number %d' "$1" >"$D/text"
	signature "$1"
	signed_raw "$D/text"
}

# broke_off SIGNED OF: these were signed, they verify, and no other is there.
broke_off() {
	jq -e --argjson signed "$1" --argjson count "$2" '.signed == $signed and
		.count == $count and (.items | length) == $signed and
		.retry == ($signed == 0)' "$D/answer" >/dev/null ||
		{ cat "$D/answer"; return 1; }
	says "$1 of $2 signed"
	for i in $(seq "$1"); do
		signs_text "$i"
	done
}

# --- payments --------------------------------------------------------------

@test "three payments, one dialog with sums and payees, one PIN" {
	person approves "$(module_mock)"
	asks "$(payments cms)"
	released
	[ "$(pins)" -eq 1 ]
	told_line '3 payments'
	told_line 'EUR 10.30'
	told_line 'CNY 300.00'
	told_line 'Müller GmbH'
	told_line '李伟'
	told_line 'Acme S.A.'
	jq -e '.signed == 3 and .count == 3' "$D/answer"
	for i in 1 2 3; do
		signs_payment cms "$i"
	done
	# One payment's signature is not another's.
	not signed_cms "$D/payments"
	[ "$(calls C_Login)" -eq 1 ]
	[ "$(calls C_Sign)" -eq 3 ]
	[ "$(calls C_Logout)" -eq 1 ]
}

@test "raw signatures are over the canonical payments" {
	person approves
	asks "$(payments raw)"
	released
	for i in 1 2 3; do
		signs_payment raw "$i"
	done
	jq -csS '.[0]' "$D/payments" | tr -d '\n' >"$D/canonical"
	not signed_raw "$D/canonical"
}

@test "each payment can be read before" {
	person follows-script
	printf '%s\n' not-ok ok ok ok ok cancel >"$D/script"
	asks "$(payments cms)"
	refused 403 declined
	told_line 'DE02120300000000202051'
	told_line '6222020200112233445'
	told_line 'FR1420041010050500013M02606'
	told_line 'RE 3'
}

@test "who declines a batch signs none of it" {
	person declines "$(module_mock)"
	asks "$(payments cms)"
	refused 403 declined
	jq -e '.signed == 0 and .items == []' "$D/answer"
	[ "$(calls C_Login)" -eq 0 ]
}

@test "a bad item is named by its number, and nobody is asked" {
	person approves
	sed 's/300.00/300,00/' "$D/payments" >"$D/wrong"
	asks "$(payments cms "$D/wrong")"
	refused 422 bad-content
	says 'item 2: '
	asks "$(payments cms | jq -c '.items[2].content.name = 3')"
	refused 400 malformed
	says 'item 3: '
	asks "$(payments cms | jq -c '.items = []')"
	refused 400 malformed
	asks "$(payments cms | jq -c '.content = .items[0].content')"
	refused 400 malformed
	[ "$(dialogs)" -eq 0 ]
}

@test "one that cannot be shown is told, among others that can" {
	person approves
	asks "$(payments cms | jq -c '.items[1].content = {digest:
		{algorithm: "sha-256", value: ("x" * 32 | @base64)}}')"
	released
	told_line 'WARNING'
}

# --- how many --------------------------------------------------------------

@test "a thousand are signed under one approval, in their order" {
	person approves "$(module_mock)"
	asks "$(batch 1000)"
	released
	jq -e '.signed == 1000 and (.items | length) == 1000' "$D/answer"
	for i in 1 2 499 500 999 1000; do
		signs_text "$i"
	done
	[ "$(pins)" -eq 1 ]
	[ "$(calls C_Login)" -eq 1 ]
	[ "$(calls C_Sign)" -eq 1000 ]
}

@test "a thousand and one are refused" {
	person approves
	asks "$(batch 1001)"
	refused 413 too-large
	[ "$(dialogs)" -eq 0 ]
}

@test "max_batch: more are refused in words" {
	POLICY='  - {name: few, match: {format: [raw]}, outcome: ask, max_batch: 2}'
	person approves
	asks "$(batch 3)"
	refused 403 not-allowed
	says 'few'
	says '3 items'
	says 'at most 2'
	[ "$(dialogs)" -eq 0 ]
	asks "$(batch 2)"
	released
}

@test "sum_max is for all of a batch" {
	POLICY='  - {name: small, outcome: ask, match: {sum_max: [
     {currency: EUR, value: "10.30"}, {currency: CNY, value: "300.00"}]}}'
	person approves
	asks "$(payments cms)"
	released
	sed 's/"0.20"/"0.21"/' "$D/payments" >"$D/more"
	asks "$(payments cms "$D/more")"
	refused 403 not-allowed
	says '10.31'
	# What states no amount could be any.
	asks "$(payments cms | jq -c '.items[2].content = {name: "a",
		media_type: "text/plain", data: "YQ=="}')"
	refused 403 not-allowed
	sed 's/CNY/USD/' "$D/payments" >"$D/other"
	asks "$(payments cms "$D/other")"
	refused 403 not-allowed
	[ "$(dialogs)" -eq 2 ]
}

@test "an unattended token signs a batch without a dialog" {
	TOKENS="  - uri: pkcs11:token=Signet%20Test
    unattended: true
    pin_source: $SIGNET_FIXTURES/pin"
	person approves
	asks "$(payments cms)"
	released
	[ "$(dialogs)" -eq 0 ]
	for i in 1 2 3; do
		signs_payment cms "$i"
	done
}

# --- breaking off ----------------------------------------------------------

@test "the token is taken out at the third: two are signed" {
	person approves "$(module_mock)"
	rules 'C_Sign from 3 return CKR_DEVICE_REMOVED'
	asks "$(batch 5)"
	refused 503 token-gone
	broke_off 2 5
	[ "$(dialogs)" -eq 2 ]
	# Nobody tried the others.
	[ "$(calls C_Sign)" -eq 3 ]
}

@test "the token is taken out at the first: none is, and it may be sent again" {
	person approves "$(module_mock)"
	rules 'C_Sign return CKR_DEVICE_REMOVED'
	asks "$(batch 3)"
	refused 503 token-gone
	broke_off 0 3
}

@test "the worker is killed at the third: two are signed" {
	DEADLINE=10000 person approves "$(module_mock)"
	rules 'C_Sign from 3 hang'
	ask one "$(batch 5)"
	wait_until 10 grep -q ' C_Sign !hang' "$D/mock.log"
	kill -KILL "$(workers)"
	answer one "$ASKED"
	refused 424 worker-lost
	broke_off 2 5
	rules
	wait_until 10 settled
	asks "$(batch 5)"
	released
}

@test "the module crashes at the third: two are signed" {
	person approves "$(module_mock)"
	rules 'C_Sign nth 3 crash'
	asks "$(batch 5)"
	refused 424 worker-lost
	broke_off 2 5
	# It is not tried again behind anybody's back.
	wait_until 10 settled
	[ "$(calls C_Sign)" -eq 2 ]
	[ "$(calls C_Login)" -eq 1 ]
}

@test "a wrong signature in the middle is released to nobody" {
	person approves "$(module_mock)"
	rules 'C_Sign nth 3 garbage-signature'
	asks "$(batch 5)"
	refused 424 signature-mismatch
	jq -e '.signed == 2 and (.items | length) == 2 and .retry == false' \
		"$D/answer"
	signs_text 1
	signs_text 2
}

@test "a wrong PIN signs nothing of a batch, and is asked for again" {
	person wrong-pin-twice "$(module_mock)"
	asks "$(batch 3)"
	released
	jq -e '.signed == 3' "$D/answer"
	[ "$(pins)" -eq 3 ]
	[ "$(calls C_Login)" -eq 3 ]
	[ "$(calls C_Sign)" -eq 3 ]
}
