#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# random - cards that are put in, taken out, swapped and struck dumb, workers
# and pcscd that are killed, in any order: whatever is released is the signature
# of the card that was asked for, no PIN try is spent, and all cards sign in the
# end
#
# SEED repeats a run (it is printed), STEPS is how many: 40, and 200 in
# `make soak`.

load helper
load person
load card
load faults

setup() {
	signet_setup
}

teardown() {
	person_teardown
	signet_teardown
}


# in_reader N: the profile that is in, or was last.
in_reader() {
	local status
	status=$(card_control "$1" status)
	status=${status##*/}
	echo "${status%% *}"
}

# any WORD...: one of them.
any() {
	local n=$((RANDOM % $# + 1))
	ANY=${!n}
}

# Whose card may be in reader N; none is ever in two.
any_owner() {
	case $1 in
	1) any alice twin ;;
	2) any bob carol ;;
	esac
}

# A request that may end in any way but with another's signature.
try_to_sign() {
	local owner
	any_owner "$1"
	owner=$ANY
	sign "$(uri "$owner")" >"$D/answer"
	own_or_typed "$owner"
}

# The same, while more happens; looked at by collect.
try_in_the_background() {
	any_owner "$1"
	N=$((N + 1))
	ask "r$N" "$(body "$(uri "$ANY")")"
	RUNNING+=("r$N $ASKED $ANY")
}

collect() {
	local one name pid owner
	for one in "${RUNNING[@]}"; do
		read -r name pid owner <<<"$one"
		answer "$name" "$pid"
		own_or_typed "$owner"
	done
	RUNNING=()
}

kill_a_worker() {
	local all
	mapfile -t all < <(workers)
	[ ${#all[@]} -eq 0 ] || kill -KILL "${all[RANDOM % ${#all[@]}]}" ||
		true
}

# step EVENT READER
step() {
	case $1 in
	insert | remove) "$1" "$2" ;;
	swap)
		any_owner "$2"
		swap "$2" "$ANY"
		;;
	sign) try_to_sign "$2" ;;
	request) try_in_the_background "$2" ;;
	pull-on-sign)
		card_control "$2" pull-on-sign 1
		try_to_sign "$2"
		card_control "$2" pull-on-sign 0
		;;
	mute)
		card_control "$2" mute
		try_in_the_background "$2"
		try_in_the_background $((3 - $2))
		wait_until 0 card_is "$2" waiting=yes >/dev/null || true
		card_control "$2" unmute
		;;
	corrupt) card_control "$2" corrupt-signature ;;
	error)
		any 20 87 a4
		card_control "$2" status-word 6f00 "$ANY"
		;;
	worker) kill_a_worker ;;
	pcscd)
		pcscd_kill
		pcscd_start
		;;
	esac
}

# Nothing of what was commanded waits to happen.
calm() {
	local n
	for n in 1 2; do
		card_control "$n" unmute
		card_control "$n" pull-on-sign 0
		card_control "$n" status-word 0
		insert "$n"
	done
	collect
}

events=(insert insert remove swap sign sign sign request request pull-on-sign
	mute corrupt error worker pcscd)

random_steps() {
	local n event seed=${SEED:-$RANDOM}
	MODULE=$1
	echo "# $MODULE: SEED=$seed STEPS=${STEPS:-40}" >&3
	RANDOM=$seed
	N=0
	RUNNING=()
	DEADLINE=500 CARDS='alice bob' faults_start 2 approves
	for ((n = 0; n < ${STEPS:-40}; n++)); do
		any "${events[@]}"
		event=$ANY
		any 1 2
		echo "step $n: $event $ANY"
		step "$event" "$ANY"
		[ ${#RUNNING[@]} -lt 3 ] || collect
		no_try_spent 1 2
	done
	calm
	for n in 1 2; do
		since
		# What a corruption spoils is the first one.
		back "$(in_reader "$n")" "after ${STEPS:-40} random steps, signs after"
	done
	no_try_spent 1 2
}

@test "random steps through OpenSC" {
	random_steps opensc
}

@test "random steps through ykcs11" {
	random_steps ykcs11
}
