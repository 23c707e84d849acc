#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# size - a function over 60 lines or a file over 600 has a reason (size-allow.txt)
set -eu
here=$(dirname -- "$0")
# shellcheck disable=SC2046
set -- $("$here/files" '*.[ch]')

awk -v table="$here/size-allow.txt" '
BEGIN {
	while ((getline line < table) > 0) {
		if (line ~ /^#/ || line ~ /^[ \t]*$/)
			continue
		number++
		key = line
		sub(/[ \t].*/, "", key)
		if (line !~ /[ \t][^ \t]/)
			print table ": " key ": give the reason"
		allow[key] = 1
	}
}

function report(key, line, text)
{
	if (key in allow)
		used[key] = 1
	else
		print line ": " text ": split it, or give a reason in size-allow.txt"
}

function end_file()
{
	if (lines > 600)
		report(file, file ":601", lines " lines in a file")
}

FNR == 1 { end_file(); file = FILENAME; name = ""; start = 0 }
{ lines = FNR }
/^[A-Za-z_].*\(/ && !/^#/ && !/;$/ {
	name = $0
	sub(/\(.*/, "", name)
	sub(/.*[ *\t]/, "", name)
}
/^\{/ { start = FNR }
/^\}/ && start {
	if (FNR - start + 1 > 60)
		report(file ":" name, file ":" start, \
			name "() has " (FNR - start + 1) " lines")
	start = 0
}
END {
	end_file()
	for (key in allow)
		if (!(key in used))
			print table ": " key " is not needed: take it out"
}' "$@"
