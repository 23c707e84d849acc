#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# openapi - docs/api/openapi.yaml has the routes and problem codes of the code
#
# A route is a row { "GET", "/v1/keys", ...} of src/api/route.c. The names in
# {id} do not count. The codes are what the document names urn:signet:problem:.
set -eu
table=src/api/route.c
document=docs/api/openapi.yaml
here=$(dirname -- "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for file in "$table" "$document"; do
	[ -e "$file" ] || {
		echo "$file:1: is missing"
		exit 1
	}
done

# report FILE TEXT: the lines of two sorted lists that only the first has.
report() {
	LC_ALL=C comm -23 "$3" "$4" | sed "s|.*|$1:1: & $2|"
}

awk -v strings=200 -v statements=1 -f "$here/code.awk" "$table" |
	grep -oE '\{[[:blank:]]*"[A-Z]+",[[:blank:]]*"/[^"]*"' |
	sed -E 's/^\{[[:blank:]]*"([A-Z]+)",[[:blank:]]*"([^"]*)"/\1 \2/; s/\{[^}]*\}/{}/g' |
	LC_ALL=C sort -u >"$work/routes"
awk '
/^[a-z]+:/ { inside = $1 == "paths:" }
inside && /^  \// { path = $1; sub(/:$/, "", path) }
inside && /^    (get|put|post|delete|patch|head|options):/ {
	method = $1
	sub(/:.*/, "", method)
	print toupper(method) " " path
}' "$document" | sed -E 's/\{[^}]*\}/{}/g' | LC_ALL=C sort -u >"$work/paths"
[ -s "$work/routes" ] || echo "$table:1: no row { \"GET\", \"/...\", ... } found"
report "$document" "is a route of $table and is not described" \
	"$work/routes" "$work/paths"
report "$document" "is described and no route of $table" \
	"$work/paths" "$work/routes"

sed -nE 's/^ERR\([^"]*"([a-z-]+)".*/\1/p' src/base/err.def |
	LC_ALL=C sort -u >"$work/codes"
grep -oE 'urn:signet:problem:[a-z-]+' "$document" | sed 's/.*://' |
	LC_ALL=C sort -u >"$work/named"
report "$document" "is a code of src/base/err.def and is not in the document" \
	"$work/codes" "$work/named"
report "$document" "is a problem code that src/base/err.def does not have" \
	"$work/named" "$work/codes"
