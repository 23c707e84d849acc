# SPDX-License-Identifier: Apache-2.0
#
# tokens - for the checks: calls of functions that may not be called here
#
# Reads file:line:code (code.awk). -v names='a b c' are the functions, -v why
# says what to do instead. Members (x.read, x->read) are other functions.

BEGIN {
	n = split(names, name, " ")
	for (i = 1; i <= n; i++)
		forbidden[name[i]] = 1
}

{
	where = $0
	sub(/:[0-9]+:.*/, "", where)
	rest = substr($0, length(where) + 2)
	line = rest
	sub(/:.*/, "", line)
	rest = substr(rest, length(line) + 2)
	before = ""
	while (match(rest, /[A-Za-z_][A-Za-z0-9_]*/)) {
		before = before substr(rest, 1, RSTART - 1)
		word = substr(rest, RSTART, RLENGTH)
		rest = substr(rest, RSTART + RLENGTH)
		if (word in forbidden && rest ~ /^[ \t]*\(/ &&
		    before !~ /(\.|->)[ \t]*$/)
			print where ":" line ": " word "(): " why
		before = word
	}
}
