#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# symbols - what libsignet exports is declared, and told in libsignet(3)
set -eu
map=src/client/libsignet.map
header=include/signet.h
page=man/libsignet.3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
here=$(dirname -- "$0")

for file in "$map" "$header" "$page"; do
	[ -e "$file" ] || {
		echo "$file:1: is missing"
		exit 1
	}
done
if grep -n '[a-z]\*;' /dev/null "$map"; then
	echo "$map:1: name every symbol: a pattern exports what nobody declared"
fi
sed 's|/\*.*\*/||' "$map" | grep -oE 'signet_[a-z0-9_]+' |
	LC_ALL=C sort -u >"$work/exported"
awk -f "$here/code.awk" "$header" |
	grep -oE '[^A-Za-z0-9_]signet_[a-z0-9_]+[[:blank:]]*\(' |
	grep -oE 'signet_[a-z0-9_]+' | LC_ALL=C sort -u >"$work/declared"
grep -E '^\.(Fn|Fo|Nm)[[:blank:]]' "$page" | grep -oE 'signet_[a-z0-9_]+' |
	LC_ALL=C sort -u >"$work/told"
LC_ALL=C comm -23 "$work/exported" "$work/declared" |
	sed "s|.*|$header:1: & is exported ($map) and not declared|"
LC_ALL=C comm -13 "$work/exported" "$work/declared" |
	sed "s|.*|$map:1: & is declared ($header) and not exported|"
LC_ALL=C comm -23 "$work/exported" "$work/told" |
	sed "s|.*|$page:1: does not tell of & (.Fn or .Fo)|"
LC_ALL=C comm -13 "$work/exported" "$work/told" |
	sed "s|.*|$page:1: tells of &, which is not exported|"
[ -s "$work/exported" ] || echo "$map:1: exports nothing"
