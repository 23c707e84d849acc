#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# pure - formats, content, policy and wire do no I/O, read no clock, draw nothing
set -eu
here=$(dirname -- "$0")
names='open openat creat fopen fdopen freopen opendir read pread readv write
	pwrite writev fread fwrite fgets fputs fprintf printf puts perror close
	unlink rename mkdir stat fstat lstat access mkstemp mkostemp memfd_create
	socket socketpair connect bind listen accept accept4 send sendto sendmsg
	recv recvfrom recvmsg poll select ioctl fcntl mmap fork execve system popen
	syslog getenv secure_getenv sleep usleep nanosleep
	time gettimeofday clock_gettime clock_unix clock_mono_ns
	X509_cmp_current_time X509_gmtime_adj BIO_new_file BIO_new_fp
	random rand getrandom getentropy RAND_bytes RAND_priv_bytes arc4random
	log_write log_failure log_open fd_write_all secret_read_file paths_socket
	paths_config paths_state'
# shellcheck disable=SC2046
set -- $("$here/files" 'src/format/*.[ch]' 'src/content/*.[ch]' \
	'src/policy/*.[ch]' 'src/wire/*.[ch]')

awk -f "$here/code.awk" "$@" | awk -v names="$names" \
	-v why='this layer is pure: take it as an argument' -f "$here/tokens.awk"
