#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# cloexec - every descriptor is opened close-on-exec: no child inherits a token
set -eu
here=$(dirname -- "$0")
# shellcheck disable=SC2046
set -- $("$here/files" 'src/*.[ch]' 'pkcs11/*.[ch]' 'bench/*.[ch]')

awk -v statements=1 -v strings=8 -f "$here/code.awk" "$@" | awk '
BEGIN {
	flag["open"] = flag["openat"] = flag["open64"] = "O_CLOEXEC"
	flag["pipe2"] = flag["dup3"] = flag["mkostemp"] = "O_CLOEXEC"
	flag["socket"] = flag["socketpair"] = flag["accept4"] = "SOCK_CLOEXEC"
	flag["memfd_create"] = "MFD_CLOEXEC"
	flag["eventfd"] = "EFD_CLOEXEC"
	flag["timerfd_create"] = "TFD_CLOEXEC"
	flag["signalfd"] = "SFD_CLOEXEC"
	flag["inotify_init1"] = "IN_CLOEXEC"
	flag["epoll_create1"] = "EPOLL_CLOEXEC"
	flag["recvmsg"] = "MSG_CMSG_CLOEXEC"
	instead["pipe"] = "pipe2(, O_CLOEXEC)"
	instead["accept"] = "accept4(, SOCK_CLOEXEC)"
	instead["dup"] = "fcntl(, F_DUPFD_CLOEXEC)"
	instead["creat"] = "open(, O_CREAT | O_CLOEXEC)"
	instead["mkstemp"] = "mkostemp(, O_CLOEXEC)"
	instead["epoll_create"] = "epoll_create1(EPOLL_CLOEXEC)"
	instead["inotify_init"] = "inotify_init1(IN_CLOEXEC)"
	instead["tmpfile"] = "memfd_create(, MFD_CLOEXEC)"
}

# The arguments of a call: up to the bracket that closes it.
function arguments(text,    i, depth, c)
{
	for (i = 1; i <= length(text); i++) {
		c = substr(text, i, 1)
		if (c == "(")
			depth++
		else if (c == ")" && --depth == 0)
			break
	}
	return substr(text, 1, i)
}

{
	match($0, /:[0-9]+:/)
	where = substr($0, 1, RSTART + RLENGTH - 1)
	rest = substr($0, RSTART + RLENGTH)
	before = ""
	while (match(rest, /[A-Za-z_][A-Za-z0-9_]*[ \t]*\(/)) {
		before = before substr(rest, 1, RSTART - 1)
		word = substr(rest, RSTART, RLENGTH - 1)
		sub(/[ \t]+$/, "", word)
		rest = substr(rest, RSTART + RLENGTH - 1)
		member = before ~ /(\.|->)[ \t]*$/
		args = arguments(rest)
		if (!member && word in instead)
			print where " " word "(): use " instead[word]
		if (!member && word in flag && !index(args, flag[word]))
			print where " " word "(): without " flag[word]
		if (!member && (word == "fopen" || word == "popen") &&
		    args !~ /"[rwabx+]*e[rwabx+]*"/)
			print where " " word "(): without \"e\" in its mode"
		before = word
	}
	if ($0 ~ /[^A-Z_]F_DUPFD[^_]/)
		print where " F_DUPFD: use F_DUPFD_CLOEXEC"
}'
