#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# options - a program's --help and its man page name the same options
#
# Subcommands are the words that --help of signet lists, two blanks deep; their
# own --help is looked at too.
set -eu
bin=${SIGNET_BUILD:-build}/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Options named in the text on standard input, one a line.
options() {
	grep -oE "(^|[^A-Za-z0-9_-])(--[a-z][a-z0-9-]*|-[A-Za-z]([^A-Za-z0-9_-]|\$))" |
		grep -oE -e '--?[A-Za-z][a-z0-9-]*' | LC_ALL=C sort -u
}

# All help of a program: its own and that of its subcommands.
help_of() {
	"$1" --help >"$work/help" 2>&1 || {
		echo "$1:1: --help does not end with 0" >&3
		return
	}
	cat "$work/help"
	case $1 in
	*/signet) ;;
	*) return ;;
	esac
	sed -nE 's/^  ([a-z][a-z-]*)( .*|$)/\1/p' "$work/help" | sort -u |
		while read -r word; do
			"$1" "$word" --help 2>&1 </dev/null ||
				echo "man: $1 $word --help does not end with 0" >&3
		done
}

# compare PROGRAM PAGE
compare() {
	if [ ! -x "$bin/$1" ]; then
		echo "$bin/$1:1: is missing: run make first"
		return
	fi
	if [ ! -e "$2" ]; then
		echo "$2:1: is missing"
		return
	fi
	help_of "$bin/$1" | options >"$work/has"
	# In mdoc an option is .Fl name, and a long one .Fl -name.
	grep -oE '(^|[[:blank:].])Fl[[:blank:]]+-?[A-Za-z][A-Za-z0-9-]*' "$2" |
		sed -E 's/.*Fl[[:blank:]]+/-/' | LC_ALL=C sort -u >"$work/tells"
	LC_ALL=C comm -23 "$work/has" "$work/tells" |
		sed "s|.*|$2:1: does not tell of & of $1 (.Fl)|"
	LC_ALL=C comm -13 "$work/has" "$work/tells" |
		sed "s|.*|$2:1: tells of &, which $1 --help does not have|"
	[ -s "$work/has" ] || echo "$bin/$1:1: --help names no option"
}

exec 3>&1
compare signet man/signet.1
compare signetd man/signetd.8
compare signet-prompt man/signet-prompt.8
compare signet-webhost man/signet-webhost.8
