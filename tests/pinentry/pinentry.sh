# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
#
# pinentry.sh: what the doubles share. Each is a pinentry (Assuan on standard
# input and output) that answers without a person. They get no environment, so
# what they need lies beside the symbolic link they are called by.

here=$(dirname -- "$0")

# Writes down what it was told, and what it answered to the dialogs.
note() {
	[ ! -d "$here" ] || printf '%s\n' "$1" >>"$here/transcript"
}

say() {
	printf '%s\n' "$1"
}

# The PIN of line N of the file "pin"; the last one if there are fewer.
pin() {
	awk -v n="$1" 'NR <= n { line = $0 } END { print line }' "$here/pin" |
		sed 's/%/%25/g'
}

# serve: calls on_getpin and on_confirm, which say data, OK or ERR.
serve() {
	say "OK a pinentry for tests"
	while read -r line; do
		note "$line"
		case $line in
		GETPIN*) on_getpin ;;
		CONFIRM* | MESSAGE*) on_confirm "$line" ;;
		BYE*) say OK; return ;;
		*) say OK ;;
		esac
	done
}

type_pin() {
	say "D $(pin "$1")"
	say OK
}

decline() {
	say "ERR 83886179 canceled"
}
