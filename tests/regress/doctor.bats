#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# doctor: signet doctor finds what was broken for the test, says how to mend
# it, breaks nothing itself, and is done in time.

load helper
load card

signet=$build/bin/signet
root=$BATS_TEST_DIRNAME/../..

setup() {
	signet_setup
	configure "$(module_softhsm soft)"
	unset XDG_RUNTIME_DIR XDG_CONFIG_HOME DISPLAY WAYLAND_DISPLAY
	export HOME=$D LC_ALL=C.UTF-8
	export SIGNET_SOCKET=$D/s SIGNET_CONFIG=$D/signetd.yaml
	export PCSCLITE_CSOCK_NAME=$D/no-pcscd
}

teardown() {
	signet_teardown
}

# doctor [OPTION...]: the report is in $D/report, its status in $doctor.
doctor() {
	doctor=0
	${RUN:-} "$signet" doctor --json "$@" >"$D/report" 2>"$D/err" ||
		doctor=$?
	jq -e 'type == "array"' "$D/report" >/dev/null ||
		{ cat "$D/report" "$D/err"; return 1; }
}

# finds CHECK RESULT [TEXT]: there is such a line.
finds() {
	jq -e --arg check "$1" --arg result "$2" --arg text "${3:-}" \
		'any(.[]; .check == $check and .result == $result and
		 (.text | contains($text)))' "$D/report" >/dev/null ||
		{ echo "no $*"; jq -c '.[]' "$D/report"; return 1; }
}

# mends CHECK TEXT: that check names this step.
mends() {
	jq -e --arg check "$1" --arg text "$2" \
		'any(.[]; .check == $check and .mend != null and
		 (.mend | contains($text)))' "$D/report" >/dev/null ||
		{ echo "no $*"; jq -c '.[]' "$D/report"; return 1; }
}

# pretends PATH COMMAND: a pcscd that does this for each client.
pretends() {
	socat "UNIX-LISTEN:$1,fork" "EXEC:$2" 2>/dev/null 3>&- &
	PIDS+=("$!")
	wait_until 10 test -S "$1"
	export PCSCLITE_CSOCK_NAME=$1
}

# took SECONDS COMMAND...: no longer than that.
took() {
	local began=$SECONDS limit=$1
	shift
	"$@"
	[ $((SECONDS - began)) -le "$limit" ]
}

# --- the report ---------------------------------------------------------------

@test "the report is an array of check, result, text and mend" {
	doctor
	jq -e 'length > 5 and all(.[]; keys == ["check", "mend", "result",
		"text"] and (.result | IN("ok", "warning", "error")) and
		(.text | length) > 0)' "$D/report"
	jq -e 'all(.[] | select(.result == "ok"); .mend == null)' "$D/report"
	[ "$(jq -c '.[]' "$D/report" | wc -l)" -eq \
		"$("$signet" doctor | grep -cE '^(ok|warning|error) ')" ]
}

@test "the exit status is 0, 1 for warnings, 2 for errors" {
	doctor
	finds service warning
	jq -e 'any(.[]; .result == "error") | not' "$D/report"
	[ "$doctor" -eq 1 ]
	SIGNET_CONFIG=$D/none doctor
	[ "$doctor" -eq 2 ]
	not "$signet" doctor --no-such-option
	not "$signet" doctor operand
}

@test "colours are for a terminal, and JSON is in English" {
	not grep -q $'\033' <("$signet" doctor)
	TERM=xterm script -qec "$signet doctor" /dev/null | grep -q $'\033'
	LANGUAGE=zh_CN doctor
	finds clock ok 'the clock says'
	LANGUAGE=zh_CN "$signet" doctor | grep -qF '警告'
}

@test "anybody may run it, without rights and without a home" {
	local as=""
	[ "$(id -u)" -ne 0 ] ||
		as="setpriv --reuid 65534 --regid 65534 --clear-groups"
	chmod 711 "$D"
	RUN="env -u HOME $as" doctor
	finds clock ok
}

# --- signetd -------------------------------------------------------------------

@test "no signetd is started, unless that is asked for" {
	doctor
	finds service warning 'no signetd listens'
	mends service 'signet doctor --start'
	[ ! -e "$D/s" ]
	doctor --start
	finds service ok
	finds version ok
	finds pin ok 'Signet Test'
	PIDS+=("$(workers | head -1 | xargs ps -o ppid= -p | tr -d ' ')")
}

@test "a configuration with a mistake is an error, and signetd's words" {
	echo 'modulez: 1' >>"$D/signetd.yaml"
	doctor
	finds config error modulez
	mends config 'signet policy check'
	[ "$doctor" -eq 2 ]
	doctor --start
	finds service error
}

@test "modules, tokens and certificates are told, without a PIN" {
	start
	wait_until 10 settled
	doctor
	finds config ok "$D/signetd.yaml"
	finds service ok "$D/s"
	finds module ok 'module soft is ready'
	finds defect ok 'libsofthsm2.so 2.6'
	finds pin ok 'Signet Test'
	finds certificate ok 'certificates that are valid'
	finds certificate error 'Zhao Lei'
}

@test "a module that cannot be loaded is an error" {
	configure "$(module_softhsm soft | sed "s,path: .*,path: $D/none.so,")"
	doctor
	finds config error none.so
	configure "$(module_mock)"
	rules 'C_Initialize * return CKR_GENERAL_ERROR'
	start
	doctor
	finds module warning || finds module error
}

@test "a signetd that hangs is an error, in time" {
	start
	# shellcheck disable=SC2153 # PID is set by start
	halt "$PID"
	took 4 doctor --timeout 2
	kill -CONT "$PID"
	finds service error 'does not tell its status'
	[ "$doctor" -eq 2 ]
}

# --- pcscd ---------------------------------------------------------------------

@test "no pcscd is a warning, and an error with a token plugged in" {
	command -v umockdev-run >/dev/null || {
		[ -z "${CI:-}" ]
		skip "there is no umockdev-run"
	}
	! sanitized || skip "what is preloaded has to come first, as it does"
	doctor
	finds pcscd warning
	RUN="umockdev-run -d $BATS_TEST_DIRNAME/udev/ccid.umockdev --" doctor
	finds usb ok '1050:0407 Yubico YubiKey'
	finds pcscd error
	RUN="umockdev-run -d $BATS_TEST_DIRNAME/udev/keyboard.umockdev --" doctor
	not finds usb ok 'plugged in'
}

@test "a pcscd that refuses is told from one that hangs or talks nonsense" {
	pretends "$D/refuses" true
	doctor
	finds pcscd error polkit
	mends pcscd 50-signet.rules
	pretends "$D/hangs" 'sleep 60'
	took 4 doctor --timeout 2
	finds pcscd error 'does not answer within 2 s'
	pretends "$D/garbage" 'yes x'
	took 4 doctor --timeout 2
	finds pcscd warning 'protocol'
}

@test "readers, cards and who else is there" {
	card_setup 2
	remove 2
	socat "UNIX-CONNECT:$PCSCLITE_CSOCK_NAME" EXEC:'sleep 60' 3>&- &
	PIDS+=("$!")
	wait_until 10 others_seen
	finds pcscd ok "$PCSCLITE_CSOCK_NAME"
	finds card ok 'Signet Reader 1'
	finds card ok 'ATR 3b'
	finds card ok 'Signet Reader 2 01 00: no card'
	finds reader-limit ok '2 of the 16'
}

others_seen() {
	doctor && finds holder ok socat >/dev/null
}

@test "which module has the card, and how its PIN stands: no try is spent" {
	card_setup 1
	configure "$(module_card)"
	start
	wait_until 10 settled
	doctor
	finds seen ok 'module opensc'
	finds pin ok
	finds defect ok 'opensc-pkcs11.so 0.23'
	card_is 1 pin=3
	opensc --login --pin 111111 --list-objects || true
	opensc --login --pin 111111 --list-objects || true
	stop
	start
	wait_until 10 settled
	doctor
	finds pin warning 'one try'
	mends pin 'signet pin unblock'
	card_is 1 pin=1
	opensc --login --pin 111111 --list-objects || true
	stop
	start
	wait_until 10 settled
	doctor
	finds pin error locked
	[ "$doctor" -eq 2 ]
}

@test "the fifth reader, which OpenSC does not see" {
	card_setup 5
	configure "$(module_card)"
	start
	wait_until 10 settled
	doctor
	finds seen ok 'Signet Reader 4'
	finds seen warning 'only 4 readers'
	mends seen 'profile: opensc'
}

@test "a module that has a worker for each card is well without one" {
	card_setup 1
	configure "$(module_card | sed '/path:/i\    profile: opensc')"
	start
	wait_until 10 has_the_card
	remove 1
	wait_until 10 waits_for_a_card
	finds card ok 'no card'
}

has_the_card() {
	doctor
	finds seen ok 'module opensc' >/dev/null
}

waits_for_a_card() {
	doctor
	finds module ok 'waits for a card' >/dev/null
}

@test "a card that no module sees is a warning" {
	card_setup 1
	start
	wait_until 10 settled
	doctor
	finds seen warning 'Signet Reader 1'
}

# --- the machine ------------------------------------------------------------------

@test "a clock that is before the program is an error" {
	mkdir -p "$D/bin"
	cp "$signet" "$D/bin/signet"
	touch -d '+3 days' "$D/bin/signet"
	signet=$D/bin/signet doctor
	finds clock error
	mends clock timedatectl
}

@test "memory that cannot be locked is an error" {
	! sanitized || skip "there mlock() does nothing, and says it did"
	RUN="prlimit --memlock=0"
	[ "$(id -u)" -ne 0 ] || RUN="$RUN setpriv --bounding-set -ipc_lock"
	doctor
	finds memory error
	mends memory 'ulimit -l'
}

@test "pinentry wants a terminal or a desktop" {
	RUN="setsid --wait" doctor
	finds pinentry warning 'no terminal'
	script -qec "$signet doctor --json" /dev/null >"$D/report" || true
	finds pinentry ok
}

@test "all is well: nothing but ok, and status 0" {
	local alone="unshare -m"
	[ "$(id -u)" -eq 0 ] || alone="unshare -Urm"
	$alone true || { [ -z "${CI:-}" ]; skip "no mount namespace here"; }
	[ -d /etc/udev/rules.d ] || { [ -z "${CI:-}" ]; skip "no udev here"; }
	card_setup 1
	configure "$(module_card)"
	start
	wait_until 10 settled
	signet=$signet root=$root script -qec "$alone sh -c '
		mount --bind \$root/udev /etc/udev/rules.d &&
		exec \$signet doctor --json'" /dev/null >"$D/report"
	jq -e 'all(.[]; .result == "ok")' "$D/report" ||
		{ jq -c '.[]' "$D/report"; return 1; }
}
