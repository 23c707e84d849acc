#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# pin - a PIN lies in a struct secret and in nothing else
set -eu
here=$(dirname -- "$0")
# shellcheck disable=SC2046
set -- $("$here/files" 'src/*.[ch]' 'pkcs11/*.[ch]' 'include/*.h')

awk -f "$here/code.awk" "$@" | grep -E \
	'(^|[^A-Za-z0-9_])(char|void|uint8_t|CK_UTF8CHAR(_PTR)?|CK_BYTE(_PTR)?|CK_CHAR(_PTR)?|struct[[:blank:]]+(slice|buf))([[:blank:]]+|[[:blank:]]*\*+[[:blank:]]*(const[[:blank:]]+)?)([a-z0-9_]*_)?(pin|puk|password|passphrase)[[:blank:]]*([][,;=)]|$)' |
	sed -E 's/^([^:]*:[0-9]+:).*/\1 a PIN in plain memory: use struct secret (base\/secret.h)/' || :
