# SPDX-License-Identifier: Apache-2.0
#
# faults: what may happen to a card while Signet uses it, for any module. To be
# loaded after helper, person and card. MODULE is opensc or ykcs11.
#
# Each scenario ends with all_sign: every card that is in signs, and no PIN try
# was spent.

# faults_start N DOUBLE: N readers with cards, signetd with MODULE on them.
# DEADLINE: in milliseconds. SEEN: tokens there will be, if not N.
faults_start() {
	local reader='Signet Reader'
	if [ "$MODULE" = ykcs11 ]; then
		reader='Yubico YubiKey test'
		[ -n "$(module_path libykcs11.so.2)" ] || skip "no ykcs11"
	fi
	more_profiles
	CARDS=${CARDS:-alice bob carol dave erin} card_setup "$1" "$reader"
	person "$2" "$(module_by_profile)"
	printf '%s\n' "$CARD_PIN" >"$D/pin"
	wait_until 10 tokens_are "${SEEN:-$1}"
}

module_by_profile() {
	cat <<-END
	  - name: card
	    profile: $MODULE
	    deadline_ms: ${DEADLINE:-4000}
	END
}

# Three cards that are nobody's double, besides those of make-cards: with the
# keys of others, but a GUID and a serial number of their own.
more_profiles() {
	local n=4 name

	mkdir -p "$D/profiles"
	cp -R "$profiles/." "$D/profiles"
	profiles=$D/profiles
	for name in carol:bob dave:twin erin:alice; do
		n=$((n + 1))
		cp -R "$profiles/${name#*:}" "$profiles/${name%:*}"
		sed -i "s/^guid .*/guid 5a1e9c0000000000000000000000e00$n/
			s/^serial .*/serial 500000$n/" \
			"$profiles/${name%:*}/card"
	done
}

# uri PROFILE [ID]: of its 9A, or of the key with that id: by the serial number
# that the module tells.
uri() {
	local field=serial guid
	guid=$(sed -n 's/^guid //p' "$profiles/$1/card")
	[ "$MODULE" = ykcs11 ] || field=guid
	case $field in
	guid) echo "pkcs11:serial=${guid: -16};id=%${2:-01}" ;;
	*) sed -n "s/^serial \(.*\)/pkcs11:serial=\1;id=%${2:-01}/p" \
		"$profiles/$1/card" ;;
	esac
}

tokens() {
	api GET /v1/tokens | jq -r '.tokens | length'
}

tokens_are() {
	[ "$(tokens)" -eq "$1" ]
}

# --- times ------------------------------------------------------------------

since() {
	BEGAN=${EPOCHREALTIME/./}
}

# took WHAT LIMIT-MS: prints the milliseconds since `since`, and keeps them, in
# $TOOK; SIGNET_TIMES is a file that they are added to.
took() {
	local ms=$(((${EPOCHREALTIME/./} - BEGAN) / 1000))
	TOOK=$ms
	echo "# $MODULE, $1: $ms ms" >&3
	printf '%s\t%s\t%d\n' "$MODULE" "$1" "$ms" |
		tee -a "$BATS_TEST_TMPDIR/times" >>"${SIGNET_TIMES:-/dev/null}"
	[ "$ms" -le "$2" ] || sanitized
}

# --- signatures -------------------------------------------------------------

# verifies PROFILE [SLOT]: the released signature over "hello" is this card's.
verifies() {
	printf hello >"$D/content"
	jq -r .signature "$D/answer" | base64 -d >"$D/signature"
	card_verifies "$1" "${2:-9a}" "$D/content" "$D/signature" >/dev/null
}

# card_signs PROFILE: now, with 9A, and it is its own signature.
card_signs() {
	signs "$(uri "$1")" >"$D/why" && verifies "$1"
}

# back PROFILE WHAT: it signs again, how long after `since`. The limit is for a
# machine that others use; SIGNET_BACK_MS=1500 asserts what is aimed at, and
# docs/performance.md has what was measured.
back() {
	wait_until 8 card_signs "$1" || { cat "$D/why"; return 1; }
	took "$2" "${SIGNET_BACK_MS:-5000}"
}

# typed: the last answer was no signature, but says in a code what it is.
typed() {
	grep -qE '^[45][0-9][0-9] application/problem\+json' "$D/status" &&
		jq -e '(.code | length) > 0 and (.detail | length) > 0 and
			.code != "internal" and .code != "protocol"' \
			"$D/answer" >/dev/null && return
	cat "$D/status" "$D/answer"
	return 1
}

# fails: a request that was asked for ends with a typed error.
fails() {
	answer "$1" "$2"
	typed
	jq -r '"# \(.code): \(.detail)"' "$D/answer"
}

# own_or_typed PROFILE: that card's signature, or a typed error.
own_or_typed() {
	typed >/dev/null || verifies "$1" || {
		cat "$D/status" "$D/answer"
		return 1
	}
}

# no_try_spent N...
no_try_spent() {
	local n
	for n; do
		card_is "$n" pin=3 puk=3
	done
}

# mid_sign N PROFILE: a request of that card hangs in the card; in $ASKED.
mid_sign() {
	double waits
	next=$(($(dialogs) + 1))
	ask mid "$(body "$(uri "$2")")"
	open_dialog "$next"
	card_control "$1" mute
	double approves
	go
	wait_until 5 card_is "$1" waiting=yes
}
