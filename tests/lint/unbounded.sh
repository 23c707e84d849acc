#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# unbounded - no function that writes without a bound or reads without an error
set -eu
here=$(dirname -- "$0")
# shellcheck disable=SC2046
set -- $("$here/files" '*.[ch]')

awk -f "$here/code.awk" "$@" >"${code:=$(mktemp)}"
trap 'rm -f "$code"' EXIT
awk -v names='strcpy stpcpy strcat sprintf vsprintf gets' \
	-v why='has no bound: use snprintf() or struct buf' \
	-f "$here/tokens.awk" "$code"
awk -v names='strtok atoi atol atoll atof' \
	-v why='cannot say what is wrong: use strtol() and look at its end, or a cursor' \
	-f "$here/tokens.awk" "$code"
awk -v names='alloca strdupa' -v why='takes stack by the peer'\''s measure' \
	-f "$here/tokens.awk" "$code"
