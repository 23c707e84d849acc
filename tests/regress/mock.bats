#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# mock.bats - every effect of the fault-injecting module, seen to happen
#
# pkcs11-tool drives signet-mock.so in front of a SoftHSM token made here. A
# regress test that relies on a fault is worth what the fault is worth.

PIN=1234
export PIN

softhsm_module() {
	local path

	for path in "$SIGNET_SOFTHSM2_MODULE" \
	    /usr/lib/softhsm/libsofthsm2.so \
	    /usr/lib/*/softhsm/libsofthsm2.so \
	    /usr/lib64/pkcs11/libsofthsm2.so \
	    /usr/local/lib/softhsm/libsofthsm2.so; do
		if [ -n "$path" ] && [ -r "$path" ]; then
			echo "$path"
			return 0
		fi
	done
	return 1
}

# A missing tool is a skip for a person and a failure in CI.
missing() {
	echo "missing: $1" >&2
	[ -z "$CI" ] || return 1
	skip "missing: $1"
}

make_token() {
	softhsm2-util --init-token --free --label "$1" --pin "$PIN" \
	    --so-pin 12345678 >/dev/null
}

# The SubjectPublicKeyInfo of P-256 up to the point (RFC 5480, section 2). Not
# --read-object: for EC, that of pkcs11-tool 0.23 uses memory it has freed.
SPKI_P256=3059301306072a8648ce3d020106082a8648ce3d030107034200

# make_key TOKEN LABEL ID: its public key goes to LABEL.pub
make_key() {
	local point

	point=$(pkcs11-tool --module "$SIGNET_MOCK_MODULE" \
	    --token-label "$1" --login --pin env:PIN --keypairgen \
	    --key-type EC:prime256v1 --label "$2" --id "$3" 2>/dev/null |
	    sed -n 's/.*EC_POINT: *0441//p')
	# shellcheck disable=SC2059
	printf "$(echo "$SPKI_P256$point" | sed 's/../\\x&/g')" \
	    >"$DIR/$2.pub"
	openssl pkey -pubin -inform DER -in "$DIR/$2.pub" -noout
}

setup_file() {
	local tool

	for tool in pkcs11-tool softhsm2-util openssl timeout; do
		command -v "$tool" >/dev/null || missing "$tool"
	done
	SIGNET_MOCK_MODULE=$(softhsm_module) || missing "SoftHSM module"
	BUILD=${SIGNET_BUILD:-$BATS_TEST_DIRNAME/../../build}/mock
	MOCK=$BUILD/signet-mock.so
	DIR=$BATS_FILE_TMPDIR
	SOFTHSM2_CONF=$DIR/softhsm2.conf
	export SIGNET_MOCK_MODULE BUILD MOCK DIR SOFTHSM2_CONF
	unset SIGNET_MOCK_RULES SIGNET_MOCK_LOG
	[ -r "$MOCK" ] || { echo "$MOCK is not built" >&2; return 1; }

	mkdir "$DIR/tokens"
	printf 'directories.tokendir = %s\nlog.level = ERROR\n' \
	    "$DIR/tokens" >"$SOFTHSM2_CONF"
	make_token alpha
	make_token beta
	make_key alpha pay 01
	make_key alpha other 02
	printf 'pay 100 EUR' | openssl dgst -sha256 -binary >"$DIR/digest"
}

setup() {
	ulimit -c 0
	RULES=$BATS_TEST_TMPDIR/rules
	LOG=$BATS_TEST_TMPDIR/log
	SIG=$BATS_TEST_TMPDIR/sig
	export SIGNET_MOCK_RULES=$RULES SIGNET_MOCK_LOG=$LOG
	: >"$RULES"
	: >"$LOG"
	PIDS=
}

# Ends what a test started and did not wait for: its own processes, by pid.
teardown() {
	local pid

	for pid in $PIDS; do
		kill -KILL "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
}

rules() {
	printf '%s\n' "$@" >"$RULES.new"
	mv "$RULES.new" "$RULES"
}

tool() {
	pkcs11-tool --module "$MOCK" --token-label alpha "$@"
}

# pkcs11-tool of Debian 12 signs with the first key unless told the id.
id_of() {
	case $1 in
	pay) echo 01 ;;
	other) echo 02 ;;
	esac
}

# sign KEY [FORMAT]: a signature of the digest in $SIG
sign() {
	tool --login --pin env:PIN --sign --mechanism ECDSA \
	    --id "$(id_of "$1")" \
	    --input-file "$DIR/digest" --output-file "$SIG" \
	    --signature-format "${2:-openssl}"
}

verify() {
	openssl pkeyutl -verify -pubin -keyform DER -inkey "$DIR/$1.pub" \
	    -in "$DIR/digest" -sigfile "$SIG"
}

# sign_in_background: as sign, with its pid in $pid and no pipe of bats held
sign_in_background() {
	pkcs11-tool --module "$MOCK" --token-label alpha --login \
	    --pin env:PIN --sign --mechanism ECDSA --id 01 \
	    --input-file "$DIR/digest" --output-file "$SIG" \
	    >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- 9</dev/null &
	pid=$!
	PIDS="$PIDS $pid"
}

# wait_for PATTERN: until the log has such a line, 10 s at most
wait_for() {
	local tries=200

	while [ $((tries -= 1)) -ge 0 ]; do
		grep -q -- "$1" "$LOG" && return 0
		sleep 0.05
	done
	echo "never logged: $1" >&2
	return 1
}

milliseconds() {
	date +%s%3N
}

# how often the log has a line that matches
logged() {
	grep -c -- "$1" "$LOG" || true
}

@test "mock: without rules it answers as the module behind it" {
	local what

	for what in --show-info --list-slots --list-mechanisms \
	    "--list-objects --login --pin env:PIN"; do
		# shellcheck disable=SC2086
		pkcs11-tool --module "$SIGNET_MOCK_MODULE" \
		    --token-label alpha $what >"$DIR/real" 2>&1
		# shellcheck disable=SC2086
		tool $what >"$DIR/mock" 2>&1
		diff "$DIR/real" "$DIR/mock"
	done
	grep -q "label:      pay" "$DIR/mock"
}

@test "mock: without rules signatures verify and keys come and go" {
	sign pay
	verify pay
	run verify other
	[ "$status" -ne 0 ]
	tool --login --pin env:PIN --keypairgen --key-type EC:prime256v1 \
	    --label passing --id 0a
	tool --login --pin env:PIN --delete-object --type privkey --id 0a
	tool --login --pin env:PIN --delete-object --type pubkey --id 0a
	tool --generate-random 16 --output-file "$SIG"
	[ "$(stat -c %s "$SIG")" -eq 16 ]
}

@test "mock: no rule file and no variable are no rules" {
	rm "$RULES"
	sign pay
	unset SIGNET_MOCK_RULES
	sign pay
}

@test "mock: exports C_GetFunctionList and nothing else" {
	command -v nm >/dev/null || missing nm
	run nm -D --defined-only "$MOCK"
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 1 ]
	[[ ${lines[0]} == *" T C_GetFunctionList" ]]
}

@test "mock: the log has each call with its answer" {
	rules 'C_Login return 0x77'
	run sign pay
	[ "$status" -ne 0 ]
	grep -qx '[0-9]* C_Initialize CKR_OK' "$LOG"
	grep -qx '[0-9]* C_Login !return' "$LOG"
	grep -qx '[0-9]* C_Login 0x77' "$LOG"
	[ "$(cut -d' ' -f1 "$LOG" | sort -u | wc -l)" -eq 1 ]
}

@test "mock: delay" {
	local began

	rules 'C_Sign delay 700'
	began=$(milliseconds)
	sign pay
	[ $(($(milliseconds) - began)) -ge 700 ]
	verify pay
}

@test "mock: hang ends by SIGTERM" {
	rules 'C_Sign hang'
	sign_in_background
	wait_for 'C_Sign !hang'
	sleep 0.3
	kill -TERM "$pid"
	status=0
	wait "$pid" 2>/dev/null || status=$?
	[ "$status" -eq 143 ]
	[ "$(logged 'C_Sign CKR')" -eq 0 ]
}

@test "mock: deaf-hang does not end by SIGTERM, but by SIGKILL" {
	rules 'C_Sign deaf-hang'
	sign_in_background
	wait_for 'C_Sign !deaf-hang'
	sleep 0.3
	kill -TERM "$pid"
	sleep 0.3
	kill -0 "$pid"
	kill -KILL "$pid"
	status=0
	wait "$pid" 2>/dev/null || status=$?
	[ "$status" -eq 137 ]
}

@test "mock: spin uses up the processor" {
	rules 'C_Sign spin'
	run bash -c 'ulimit -S -t 1; "$@"' - pkcs11-tool --module "$MOCK" \
	    --token-label alpha --login --pin env:PIN --sign \
	    --mechanism ECDSA --id 01 --input-file "$DIR/digest"
	[ "$status" -eq $((128 + $(kill -l XCPU))) ]
}

@test "mock: crash is a real SIGSEGV" {
	rules 'C_Sign crash'
	run sign pay
	[ "$status" -eq 139 ]
}

@test "mock: abort" {
	rules 'C_SignInit abort'
	run sign pay
	[ "$status" -eq 134 ]
}

@test "mock: exit" {
	rules 'C_OpenSession exit 42'
	run sign pay
	[ "$status" -eq 42 ]
}

@test "mock: dlopen and C_GetFunctionList misbehave too" {
	rules 'dlopen exit 43'
	run tool --show-info
	[ "$status" -eq 43 ]
	rules 'C_GetFunctionList return CKR_GENERAL_ERROR'
	run tool --show-info
	[ "$status" -ne 0 ]
	[ "$(logged 'C_Initialize')" -eq 0 ]
}

@test "mock: return, by name and by number, without the real call" {
	rules 'C_Initialize return CKR_DEVICE_MEMORY'
	run tool --show-info
	[ "$status" -ne 0 ]
	[[ $output == *CKR_DEVICE_MEMORY* ]]
	rules 'C_Login return 0x30'
	run sign pay
	[ "$status" -ne 0 ]
	[[ $output == *CKR_DEVICE_ERROR* ]]
	[ "$(logged 'C_Login CKR_OK')" -eq 0 ]
}

destroy_passing() {
	tool --login --pin env:PIN --delete-object --type pubkey --id 0b
}

@test "mock: return-after makes the real call first, return does not" {
	tool --login --pin env:PIN --keypairgen --key-type EC:prime256v1 \
	    --label passing --id 0b
	rules 'C_DestroyObject return CKR_DEVICE_ERROR'
	run destroy_passing
	[ "$status" -ne 0 ]
	tool --list-objects --type pubkey | grep -q passing
	rules 'C_DestroyObject return-after CKR_DEVICE_ERROR'
	run destroy_passing
	[ "$status" -ne 0 ]
	[[ $output == *CKR_DEVICE_ERROR* ]]
	run tool --list-objects --type pubkey
	[[ $output != *passing* ]]
	rules
	tool --login --pin env:PIN --delete-object --type privkey --id 0b
}

@test "mock: wrong-length lies about a signature" {
	sign pay rs
	[ "$(stat -c %s "$SIG")" -eq 64 ]
	rules 'C_Sign wrong-length 70'
	sign pay rs
	[ "$(stat -c %s "$SIG")" -eq 70 ]
	rules 'C_Sign wrong-length +8'
	sign pay rs
	[ "$(stat -c %s "$SIG")" -eq 72 ]
	rules 'C_Sign wrong-length 12'
	sign pay rs
	[ "$(stat -c %s "$SIG")" -eq 12 ]
}

@test "mock: wrong-length lies about attributes" {
	tool --list-objects --type pubkey | grep -q 'label:  *pay'
	rules 'C_GetAttributeValue wrong-length 0'
	run tool --list-objects --type pubkey
	[[ $output != *label:* ]]
	[ "$(logged 'C_GetAttributeValue CKR_OK')" -gt 0 ]
}

@test "mock: garbage-signature has the right length and does not verify" {
	rules '* garbage-signature'
	sign pay rs
	[ "$(stat -c %s "$SIG")" -eq 64 ]
	sign pay
	run verify pay
	[ "$status" -ne 0 ]
	[ "$(logged '!garbage-signature')" -eq 2 ]
}

@test "mock: other-key signs with that key" {
	rules 'C_SignInit other-key "other"'
	sign pay
	verify other
	run verify pay
	[ "$status" -ne 0 ]
}

@test "mock: other-key without such a key is an error of the rules" {
	rules 'C_SignInit other-key "nobody"'
	run sign pay
	[ "$status" -ne 0 ]
	[[ $output == *"rules line 1: no private key of that label"* ]]
}

@test "mock: stdout and stderr" {
	rules 'C_Sign stdout "Insert \x22card\x22\n"' 'C_Sign stderr "oops\n"'
	sign pay >"$DIR/out" 2>"$DIR/err"
	grep -qx 'Insert "card"' "$DIR/out"
	grep -qx 'oops' "$DIR/err"
	verify pay
}

@test "mock: fork leaves a child behind that lives for a while" {
	local child

	rules 'C_Sign fork 20'
	sign_in_background
	wait "$pid"
	child=$(sed -n 's/.* C_Sign !child //p' "$LOG")
	PIDS="$PIDS $child"
	kill -0 "$child"
	# It holds what its parent had open, as forks of vendors' do.
	[ -e "/proc/$child/fd/9" ]
}

@test "mock: close-fds leaves 0, 1 and 2" {
	rules 'C_Sign hang'
	sign_in_background
	wait_for 'C_Sign !hang'
	[ -e "/proc/$pid/fd/9" ]
	kill -KILL "$pid"
	wait "$pid" 2>/dev/null || true
	: >"$LOG"
	rules 'C_Sign close-fds' 'C_Sign hang'
	sign_in_background
	wait_for 'C_Sign !hang'
	[ "$(cd "/proc/$pid/fd" && echo *)" = "0 1 2" ]
}

@test "mock: leak takes memory with each call" {
	local kib

	rules 'C_Sign leak 65536' 'C_Sign hang'
	sign_in_background
	wait_for 'C_Sign !hang'
	kib=$(awk '/^VmRSS:/ { print $2 }' "/proc/$pid/status")
	[ "$kib" -ge 65536 ]
}

@test "mock: huge-list counts more than the caller has room for" {
	local honest

	honest=$(tool --list-mechanisms | wc -l)
	rules 'C_GetMechanismList nth 2 huge-list 1'
	[ "$(tool --list-mechanisms | wc -l)" -eq $((honest + 1)) ]
}

@test "mock: endless-list never ends" {
	rules 'C_FindObjects endless-list'
	run timeout 1 pkcs11-tool --module "$MOCK" --token-label alpha \
	    --list-objects --type pubkey
	[ "$status" -eq 124 ]
	[ "$(logged 'C_FindObjects CKR_OK')" -gt 100 ]
}

@test "mock: no-such-object finds nothing" {
	rules 'C_FindObjects no-such-object'
	run sign pay
	[ "$status" -ne 0 ]
	[[ $output == *"not found"* ]]
}

@test "mock: flags adds and removes" {
	local change='+CKF_USER_PIN_FINAL_TRY -CKF_LOGIN_REQUIRED'

	run tool --list-slots
	[[ $output != *"final user PIN try"* ]]
	[[ $output == *"login required"* ]]
	rules "C_GetTokenInfo flags $change"
	run tool --list-slots
	[[ $output == *"final user PIN try"* ]]
	[[ $output != *"login required"* ]]
}

@test "mock: pin-counter counts, warns, locks and forgives" {
	local file=$BATS_TEST_TMPDIR/tries

	rules "* where token-label \"alpha\" pin-counter 3 \"$file\""
	PIN=9999 run sign pay
	[[ $output == *CKR_PIN_INCORRECT* ]]
	[ "$(cat "$file")" = 2 ]
	run tool --list-slots
	[[ $output == *"user PIN count low"* ]]
	[[ $output != *"final user PIN try"* ]]
	sign pay
	[ "$(cat "$file")" = 3 ]

	PIN=9999 run sign pay
	PIN=9999 run sign pay
	run tool --list-slots
	[[ $output == *"final user PIN try"* ]]
	PIN=9999 run sign pay
	[ "$(cat "$file")" = 0 ]
	run tool --list-slots
	[[ $output == *"user PIN locked"* ]]
	run sign pay
	[[ $output == *CKR_PIN_LOCKED* ]]
	[ "$(logged 'C_Login CKR_PIN_LOCKED')" -eq 1 ]

	tool --login --login-type so --so-pin 12345678 --init-pin \
	    --new-pin "$PIN"
	[ "$(cat "$file")" = 3 ]
	sign pay
}

@test "mock: so-counter counts, warns and locks" {
	local file=$BATS_TEST_TMPDIR/tries

	rules "* where token-label \"alpha\" so-counter 2 \"$file\""
	run tool --login --login-type so --so-pin 99999999 --init-pin \
	    --new-pin "$PIN"
	[ "$status" -ne 0 ]
	[ "$(cat "$file")" = 1 ]
	run tool --list-slots
	[[ $output == *"final SO PIN try"* ]]
	tool --login --login-type so --so-pin 12345678 --init-pin \
	    --new-pin "$PIN"
	[ "$(cat "$file")" = 2 ]
	echo 0 >"$file"
	run tool --login --login-type so --so-pin 12345678 --init-pin \
	    --new-pin "$PIN"
	[[ $output == *CKR_PIN_LOCKED* ]]
	[ "$(cat "$file")" = 0 ]
}

@test "mock: a wrong old PIN at C_SetPIN is counted" {
	local file=$BATS_TEST_TMPDIR/tries

	rules "* where token-label \"alpha\" pin-counter 3 \"$file\""
	echo 2 >"$file"
	run tool --change-pin --pin 9999 --new-pin 1234
	[ "$status" -ne 0 ]
	[ "$(logged 'C_SetPIN !pin-tries')" -eq 1 ] ||
	    [ "$(logged 'C_Login !pin-tries')" -eq 1 ]
	[ "$(cat "$file")" = 1 ]
}

@test "mock: pinpad gives the PIN where there is none" {
	rules 'C_GetTokenInfo flags +CKF_PROTECTED_AUTHENTICATION_PATH' \
	    'C_Login pinpad "9999"'
	run tool --login --sign --mechanism ECDSA --id 01 \
	    --input-file "$DIR/digest" --output-file "$SIG"
	[[ $output == *CKR_PIN_INCORRECT* ]]
	rules 'C_GetTokenInfo flags +CKF_PROTECTED_AUTHENTICATION_PATH' \
	    'C_Login pinpad "1234"'
	tool --login --sign --mechanism ECDSA --id 01 \
	    --signature-format openssl \
	    --input-file "$DIR/digest" --output-file "$SIG"
	verify pay
}

@test "mock: logged-in is another's login" {
	rules 'C_OpenSession logged-in "1234"'
	# No --login, and yet the private key is there.
	run tool --list-objects --type privkey
	[[ $output == *"Private Key Object"* ]]
	rules 'C_OpenSession logged-in "9999"'
	run tool --list-objects --type privkey
	[[ $output == *"nobody could be logged in"* ]]
}

@test "mock: nth, every and from count the calls of a process" {
	local calls

	rules 'C_GetSlotInfo nth 2 stderr ""' \
	    'C_GetSlotInfo every 2 delay 0' \
	    'C_GetSlotInfo from 3 return-after CKR_OK'
	tool --list-slots >/dev/null
	calls=$(logged 'C_GetSlotInfo CKR_OK')
	[ "$calls" -ge 3 ]
	[ "$(logged 'C_GetSlotInfo !stderr')" -eq 1 ]
	[ "$(logged 'C_GetSlotInfo !delay')" -eq $((calls / 2)) ]
	[ "$(logged 'C_GetSlotInfo !return-after')" -eq $((calls - 2)) ]
	[ "$(grep -A1 '!stderr' "$LOG" | tail -n 1 | cut -d' ' -f3)" = \
	    '!delay' ]
}

# The rule that delays comes second: the pause is behind its call.
@test "mock: idle fires for a call behind a pause" {
	rules 'C_GetSlotInfo idle 300 stderr ""' 'C_GetSlotInfo nth 2 delay 500'
	tool --list-slots >/dev/null
	[ "$(logged 'C_GetSlotInfo CKR_OK')" -ge 3 ]
	[ "$(logged 'C_GetSlotInfo !stderr')" -eq 1 ]
	[ "$(grep -e '!delay' -e '!stderr' "$LOG" | cut -d ' ' -f 3 |
		tr '\n' ' ')" = '!delay !stderr ' ]
}

@test "mock: once fires in the first process only" {
	rules "C_Sign once \"$BATS_TEST_TMPDIR/mark\" crash"
	run sign pay
	[ "$status" -eq 139 ]
	sign pay
	verify pay
	rm "$BATS_TEST_TMPDIR/mark"
	run sign pay
	[ "$status" -eq 139 ]
}

@test "mock: where key-label, at C_SignInit and at C_Sign" {
	rules 'C_SignInit where key-label "other" exit 44'
	sign pay
	run sign other
	[ "$status" -eq 44 ]
	rules 'C_Sign where key-label "other" exit 45'
	sign pay
	run sign other
	[ "$status" -eq 45 ]
}

@test "mock: where token-label and where slot" {
	local slot

	rules 'C_OpenSession where token-label "beta" exit 46'
	sign pay
	run pkcs11-tool --module "$MOCK" --token-label beta --list-objects
	[ "$status" -eq 46 ]

	slot=$(softhsm2-util --show-slots | awk '
	    /^Slot / { slot = $2 }
	    $1 == "Label:" && $2 == "alpha" { print slot }')
	rules "C_Sign where slot $slot exit 47"
	run sign pay
	[ "$status" -eq 47 ]
	rules "C_Sign where slot $((slot + 1)) exit 47"
	sign pay
}

@test "mock: several rules happen in the order of the file" {
	rules 'C_Sign stderr "one "' 'C_Sign stderr "two\n"' \
	    'C_Sign garbage-signature' '# C_Sign crash' '' \
	    'C_Sign where key-label "other" crash'
	run sign pay
	[ "$status" -eq 0 ]
	[[ $output == *"one two"* ]]
	run verify pay
	[ "$status" -ne 0 ]
}

@test "mock: new rules take effect in a running process" {
	rules 'C_Initialize delay 1000'
	sign_in_background
	wait_for 'C_Initialize !delay'
	rules 'C_Login return CKR_PIN_EXPIRED'
	status=0
	wait "$pid" || status=$?
	[ "$status" -ne 0 ]
	grep -q CKR_PIN_EXPIRED "$BATS_TEST_TMPDIR/out"
}

@test "mock: a rule that is not understood fails every call and says why" {
	local rule

	while read -r rule; do
		rules '# the first line' "$rule"
		run tool --show-info
		[ "$status" -ne 0 ]
		[[ $output == *"signet-mock: rules line 2: "* ]]
		grep -q 'C_GetFunctionList 0xcd4f434b' "$LOG"
	done <<-'END'
	C_Sgn crash
	C_Sign
	C_Sign crsh
	C_Sign crash now
	C_Sign nth crash
	C_Sign nth 0 crash
	C_Sign nth 1 every 2 crash
	C_Sign where crash
	C_Sign where slot x crash
	C_Sign where key-label
	C_Sign where key-label "x crash
	C_Sign once
	C_Sign delay
	C_Sign delay -1
	C_Sign delay 5ms
	C_Sign stdout bare
	C_Sign stdout "\q"
	C_Sign stdout "a"b
	C_Sign return CKR_NONSENSE
	C_Sign wrong-length many
	C_Login garbage-signature
	C_Sign other-key "pay"
	C_Sign flags +CKF_HW
	C_GetTokenInfo flags CKF_HW
	C_GetTokenInfo flags +CKF_NONSENSE
	C_Login pin-counter 3
	C_Login logged-in "1234"
	C_Sign pinpad "1234"
	END
}

@test "mock: no module behind is an error that says so" {
	unset SIGNET_MOCK_MODULE
	run tool --show-info
	[ "$status" -ne 0 ]
	[[ $output == *"SIGNET_MOCK_MODULE is not set"* ]]
	export SIGNET_MOCK_MODULE=$BUILD/not-pkcs11.so
	run tool --show-info
	[ "$status" -ne 0 ]
	[[ $output == *"gives no functions"* ]]
}

@test "mock: the doubles are what their names say" {
	nm -D --defined-only "$BUILD/not-pkcs11.so" >"$DIR/names"
	[ -s "$DIR/names" ]
	run grep C_GetFunctionList "$DIR/names"
	[ "$status" -ne 0 ]
	# pkcs11-tool of Debian 12 trusts a module's list: it shows the fault.
	run pkcs11-tool --module "$BUILD/null-function-list.so" --show-info
	[ "$status" -eq 139 ]
	run pkcs11-tool --module "$BUILD/null-entries.so" --show-info
	[ "$status" -eq 139 ]
	run pkcs11-tool --module "$BUILD/version-1.so" --show-info
	[ "$status" -eq 91 ]
}
