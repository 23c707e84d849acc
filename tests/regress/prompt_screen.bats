#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# prompt_screen - signet-prompt with the pinentry of a terminal, on a screen, and
# without one

load helper
load prompt

setup() {
	prompt_setup
}

teardown() {
	prompt_teardown
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
