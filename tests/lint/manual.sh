#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# manual - the man pages are there and mandoc finds nothing in them
set -eu
here=$(dirname -- "$0")
if ! command -v mandoc >/dev/null; then
	echo "mandoc is missing: run ./setup"
	exit 1
fi

for page in signet.1 signetd.8 signetd.conf.5 libsignet.3; do
	[ -e "man/$page" ] || echo "man/$page:1: is missing"
done
for page in $("$here/files" 'man/*.[1-8]'); do
	mandoc -T lint -W warning -- "$page" | sed 's/^mandoc: //' || :
done
