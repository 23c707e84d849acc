#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# signet evidence: what signetd has recorded, read and verified by itself.

load helper

signet=$build/bin/signet

setup() {
	signet_setup
	configure "$(module_softhsm soft)"
	export LC_ALL=C SIGNET_CONFIG=$D/signetd.yaml
	FILE=$D/state-home/signet/evidence.sqlite
	cd "$D" || return
}

teardown() {
	cd / || return
	signet_teardown
}

# Some records of every kind that comes by itself, and signetd has ended.
recorded() {
	start
	wait_until 10 settled
	signs "$KEY"
	signs "$KEY" cms
	sign pkcs11:object=nothing >"$D/answer"
	stop
}

# verify STATUS [OPTION...]: ends so; what it says is in $D/said.
verify() {
	local want=$1 status=0
	shift
	"$signet" evidence verify --json "$@" >"$D/said" 2>"$D/err" ||
		status=$?
	[ "$status" -eq "$want" ] || {
		echo "status $status instead of $want"
		cat "$D/said" "$D/err"
		return 1
	}
}

said() {
	jq -e "$1" "$D/said" >/dev/null || { cat "$D/said"; return 1; }
}

@test "the evidence is verified while signetd runs, and when it has ended" {
	start
	wait_until 10 settled
	signs "$KEY"
	seq=$(jq .evidence.seq "$D/answer")
	hash=$(jq -r .evidence.hash "$D/answer")
	ls -l "$D/state-home/signet" >before
	verify 0
	said ".verdict == \"good\" and .last >= $seq and .failures == 0"
	# What the client has got is there.
	verify 0 --head "$hash"
	verify 1 --head "$(printf '%064d' 0)"
	said '.first_failure.what == "head"'
	# Nothing has signed it yet.
	verify 1 --signed
	said ".first_failure == {sequence: 1, what: \"unsigned\",
		detail: .first_failure.detail}"
	[ "$(ls -l "$D/state-home/signet")" = "$(cat before)" ]
	stop
	verify 0 --signed --head "$hash"
	said '.verdict == "good" and .signed_to == .last and .checkpoints == 1'
	signs_nothing=$(sha256sum <"$FILE")
	verify 0
	[ "$(sha256sum <"$FILE")" = "$signs_nothing" ]
	[ "$(find "$D/state-home/signet" -name '*-wal' -o -name '*-shm')" = "" ]
}

@test "it is told in words, too" {
	recorded
	run "$signet" evidence verify
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = good ]
	sqlite3 "$FILE" "UPDATE records SET record = record || ' '
		WHERE sequence = 3"
	run "$signet" evidence verify
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = tampered ]
	[[ ${lines[1]} == "record 3: "* ]]
}

@test "which file it is: the option, the configuration, the default" {
	recorded
	mv "$FILE" other
	verify 0 --file other
	echo "state: $D/else" >>"$D/signetd.yaml"
	verify 5
	mkdir else
	cp other else/evidence.sqlite
	verify 0
	cp "$D/signetd.yaml" second.yaml
	SIGNET_CONFIG=$D/nowhere verify 0 --config second.yaml
	echo "nonsense: 1" >>second.yaml
	verify 5 --config second.yaml
	grep -q -e --file "$D/err"
	env -u SIGNET_CONFIG XDG_CONFIG_HOME="$D" HOME="$D" true
	mv other "$FILE"
	[ -e /etc/signet/signetd.yaml ] ||
		(unset SIGNET_CONFIG
		export XDG_CONFIG_HOME=$D/x HOME=$D/x
		verify 0)
}

@test "mistakes on the command line: status 2" {
	run "$signet" evidence
	[ "$status" -eq 2 ]
	run "$signet" evidence destroy
	[ "$status" -eq 2 ]
	run "$signet" evidence verify --file "$FILE" --tsa-ca nowhere
	[ "$status" -eq 5 ]
	run "$signet" evidence verify --file "$FILE" --head nowhere
	[ "$status" -eq 5 ]
}
