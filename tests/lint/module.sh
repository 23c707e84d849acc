#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# module - only the worker loads a PKCS#11 module and calls it
set -eu
here=$(dirname -- "$0")
why='only pkcs11/ (the worker) loads and calls modules'
# shellcheck disable=SC2046
set -- $("$here/files" 'src/*.[ch]' 'include/*.h')

awk -f "$here/code.awk" "$@" |
	awk -v names='dlopen dlmopen dlsym' -v why="$why" -f "$here/tokens.awk"
awk -f "$here/code.awk" "$@" |
	grep -E '(^|[^A-Za-z0-9_])C_[A-Z][a-z][A-Za-z]*[[:blank:]]*\(' |
	sed -E "s|^([^:]*:[0-9]+:).*|\\1 a C_ function is called: $why|" || :
