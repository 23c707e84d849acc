#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# errlist - numbers and codes of err.def are unique and well spelt
set -eu
awk '
/^ERR\(/ {
	text = $0
	sub(/^ERR\([ \t]*/, "", text)
	n = split(text, field, /,[ \t]*/)
	name = field[1]
	number = field[2]
	code = field[3]
	at = FILENAME ":" FNR ": " name ": "
	rows++
	if (n < 7)
		print at "has fewer than seven fields, or is no line of its own"
	if (number !~ /^-[1-9][0-9]*$/)
		print at "the number " number " is not negative"
	if (number in numbers)
		print at "the number " number " is that of " numbers[number]
	if (code in codes)
		print at "the code " code " is that of " codes[code]
	if (code !~ /^"[a-z]+(-[a-z]+)*"$/)
		print at "the code " code " is not in kebab-case"
	if (field[4] !~ /^[45][0-9][0-9]$/)
		print at field[4] " is no HTTP status of an error"
	numbers[number] = codes[code] = name
}
END { if (rows == 0) print "src/base/err.def:1: has no ERR( at the start of a line" }
' src/base/err.def
