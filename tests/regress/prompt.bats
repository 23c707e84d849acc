#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# prompt - signet-prompt with pinentries of every kind, by docs/PROTOCOL.prompt

load helper

prompt=$build/bin/signet-prompt
doubles=$BATS_TEST_DIRNAME/../pinentry

setup() {
	D=$(mktemp -dt signet.XXXXXX)
	PIDS=()
	untraced
	printf '1234\n' >"$D/pin"
}

teardown() {
	local pid
	for pid in "${PIDS[@]}"; do
		kill -KILL "$pid" 2>/dev/null || true
	done
	[ -z "$BATS_ERROR_STATUS" ] || tail -n 40 "$D"/out "$D"/transcript
	rm -rf "$D"
}

# request PINENTRY [JQ-FILTER...]: one payment, with a PIN of 4 to 8 bytes.
request() {
	local pinentry=$1
	shift
	[ ! -e "$doubles/$pinentry" ] || {
		ln -sf "$doubles/$pinentry" "$D/$pinentry"
		pinentry=$D/$pinentry
	}
	jq -c --arg pinentry "$pinentry" ".pinentry = \$pinentry ${1:+| $1}" \
		<<-'END' >"$D/request"
	{"version": 1, "kind": "sign", "timeout": 20, "pinentry": null,
	 "tty": null, "term": null, "language": "C.UTF-8",
	 "caller": {"uid": 1000, "user": "alice", "pid": 77,
	            "exe": "/usr/bin/firefox", "origin": "https://bank.example"},
	 "token": {"label": "Bank card", "serial": "0017",
	           "manufacturer": "ACME", "model": "X", "reader": "ACR38",
	           "pin": "ok"},
	 "key": {"label": "signing key", "uri": "pkcs11:object=a",
	         "holder": "Alice Example", "issuer": "Bank CA"},
	 "format": "cms", "algorithm": "ES256", "rule": "payments",
	 "waiting": 0, "login": "pin",
	 "pins": [{"what": "user-pin", "min": 4, "max": 8, "item": 0}],
	 "again": null, "count": 1, "blind": 0, "payments": 1,
	 "sums": [{"currency": "EUR", "value": "12.00"}],
	 "payees": ["Müller GmbH"], "payees_more": 0,
	 "items": [{"kind": "payment", "blind": false, "name": "", "lines": [
	   {"label": "payee.name", "value": "Müller GmbH", "own": false},
	   {"label": "payee.account", "value": "DE02120300000000202051",
	    "own": false},
	   {"label": "total", "value": "EUR 12.00", "own": false}]}]}
	END
}

# ask [ACTION FILE]: runs it; what the driver saw is in $D/out.
ask() {
	timeout 50 "$tools/prompt-driver" "$prompt" "$D/request" "$@" \
		>"$D/out" 2>"$D/err" 3>&-
}

answered() {
	grep -qF "answer {\"answer\":\"$1\"" "$D/out"
}

# failed TEXT: what the person is told to do has it.
failed() {
	answered failed && grep -qF -- "$1" "$D/out"
}

# No PIN reached the worker.
no_pin() {
	not grep -qE '^(pin|late) ' "$D/out"
}

# What the double was told: all texts of a command, as people saw them.
screen() {
	sed -n "s/^$1 //p" "$D/transcript" | sed 's/%0A/\n/g; s/%25/%/g'
}

shows() {
	screen SETDESC | grep -qF -- "$1" || { screen SETDESC; return 1; }
}

dialogs() {
	grep -cE '^(GETPIN|CONFIRM)' "$D/transcript"
}

# No process of this test's pinentry is left.
no_pinentry() {
	not grep -qs "$D/" /proc/[0-9]*/cmdline
}

# script LINE...: what follows-script answers, one dialog after the other.
script() {
	printf '%s\n' "$@" >"$D/script"
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

# --- a real pinentry, on a screen ----------------------------------------------

screen_tmux() {
	env -u TMUX TMUX_TMPDIR="$D" LC_ALL=C.UTF-8 tmux -f /dev/null "$@"
}

# terminal COLUMNS ROWS: one that nobody reads; its device is $TTY.
terminal() {
	command -v tmux >/dev/null || skip "no tmux: run ./setup"
	command -v pinentry-curses >/dev/null ||
		skip "no pinentry-curses: run ./setup"
	screen_tmux new-session -d -x "$1" -y "$2" 'exec sleep 300' 3>&-
	PIDS+=("$(screen_tmux display-message -p '#{pid}')")
	TTY=$(screen_tmux display-message -p '#{pane_tty}')
}

# In the background; the screen is for us to look at.
ask_on_screen() {
	request "$(command -v pinentry-curses)" ".tty = \"$TTY\" |
		.term = \"screen\" | .caller.origin = null${1:+ | $1}"
	ask &
	PIDS+=($!)
}

on_screen() {
	screen_tmux capture-pane -p >"$D/screen"
	grep -qF -- "$1" "$D/screen"
}

@test "pinentry-curses: a person sees the payment and types the PIN" {
	terminal 100 40
	ask_on_screen
	wait_until 10 on_screen "PIN:"
	on_screen "A signature is asked for by /usr/bin/firefox"
	on_screen "Payee: Müller GmbH"
	on_screen "Amount: EUR 12.00"
	on_screen "<Decline>"
	screen_tmux send-keys 4711 Enter
	wait "${PIDS[1]}"
	[ "$(cat "$D/out")" = 'pin 4711
answer {"answer":"approved"}
status 0' ]
	not grep -q 4711 "$D/screen"
}

@test "pinentry-curses: in Chinese" {
	command -v msgfmt >/dev/null || skip "no msgfmt: run ./setup"
	terminal 100 40
	ask_on_screen '.language = "zh_CN.UTF-8"'
	wait_until 10 on_screen "PIN:"
	on_screen "请求签名的是 /usr/bin/firefox"
	on_screen "收款人: Müller GmbH"
	on_screen "金额: EUR 12.00"
	screen_tmux send-keys 4711 Enter
	wait "${PIDS[1]}"
	grep -qx 'pin 4711' "$D/out"
}

@test "pinentry-curses: the longest dialogs fit a screen of 80 by 24" {
	terminal 80 24
	ask_on_screen '.caller.origin = ("https://" + "xn--bnk-qla." * 12) |
		.blind = 1 | .token.pin = "count-low" |
		.again = {"code": "pin-wrong", "detail": ""} |
		.key.holder = "名" * 200 | .caller.exe = "/" + "x" * 900 |
		.items[0].lines[0].value = "收款" * 200'
	for i in $(seq 1 20); do
		wait_until 10 on_screen "Page $i of "
		! on_screen "Page $i of $i" || break
		screen_tmux send-keys Enter
	done
	screen_tmux send-keys Enter
	wait_until 10 on_screen "PIN:"
	on_screen "Payee: 收款"
	on_screen "Amount: EUR 12.00"
	on_screen "WARNING"
	on_screen "Few tries are left"
	screen_tmux send-keys 4711 Enter
	wait "${PIDS[1]}"
	grep -qx 'pin 4711' "$D/out"
}

@test "pinentry-curses: the buttons of a batch and of the last try" {
	terminal 100 40
	ask_on_screen '.count = 2 | .items += .items |
		.token.pin = "final-try"'
	wait_until 10 on_screen "<Use the last try>"
	screen_tmux send-keys Right Enter
	wait_until 10 on_screen "<Show each>"
	screen_tmux send-keys Right Enter
	wait_until 10 on_screen "2 of 2: Payment"
	screen_tmux send-keys Enter
	wait_until 10 on_screen "<Show each>"
	screen_tmux send-keys Enter
	wait_until 10 on_screen "PIN:"
	screen_tmux send-keys Tab Tab Enter
	wait "${PIDS[1]}"
	answered declined
	no_pin
}

@test "pinentry-curses: withdrawn, the terminal is as it was" {
	terminal 100 40
	stty -a <"$TTY" >"$D/before"
	request "$(command -v pinentry-curses)" ".tty = \"$TTY\" |
		.term = \"screen\""
	ask withdraw "$D/now" &
	PIDS+=($!)
	wait_until 10 on_screen "PIN:"
	not diff -q "$D/before" <(stty -a <"$TTY")
	: >"$D/now"
	wait "${PIDS[1]}"
	[ "$(cat "$D/out")" = "status 0" ]
	diff "$D/before" <(stty -a <"$TTY")
	wait_until 5 not on_screen "PIN:"
}

@test "no terminal and no display: told what to do" {
	command -v pinentry-curses >/dev/null ||
		skip "no pinentry-curses: run ./setup"
	request "$(command -v pinentry-curses)"
	ask
	failed "no terminal"
}

@test "a service without a locale shows every letter" {
	request approves '.language = null'
	env -u LANG -u LANGUAGE LC_ALL=C "$tools/prompt-driver" "$prompt" \
		"$D/request" >"$D/out"
	answered approved
	shows "Payee: Müller GmbH"
	grep -qx "OPTION lc-ctype=C.UTF-8" "$D/transcript"
}

# --- pinentries that fail --------------------------------------------------------

@test "no pinentry: told what to do" {
	request /nonexistent/pinentry
	ask
	failed "prompt: pinentry"
	no_pin
}

@test "a pinentry that cannot be run" {
	request never-starts
	ask
	failed "never-starts"
	failed "prompt: pinentry"
}

@test "a pinentry that never says a word" {
	request silent
	ask
	failed "does not answer"
	no_pin
	no_pinentry
}

@test "a pinentry that hangs is killed when the time is over" {
	request hangs '.timeout = 1'
	ask
	answered timeout
	no_pin
	wait_until 5 no_pinentry
}

@test "a pinentry that talks without an end is killed, too" {
	request chatters '.timeout = 1'
	ask
	answered timeout
	wait_until 5 no_pinentry
}

@test "a pinentry that says the time is over" {
	request follows-script
	script late
	ask
	answered timeout
	no_pin
}

@test "a pinentry that crashes" {
	request crashes
	ask
	failed "ended without an answer"
	no_pin
}

@test "a pinentry that answers garbage" {
	request garbage
	ask
	failed "try it by hand"
	no_pin
	wait_until 5 no_pinentry
}

@test "a pinentry that asks back" {
	request asks-back
	ask
	failed "try it by hand"
	no_pin
}

@test "a PIN of 10,000 bytes" {
	request huge-pin '.pins[0].max = 100000'
	ask
	failed "more than 1024 bytes"
	no_pin
}

@test "a PIN that nobody typed now is not taken" {
	request remembers
	ask
	failed "nobody typed"
	no_pin
}

# --- the other ends ---------------------------------------------------------------

@test "withdrawn: the dialog closes, nothing is answered" {
	request hangs
	ask withdraw "$D/hanging"
	[ "$(cat "$D/out")" = "status 0" ]
	wait_until 5 no_pinentry
}

@test "a worker that ends: the dialog closes" {
	request hangs
	ask worker-ends "$D/hanging"
	failed "ask again"
	wait_until 5 no_pinentry
}

@test "signetd saying more is against the protocol" {
	request hangs
	ask say-more "$D/hanging"
	[ "$(cat "$D/out")" = "status 0" ]
}

@test "prompt killed: no PIN, and its pinentry ends, even a deaf one" {
	request hangs
	ask kill "$D/hanging"
	[ "$(cat "$D/out")" = "signal 9" ]
	wait_until 5 no_pinentry
}

# --- requests that are wrong ---------------------------------------------------------

# refuses FILTER TEXT: a request so changed is not shown, and why.
refuses() {
	request approves "$1"
	ask
	failed "$2" || { cat "$D/out"; return 1; }
	[ ! -e "$D/transcript" ]
}

@test "a request that is not understood whole is not shown" {
	refuses '.surprise = 1' surprise
	refuses '.caller.surprise = 1' surprise
	refuses '.items[0].lines[0].surprise = 1' surprise
	refuses 'del(.rule)' rule
	refuses '.version = 2' "version 2"
	refuses '.kind = "dance"' dance
	refuses '.login = "none"' pins
	refuses '.count = 2' count
	refuses '.items = [] | .count = 0' "nothing to sign"
	refuses '.tty = "/etc/passwd"' tty
	refuses '.tty = "/dev/../etc/passwd"' tty
	refuses '.pinentry = "approves"' absolute
	refuses '.pins[0].min = -1' range
	refuses '.pins = [range(17) | {"what": "so-pin", "min": 1, "max": 2}]' 16
	refuses '.key = 7' key
	refuses '.items[0].lines[0].value = 7' lines
}

@test "a request that is no JSON, or twice the same member" {
	echo '{"version":1' >"$D/request"
	ask
	failed request
	echo '{"version":1,"version":1}' >"$D/request"
	ask
	failed duplicate
}

@test "a request of more than 8 MiB" {
	request approves
	sed -i 's/Müller/&%/' "$D/request"
	head -c 9000000 /dev/zero | tr '\0' x >"$D/long"
	sed -i -e "/%/{r $D/long" -e '}' "$D/request"
	ask
	failed "longer than 8388608 bytes"
}

@test "a request that does not come" {
	ln -s x "$D/request"
	timeout 50 "$tools/prompt-driver" "$prompt" - >"$D/out"
	failed "no whole request"
}

@test "by hand it says what it is" {
	run "$prompt" 3>&- </dev/null
	[ "$status" -eq 2 ]
	run "$prompt" --help
	[ "$status" -eq 0 ]
	[[ $output == *"started by signetd"* ]]
}
