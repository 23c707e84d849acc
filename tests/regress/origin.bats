#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# origin: signet origin list, allow and revoke.
# shellcheck disable=SC2034,SC2089,SC2090,SC2153,SC2154 # for the helpers

load helper
load page
load person
load shared

SHOP=https://shop.example
IDN=https://xn--bnk-qla.example
signet=$build/bin/signet

setup_file() {
	POLICY="  - {name: allowed, match: {paired: true}, outcome: ask}
  - {name: programs, outcome: ask}"
	signet_setup
	PORT=$(free_port)
	person_configure approves
	printf 'loopback: {port: %s}\n' "$PORT" >>"$D/signetd.yaml"
	start
	wait_until 10 settled
	export D PID PORT POLICY SIGNET_SOCKET=$D/s LC_ALL=C.UTF-8
}

teardown_file() {
	shared_teardown_file
}

setup() {
	shared_setup
}

teardown() {
	"$signet" origin revoke "$SHOP" 2>/dev/null || true
	shared_teardown
}

# origin STATUS ARG...: what it prints is in $output, what it says in $D/err.
origin() {
	local want=$1 status=0
	shift
	output=$("$signet" origin "$@" 2>"$D/err" </dev/null) || status=$?
	[ "$status" -eq "$want" ] || {
		echo "status $status instead of $want: $*"
		cat "$D/err"
		return 1
	}
}

@test "what is allowed is listed, and taken back" {
	origin 0 list
	[ "$output" = "You have allowed no page." ]
	origin 0 allow --yes "$SHOP"
	grep -qF "$SHOP is allowed now" "$D/err"
	[ "$(dialogs)" -eq 0 ]
	origin 0 list
	grep -q "^$SHOP  *a program of yours  *20..-..-..T" <<<"$output"
	origin 0 list --json
	jq -e --arg o "$SHOP" '.origins | length == 1 and .[0].origin == $o and
		.[0].by == "program"' <<<"$output"
	web "$SHOP" GET /v1/keys >"$D/answer"
	grep -q '^200' "$D/status"
	origin 0 revoke --json "$SHOP"
	jq -e --arg o "$SHOP" '. == {origin: $o, state: "revoked"}' <<<"$output"
	origin 0 list --json
	jq -e '.origins == []' <<<"$output"
	origin 1 revoke "$SHOP"
	grep -q 'not among the pages' "$D/err"
}

@test "what a page asked for is listed as that" {
	web "$SHOP" POST /v1/origins -d '{}' >"$D/answer"
	grep -q '^201' "$D/status"
	origin 0 list
	grep -q "^$SHOP  *you, asked by the page " <<<"$output"
}

@test "without a terminal nobody is asked, and nothing allowed" {
	origin 2 allow "$SHOP"
	grep -q 'use --yes' "$D/err"
	origin 0 list --json
	jq -e '.origins == []' <<<"$output"
}

# typed TEXT: signet origin allow at a terminal.
typed() {
	printf '%s\n' "$1" | script -qefc "'$signet' origin allow '$2'" \
		/dev/null >"$D/screen"
}

@test "at a terminal one has to say yes" {
	not typed no "$SHOP"
	not typed '' "$SHOP"
	not typed y "$SHOP"
	origin 0 list --json
	jq -e '.origins == []' <<<"$output"
	typed yes "$SHOP"
	not grep -q 'another script' "$D/screen"
	origin 0 list --json
	jq -e '.origins | length == 1' <<<"$output"
	not typed no "$IDN"
	grep -q 'letters of another script' "$D/screen"
}

@test "a name that is no origin is told before anybody is asked" {
	for name in shop.example http://shop.example "$SHOP/" \
		https://Shop.example 'https://*.example' '' "$SHOP:443"; do
		origin 2 allow --yes "$name"
		grep -q 'is no origin' "$D/err"
	done
	origin 1 allow --yes http://localhost:8000
	grep -q development "$D/err"
	origin 2 allow
	origin 2 allow "$SHOP" "$SHOP"
	origin 2 list "$SHOP"
	origin 2 forget "$SHOP"
	origin 2
}

@test "the status and the doctor tell which pages may ask" {
	origin 0 allow --yes "$SHOP"
	api GET /v1/status | jq -e --arg o "$SHOP" '.loopback.state ==
		"listening" and [.loopback.pages[] | [.origin, .by]] ==
		[[$o, "program"]]'
	"$signet" doctor --json >"$D/report" || true
	jq -e --arg o "$SHOP" '[.[] | select(.check == "pages")] |
		length == 2 and (.[1].text | contains($o))' "$D/report" || {
		jq -c '.[] | select(.check == "pages")' "$D/report"
		return 1
	}
	origin 0 revoke "$SHOP"
	"$signet" status >"$D/said"
	not grep -q '^page:' "$D/said"
}
