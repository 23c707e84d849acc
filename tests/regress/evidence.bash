# SPDX-License-Identifier: Apache-2.0
#
# evidence: what signet evidence says of a journal, or of a copy that somebody
# has changed. In a folder of the test. After helper.

signet=$build/bin/signet

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

# change FILE [AT]: the byte there, or in its middle, is another one.
change() {
	local at byte='\001'
	at=${2:-$(($(stat -c %s "$1") / 2))}
	[ "$(xxd -p -s "$at" -l 1 "$1")" != 01 ] || byte='\002'
	printf %b "$byte" | dd of="$1" bs=1 conv=notrunc seek="$at" 2>/dev/null
}

# The commands of a README, in a copy of its folder.
commands() {
	rm -rf copy
	cp -R "$1" copy
	[ -z "$2" ] || change "copy/$2"
	(cd copy && sed -n 's/^    //p' README | sh -e) >out 2>&1
}

# tampered SQL: a copy of the good file with this change is in $D/bad.
tampered() {
	cp good bad
	sqlite3 bad "$1"
}

# found SEQUENCE [WHAT]: verify names this record first.
found() {
	local sequence what
	verify 1 --file bad
	read -r sequence what < <(jq -r '.first_failure |
		"\(.sequence) \(.what)"' said)
	# shellcheck disable=SC2015 # the last of them only prints
	[ "$sequence" = "$1" ] && [ "${2:-$what}" = "$what" ] || {
		jq .first_failure said
		return 1
	}
}
