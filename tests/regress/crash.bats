#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# crash: signetd and its workers are killed, and the power goes, while clients
# ask: what they hold is in the journal, once, and nothing is lost
#
# SEED repeats the random choices of a run (it is printed), ROUNDS is how many
# there are of each kind: 4, and 200 in `make crash`.

load helper
load crash

setup() {
	signet_setup
	configure "$(module_softhsm softhsm2)
    shards: 2"
	SEED=${SEED:-$RANDOM}
	RANDOM=$SEED
}

teardown() {
	exec 7>&-
	signet_teardown
}

# In series: a journal of so many rounds is quickly looked through.
all_rounds() {
	local left=${ROUNDS:-4} some
	echo "# $1: SEED=$SEED ROUNDS=$left" >&3
	while [ "$left" -gt 0 ]; do
		some=$((left < 40 ? left : 40))
		rounds "$some" "$1"
		echo "# $some rounds: $(cat "$D/load"); $(cat "$D/audit")" >&3
		left=$((left - some))
		SEED=$((SEED + 1))
	done
}

@test "killed at random moments" {
	all_rounds kill
}

@test "the power goes at random moments" {
	all_rounds clean
}

@test "the power goes, and some of what was not synced is there" {
	all_rounds torn
}

@test "without fsync the same test fails" {
	not rounds 2 clean lies
	grep -q '^audit: lost: ' "$D/audit"
	grep -q ' [1-9][0-9]* got another answer' "$D/load"
}
