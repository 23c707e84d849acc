#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# prompt - what a person sees of a request and answers, and what signet-prompt
# makes of it, by docs/PROTOCOL.prompt

load helper
load prompt

setup() {
	prompt_setup
}

teardown() {
	prompt_teardown
}

# --- consent -----------------------------------------------------------------

@test "consent: the worker has the PIN before the answer comes" {
	request approves
	ask
	[ "$(cat "$D/out")" = 'pin 1234
answer {"answer":"approved"}
status 0' ]
}

@test "the dialog tells who asks, which key, what, and why" {
	request approves '.waiting = 2'
	ask
	shows "https://bank.example"
	shows "/usr/bin/firefox (user alice, process 77)"
	shows "signing key; holder Alice Example, certified by Bank CA"
	shows "Bank card (0017), in ACR38"
	shows "Payee: Müller GmbH"
	shows "Account of the payee: DE02120300000000202051"
	shows "Amount: EUR 12.00"
	shows "Rule: payments; signature: cms, ES256"
	shows "2 more requests wait"
	[ "$(dialogs)" -eq 1 ]
}

@test "declined: no PIN is sent" {
	request declines
	ask
	answered declined
	no_pin
	request follows-script '.pins += [{"what": "user-pin", "min": 4,
		"max": 8, "item": 1}]'
	script "pin 1234" cancel
	ask
	answered declined
	no_pin
}

@test "a PIN goes through as it is: percent, blanks, UTF-8" {
	request approves '.pins[0].max = 40'
	printf '%s\n' '12%34 %41 Ä密码' >"$D/pin"
	ask
	grep -qxF 'pin 12%34 %41 Ä密码' "$D/out"
}

@test "no login: consent alone, and no worker" {
	request approves '.login = "none" | .pins = []'
	ask
	[ "$(cat "$D/out")" = 'answer {"answer":"approved"}
status 0' ]
	grep -q '^CONFIRM' "$D/transcript"
	not grep -q '^GETPIN' "$D/transcript"
}

@test "keypad: told where to type, and asked for no PIN here" {
	request approves '.login = "pad" | .pins = []'
	ask
	answered approved
	shows "keypad of the reader"
	not grep -q '^GETPIN' "$D/transcript"
}

@test "a pinentry gets nothing of signetd's environment" {
	request approves
	SIGNET_SECRET=x LD_LIBRARY_PATH=/tmp LC_TIME=C DISPLAY=:7 ask
	answered approved
	grep -q '^# DISPLAY=:7$' "$D/transcript"
	grep -q '^# LC_TIME=C$' "$D/transcript"
	grep -q '^# PATH=/usr/local/bin:/usr/bin:/bin$' "$D/transcript"
	not grep -qE '^# (SIGNET|LD_|BATS)' "$D/transcript"
}

@test "a prompt that has a PIN cannot be dumped" {
	local pid
	# Copies: the other user may not be let into the folder of these.
	mkdir "$D/bin"
	cp "$prompt" "$tools/prompt-driver" "$doubles/hangs" \
		"$doubles/pinentry.sh" "$D/bin/"
	prompt=$D/bin/signet-prompt
	request "$D/bin/hangs"
	[ "$(id -u)" -ne 0 ] || {
		chown -R 65534:65534 "$D"
		setpriv --reuid=65534 --regid=65534 --clear-groups \
			"$D/bin/prompt-driver" "$prompt" "$D/request" \
			withdraw "$D/now" >"$D/out" 3>&- &
	}
	[ "$(id -u)" -eq 0 ] || ask withdraw "$D/now" &
	PIDS+=($!)
	wait_until 10 test -e "$D/bin/hanging"
	pid=$(pgrep -f "^$prompt\$")
	[ "$(stat -c %u "/proc/$pid/environ")" -eq 0 ]
	[ "$(awk '/^Uid/ {print $2}' "/proc/$pid/status")" -ne 0 ]
	: >"$D/now"
	wait_until 10 gone "${PIDS[0]}"
}

# --- PINs that cannot be right -------------------------------------------------

@test "too short or too long: asked again, nothing is sent for it" {
	request follows-script
	script "pin 123" "pin 123456789" "pin 4321"
	ask
	[ "$(cat "$D/out")" = 'pin 4321
answer {"answer":"approved"}
status 0' ]
	screen SETERROR | grep -q "too short"
	screen SETERROR | grep -q "too long"
	[ "$(dialogs)" -eq 3 ]
}

@test "an empty PIN is none, even where the token has no least length" {
	request follows-script '.pins[0].min = 0'
	script "pin " "pin 1"
	ask
	grep -qx 'pin 1' "$D/out"
	not grep -qx 'pin ' "$D/out"
}

@test "typing errors have an end" {
	request follows-script
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do
		echo "pin 1"
	done >"$D/script"
	ask
	failed "ask again"
	no_pin
}

@test "a new PIN is typed twice, the same" {
	request follows-script '.kind = "pin-change" | .format = null |
		.algorithm = null | .count = 0 | .items = [] | .payments = 0 |
		.sums = [] | .payees = [] | .pins = [
		{"what": "user-pin", "min": 4, "max": 8},
		{"what": "new-user-pin", "min": 6, "max": 8}]'
	script "pin 1234" "pin 654321" "pin 654322" "pin 777777" "pin 777777"
	ask
	[ "$(cat "$D/out")" = 'pin 1234
pin 777777
answer {"answer":"approved"}
status 0' ]
	screen SETERROR | grep -q "not the same"
	shows "A change of PIN is asked for"
	shows "6 to 8 characters"
}

@test "a key that asks every time gets a PIN for each signature" {
	request follows-script '.count = 2 | .items += .items |
		.pins += [{"what": "user-pin", "min": 4, "max": 8, "item": 1}]'
	script ok "pin 1111" "pin 2222"
	ask
	[ "$(grep ^pin "$D/out")" = 'pin 1111
pin 2222' ]
	shows "1 of 2."
	shows "2 of 2."
}

@test "asked once more: told why" {
	request approves '.again = {"code": "pin-wrong", "detail": "x"} |
		.token.pin = "count-low"'
	ask
	answered approved
	screen SETERROR | grep -q "The PIN was wrong. Few tries are left."
}

@test "three prompts for two wrong PINs" {
	request wrong-pin-twice
	ask
	grep -qx 'pin 99999999' "$D/out"
	ask
	grep -qx 'pin 99999999' "$D/out"
	ask
	grep -qx 'pin 1234' "$D/out"
}

@test "the last try needs consent of its own, and stopping is at hand" {
	request approves '.token.pin = "final-try"'
	ask
	answered declined
	no_pin
	not grep -q '^GETPIN' "$D/transcript"
	request follows-script '.token.pin = "final-try"'
	script not-ok "pin 1234"
	ask
	answered approved
	shows "LAST TRY"
}

@test "a locked PIN is told before anything is typed" {
	request approves '.token.pin = "locked"'
	ask
	failed "signet pin unblock"
	no_pin
	grep -q '^CONFIRM --one-button' "$D/transcript"
	not grep -q '^GETPIN' "$D/transcript"
}

# --- what is shown -----------------------------------------------------------------

@test "a second person sees whose signature is approved" {
	request approves '.kind = "supervise" | .signer = {"label": "sign",
		"uri": "pkcs11:object=b", "holder": "Carol", "issuer": ""}'
	ask
	shows "Your approval, as a second person"
	shows "To be signed by: Carol, sign"
	shows "Key: signing key; holder Alice Example"
}

@test "what is blind is said to be" {
	request approves '.blind = 1 | .payments = 0 | .sums = [] |
		.items[0].kind = "digest" | .items[0].blind = true'
	ask
	shows "Digest of data that is not here"
	shows "WARNING: Signet cannot show what this is."
}

@test "no value can begin a line or turn the writing" {
	request approves '.items[0].lines[0].value =
		"Bob\nAmount: EUR 0.01\u202e\u200b\u001b[2J" |
		.caller.exe = ("/tmp/" + "a b " * 40 + "\nPayee: Bob")'
	ask
	answered approved
	shows "Payee: Bob<U+000A>Amount: EUR 0.01<U+202E><U+200B><U+001B>[2J"
	not grep -q "$(printf '\342\200\256')" "$D/transcript"
	screen SETDESC | not grep -qE '^(Amount: EUR 0.01|Payee: Bob$)'
}

@test "a label of the content's own is marked" {
	request approves '.items[0].lines[0] |=
		{"label": "Payee", "value": "Bob", "own": true}'
	ask
	shows '"Payee": Bob'
}

@test "a page with a name in other letters is shown in both forms" {
	request approves '.caller.origin = "https://xn--bnk-qla.example:8443"'
	ask
	shows "https://xn--bnk-qla.example:8443"
	shows "bänk.example"
}

@test "long contents: every line on a page, and the payment by the PIN" {
	request follows-script '.items[0].lines +=
		[range(100) | {"label": "text", "value": "line \(.).",
			"own": false}]'
	script cancel
	ask
	n=$(screen SETDESC | sed -n 's/^Page 1 of //p')
	[ "$n" -gt 3 ]
	{ for _ in $(seq "$n"); do echo ok; done; echo "pin 1234"; } \
		>"$D/script"
	rm -f "$D/dialogs" "$D/transcript"
	ask
	answered approved
	for i in $(seq 0 99); do
		screen SETDESC | grep -qxF "| line $i."
	done
	grep '^SETDESC' "$D/transcript" | tail -n 1 >"$D/last"
	grep -q "Payee: Müller GmbH" "$D/last"
	grep -q "Amount: EUR 12.00" "$D/last"
	# The text of a command has 1000 bytes.
	[ "$(LC_ALL=C awk '{ if (length > n) n = length } END { print n }' \
		"$D/transcript")" -le 1000 ]
}

@test "a person can stop at any page" {
	request follows-script '.items[0].lines +=
		[range(100) | {"label": "text", "value": "line \(.).",
			"own": false}]'
	script ok cancel
	ask
	answered declined
	no_pin
}

@test "a batch: number, sums and payees first, each on request" {
	request follows-script '.count = 3 | .items += .items + .items |
		.payments = 3 | .payees = ["A", "B", "C"] | .payees_more = 4 |
		.sums = [{"currency": "EUR", "value": "36.00"},
			{"currency": "CNY", "value": "7.50"}]'
	script not-ok ok ok "pin 1234"
	ask
	answered approved
	shows "3 signatures"
	shows "Sum: EUR 36.00"
	shows "Sum: CNY 7.50"
	shows "Payee: C"
	shows "and 4 more payees"
	shows "3 of 3: Payment"
	screen SETNOTOK | grep -q "Show each"
}

@test "Chinese, also where the locale is not installed" {
	command -v msgfmt >/dev/null || skip "no msgfmt: run ./setup"
	request approves '.language = "zh_CN.UTF-8"'
	ask
	answered approved
	shows "收款人: Müller GmbH"
	# As it is installed.
	rm "$D/transcript"
	mkdir -p "$D/lib/signet" "$D/share"
	cp "$prompt" "$D/lib/signet/"
	cp -R "$build/share/locale" "$D/share/"
	prompt=$D/lib/signet/signet-prompt
	ask
	shows "收款人: Müller GmbH"
}
