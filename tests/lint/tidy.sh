#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# tidy - no path of somebody's machine, no blank at a line's end, no to-do note
set -eu
here=$(dirname -- "$0")
# shellcheck disable=SC2046
set -- $("$here/files" '*' | grep -vE '^tests/vectors/')

grep -nIE "(^|[^A-Za-z0-9_.*)}\$~-])/(wor[k]|roo[t]|hom[e]/[a-z]+)(/|[^A-Za-z0-9_]|\$)" \
	/dev/null "$@" |
	sed -E 's/^([^:]*:[0-9]+:).*/\1 a path of one machine: take it from the environment/' || :
grep -nIE '[[:blank:]]+$' /dev/null "$@" |
	sed -E 's/^([^:]*:[0-9]+:).*/\1 blanks at the end of the line/' || :
grep -nIwE 'TOD[O]|FIXM[E]|XX[X]' /dev/null "$@" |
	sed -E 's/^([^:]*:[0-9]+:).*/\1 finish it, or open an issue/' || :
