#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# consent - an approval is for one program and what it showed: nobody else signs
# with that login, before, during or after it

# Helpers read these, and set others.
# shellcheck disable=SC2034,SC2153,SC2154
load helper
load person

setup() {
	signet_setup
	pin=$(cat "$SIGNET_FIXTURES/pin")
}

teardown() {
	person_teardown
	signet_teardown
}

# What the module was asked for, in order, without what looks only.
story() {
	awk '$3 ~ /^CKR/ && $2 ~ /^C_(Login|Logout|Sign)$/ {print $2}' \
		"$D/mock.log" | tr '\n' ' '
}

# Another program, and what policies may tell it by.
other_program() {
	cp "$(readlink -f "$(command -v curl)")" "$D/other"
	CURL=$(readlink -f "$(command -v curl)")
}

# --- others ----------------------------------------------------------------

@test "another program gets a dialog of its own, not the login of this one" {
	other_program
	person waits
	ask one
	first=$ASKED
	open_dialog 1
	CLIENT=$D/other ask two
	second=$ASKED
	go
	answer one "$first"
	released
	open_dialog 2
	told_line "$D/other"
	go decline
	answer two "$second"
	refused 403 declined
}

@test "a program outside of the rule is refused, also while another asks" {
	other_program
	POLICY="  - {name: one, match: {exe: [$CURL]}, outcome: ask}"
	person waits
	ask one
	first=$ASKED
	open_dialog 1
	CLIENT=$D/other asks
	refused 403 not-allowed
	go
	answer one "$first"
	released
	CLIENT=$D/other asks
	refused 403 not-allowed
	[ "$(dialogs)" -eq 1 ]
}

# p11_sign [OPTION...]: another PKCS#11 program signs with the same key.
p11_sign() {
	head -c 32 /dev/zero >"$D/digest"
	pkcs11-tool --module "$SIGNET_SOFTHSM2_MODULE" --token-label \
		"Signet Test" --sign --mechanism ECDSA --id 03 \
		--input-file "$D/digest" --output-file "$D/foreign" "$@" \
		>"$D/p11" 2>&1
}

@test "what a person waits for is scheduled as any program" {
	person waits
	ask one
	open_dialog 1
	# The prompt, and the pinentry that it has started.
	for pid in $(prompts) $(pgrep -P "$(prompts)"); do
		[ "$(ps -o cls= -p "$pid" | tr -d ' ')" = TS ]
	done
	go
	answer one "$ASKED"
	released
}

@test "a PKCS#11 program without PIN signs nothing beside an approval" {
	person waits
	ask one
	open_dialog 1
	not p11_sign
	go
	answer one "$ASKED"
	released
	not p11_sign
	[ ! -s "$D/foreign" ]
	# That is not because it cannot.
	p11_sign --login --pin "$pin"
	[ -s "$D/foreign" ]
}

# --- one approval, one login -----------------------------------------------

@test "each signature is a login, a signature and a logout" {
	person approves "$(module_mock)"
	asks
	released
	asks
	released
	[ "$(story)" = 'C_Login C_Sign C_Logout C_Login C_Sign C_Logout ' ]
}

@test "after a failed signature nobody is logged in" {
	person approves "$(module_mock)"
	rules 'C_Sign return CKR_FUNCTION_FAILED'
	asks
	refused 424 module-failed
	wait_until 5 logs_out
}

logs_out() {
	[ "$(story)" = 'C_Login C_Sign C_Logout ' ]
}

@test "a wrong PIN does not sign where another is logged in" {
	person approves "$(module_mock)"
	echo 99999999 >"$D/pin"
	rules "C_OpenSession logged-in \"$pin\""
	kill -KILL "$(workers)"
	wait_until 10 logged 'ended by signal 9'
	wait_until 10 settled
	asks
	refused 403 pin-wrong
	[ "$(calls C_Sign)" -eq 0 ]
	# The right one does.
	echo "$pin" >"$D/pin"
	asks
	released
}

@test "another's login that does not end is told before anybody types" {
	person approves "$(module_mock)"
	rules "C_OpenSession logged-in \"$pin\"" 'C_Logout return CKR_OK'
	kill -KILL "$(workers)"
	wait_until 10 logged 'ended by signal 9'
	wait_until 10 settled
	asks
	refused 409 token-busy
	[ "$(dialogs)" -eq 0 ]
	[ "$(calls C_Sign)" -eq 0 ]
}

# --- pin_cache -------------------------------------------------------------

# cached SECONDS DOUBLE: a policy that keeps the login so long.
cached() {
	POLICY="  - {name: cached, match: {user: [\"0\", \"$(id -u)\"]},
     outcome: ask, pin_cache: $1}"
	person "$2" "$(module_mock)"
}

@test "a kept login: this program consents without PIN, another types it" {
	other_program
	cached 60 approves
	asks
	released
	asks
	released
	[ "$(pins)" -eq 1 ]
	[ "$(dialogs)" -eq 2 ]
	[ "$(story)" = 'C_Login C_Sign C_Sign ' ]
	CLIENT=$D/other asks
	released
	[ "$(pins)" -eq 2 ]
	[ "$(story)" = \
		'C_Login C_Sign C_Sign C_Logout C_Login C_Sign ' ]
	# And it is the other's now.
	asks
	released
	[ "$(pins)" -eq 3 ]
}

@test "a kept login is no consent" {
	cached 60 approves
	asks
	released
	double declines
	asks
	refused 403 declined
	[ "$(calls C_Sign)" -eq 1 ]
}

@test "another user's program gets nothing of a kept login" {
	[ "$(id -u)" -eq 0 ] || skip "asking as another user needs root"
	chmod 711 "$D"
	POLICY='  - {name: cached, match: {user: ["0", "65534"]},
     outcome: ask, pin_cache: 60}'
	person_configure approves "$(module_mock)"
	sed -i "1a socket_group: $(getent group 65534 | cut -d: -f1)" \
		"$D/signetd.yaml"
	echo "$pin" >"$D/pin"
	start
	wait_until 10 settled
	asks
	released
	echo 99999999 >"$D/pin"
	AS_CLIENT="setpriv --reuid=65534 --regid=65534 --clear-groups" asks
	refused 403 pin-wrong
	[ "$(calls C_Sign)" -eq 1 ]
}

@test "a kept login ends with its time, though nobody asks" {
	cached 1 approves
	asks
	released
	wait_until 5 has_logged_out
	asks
	released
	[ "$(pins)" -eq 2 ]
}

has_logged_out() {
	[ "$(calls C_Logout)" -ge 1 ]
}

@test "a kept login ends with signetd" {
	cached 60 approves
	asks
	released
	worker=$(workers)
	stop
	wait_until 5 gone "$worker"
}

# --- keys that ask each time -----------------------------------------------

# A key with CKA_ALWAYS_AUTHENTICATE, which is $KEY then.
always_key() {
	pkcs11-tool --module "$SIGNET_SOFTHSM2_MODULE" --slot-index 0 \
		--login --pin "$pin" --keypairgen --id 51 --label always \
		--key-type EC:prime256v1 --always-auth --sensitive \
		>"$D/keygen" 2>&1 || { cat "$D/keygen"; return 1; }
	KEY="pkcs11:object=always"
}

@test "a key that asks each time: a login of its own for each signature" {
	always_key
	cached 60 approves
	asks
	released
	asks
	released
	[ "$(pins)" -eq 2 ]
	[ "$(story)" = 'C_Login C_Login C_Sign C_Logout '\
'C_Login C_Login C_Sign C_Logout ' ]
}

# That it is such a key shows only after the first login.
@test "a batch with such a key asks for each PIN, and shows the way" {
	always_key
	person approves "$(module_mock)"
	asks "$(batch 3)"
	released
	[ "$(pins)" -eq 4 ]
	told_line '2 of 3'
	[ "$(story)" = 'C_Login C_Logout C_Login '\
'C_Login C_Sign C_Login C_Sign C_Login C_Sign C_Logout ' ]
	# Now it is known.
	asks "$(batch 3)"
	released
	[ "$(pins)" -eq 7 ]
}

@test "one of these PINs is wrong: what was signed before stays" {
	always_key
	person types-in-turn "$(module_mock)"
	printf '%s\n' "$pin" "$pin" "$pin" 99999999 >"$D/pin"
	card 3
	asks "$(batch 3)"
	refused 403 pin-wrong
	jq -e '.signed == 2 and (.items | length) == 2' "$D/answer"
	[ "$(pins)" -eq 4 ]
	[ "$(tries)" -eq 2 ]
}

@test "reuse_pin: one PIN for all of them" {
	always_key
	POLICY="  - {name: reuse, match: {user: [\"$(id -u)\"]}, outcome: ask,
     reuse_pin: true}"
	person approves "$(module_mock)"
	asks "$(batch 17)"
	released
	[ "$(pins)" -eq 1 ]
	[ "$(calls C_Login)" -eq 18 ]
}

@test "more PINs than anybody types are refused in words" {
	always_key
	person approves "$(module_mock)"
	asks "$(batch 17)"
	refused 403 not-allowed
	says 'reuse_pin'
	[ "$(pins)" -eq 1 ]
	[ "$(calls C_Sign)" -eq 0 ]
	asks "$(batch 17)"
	refused 403 not-allowed
	[ "$(pins)" -eq 1 ]
}

# --- other ways to log in --------------------------------------------------

@test "a pad: consent here, the PIN there, and none from here" {
	person declines "$(module_mock)"
	rules 'C_GetTokenInfo flags +CKF_PROTECTED_AUTHENTICATION_PATH' \
		"C_Login pinpad \"$pin\""
	kill -KILL "$(workers)"
	wait_until 10 logged 'ended by signal 9'
	wait_until 10 settled
	asks
	refused 403 declined
	[ "$(calls C_Login)" -eq 0 ]
	double approves
	echo 99999999 >"$D/pin"
	asks
	released
	[ "$(pins)" -eq 0 ]
	[ "$(calls C_Login)" -eq 1 ]
}

@test "a pad where somebody cancels, or types wrongly" {
	person approves "$(module_mock)"
	rules 'C_GetTokenInfo flags +CKF_PROTECTED_AUTHENTICATION_PATH' \
		'C_Login return CKR_FUNCTION_CANCELED'
	kill -KILL "$(workers)"
	wait_until 10 logged 'ended by signal 9'
	wait_until 10 settled
	asks
	refused 403 declined
	rules 'C_GetTokenInfo flags +CKF_PROTECTED_AUTHENTICATION_PATH' \
		'C_Login pinpad "99999999"'
	asks
	refused 403 pin-wrong
	# Not tried again by itself.
	[ "$(calls C_Login)" -eq 2 ]
	[ "$(calls C_Sign)" -eq 0 ]
}

@test "an unattended token with a rule that asks: consent, and no PIN" {
	TOKENS="  - uri: pkcs11:token=Signet%20Test
    unattended: true
    pin_source: $SIGNET_FIXTURES/pin"
	POLICY="  - {name: ask, match: {user: [\"$(id -u)\"]}, outcome: ask}"
	person approves
	asks
	released
	[ "$(dialogs)" -eq 1 ]
	[ "$(pins)" -eq 0 ]
	double declines
	asks
	refused 403 declined
}

# --- few tries -------------------------------------------------------------

@test "the last try wants a consent of its own" {
	person follows-script "$(module_mock)"
	card 3
	echo 1 >"$D/tries"
	# The button at hand stops.
	echo ok >"$D/script"
	asks
	refused 403 declined
	told_line 'Only one try is left'
	echo cancel >>"$D/script"
	asks
	refused 403 declined
	printf 'not-ok\ncancel\n' >>"$D/script"
	asks
	refused 403 declined
	[ "$(tries)" -eq 1 ]
	[ "$(calls C_Login)" -eq 0 ]
	printf 'not-ok\npin %s\n' "$pin" >>"$D/script"
	asks
	released
	[ "$(tries)" -eq 3 ]
}

@test "the last try, used wrongly: locked, and nobody is asked again" {
	person follows-script "$(module_mock)"
	card 3
	echo 1 >"$D/tries"
	printf 'not-ok\npin 99999999\nnot-ok\npin %s\n' "$pin" >"$D/script"
	asks
	refused 423 pin-locked || refused 403 pin-wrong
	[ "$(calls C_Login)" -eq 1 ]
	[ "$(tries)" -eq 0 ]
	[ "$(dialogs)" -eq 2 ]
	asks
	refused 423 pin-locked
	[ "$(dialogs)" -eq 2 ]
}

@test "a locked PIN is told before anybody is asked" {
	person approves "$(module_mock)"
	card 3
	echo 0 >"$D/tries"
	asks
	refused 423 pin-locked
	says 'unblock'
	[ "$(dialogs)" -eq 0 ]
	[ "$(calls C_Login)" -eq 0 ]
}
