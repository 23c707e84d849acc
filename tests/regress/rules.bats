#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# rules - what a rule matches of a request that comes: each condition by itself,
# once as it is and once as it is not; and how often a rule lets sign

# Helpers read these, and set others.
# shellcheck disable=SC2034
load helper
load person

setup() {
	signet_setup
	policy
	start
	wait_until 10 settled
}

teardown() {
	signet_teardown
}

# policy [RULE]: this rule, then whatever the unattended token signs.
policy() {
	configure "$(module_softhsm soft)"
	cat >>"$D/signetd.yaml" <<-END
	policy:
	${1:+  - $1}
	  - {name: rest, match: {unattended: true}, outcome: allow}
	END
}

reloads() {
	grep -c ' reloaded /' "$D/log" || true
}

more_reloads() {
	[ "$(reloads)" -gt "$1" ]
}

# rule [RULE]: in force from now on.
rule() {
	local before
	before=$(reloads)
	policy "$@"
	kill -HUP "$PID"
	wait_until 10 more_reloads "$before"
	wait_until 10 settled
}

post() {
	api POST /v1/signatures --data-binary @- >"$D/answer" <<<"$1"
}

# matches CONDITION [BODY], misses CONDITION [BODY]: a rule of that denies.
matches() {
	rule "{name: hit, match: {$1}, outcome: deny, reason: it hit}"
	post "${2:-$(body "$KEY")}"
	refused 403 not-allowed
	says 'it hit'
}

misses() {
	rule "{name: hit, match: {$1}, outcome: deny, reason: it hit}"
	post "${2:-$(body "$KEY")}"
	released
}

@test "who asks: user, group, program" {
	local curl
	curl=$(readlink -f "$(command -v curl)")
	matches "user: [\"$(id -u)\"]"
	matches "user: [\"$(id -un)\", nobody]"
	misses 'user: ["65534"]'
	matches "group: [\"$(id -g)\"]"
	matches "group: [$(id -gn)]"
	misses 'group: ["65534"]'
	matches "exe: [$curl]"
	matches "exe: [${curl%/*}/]"
	misses 'exe: [/usr/bin/signet, /opt/]'
	# A page does: these programs are none.
	misses 'origin: ["https://bank.example"]'
}

@test "which key: its name, its token, its certificate" {
	matches 'key: ["pkcs11:object=p256"]'
	misses 'key: ["pkcs11:object=rsa2048"]'
	matches "key: [\"pkcs11:serial=$SIGNET_SERIAL_TEST\"]"
	misses 'key: ["pkcs11:serial=0000"]'
	matches 'key: ["pkcs11:id=%03"]'
	misses 'key: ["pkcs11:id=%04"]'
	matches 'issuer: ["CN=Example Issuing CA"]'
	matches 'issuer:
      ["CN=Example Issuing CA,O=Example Trust Services,C=CN"]'
	misses 'issuer: ["CN=Example Issuing"]'
	matches 'eku: [emailProtection]'
	misses 'eku: [codeSigning]'
	matches 'unattended: true'
	misses 'unattended: false'
}

@test "what: format, type, blind, number, sums" {
	matches 'format: [raw]'
	misses 'format: [cms]'
	matches 'content: ["text/*"]'
	misses 'content: ["application/*"]'
	matches 'blind: false'
	misses 'blind: true'
	matches 'blind: true' \
		"$(text hello | jq -c '.content.media_type = "application/pdf"')"
	matches 'items_max: 2' "$(batch 2)"
	misses 'items_max: 2' "$(batch 3)"
	# Every item has to be of the type.
	misses 'content: ["text/*"]' "$(batch 2 | jq -c \
		'.items[1].content.media_type = "application/pdf"')"
	matches 'sum_max: [{currency: EUR, value: "12.00"}]' "$(payment)"
	misses 'sum_max: [{currency: EUR, value: "11.99"}]' "$(payment)"
	misses 'sum_max: [{currency: CNY, value: "9999"}]' "$(payment)"
	# What states no sum is within none.
	misses 'sum_max: [{currency: EUR, value: "12.00"}]'
}

@test "rate: so many signatures, items counted, and then when again" {
	rule '{name: few, match: {unattended: true}, outcome: allow,
    rate: {count: 4, seconds: 600}}'
	signs "$KEY"
	post "$(batch 3)"
	released
	post "$(body "$KEY")"
	refused 429 quota
	says 'rule "few" allows 4 signatures in 600 s; try again in'
	post "$(batch 5)"
	refused 429 quota
	says 'send fewer at once'
	# What is not let through is recorded, and not signed.
	[ "$(released_records)" -eq 2 ]
	# It is of this rule.
	rule
	signs "$KEY"
}
