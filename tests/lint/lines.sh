#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# lines - C, JavaScript and CSS have 80 columns (a tab is 8), and are indented
# with tabs; words.js, a catalogue, has lines as long as its sentences
set -eu
here=$(dirname -- "$0")
# shellcheck disable=SC2046
set -- $("$here/files" '*.[ch]' '*.js' '*.mjs' '*.ts' '*.css' |
	grep -v '/words\.js$')

awk '
# Columns of a line: a tab goes on to the next multiple of 8.
function columns(text,    n, at)
{
	n = 0
	while ((at = index(text, "\t")) > 0) {
		n += at - 1
		n += 8 - n % 8
		text = substr(text, at + 1)
	}
	return n + length(text)
}

length($0) > 40 && $0 !~ /https?:\/\// {
	n = columns($0)
	if (n > 80)
		print FILENAME ":" FNR ": " n " columns: break the line at 80"
}
/^\t*        / { print FILENAME ":" FNR ": indent with tabs of 8" }
' "$@"
