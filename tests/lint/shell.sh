#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# shell - shellcheck finds nothing in the scripts
set -eu
here=$(dirname -- "$0")
if ! command -v shellcheck >/dev/null; then
	echo "shellcheck is missing: run ./setup"
	exit 1
fi

set --
for file in $("$here/files" '*'); do
	IFS= read -r first <"$file" 2>/dev/null || :
	case $file:$first in
	*.bats:*) ;;
	*:'#!'*sh | *:'# shellcheck shell='*) set -- "$@" "$file" ;;
	esac
done
shellcheck -x -f gcc -- "$@" || :
# A variable that one test sets is meant for that test alone, and `run` gives
# its results in variables.
# shellcheck disable=SC2046
set -- $("$here/files" '*.bats')
[ $# -eq 0 ] || shellcheck -x -f gcc -s bats -e SC2030,SC2031,SC2154 -- "$@" || :
