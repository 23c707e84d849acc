#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# secrecy - a PIN that was typed is nowhere once it was used, and never in
# signetd: memory, core, logs, files, arguments and environments. Only root can
# read the memory of signetd.

# Helpers read these, and set others.
# shellcheck disable=SC2034,SC2153,SC2154
load helper
load person

setup() {
	[ "$(id -u)" -eq 0 ] || skip "only root reads the memory of signetd"
	! sanitized || skip "the shadow of a sanitizer is terabytes of memory"
	signet_setup
	printf '739182645071\n' >"$D/needle"
	secret_token
	unset HELD
}

teardown() {
	[ "$(id -u)" -eq 0 ] || return 0
	[ -z "${HELD:-}" ] || exec {HELD}>&-
	person_teardown
	signet_teardown
}

# A token with a PIN that nothing else looks like.
secret_token() {
	softhsm2-util --init-token --free --label Secret --so-pin 12345678 \
		--pin "$(cat "$D/needle")" >/dev/null
	pkcs11-tool --login --pin "$(cat "$D/needle")" --token-label Secret \
		--module "$SIGNET_SOFTHSM2_MODULE" --keypairgen \
		--key-type EC:prime256v1 --id 01 --label secret \
		>/dev/null 2>&1
	KEY="pkcs11:object=secret"
}

secret_person() {
	mkdir "$D/spool"
	person_configure "$@"
	sed -i "1a spool: $D/spool" "$D/signetd.yaml"
	cp "$D/needle" "$D/pin"
	start
	wait_until 10 settled
}

# scans PID STATUS: 0 for found, 1 for not found. Not being able to tell is
# neither.
scans() {
	local status=0
	"$tools/memory-scan" "$1" "$D/needle" >"$D/scan" 2>&1 || status=$?
	[ "$status" -eq "$2" ]
}

has() {
	scans "$1" 0
}

lacks() {
	scans "$1" 1 || { cat "$D/scan"; return 1; }
	# All of it, and not only a page.
	[ "$(awk '/bytes$/ {print $1}' "$D/scan")" -gt 1000000 ]
}

# Nobody has it in arguments or environment.
nobody_shows_it() {
	local found
	# Processes go meanwhile: its status says nothing.
	found=$(grep -alsF -f "$D/needle" /proc/[0-9]*/cmdline \
		/proc/[0-9]*/environ || true)
	[ -z "$found" ] || { echo "$found"; return 1; }
}

# No file of this test but those that the test made for it.
no_file_has_it() {
	local found
	found=$(grep -rlF -f "$D/needle" "$D" |
		grep -vxF -e "$D/needle" -e "$D/pin") || return 0
	echo "$found"
	return 1
}

# A program that asks, gets its answer, and stays.
lasting_client() {
	mkfifo "$D/in"
	socat - "UNIX-CONNECT:$D/s" <"$D/in" >"$D/out" 3>&- &
	CLIENT_PID=$!
	PIDS+=("$CLIENT_PID")
	exec {HELD}>"$D/in"
	body "$KEY" >"$D/one.body"
	{
		printf 'POST /v1/signatures HTTP/1.1\r\nHost: localhost\r\n'
		printf 'Content-Type: application/json\r\n'
		printf 'Content-Length: %d\r\n\r\n' "$(wc -c <"$D/one.body")"
		cat "$D/one.body"
	} >&"$HELD"
}

@test "a PIN is nowhere after the signature, and never in signetd" {
	secret_person waits
	lasting_client
	open_dialog 1
	# Nobody has typed: the prompt is what will have it, and has it not.
	lacks "$(prompts)"
	go
	wait_until 10 grep -q '"released"' "$D/out"
	lacks "$PID"
	lacks "$(workers)"
	kill -0 "$CLIENT_PID"
	lacks "$CLIENT_PID"
	nobody_shows_it
	no_file_has_it
	wait_nobody_asks
}

@test "nor while a login is kept" {
	POLICY='  - {name: cached, match: {user: ["0"]}, outcome: ask,
     pin_cache: 60}'
	secret_person approves
	asks
	released
	lacks "$PID"
	lacks "$(workers)"
	asks
	released
	[ "$(pins)" -eq 1 ]
	nobody_shows_it
	no_file_has_it
}

@test "nor after a wrong PIN, in the dialog that follows" {
	secret_person waits
	# The token's is another one: what is typed is wrong, and as secret.
	printf '999999999999\n' >"$D/pin"
	ask one
	open_dialog 1
	go 739182645079
	printf '739182645079\n' >"$D/needle"
	open_dialog 2
	lacks "$(prompts)"
	lacks "$PID"
	lacks "$(workers)"
	go decline
	answer one "$ASKED"
	refused 403 declined
	no_file_has_it
}

@test "nor after a signature that failed" {
	secret_person approves "$(module_mock)"
	rules 'C_Sign return CKR_FUNCTION_FAILED'
	asks
	refused 424 module-failed
	rules
	wait_until 10 settled
	lacks "$PID"
	for pid in $(workers); do
		lacks "$pid"
	done
	nobody_shows_it
	no_file_has_it
}

@test "nor is a new PIN" {
	secret_person types-in-turn
	printf '%s\n' "$(cat "$D/needle")" 518273940266 518273940266 >"$D/pin"
	api POST /v1/pin-operations \
		-d '{"token":"pkcs11:token=Secret","operation":"change"}' \
		>"$D/answer"
	grep -q ^200 "$D/status"
	lacks "$PID"
	lacks "$(workers)"
	printf '518273940266\n' >"$D/needle"
	lacks "$PID"
	lacks "$(workers)"
	nobody_shows_it
	no_file_has_it
}

# ended_by_abort PID: it was; with the core file in $D, if there is one.
ended_by_abort() {
	local status=0
	kill -ABRT "$1"
	wait "$1" || status=$?
	[ "$status" -eq $((128 + 6)) ]
}

@test "signetd leaves no core, and a PIN in one would be found" {
	case $(cat /proc/sys/kernel/core_pattern) in
	*/* | "|"*) skip "cores go elsewhere here" ;;
	esac
	cd "$D"
	ulimit -c unlimited
	secret_person approves
	asks
	released
	ended_by_abort "$PID"
	[ -z "$(compgen -G "$D/core*")" ]
	no_file_has_it
	# A program that may be dumped, and has it.
	mkfifo "$D/in"
	bash -c "read -r pin <'$D/needle'; read -r _ <'$D/in'" 3>&- &
	holder=$!
	PIDS+=("$holder")
	exec {HELD}>"$D/in"
	wait_until 5 has "$holder"
	ended_by_abort "$holder"
	not no_file_has_it >"$D/found"
	grep -q "^$D/core" "$D/found"
}

@test "the scan finds what is there, in signetd as well" {
	secret_person waits
	lacks "$PID"
	# It does not know a PIN from a name; a person should not do this.
	ask one "$(body "$KEY" | sed "s/hello.txt/$(cat "$D/needle")/")"
	open_dialog 1
	has "$PID"
	has "$(prompts)"
	not no_file_has_it
}

@test "the scan finds UTF-16, arguments and environments" {
	mkfifo "$D/in"
	"$tools/memory-scan" hold "$D/needle" <"$D/in" 3>&- &
	holder=$!
	PIDS+=("$holder")
	exec {HELD}>"$D/in"
	wait_until 5 has "$holder"
	env -i "X=$(cat "$D/needle")" "$tools/memory-scan" hold "$D/needle" \
		<"$D/in" 3>&- &
	PIDS+=("$!")
	wait_until 5 shows "environ"
	cp "$D/needle" "$D/$(cat "$D/needle")"
	"$tools/memory-scan" hold "$D/$(cat "$D/needle")" <"$D/in" 3>&- &
	PIDS+=("$!")
	wait_until 5 shows "cmdline"
}

shows() {
	not nobody_shows_it >"$D/shown"
	grep -q "$1" "$D/shown"
}
