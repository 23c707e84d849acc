#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# demo - examples/demo and demo-card: in a script, and with a person at a terminal

load helper

examples=$BATS_TEST_DIRNAME/../../examples

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
		press "$PIN" Enter
		echo x >>"$D/typed"
	elif grep -q '<Next>\|<Continue>' "$D/screen"; then
		press Enter
	fi
	return 1
}

# at_a_terminal DEMO PIN TIMES: a person types the PIN so often, and all is well.
at_a_terminal() {
	command -v tmux >/dev/null || skip "no tmux: run ./setup"
	command -v pinentry-curses >/dev/null ||
		skip "no pinentry-curses: run ./setup"
	PIN=$2
	tmux -S "$D/tmux" -f /dev/null new-session -d -x 100 -y 60 \
		"'$examples/$1'; echo ended with \$?; read -r _" 3>&-
	wait_until 40 person_acts || { cat "$D/screen"; return 1; }
	! grep -q '^ended with 77' "$D/screen" || skip "pcscd cannot run here"
	grep -q '^ended with 0' "$D/screen" || { cat "$D/screen"; return 1; }
	[ "$(wc -l <"$D/typed")" -eq "$3" ]
}

@test "without a terminal nobody is asked" {
	timeout 60 "$examples/demo" </dev/null >"$D/out" 2>&1
	grep -q 'All verdicts are good' "$D/out"
	not grep -q 'You are asked' "$D/out"
}

@test "at a terminal the payment is shown, and the PIN typed" {
	at_a_terminal demo "$(cat "$SIGNET_FIXTURES/pin")" 2
	grep -q 'All verdicts are good' "$D/screen"
	[ "$(grep -c ' good$' "$D/screen")" -eq 5 ]
}

@test "a card: without a terminal a double types" {
	local status=0
	timeout 60 "$examples/demo-card" </dev/null >"$D/out" 2>&1 || status=$?
	[ "$status" -ne 77 ] || skip "pcscd cannot run here"
	[ "$status" -eq 0 ] || { cat "$D/out"; return 1; }
	grep -q 'All verdicts are as they must be' "$D/out"
	grep -q 'Sum: 23562.25 EUR' "$D/out"
	[ "$(grep -c ' good$' "$D/out")" -eq 2 ]
	grep -q '^card=in .* pin=3 puk=3 login=no' "$D/out"
}

@test "a card: at a terminal the PIN is typed" {
	at_a_terminal demo-card \
		"$(awk '$1 == "pin" {print $2}' "$build/card/profiles/alice/card")" 1
	grep -q 'All verdicts are as they must be' "$D/screen"
}
