# SPDX-License-Identifier: Apache-2.0
#
# card: PIV cards in software, each in a reader of a pcscd that only this test
# sees (tests/card/README.md). To be loaded after helper, whose $D and PIDS it
# uses.

card_programs=$build/card
# shellcheck disable=SC2034 # for the tests
profiles=$card_programs/profiles
CARD_PIN=648219
CARD_PUK=76543210

# card_setup N [NAME]: N readers, called NAME 1 and so on, and pcscd. The cards
# are alice, bob, twin; CARDS names others. READERS_OUT: cards are not in.
card_setup() {
	local n cards=(${CARDS:-alice bob twin clone})
	READER=${2:-Signet Reader}
	local readers=()
	for ((n = 1; n <= $1; n++)); do
		card_start "$n" "${cards[$(((n - 1) % ${#cards[@]}))]}"
		readers+=(--reader "$READER $n=$D/reader$n")
	done
	card_setup_by "${readers[@]}"
}

# card_setup_by OPTION...: only pcscd, with these options of pcscd-private.
card_setup_by() {
	OPENSC=$(module_path opensc-pkcs11.so)
	YKCS11=$(module_path libykcs11.so)
	mkdir -p "$D/pcsc"
	pcscd_run "$@"
}

# card_start N PROFILE [--vpcd PORT]: the card's program; it needs no pcscd.
# A profile with keys of NSS is libcacard's.
card_start() {
	local program=piv-card link=("${@:3}")
	[ ! -e "$profiles/$2/key4.db" ] || program=cac-card
	[ $# -gt 2 ] || link=(--reader "$D/reader$1")
	"$card_programs/$program" "${link[@]}" --control "$D/card$1" \
		${READERS_OUT:+--out} "$profiles/$2" >>"$D/log" 2>&1 3>&- &
	PIDS+=("$!")
	wait_until 10 test -S "$D/card$1"
}

# Skips the test where pcscd cannot run. PCSCD_BY: a program that becomes the
# command it is given.
pcscd_run() {
	${PCSCD_BY:+"$PCSCD_BY"} "$card_programs/pcscd-private" "$@" "$D/pcsc" -- \
		sleep 3600 >>"$D/log" 2>&1 3>&- &
	PCSCD=$!
	# Ended first: pcscd waits for an answer of a card that is mute.
	PIDS=("$PCSCD" "${PIDS[@]}")
	wait_until 15 pcscd_is_up_or_not_to_be
	if gone "$PCSCD"; then
		wait "$PCSCD" || [ $? -ne 77 ] || skip "pcscd cannot run here"
		return 1
	fi
	export PCSCLITE_CSOCK_NAME=$D/pcsc/pcscd.comm
}

pcscd_is_up_or_not_to_be() {
	[ -s "$D/pcsc/pcscd.pid" ] || gone "$PCSCD"
}

module_path() {
	local path
	for path in /usr/lib/*/"$1" /usr/lib*/"$1" /usr/lib/*/"$1".*; do
		[ ! -f "$path" ] || { echo "$path"; return; }
	done
}

# --- what happens to readers and cards --------------------------------------

# card_control N COMMAND...
card_control() {
	"$card_programs/card-control" "$D/card$1" "${@:2}"
}

insert() {
	card_control "$1" insert
}

remove() {
	card_control "$1" remove
}

# The reader goes, with its card; as libudev does it, pcscd is told.
unplug() {
	card_control "$1" unplug
	kill -USR1 "$(cat "$D/pcsc/pcscd.pid")"
}

plug() {
	card_control "$1" insert
	kill -USR1 "$(cat "$D/pcsc/pcscd.pid")"
}

# swap N PROFILE
swap() {
	card_control "$1" swap "$profiles/$2"
}

# card_is N NAME=VALUE...: as its status has it.
card_is() {
	local status word
	status=" $(card_control "$1" status) "
	for word in "${@:2}"; do
		case $status in
		*" $word "*) ;;
		*) echo "card $1:$status, not $word"; return 1 ;;
		esac
	done
}

# apdus N [INS]: how many there were, all or of one instruction (as "87").
apdus() {
	card_control "$1" statistics | tr ' ' '\n' |
		awk -F= -v name="${2:-total}" \
			'$1 == name {n = $2} END {print n + 0}'
}

# latency N COMMAND...: microseconds from the command to the event of PC/SC,
# and "in" or "out".
latency() {
	"$card_programs/card-latency" "$(printf '%s %d %02X 00' \
		"$READER" "$1" $(($1 - 1)))" "$D/card$1" "${@:2}"
}

pcscd_stop() {
	kill -USR1 "$PCSCD"
	wait_until 10 not test -e "$D/pcsc/pcscd.pid"
}

pcscd_start() {
	kill -USR2 "$PCSCD"
	wait_until 15 test -s "$D/pcsc/pcscd.pid"
}

# As a crash leaves it: the socket is there, and nobody behind it.
pcscd_kill() {
	kill -KILL "$(cat "$D/pcsc/pcscd.pid")"
	wait_until 10 not test -e "$D/pcsc/pcscd.pid"
}

# --- signatures -------------------------------------------------------------

# opensc ARGUMENT...: pkcs11-tool with OpenSC, its words in $D/said.
opensc() {
	timeout "${LIMIT:-20}" pkcs11-tool --module "$OPENSC" "$@" \
		>"$D/said" 2>&1 3>&-
}

ykcs11() {
	timeout "${LIMIT:-20}" pkcs11-tool --module "$YKCS11" "$@" \
		>"$D/said" 2>&1 3>&-
}

# use_9d MS: another program has the card use its key 9D, past all modules, as
# soon as it can: a command, and no PIN.
use_9d() {
	"$card_programs/card-apdu" --for "$1" "$READER 1 00 00" \
		"0087119d267c2482008120$(printf '11%.0s' {1..32})00" \
		>>"$D/foreign" 2>&1
}

# signs_9a TOOL PROFILE: TOOL (opensc, ykcs11) signs with RSA, openssl agrees.
signs_9a() {
	echo "pay 12 EUR" >"$D/content"
	"$1" --login --pin "${PIN:-$CARD_PIN}" --id 01 --sign \
		--mechanism SHA256-RSA-PKCS \
		--input-file "$D/content" --output-file "$D/signature" ||
		{ cat "$D/said"; return 1; }
	card_verifies "$2" 9a "$D/content" "$D/signature"
}

# signs_9c TOOL PROFILE: the same with ECDSA, where each signature wants a PIN.
signs_9c() {
	echo "pay 12 EUR" >"$D/content"
	[ -e "$D/digest" ] ||
		openssl dgst -sha256 -binary -out "$D/digest" "$D/content"
	"$1" --login --pin "${PIN:-$CARD_PIN}" --id 02 --sign \
		--mechanism ECDSA --signature-format openssl \
		--input-file "$D/digest" --output-file "$D/signature" ||
		{ cat "$D/said"; return 1; }
	card_verifies "$2" 9c "$D/content" "$D/signature"
}

# card_verifies PROFILE SLOT CONTENT SIGNATURE
card_verifies() {
	local public=$D/public-$1-$2
	[ -e "$public" ] || openssl x509 -in "$profiles/$1/$2.crt" -noout \
		-pubkey >"$public"
	openssl dgst -sha256 -verify "$public" -signature "$4" "$3"
}

# opensc_says TEXT: the last pkcs11-tool did.
opensc_says() {
	grep -qF -- "$1" "$D/said" || { cat "$D/said"; return 1; }
}

# --- signetd ----------------------------------------------------------------

# module_card: OpenSC on these readers.
module_card() {
	cat <<-END
	  - name: opensc
	    path: $OPENSC
	    deadline_ms: ${DEADLINE:-5000}
	    environment:
	      - {name: PCSCLITE_CSOCK_NAME, value: $PCSCLITE_CSOCK_NAME}
	END
}
