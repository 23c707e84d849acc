#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# signet: the command as scripts and people use it, with a signetd that it
# starts itself on the tokens of the fixtures.

load helper

signet=$build/bin/signet
root=$BATS_TEST_DIRNAME/../..

setup() {
	signet_setup
	configure "$(module_softhsm soft)"
	unset XDG_RUNTIME_DIR XDG_CONFIG_HOME NO_COLOR
	export HOME=$D LC_ALL=C
	export SIGNET_SOCKET=$D/run/signetd.sock SIGNET_CONFIG=$D/signetd.yaml
	CA=$SIGNET_FIXTURES/ca/chain.pem
	cp "$root/examples/payment.pain001.xml" "$D/a.xml"
	cd "$D" || return
}

teardown() {
	note_daemon
	cd / || return
	signet_teardown
}

# The signetd that signet has started, for the helper to end.
note_daemon() {
	local worker

	worker=$("$signet" status --no-start --json 2>/dev/null |
		jq -r '.modules[0].workers[0].pid // empty') || return 0
	[ -z "$worker" ] || PIDS+=("$(ps -o ppid= -p "$worker" | tr -d ' ')")
}

# expect STATUS COMMAND...: that exit status; stderr is in $D/err.
expect() {
	local want=$1 status=0
	shift
	output=$("$@" 2>"$D/err") || status=$?
	[ "$status" -eq "$want" ] || {
		echo "status $status instead of $want: $*"
		cat "$D/err"
		return 1
	}
}

sign() {
	"$signet" sign --key "$KEY" "$@"
}

# --- a signetd of its own ----------------------------------------

@test "starts signetd when none runs" {
	expect 0 "$signet" status
	grep -q '^signetd: .*, ' <<<"$output"
	[ "$(stat -c %a "$D/run")" = 700 ]
	[ "$(stat -c %a "$D/run/signetd.log")" = 600 ]
}

@test "two at once end with one signetd" {
	local i pids=()
	for i in 1 2 3 4; do
		"$signet" tokens --json >"$D/out.$i" 3>&- &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
	[ "$(grep -c 'serving' "$D/run/signetd.log")" -eq 1 ]
}

@test "--no-start and --socket start nothing: status 3" {
	expect 3 "$signet" tokens --no-start
	expect 3 "$signet" tokens --socket "$D/run/signetd.sock"
	[ ! -e "$D/run" ]
	expect 3 "$signet" tokens --no-start --json
	[ "$(jq -r .code <<<"$output")" = no-daemon ]
}

@test "SIGNET_SOCKET without SIGNET_CONFIG starts nothing" {
	unset SIGNET_CONFIG
	mkdir -p "$HOME/.config/signet"
	cp "$D/signetd.yaml" "$HOME/.config/signet/signetd.yaml"
	expect 3 "$signet" status
	[ ! -e "$D/run" ]
}

@test "says what a signetd that cannot start has said" {
	echo 'nonsense: 1' >>"$D/signetd.yaml"
	expect 3 "$signet" status
	grep -q nonsense "$D/err"
	grep -q signetd.log "$D/err"
}

@test "refuses a folder for the socket that others can write to" {
	mkdir "$D/run"
	chmod 777 "$D/run"
	expect 5 "$signet" status
	grep -q 'nobody else' "$D/err"
}

# --- listing ----------------------------------------

@test "lists tokens and keys for people and for programs" {
	expect 0 "$signet" tokens
	grep -q "serial=$SIGNET_SERIAL_TEST" <<<"$output"
	not grep -q $'\033' <<<"$output"
	expect 0 "$signet" tokens --json
	jq -e '.tokens | length >= 2' <<<"$output"
	expect 0 "$signet" keys --token "pkcs11:serial=$SIGNET_SERIAL_TEST"
	grep -q '^p256  EC P-256  ES256' <<<"$output"
	expect 0 "$signet" keys --json --purpose clientAuth
	[ "$(jq -r '[.keys[].label] | sort | join(" ")' <<<"$output")" = \
		"auth-p256 auth-p384 auth-rsa2048 tls-client" ]
}

@test "no key is an empty list; a URI that is none is refused" {
	expect 0 "$signet" keys --json --token 'pkcs11:serial=none'
	jq -e '.keys == []' <<<"$output"
	expect 1 "$signet" keys --token 'serial=none'
	[ -s "$D/err" ]
}

# --- signing ----------------------------------------

@test "openssl verifies a detached CMS signature" {
	expect 0 sign a.xml
	openssl cms -verify -inform DER -in a.xml.p7s -content a.xml \
		-binary -purpose any -CAfile "$CA" -out "$D/out"
	cmp a.xml "$D/out"
}

@test "openssl verifies an attached CMS signature" {
	expect 0 sign --attached a.xml
	openssl cms -verify -inform DER -in a.xml.p7m -binary -purpose any \
		-CAfile "$CA" -out "$D/out"
	cmp a.xml "$D/out"
}

@test "openssl verifies a raw signature, DER and p1363" {
	expect 0 sign --format raw a.xml
	openssl dgst -sha256 -verify "$SIGNET_FIXTURES/pub/p256.pem" \
		-signature a.xml.sig a.xml
	expect 0 sign --format raw --raw-encoding p1363 --out two a.xml
	[ "$(stat -c %s two)" -eq 64 ]
}

@test "jose verifies a JWS from a pipe" {
	expect 0 sign --format jws - <a.xml
	[ "$(jose b64 dec -i- <<<"$(cut -d. -f2 <<<"$output")" |
		sha256sum)" = "$(sha256sum <a.xml)" ]
	expect 0 "$signet" verify --ca "$CA" - <<<"$output"
}

@test "an existing output is kept, before anything is signed" {
	echo old >a.xml.p7s
	expect 5 sign a.xml
	grep -q -- --force "$D/err"
	[ "$(cat a.xml.p7s)" = old ]
	expect 0 sign --force a.xml
	expect 0 "$signet" verify --ca "$CA" -c a.xml a.xml.p7s
}

@test "a file that fails stops no other" {
	cp a.xml b.xml
	mkdir out
	expect 5 sign --out-dir out a.xml missing.xml b.xml
	grep -q '2 of 3 signed' "$D/err"
	expect 5 sign --jobs 2 --force --out-dir out a.xml missing.xml b.xml
	grep -q '2 signed, 1 failed' "$D/err"
	[ "$(cd out && echo *)" = "a.xml.p7s b.xml.p7s" ]
}

@test "--json tells about each file in a line" {
	expect 5 sign --json a.xml missing.xml
	[ "$(jq -r 'select(.answer) | .file + " " + .output + " " +
		.answer.state' <<<"$output")" = "a.xml a.xml.p7s released" ]
	[ "$(jq -r 'select(.problem) | .file + " " + .problem.code' \
		<<<"$output")" = "missing.xml input-output" ]
}

@test "many files, several at a time" {
	local i
	mkdir in out
	for i in $(seq 1 40); do
		echo "order $i" >"in/$i.txt"
	done
	expect 0 sign --jobs 8 --out-dir out in/*.txt
	[ "$(find out -name '*.p7s' | wc -l)" -eq 40 ]
	expect 0 "$signet" verify --ca "$CA" -c in/17.txt out/17.txt.p7s
	[ "$(find . -name '.signet-*')" = "" ]
}

@test "a terminal gets a progress bar and colours; NO_COLOR and pipes do not" {
	cp a.xml b.xml
	expect 0 script -qec "'$signet' sign --jobs 2 --key '$KEY' a.xml b.xml" \
		"$D/tty"
	grep -q '\] 2/2' <<<"$output"
	expect 0 script -qec "TERM=xterm '$signet' tokens" "$D/tty"
	grep -q $'\033\\[32m' <<<"$output"
	expect 0 script -qec "NO_COLOR=1 TERM=xterm '$signet' tokens" "$D/tty"
	not grep -q $'\033' <<<"$output"
	expect 0 sign --force --jobs 2 a.xml b.xml
	not grep -q '2/2' "$D/err"
}

@test "64 MiB pass through little memory; one byte more does not" {
	truncate -s 67108864 large
	(
		# A sanitizer's shadow memory alone is larger.
		sanitized || ulimit -v 400000
		sign --attached --quiet large
	)
	expect 0 "$signet" verify --ca "$CA" large.p7m
	truncate -s 67108865 large
	expect 1 sign --out other large
	[ ! -e other ]
}

@test "several keys match: status 1, named, nothing written" {
	expect 1 "$signet" sign --key "pkcs11:serial=$SIGNET_SERIAL_TEST" a.xml
	[ "$(grep -o 'object=' "$D/err" | wc -l)" -ge 2 ]
	grep -q -- '--key' "$D/err"
	[ ! -e a.xml.p7s ]
}

@test "no signature and no file from a key that cannot" {
	expect 1 sign --algorithm RS256 a.xml
	[ "$(find . -name '*.p7s' -o -name '.signet-*')" = "" ]
}

@test "usage errors end with status 2 and sign nothing" {
	local line
	while read -r line; do
		# shellcheck disable=SC2086 # words
		expect 2 "$signet" $line
		[ -s "$D/err" ]
	done <<-END
	sign
	sign --nope a.xml
	sign --key
	sign --format pdf a.xml
	sign --format raw --attached a.xml
	sign --attached --detached a.xml
	sign --raw-encoding der a.xml
	sign --out x --out-dir y a.xml
	sign --out x a.xml b.xml
	sign --out-dir y a.xml ./a.xml
	sign --jobs 0 a.xml
	sign --json -
	sign --payment --media-type text/plain a.xml
	pin
	pin reset
	pin status extra
	pin --token
	token
	token --yes
	token info extra
	status extra
	keys --socket relative
	verify
	verify --at yesterday x
	nope
	END
	[ ! -e "$D/run" ]
	expect 2 "$signet"
}

# --- verifying ----------------------------------------

@test "verdicts and their exit status" {
	expect 0 sign a.xml
	expect 0 "$signet" verify --ca "$CA" -c a.xml a.xml.p7s
	grep -q '^TOTAL-PASSED$' <<<"$output"
	expect 6 "$signet" verify --ca "$CA" a.xml.p7s
	grep -q SIGNED_DATA_NOT_FOUND <<<"$output"
	expect 6 "$signet" verify -c a.xml a.xml.p7s
	echo >>a.xml
	expect 1 "$signet" verify --ca "$CA" -c a.xml --json a.xml.p7s
	[ "$(jq -r '.verdict + " " + .sub_indication' <<<"$output")" = \
		"TOTAL-FAILED HASH_FAILURE" ]
	expect 5 "$signet" verify --ca missing -c a.xml a.xml.p7s
}

@test "a revoked and an expired certificate fail" {
	local serial="pkcs11:serial=$SIGNET_SERIAL_TEST"

	expect 0 "$signet" sign --key "$serial;object=revoked" a.xml
	expect 1 "$signet" verify --ca "$CA" -c a.xml \
		--crl "$SIGNET_FIXTURES/ca/crl.pem" \
		--crl "$SIGNET_FIXTURES/ca/root-crl.pem" a.xml.p7s
	grep -q REVOKED <<<"$output"
	expect 0 "$signet" sign --force --key "$serial;object=expired" a.xml
	expect 1 "$signet" verify --ca "$CA" -c a.xml a.xml.p7s
	grep -q EXPIRED <<<"$output"
}

@test "a raw signature with a certificate that is given" {
	expect 0 sign --format raw a.xml
	expect 0 "$signet" verify --ca "$CA" -c a.xml \
		--certificate "$SIGNET_FIXTURES/certs/p256.pem" a.xml.sig
	expect 1 "$signet" verify --ca "$CA" -c a.xml \
		--certificate "$SIGNET_FIXTURES/certs/p384.pem" a.xml.sig
}

@test "PEM and DER serve alike" {
	expect 0 sign a.xml
	openssl cms -cmsout -inform DER -in a.xml.p7s -outform PEM -out a.pem
	openssl x509 -in "$SIGNET_FIXTURES/ca/root.pem" -outform DER -out ca.der
	expect 0 "$signet" verify --ca "$CA" --ca ca.der -c a.xml a.pem
}

# --- what belongs together ----------------------------------------

# Options of a command as the completion for bash offers them.
bash_options() {
	bash -c '. "$1"
		COMP_WORDS=(signet "$2" -)
		COMP_CWORD=2
		_signet
		printf "%s\n" "${COMPREPLY[@]}"' - \
		"$root/completion/signet.bash" "$1" | sort
}

@test "the completions offer the options there are" {
	local command want

	"$signet" --dump-options >"$D/options"
	for command in status tokens token pin keys sign verify policy evidence \
		watch doctor help; do
		want=$(awk -v c="$command" '$1 == c {
			print $2; if ($3 != "-") print $3 }' "$D/options" | sort)
		[ "$(bash_options "$command")" = "$want" ]
	done
	[ "$(cut -f2 "$D/options" | sort -u)" = \
		"$(grep -oE -e '--[a-z][a-z0-9-]*' "$root/completion/_signet" |
			grep -vx -e --dump-options -e --version | sort -u)" ]
}

@test "every text is translated" {
	command -v xgettext >/dev/null || skip "no xgettext: run ./setup"
	(cd "$root" && xgettext -L C -k_ -kN_ -kngettext:1,2 --from-code=UTF-8 \
		--no-wrap --omit-header --no-location -o - \
		src/cli/*.[ch] src/prompt/*.[ch]) |
		grep -v '^#' | grep -A20 '^msgid' | sort >"$D/has"
	msgattrib --no-wrap --no-location "$root/po/signet.pot" |
		grep -v '^#' | sed '1,/^$/d' | grep -A20 '^msgid' |
		sort >"$D/tells"
	diff "$D/has" "$D/tells"
	msgcmp "$root/po/zh_CN.po" "$root/po/signet.pot"
	msgfmt --check-format -o "$D/zh.mo" "$root/po/zh_CN.po"
	[ "$(msgattrib --untranslated --no-obsolete "$root/po/zh_CN.po")" = "" ]
}
