# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# pinentry.sh: what the doubles share (README.md).

here=$(dirname -- "$0")

say() {
	printf '%s\n' "$1"
}

# The PIN to type: the first line of the file "pin".
pin() {
	head -n 1 "$here/pin"
}

type_pin() {
	say "D $(printf '%s' "$1" | sed 's/%/%25/g')"
	say OK
}

# Calls on_getpin and on_confirm, which answer; knows all other commands.
serve() {
	env | sed 's/^/# /' >>"$here/transcript"
	say "OK a pinentry for tests"
	while read -r line; do
		say "$line" >>"$here/transcript"
		case $line in
		GETPIN*) on_getpin ;;
		CONFIRM* | MESSAGE*) on_confirm ;;
		BYE*)
			say OK
			return
			;;
		*) say OK ;;
		esac
	done
}
