#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# layers - includes run only downward, as layers.txt has it
set -eu
here=$(dirname -- "$0")
# shellcheck disable=SC2046  # no file of ours has a blank in its name
set -- $("$here/files" '*.c' '*.h' '*.def')

awk -v table="$here/layers.txt" '
BEGIN {
	while ((getline line < table) > 0) {
		if (line ~ /^#/ || line !~ /:/)
			continue
		folder = line
		sub(/:.*/, "", folder)
		sub(/^[^:]*:/, "", line)
		allowed[folder] = " " folder line " "
	}
}

function exists(path,    line, is)
{
	if (path in known)
		return known[path]
	is = (getline line < path) >= 0
	close(path)
	return known[path] = is
}

# The folder of the table that a file belongs to, or "".
function layer(path)
{
	while (sub(/\/[^\/]*$/, "", path))
		if (path in allowed)
			return path
	return ""
}

function resolve(name,    dir)
{
	dir = FILENAME
	sub(/[^\/]*$/, "", dir)
	if (exists("src/" name)) return "src/" name
	if (exists("include/" name)) return "include/" name
	if (exists(name)) return name
	if (exists(dir name)) return dir name
	return ""
}

FNR == 1 {
	from = layer(FILENAME)
	if (from == "")
		print FILENAME ":1: no line in layers.txt for this folder: add one"
}

/^[ \t]*#[ \t]*include[ \t]*["<]/ && from != "" {
	quoted = $0 ~ /include[ \t]*"/
	name = $0
	sub(/^[^"<]*["<]/, "", name)
	sub(/[">].*/, "", name)
	target = resolve(name)
	if (target == "") {
		if (quoted)
			print FILENAME ":" FNR ": there is no \"" name "\""
		next
	}
	to = layer(target)
	if (index(allowed[from], " * ") || index(allowed[from], " " to " "))
		next
	print FILENAME ":" FNR ": " from " may not include " name \
		": move what it needs down, or pass it in (layers.txt)"
}' "$@"
