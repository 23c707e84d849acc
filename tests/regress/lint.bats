#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# lint.bats - every check of tests/lint finds what it is there to find
#
# A small tree with the checks and src/base passes; then one rule is broken.

setup() {
	project=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	tree=$BATS_TEST_TMPDIR/tree
	mkdir -p "$tree/src" "$tree/tests" "$tree/include"
	cp -r "$project/src/base" "$tree/src/"
	cp -r "$project/tests/lint" "$tree/tests/"
	cd "$tree" || return 1
	# What the small tree does not have needs no reason.
	sed -i '/^#/!d' tests/lint/size-allow.txt
	export SIGNET_BUILD=$tree/build
}

# plant FILE: standard input into it, under a head that the rules want.
plant() {
	mkdir -p "$(dirname "$1")"
	{
		echo '/* SPDX-License-Identifier: Apache-2.0 */'
		printf '/*\n * planted: for a test.\n */\n'
		cat
	} >"$1"
}

# finds CHECK TEXT: the check fails, and says so.
finds() {
	run tests/lint/run "$1"
	[ "$status" -ne 0 ]
	if ! grep -qF -- "$2" <<<"$output"; then
		echo "no \"$2\" in: $output"
		return 1
	fi
}

passes() {
	run tests/lint/run "$@"
	echo "$output"
	[ "$status" -eq 0 ]
}

# A line of C in a new file: its line is the fifth.
one_line() {
	echo "$2" | plant "$1"
}

@test "a clean tree passes" {
	passes layers module http pure pin cloexec unbounded heads size lines \
		tidy errlist
}

@test "run counts, and fails when one check does" {
	one_line src/base/bad.c 'int x = atoi("1");'
	run tests/lint/run heads unbounded
	[ "$status" -eq 1 ]
	[ "${lines[-1]}" = "1 passed, 1 failed" ]
	run tests/lint/run no-such-check
	[ "$status" -eq 1 ]
	[ "${lines[-1]}" = "0 passed, 1 failed" ]
}

@test "layers: an include that goes up" {
	one_line src/broker/broker.h 'struct broker;'
	one_line src/wire/bad.c '#include "broker/broker.h"'
	finds layers 'src/wire/bad.c:5: src/wire may not include broker/broker.h'
}

@test "layers: an include that is nowhere, and a folder that is not listed" {
	one_line src/wire/bad.c '#include "base/gone.h"'
	one_line src/new/new.c '#include "base/err.h"'
	finds layers 'src/wire/bad.c:5: there is no "base/gone.h"'
	finds layers 'src/new/new.c:1: no line in layers.txt'
}

@test "layers: what the table allows" {
	one_line src/broker/request.h '#include "base/err.h"'
	one_line src/api/route.c '#include "broker/request.h"'
	one_line pkcs11/token.c '#include "base/err.h"'
	passes layers
}

@test "module: dlopen and C_ calls outside the worker" {
	one_line src/broker/bad.c 'void *m = dlopen(path, 0);'
	finds module 'src/broker/bad.c:5: dlopen()'
	one_line src/broker/bad.c '	rv = list->C_Sign(session, a, b, c, d);'
	finds module 'src/broker/bad.c:5: a C_ function is called'
	one_line src/broker/bad.c 'const char *t = "C_Sign("; /* dlopen() */'
	passes module
}

@test "http: a header outside api and client" {
	one_line src/broker/bad.c '#include <microhttpd.h>'
	one_line src/cli/bad.c '#include <curl/curl.h>'
	one_line src/api/good.c '#include <microhttpd.h>'
	finds http 'src/broker/bad.c:5: HTTP belongs'
	finds http 'src/cli/bad.c:5: HTTP belongs'
	run grep -F src/api/good <<<"$output"
	[ "$status" -eq 1 ]
}

@test "pure: input, output, clock and chance in a pure layer" {
	for call in 'read(fd, p, 1)' 'time(NULL)' 'clock_unix()' \
	    'RAND_bytes(p, 1)' 'log_write(LOG_INFO, 0, "")' 'open("/x", 0)'; do
		one_line src/format/bad.c "	r = $call;"
		finds pure "src/format/bad.c:5: ${call%%(*}()"
	done
	one_line src/format/bad.c '	r = x->read(1) + reread(2); /* time(NULL) */'
	passes pure
}

@test "pin: a PIN in plain memory" {
	for text in 'const char *pin;' 'char pin[16];' 'int f(char *user_pin);' \
	    'struct buf pin;' 'uint8_t *so_pin;' 'char *const password = p;'; do
		one_line pkcs11/bad.h "$text"
		finds pin 'pkcs11/bad.h:5: a PIN in plain memory'
	done
	one_line pkcs11/bad.h 'struct secret pin; const char *pin_source; bool pin;'
	passes pin
}

@test "cloexec: descriptors that children would inherit" {
	for call in 'open(p, O_RDONLY)' 'socket(AF_UNIX, SOCK_STREAM, 0)' \
	    'accept(fd, a, l)' 'pipe(fds)' 'dup(fd)' 'fopen(p, "r")' \
	    'memfd_create("x", 0)' 'recvmsg(fd, &m, 0)'; do
		one_line src/broker/bad.c "	fd = $call;"
		finds cloexec "src/broker/bad.c:5: ${call%%(*}()"
	done
	one_line src/broker/bad.c '	fd = fcntl(fd, F_DUPFD, 0);'
	finds cloexec 'src/broker/bad.c:5: F_DUPFD'
}

@test "cloexec: a call over two lines, and the right ones" {
	printf '\tfd = open(path, O_RDWR |\n\t\t  O_CREAT, 0600);\n' |
		plant src/broker/bad.c
	finds cloexec 'src/broker/bad.c:5: open()'
	printf '\tfd = open(path, O_RDWR |\n\t\t  O_CLOEXEC);\n\tf = fopen(p, "re");\n' |
		plant src/broker/bad.c
	passes cloexec
}

@test "unbounded: functions without a bound" {
	for call in 'strcpy(a, b)' 'strcat(a, b)' 'sprintf(a, b)' 'gets(a)' \
	    'strtok(a, b)' 'atoi(a)' 'alloca(n)'; do
		one_line src/base/bad.c "	$call;"
		finds unbounded "src/base/bad.c:5: ${call%%(*}()"
	done
}

@test "heads: no licence, no head comment" {
	echo 'int x;' >src/base/bad.c
	finds heads 'src/base/bad.c:1: wants /* SPDX'
	printf '/* SPDX-License-Identifier: Apache-2.0 */\nint x;\n' >src/base/bad.c
	finds heads 'src/base/bad.c:2: wants a head comment'
	rm src/base/bad.c
	printf '#!/bin/sh\necho\n' >script
	finds heads 'script:2: wants # SPDX'
}

@test "size: long functions and files, unless there is a reason" {
	{
		printf 'int f(void)\n{\n'
		yes '	g();' | head -n 59
		echo '}'
	} | plant src/base/bad.c
	finds size 'src/base/bad.c:6: f() has 61 lines'
	echo 'src/base/bad.c:f a table in code' >>tests/lint/size-allow.txt
	passes size
	yes 'int x;' | head -n 600 | plant src/base/bad.c
	finds size 'src/base/bad.c:601: 604 lines'
	finds size 'src/base/bad.c:f is not needed'
}

@test "lines: more than 80 columns, blanks as indent" {
	one_line src/base/bad.c "$(printf '\t%073d' 0)"
	finds lines 'src/base/bad.c:5: 81 columns'
	one_line src/base/bad.c '        int x;'
	finds lines 'src/base/bad.c:5: indent with tabs'
	one_line src/base/bad.c "$(printf '\t%072d' 0)"
	passes lines
}

@test "tidy: paths of a machine, blanks at the end, notes to oneself" {
	printf 'see /%s/main/x\n' work >note
	finds tidy 'note:1: a path of one machine'
	printf 'in /%s/anna/signet\n' home >note
	finds tidy 'note:1: a path of one machine'
	printf 'x \n' >note
	finds tidy 'note:1: blanks'
	printf '# %s%s: later\n' TO DO >note
	finds tidy 'note:1: finish it'
	# shellcheck disable=SC2016
	printf 'mktemp -d x.XXXXXX /tmp/x ~/root $d/work\n' >note
	passes tidy
}

@test "shell: a finding of shellcheck" {
	# shellcheck disable=SC2016
	printf '#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\nrm $1\n' >script
	finds shell 'script:3:'
	rm script
	passes shell
}

@test "errlist: a number twice, a code twice, a bad code" {
	printf 'ERR(X, -1, "x", 400, REFUSAL, 0, "x")\n' >>src/base/err.def
	finds errlist 'the number -1 is that of MALFORMED'
	printf 'ERR(Y, -500, "quota", 400, REFUSAL, 0, "y")\n' >>src/base/err.def
	finds errlist 'the code "quota" is that of QUOTA'
	printf 'ERR(Z, -501, "Not_Kebab", 400, REFUSAL, 0, "z")\n' >>src/base/err.def
	finds errlist 'the code "Not_Kebab" is not in kebab-case'
}

@test "documents: tables that are missing, out of date, without a reason" {
	mkdir docs
	finds documents 'docs/limits.md:1: is missing'
	tests/lint/gen-limits >docs/limits.md
	tests/lint/gen-errors >docs/errors.md
	passes documents
	sed -i 's/^#define LIMIT_QUEUE 1024u/#define LIMIT_QUEUE 1025u/' src/base/limits.h
	finds documents 'docs/limits.md:1: is out of date'
	printf '\n#define LIMIT_NEW 1u\n' >>src/base/limits.h
	tests/lint/gen-limits >docs/limits.md
	finds documents 'NO REASON: write a comment at LIMIT_NEW'
	printf 'ERR(X, -500, "x", 400, REFUSAL, 0, "x")\n' >>src/base/err.def
	finds documents 'docs/errors.md:1: is out of date'
}

# A page that mandoc has nothing to say about.
page() {
	printf '.\\" SPDX-License-Identifier: Apache-2.0\n.Dd November 23, 2026\n'
	printf '.Dt %s\n.Os\n.Sh NAME\n.Nm %s\n.Nd for a test\n' "$1" "$2"
	cat
}

@test "manual: a page that is missing, and one that mandoc warns of" {
	mkdir man
	finds manual 'man/signetd.conf.5:1: is missing'
	page 'SIGNET 1' signet </dev/null >man/signet.1
	page 'SIGNETD 8' signetd </dev/null >man/signetd.8
	page 'SIGNETD.CONF 5' signetd.conf </dev/null >man/signetd.conf.5
	page 'LIBSIGNET 3' libsignet </dev/null >man/libsignet.3
	passes manual
	echo '.Zz' >>man/signet.1
	finds manual 'man/signet.1:'
}

# program NAME: prints the help on standard input.
program() {
	mkdir -p build/bin
	{
		printf '#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\ncat <<E\n'
		cat
		echo E
	} >"build/bin/$1"
	chmod +x "build/bin/$1"
}

@test "options: help and manual that differ, either way" {
	mkdir man
	finds options 'build/bin/signet:1: is missing'
	printf '  -h, --help  this\n  --config=FILE  that\n' | program signetd
	printf '  --json  as JSON\n' | program signet
	printf '  --version\n' | program signet-prompt
	printf '  --help\n' | program signet-webhost
	echo '.Op Fl -help' | page 'SIGNET-WEBHOST 8' signet-webhost \
		>man/signet-webhost.8
	echo '.Op Fl -version' | page 'SIGNET-PROMPT 8' signet-prompt \
		>man/signet-prompt.8
	printf '.Bl\n.It Fl h , Fl -help\n.It Fl -config Ns = Ns Ar f\n.El\n' |
		page 'SIGNETD 8' signetd >man/signetd.8
	echo '.Op Fl -json' | page 'SIGNET 1' signet >man/signet.1
	passes options
	echo '.Op Fl -gone' >>man/signet.1
	finds options 'man/signet.1:1: tells of --gone'
	printf '  -h, --help  this\n  --config F\n  --new\n' | program signetd
	finds options 'man/signetd.8:1: does not tell of --new of signetd'
}

@test "symbols: map, header and manual that differ" {
	mkdir -p man src/client
	printf 'SIGNET_0 {\nglobal:\n\tsignet_new;\nlocal:\n\t*;\n};\n' \
		>src/client/libsignet.map
	one_line include/signet.h 'struct signet *signet_new(void);'
	echo '.Ft "struct signet *"
.Fn signet_new void' | page 'LIBSIGNET 3' libsignet >man/libsignet.3
	passes symbols
	echo 'void signet_free(struct signet *s);' >>include/signet.h
	finds symbols 'libsignet.map:1: signet_free is declared'
	sed -i 's/signet_new;/signet_new; signet_free; signet_more;/' \
		src/client/libsignet.map
	finds symbols 'include/signet.h:1: signet_more is exported'
	finds symbols 'man/libsignet.3:1: does not tell of signet_free'
}

@test "openapi: routes and codes that differ, either way" {
	mkdir -p docs/api src/api
	finds openapi 'is missing'
	printf '%s\n' 'static const struct route routes[] = {' \
		'	{ "GET", "/v1/keys", keys_get },' \
		'	{ "GET", "/v1/signatures/{id}", get },' '};' |
		plant src/api/route.c
	{
		printf 'openapi: 3.1.0\npaths:\n  /v1/keys:\n    get:\n'
		printf '  /v1/signatures/{request}:\n    get:\n'
		printf 'components:\n  x:\n    enum:\n'
		sed -nE 's/^ERR\([^"]*"([a-z-]+)".*/      - urn:signet:problem:\1/p' \
			src/base/err.def
	} >docs/api/openapi.yaml
	passes openapi
	sed -i 's/^    get:/    put:/' docs/api/openapi.yaml
	finds openapi 'GET /v1/keys is a route of src/api/route.c and is not'
	finds openapi 'PUT /v1/signatures/{} is described and no route'
	sed -i 's/problem:quota/problem:quote/' docs/api/openapi.yaml
	finds openapi 'quota is a code of src/base/err.def and is not'
	finds openapi 'quote is a problem code that src/base/err.def does not'
}
