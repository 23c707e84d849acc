#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# cli_person - the command, and a person who is asked: several files under one
# approval, payments, and PINs that are changed, unblocked and given

load helper
load person

signet=$build/bin/signet

setup() {
	signet_setup
	unset SIGNET_SOCKET SIGNET_CONFIG NO_COLOR
	export LC_ALL=C HOME=$D
	CA=$SIGNET_FIXTURES/ca/chain.pem
	TOKEN="pkcs11:serial=$SIGNET_SERIAL_TEST"
	printf 'order 1\n' >"$D/a.txt"
	printf 'order 2\n' >"$D/b.txt"
	printf 'order 3\n' >"$D/c.txt"
	cat >"$D/pay.json" <<-'END'
	{"payee": {"name": "Jane Doe", "account": "DE02120300000000202051"},
	 "total": {"value": "12.00", "currency": "EUR"}}
	END
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

sign() {
	cli sign --key "$KEY" "$@"
}

verifies() {
	"$signet" verify --ca "$CA" -c "$1" "$1.p7s" >/dev/null
}

tells() {
	grep -qF -- "$1" "$D/err" || { cat "$D/err"; return 1; }
}

nobody_was_asked() {
	[ ! -e "$D/transcript" ]
}

# --- several files ---------------------------------------------------------

@test "several files are one approval, and each has its signature" {
	person approves
	expect 0 sign a.txt b.txt c.txt
	[ "$(pins)" -eq 1 ]
	verifies a.txt
	verifies b.txt
	verifies c.txt
	not cmp a.txt.p7s b.txt.p7s
	tells '3 of 3 signed'
	told_line '3 signatures'
}

@test "with --jobs each file is an approval of its own" {
	person approves
	expect 0 sign --jobs 1 a.txt b.txt
	[ "$(pins)" -eq 2 ]
}

@test "declined: nothing is written, and it says what to do" {
	person declines
	expect 1 sign a.txt b.txt
	tells 'declined'
	tells 'a.txt: not signed'
	tells '0 of 2 signed'
	[ "$(find . -name '*.p7s' -o -name '.signet-*')" = "" ]
}

@test "a batch that breaks off keeps what was signed" {
	person approves "$(module_mock)"
	rules 'C_Sign nth 2 return CKR_DEVICE_ERROR'
	expect 4 sign a.txt b.txt c.txt
	verifies a.txt
	[ "$(echo *.p7s)" = a.txt.p7s ]
	tells '1 of 3 signed'
	tells 'b.txt: not signed'
	tells 'c.txt: not signed'
	not tells 'a.txt: not signed'
}

@test "the same for a program: a line for each file" {
	person approves "$(module_mock)"
	rules 'C_Sign nth 2 return CKR_DEVICE_ERROR'
	expect 5 sign --json a.txt b.txt missing.txt c.txt
	[ "$(jq -r '.file + " " + (.problem.code // .answer.state)' \
		<<<"$output" | sort)" = "$(printf '%s\n' 'a.txt failed' \
		'b.txt token-gone' 'c.txt token-gone' \
		'missing.txt input-output')" ]
	jq -es 'map(select(.answer)) | .[0].output == "a.txt.p7s" and
		.[0].item == 1 and .[0].answer.count == 3' <<<"$output"
}

@test "a file that is no content of its type names itself" {
	person approves
	printf '{"payee":{"name":"J"},"total":{"value":"1"}}' >"$D/bad.json"
	expect 1 sign a.txt bad.json
	tells 'bad.json: '
	tells 'payee.account'
	nobody_was_asked
}

@test "one that cannot be read or written stops no other" {
	person approves
	echo old >b.txt.p7s
	expect 5 sign a.txt b.txt missing.txt c.txt
	tells '2 of 4 signed'
	[ "$(cat b.txt.p7s)" = old ]
	verifies a.txt
	verifies c.txt
}

@test "attached and JWS batches hold their contents" {
	person approves
	expect 0 sign --format jws a.txt b.txt
	[ "$(jose b64 dec -i- <<<"$(cut -d. -f2 b.txt.jws)")" = 'order 2' ]
	expect 0 sign --attached a.txt b.txt
	expect 0 "$signet" verify --ca "$CA" b.txt.p7m
}

@test "more files than descriptors are allowed at first" {
	local i
	person approves
	mkdir in out
	for i in $(seq 1 300); do
		echo "order $i" >"in/$i.txt"
	done
	(
		ulimit -Sn 64
		sign --quiet --out-dir out in/*.txt
	)
	[ "$(find out -name '*.p7s' | wc -l)" -eq 300 ]
	[ "$(pins)" -eq 1 ]
	expect 0 "$signet" verify --ca "$CA" -c in/217.txt out/217.txt.p7s
}

# --- contents --------------------------------------------------------------

@test "a payment is shown field by field and signed in canonical form" {
	person approves
	expect 0 sign --format jws pay.json
	told_line 'Jane Doe'
	told_line '12.00'
	[ "$(jose b64 dec -i- <<<"$(cut -d. -f2 pay.json.jws)")" = \
		"$(jq -cjS . pay.json)" ]
}

@test "a detached payment has to be what is signed" {
	person approves
	expect 1 sign pay.json
	tells 'jq -cjS'
	nobody_was_asked
	jq -cjS . pay.json >canonical.json
	expect 0 sign canonical.json
	told_line 'Jane Doe'
	verifies canonical.json
	expect 0 sign --media-type application/json pay.json
	verifies pay.json
}

@test "--payment takes nothing else, and other JSON stays what it is" {
	person approves
	echo '{"a": 1}' >other.json
	expect 1 sign --payment --attached other.json
	expect 1 sign --payment --attached a.txt
	expect 0 sign other.json
	verifies other.json
	told_line 'other.json'
}

@test "text that is no UTF-8 is signed as data" {
	person approves
	printf 'caf\351\n' >latin.txt
	expect 0 sign latin.txt
	verifies latin.txt
	told_line 'latin.txt'
}

# --- at a terminal ---------------------------------------------------------

# In a terminal, in the background; what it shows is in $D/screen.
in_terminal() {
	script -qefc "$*" /dev/null >"$D/screen" 2>&1 </dev/null 3>&- &
	TERMINAL=$!
	PIDS+=("$TERMINAL")
}

@test "a terminal is told once that a dialog waits" {
	person waits
	in_terminal "'$signet' sign --socket '$D/s' --key '$KEY' a.txt"
	open_dialog 1
	wait_until 10 grep -q 'no answer yet' "$D/screen"
	go
	wait_until 10 gone "$TERMINAL"
	[ "$(grep -c 'no answer yet' "$D/screen")" -eq 1 ]
	grep -q 'a.txt: signed with ES256' "$D/screen"
	# No terminal, no word of it; nor when it is quick.
	expect 0 sign --force --timeout 20 c.txt &
	wait_until 10 has_dialogs 2
	go
	wait "$!"
	not tells 'no answer yet'
}

@test "whoever ends the command withdraws the dialog" {
	person waits
	sign a.txt 3>&- &
	local pid=$!
	open_dialog 1
	# In the background SIGINT may be ignored.
	kill -TERM "$(pgrep -P "$pid" -x signet || echo "$pid")"
	wait_nobody_asks
	[ ! -e a.txt.p7s ]
	[ "$(find . -name '.signet-*')" = "" ]
}

# --- PINs ------------------------------------------------------------------

tool() {
	pkcs11-tool --module "$SIGNET_SOFTHSM2_MODULE" "$@" 2>/dev/null
}

# The slot of the token whose label or serial this is.
slot_of() {
	tool --list-token-slots | awk -v name="$1" '
		/^Slot/ { slot = $3; gsub(/[():]/, "", slot) }
		/token label|serial num/ { sub(/^[^:]*: /, "")
			if ($0 == name) print slot }'
}

# opens PIN [LABEL]: does pkcs11-tool get into the test token, or that one?
opens() {
	local slot
	slot=$(slot_of "${2:-$SIGNET_SERIAL_TEST}")
	[ -n "$slot" ] || { tool -T; return 2; }
	tool --slot "$slot" --login --pin "$1" -O --type privkey >/dev/null
}

# The new PIN, typed twice, behind the one that lets in.
types() {
	person types-in-turn
	printf '%s\n' "$@" >"$D/pin"
}

@test "pin status: every token, and how long a PIN may be" {
	person approves
	expect 0 cli pin status
	grep -q "serial=$SIGNET_SERIAL_TEST" <<<"$output"
	grep -q 'PIN: *ok$' <<<"$output"
	grep -q '4 to 255 characters' <<<"$output"
	expect 0 cli pin status --token "$TOKEN" --json
	jq -e '.label == "Signet Test" and .pin == "ok" and .min == 4' \
		<<<"$output"
	nobody_was_asked
}

@test "pin change: the old one is no good any more" {
	types "$(cat "$SIGNET_FIXTURES/pin")" 246802 246802
	expect 0 cli pin change --token "$TOKEN"
	tells 'Signet Test: the PIN is changed'
	opens 246802
	not opens "$(cat "$SIGNET_FIXTURES/pin")"
}

@test "pin change: a wrong old one, and one who thinks better of it" {
	types 99999999
	expect 1 cli pin change --token "$TOKEN"
	opens "$(cat "$SIGNET_FIXTURES/pin")"
	double declines
	expect 1 cli pin change --token "$TOKEN" --json
	[ "$(jq -r .code <<<"$output")" = declined ]
}

@test "pin unblock: the SO PIN sets a new one" {
	types "$(cat "$SIGNET_FIXTURES/so-pin")" 135791 135791
	expect 0 cli pin unblock --token "$TOKEN" --json
	jq -e '.operation == "unblock" and .pin == "ok"' <<<"$output"
	opens 135791
}

@test "several tokens: the command names them and changes nothing" {
	person approves
	expect 1 cli pin change
	tells "serial=$SIGNET_SERIAL_TEST"
	tells "serial=$SIGNET_SERIAL_SECOND"
	tells -- '--token'
	nobody_was_asked
}

@test "no PIN is taken from the command line, input or environment" {
	types "$(cat "$SIGNET_FIXTURES/pin")"
	expect 2 cli pin change --token "$TOKEN" 123456
	expect 2 cli pin change --token "$TOKEN" --pin 123456
	double declines
	expect 1 env PIN=123456 SIGNET_PIN=123456 "$signet" pin change \
		--socket "$D/s" --token "$TOKEN" <<<123456
	opens "$(cat "$SIGNET_FIXTURES/pin")"
}

# --- tokens ----------------------------------------------------------------

@test "token list and info: all of them, and one" {
	person approves
	expect 0 cli token list
	grep -q '^Signet Test' <<<"$output"
	grep -q uninitialized <<<"$output"
	expect 0 cli token info --token "$TOKEN"
	grep -q 'manufacturer: *SoftHSM' <<<"$output"
	not grep -q uninitialized <<<"$output"
	expect 0 cli token info --token "$TOKEN" --json
	[ "$(jq -r .serial <<<"$output")" = "$SIGNET_SERIAL_TEST" ]
	expect 1 cli token info --token pkcs11:serial=none
}

@test "token init: a blank token gets a label and a PIN" {
	local blank

	types 87654321 87654321 246802 246802
	blank=$(cli token list --json | jq -r '.tokens[] |
		select(.state == "uninitialized") | .uri')
	expect 0 cli token init --token "$blank" --label 'Brand New'
	tells 'Brand New: the token is new'
	opens 246802 'Brand New'
}

@test "token init: nobody loses keys without knowing it" {
	types "$(cat "$SIGNET_FIXTURES/so-pin")" 246802 246802
	expect 2 cli token init --label x
	tells -- '--token'
	expect 2 cli token init --token "$TOKEN" </dev/null
	tells 'will be lost'
	tells -- '--yes'
	nobody_was_asked
	opens "$(cat "$SIGNET_FIXTURES/pin")"
	expect 0 cli token init --token "$TOKEN" --label Anew --yes
	opens 246802 Anew
	wait_until 10 settled
	expect 0 cli keys --json --token "$TOKEN"
	jq -e '.keys == []' <<<"$output"
}

@test "token init: a terminal has to type the label again" {
	types "$(cat "$SIGNET_FIXTURES/so-pin")" 246802 246802
	printf 'Signet Tset\n' |
		script -qefc "'$signet' token init --socket '$D/s' \
			--token '$TOKEN' --label Anew" /dev/null \
			>"$D/screen" && return 1
	grep -q 'nothing was changed' "$D/screen"
	opens "$(cat "$SIGNET_FIXTURES/pin")"
	printf 'Signet Test\n' |
		script -qefc "'$signet' token init --socket '$D/s' \
			--token '$TOKEN' --label Anew" /dev/null >"$D/screen"
	opens 246802 Anew
}
