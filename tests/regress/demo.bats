#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# demo - examples/demo: unattended in a script, and with a person at a terminal

load helper

demo=$BATS_TEST_DIRNAME/../../examples/demo

setup() {
	signet_setup
	export SIGNET_BUILD=$build
}

teardown() {
	[ ! -S "$D/tmux" ] || tmux -S "$D/tmux" kill-server || true
	signet_teardown
}

screen() {
	tmux -S "$D/tmux" capture-pane -p >"$D/screen"
}

press() {
	tmux -S "$D/tmux" send-keys "$@"
	cp "$D/screen" "$D/pressed"
}

# What a person does with the screen as it is; true when all is done. A screen
# that was answered is waited for to change.
person_acts() {
	screen
	! cmp -s "$D/screen" "$D/pressed" || return 1
	grep -q '^ended with' "$D/screen" && return
	if grep -q 'PIN: _*[^_]*│' "$D/screen"; then
		press "$(cat "$SIGNET_FIXTURES/pin")" Enter
		echo x >>"$D/typed"
	elif grep -q '<Next>\|<Continue>' "$D/screen"; then
		press Enter
	fi
	return 1
}

@test "without a terminal nobody is asked" {
	timeout 60 "$demo" </dev/null >"$D/out" 2>&1
	grep -q 'All verdicts are good' "$D/out"
	not grep -q 'You are asked' "$D/out"
}

@test "at a terminal the payment is shown, and the PIN typed" {
	command -v tmux >/dev/null || skip "no tmux: run ./setup"
	command -v pinentry-curses >/dev/null ||
		skip "no pinentry-curses: run ./setup"
	tmux -S "$D/tmux" -f /dev/null new-session -d -x 100 -y 50 \
		"'$demo'; echo ended with \$?; read -r _" 3>&-
	wait_until 40 person_acts || { cat "$D/screen"; return 1; }
	[ "$(wc -l <"$D/typed")" -eq 2 ]
	grep -q '^ended with 0' "$D/screen"
	grep -q 'All verdicts are good' "$D/screen"
	[ "$(grep -c ' good$' "$D/screen")" -eq 5 ]
}
