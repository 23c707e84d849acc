#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# heads - every source begins with its licence and says what it is
set -eu
here=$(dirname -- "$0")

"$here/files" '*.[ch]' '*.def' '*.js' '*.mjs' '*.ts' '*.css' | while read -r file; do
	awk 'NR == 1 && $0 != "/* SPDX-License-Identifier: Apache-2.0 */" {
		print FILENAME ":1: wants /* SPDX-License-Identifier: Apache-2.0 */"
	}
	NR == 2 && $0 !~ /^\/\*\*?$/ || NR == 3 && $0 !~ /^ \* [^ ]/ {
		print FILENAME ":" NR ": wants a head comment: what this file is"
	}
	NR == 3 { exit }
	END { if (NR < 3) print FILENAME ":1: wants a head comment" }' "$file"
done

# Scripts: those with an interpreter, and what they read.
"$here/files" '*' | while read -r file; do
	IFS= read -r first <"$file" 2>/dev/null || continue
	case $first in
	'#!'*) ;;
	*) continue ;;
	esac
	head -n 3 -- "$file" | grep -q '^# SPDX-License-Identifier: Apache-2.0$' ||
		echo "$file:2: wants # SPDX-License-Identifier: Apache-2.0"
	head -n 6 -- "$file" | grep -qE '^# [a-z].*[a-z]' ||
		echo "$file:4: wants a head comment: what this script does"
done
