# SPDX-License-Identifier: Apache-2.0
#
# code - for the checks: C without its comments and without what is in strings
#
# awk -f code.awk FILE... prints file:line:code. With -v strings=N strings of
# up to N characters, quotes counted, stay. With -v statements=1 lines are joined
# up to a ; { or } at their end.

function flush_line()
{
	if (!statements) {
		print FILENAME ":" FNR ":" code
		return
	}
	if (joined !~ /[^ \t]/)
		first = FNR
	joined = joined " " code
	if (code ~ /[;{}][ \t]*$/ || code ~ /^#/)
		end_statement()
}

function end_statement()
{
	if (joined ~ /[^ \t]/)
		print file ":" first ":" joined
	joined = ""
}

FNR == 1 {
	end_statement()
	inside = 0
	file = FILENAME
}

{
	rest = $0
	code = ""
	for (;;) {
		if (inside) {
			if (!match(rest, /\*\//))
				break
			rest = substr(rest, RSTART + 2)
			inside = 0
			continue
		}
		if (!match(rest, /\/\*|\/\/|"([^"\\]|\\.)*"|'([^'\\]|\\.)*'/)) {
			code = code rest
			break
		}
		found = substr(rest, RSTART, RLENGTH)
		code = code substr(rest, 1, RSTART - 1)
		rest = substr(rest, RSTART + RLENGTH)
		if (found == "//")
			break
		if (found == "/*")
			inside = 1
		else if (length(found) <= strings + 0 || code ~ /^[ \t]*#[ \t]*include/)
			code = code found
		else
			code = code substr(found, 1, 1) substr(found, 1, 1)
	}
	flush_line()
}

END { end_statement() }
