#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# documents - the tables of docs/ are those that the code gives
set -eu
here=$(dirname -- "$0")

for name in errors limits; do
	if [ ! -e "docs/$name.md" ]; then
		echo "docs/$name.md:1: is missing: tests/lint/gen-$name >docs/$name.md"
		continue
	fi
	"$here/gen-$name" | cmp -s - "docs/$name.md" ||
		echo "docs/$name.md:1: is out of date: tests/lint/gen-$name >docs/$name.md"
done
grep -n 'NO REASON' /dev/null docs/limits.md || :
