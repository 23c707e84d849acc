#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# reader: signet-reader and a real pcscd, with readers whose cards come and go
# on command (tests/mock/doubles/ifd-cards.c)

load helper

setup() {
	D=$(mktemp -dt signet.XXXXXX)
	PIDS=()
	untraced
	mkdir "$D/conf"
	export PCSCLITE_CSOCK_NAME=$D/pcscd
	[ -x /usr/sbin/pcscd ] || skip "pcscd is missing"
}

teardown() {
	# A process that a test has stopped does not hear of its end.
	[ -z "$STOPPED" ] || kill -CONT "$STOPPED" || true
	signet_teardown
}

# readers N [-COMMAND]: configure so many, in which that holds from the start.
readers() {
	local i
	for ((i = 0; i < $1; i++)); do
		cat <<-END
		FRIENDLYNAME "Reader $i"
		DEVICENAME unix:$D/r$i$2
		LIBPATH $build/mock/ifd-cards.so
		END
	done >"$D/conf/readers"
}

pcscd_start() {
	"$tools/pcscd-at" "$D/pcscd" "$D/conf" >>"$D/pcscd.log" 2>&1 3>&- &
	PCSCD=$!
	PIDS+=("$PCSCD")
}

watch() {
	"$tools/reader-driver" "$build/bin/signet-reader" \
		>"$D/heard" 2>"$D/log" 3>&- &
	DRIVER=$!
	PIDS+=("$DRIVER")
	wait_until 5 heard '^pid'
	READER=$(sed -n 's/^pid //p' "$D/heard")
}

heard() {
	grep -qE -- "$1" "$D/heard"
}

# count PATTERN: lines of it.
count() {
	grep -cE -- "$1" "$D/heard" || true
}

# heard_more N PATTERN: pcscd's end is told once or twice.
heard_more() {
	[ "$(count "$2")" -gt "$1" ]
}

heard_times() {
	[ "$(count "$2")" -eq "$1" ]
}

# last I STATE: what was heard last of reader I.
last() {
	grep " Reader $1 " "$D/heard" | tail -n 1 | grep -qE " reader $2 "
}

# card I COMMANDS: prints when.
card() {
	"$tools/reader-driver" send "$D/r$1" "$2"
}

# within MS SINCE PATTERN: the last line of that came so soon.
within() {
	local at
	wait_until 5 heard "$3"
	at=$(grep -E -- "$3" "$D/heard" | tail -n 1)
	at=${at%% *}
	echo "# $3: $((at - $2)) ms" >&3
	[ $((at - $2)) -le "$1" ]
}

now_ms() {
	awk '{printf "%d\n", $1 * 1000}' /proc/uptime
}

@test "a card that is inserted and removed is seen within 50 ms" {
	readers 1
	pcscd_start
	watch
	wait_until 5 heard ' complete$'
	heard ' reader empty 0 - - Reader 0 '
	since=$(card 0 1)
	within 50 "$since" ' reader present 1 - 3b025301 Reader 0 '
	since=$(card 0 r)
	within 50 "$since" ' reader empty 2 - - Reader 0 '
}

@test "it may be started before pcscd" {
	readers 1
	watch
	wait_until 5 heard ' service down .*systemctl start pcscd.socket'
	not heard complete
	pcscd_start
	wait_until 5 heard ' service running'
	wait_until 5 heard ' complete$'
	since=$(card 0 1)
	within 50 "$since" ' reader present 1 - 3b025301 '
}

@test "pcscd is killed and started again: back within 2 s" {
	readers 2
	pcscd_start
	watch
	wait_until 5 heard ' complete$'
	card 1 5
	wait_until 5 last 1 present
	for i in 2 3 4; do
		down=$(count ' service down')
		kill -KILL "$PCSCD"
		wait_until 5 heard_more "$down" ' service down'
		rm "$D/r1"
		since=$(now_ms)
		pcscd_start
		wait_until 5 heard_times "$i" ' complete$'
		within 2000 "$since" ' complete$'
		last 1 empty
		card 1 5
		wait_until 5 last 1 present
	done
	# The same process, which kept nothing of the old ones.
	not gone "$READER"
	[ "$(count '^pid')" -eq 1 ]
	[ "$EUID" -ne 0 ] || [ "$(find "/proc/$READER/fd" -type l | wc -l)" -le 6 ]
}

@test "pcscd ends by itself, and comes back much later" {
	readers 1
	pcscd_start
	watch
	wait_until 5 heard ' complete$'
	kill -TERM "$PCSCD"
	wait_until 5 heard ' service down'
	# Longer than the longest pause between two tries: it tries on.
	sleep 1.5
	pcscd_start
	wait_until 5 heard_times 2 ' complete$'
}

@test "a swap between two looks is told as one" {
	readers 1
	pcscd_start
	watch
	wait_until 5 heard ' complete$'
	card 0 1
	wait_until 5 last 0 present
	STOPPED=$READER
	halt "$READER"
	card 0 r1
	wait_until 5 settled_at 2
	kill -CONT "$READER"
	STOPPED=
	wait_until 5 heard ' reader present 3 swapped 3b025301 '
	not heard ' reader empty 2'
}

# settled_at N: pcscd has seen so many insertions into reader 0.
settled_at() {
	[ "$(grep -c 'Card inserted into Reader 0' "$D/pcscd.log")" -eq "$1" ]
}

@test "a swap of the card that was in from the start" {
	# pcsc-lite counts from 0, and does not look at a count of 0.
	readers 1 -1
	pcscd_start
	watch
	wait_until 5 heard ' reader present 0 - 3b025301 '
	STOPPED=$READER
	halt "$READER"
	"$tools/reader-driver" send "$D/r0-1" r2
	wait_until 5 settled_at 1
	kill -CONT "$READER"
	STOPPED=
	wait_until 5 heard ' reader present 2 swapped 3b025302 ' || {
		cat "$D/heard"
		return 1
	}
}

@test "eight readers, each on its own" {
	readers 8
	pcscd_start
	watch
	wait_until 5 heard ' complete$'
	[ "$(count ' reader empty 0 ')" -eq 8 ]
	for i in 0 1 2 3 4 5 6 7; do
		card $i "$((i + 1))"
	done
	for i in 0 1 2 3 4 5 6 7; do
		wait_until 5 heard " reader present 1 - 3b02530$((i + 1)) Reader $i "
	done
	card 3 r
	wait_until 5 last 3 empty
	[ "$(count ' reader empty 2 ')" -eq 1 ]
	for i in 0 1 2 4 5 6 7; do
		last $i present
	done
}

@test "sixteen readers, which is all there is room for" {
	readers 16
	pcscd_start
	watch
	wait_until 5 heard ' complete$'
	[ "$(count ' reader empty 0 ')" -eq 16 ]
	since=$(card 15 4)
	within 50 "$since" ' reader present 1 - 3b025304 Reader 15 '
}

@test "two hundred insertions and removals: none is lost in the count" {
	readers 2
	pcscd_start
	watch
	wait_until 5 heard ' complete$'
	flood=$(printf '1r%.0s' {1..100})
	for i in 1 2; do
		card 0 "$flood" &
		card 1 "$flood"
		wait "$!"
	done
	card 1 7
	wait_until 20 heard ' reader empty 400 - - Reader 0 '
	wait_until 20 heard ' reader present 401 .* 3b025307 Reader 1 '
	last 0 empty
	last 1 present
}

# What signetd makes of it (broker/readers.c): insertions less removals.
balance() {
	awk -v name="Reader $1 " '
	index($0, name) {
		card = $3 == "present" || $3 == "mute"
		if ($5 == "swapped" || card != before)
			n += card ? 1 : -1
		if ($5 == "swapped")
			n--
		before = card
	}
	END { print n + 0 }' "$D/heard"
}

@test "two hundred: insertions and removals are in balance" {
	readers 1
	pcscd_start
	watch
	wait_until 5 heard ' complete$'
	card 0 "$(printf '1r%.0s' {1..200})"
	wait_until 20 heard ' reader empty 400 '
	[ "$(balance 0)" -eq 0 ]
	card 0 "$(printf '2r%.0s' {1..10})3"
	wait_until 20 heard ' reader present 421 .* 3b025303 '
	[ "$(balance 0)" -eq 1 ]
}

@test "a card that does not answer is mute, and others are not late for it" {
	readers 3
	pcscd_start
	watch
	wait_until 5 heard ' complete$'
	card 0 m
	wait_until 5 last 0 mute
	# pcsc-lite itself is 0.4 s late for each look at such a card, and
	# twice that for a card that comes in the meantime.
	for i in 1 2 3 4 5; do
		since=$(card 1 $i)
		within 500 "$since" " reader present .* 3b02530$i Reader 1 "
		since=$(card 1 r)
		within 500 "$since" " reader empty $((i * 2)) .* Reader 1 "
	done
	card 0 r
	wait_until 5 last 0 empty
	card 0 9
	wait_until 5 last 0 present
}

@test "a reader that is unplugged, and plugged in again" {
	readers 2
	pcscd_start
	watch
	wait_until 5 heard ' complete$'
	card 1 6
	wait_until 5 last 1 present
	card 1 u
	wait_until 5 last 1 gone
	not last 0 gone
	card 1 6
	wait_until 5 last 1 present
}

@test "it leaves when signetd closes the socket, and when signetd dies" {
	readers 1
	pcscd_start
	watch
	wait_until 5 heard ' complete$'
	kill -TERM "$DRIVER"
	wait_until 5 heard '^status 0$'
	gone "$READER"
	watch
	wait_until 5 heard ' complete$'
	kill -KILL "$DRIVER"
	wait_until 5 gone "$READER"
}

@test "it leaves though pcscd hangs" {
	readers 1
	pcscd_start
	wait_until 5 test -S "$D/r0"
	STOPPED=$PCSCD
	halt "$PCSCD"
	watch
	kill -TERM "$DRIVER"
	wait_until 5 heard '^status 0$'
}

@test "a card can be reset, and its logins with it" {
	readers 2
	pcscd_start
	watch
	wait_until 5 heard ' complete$'
	name=$(sed -n 's/.* - - \(Reader 0 .*\)/\1/p' "$D/heard")
	run "$build/bin/signet-reader" --reset "$name"
	[ "$status" -eq 1 ]
	[[ "$output" == *token-gone* ]]
	card 0 1
	wait_until 5 last 0 present
	run "$build/bin/signet-reader" --reset "$name"
	[ "$status" -eq 0 ]
	# That is no other card.
	not heard swapped
	last 0 present
	run "$build/bin/signet-reader" --reset "No such reader"
	[ "$status" -eq 1 ]
	[[ "$output" == *"token-gone: No such reader"* ]]
	run "$build/bin/signet-reader" --reset
	[ "$status" -eq 2 ]
}
