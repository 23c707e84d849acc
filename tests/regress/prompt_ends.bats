#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# prompt_ends - signet-prompt when its pinentry, signetd or the worker fails, and
# with requests that are wrong

load helper
load prompt

setup() {
	prompt_setup
}

teardown() {
	prompt_teardown
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
