#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# cards - a worker for each card, and cards that come and go
# shellcheck disable=SC2153 # of start

load helper
load person
load card

setup() {
	signet_setup
}

teardown() {
	person_teardown
	signet_teardown
}

module_opensc() {
	cat <<-END
	  - name: opensc
	    profile: opensc
	    deadline_ms: ${DEADLINE:-4000}
	END
}

# cards_start N DOUBLE: N readers with cards, signetd with OpenSC on them.
cards_start() {
	card_setup "$1"
	person "$2" "$(module_opensc)"
	printf '%s\n' "$CARD_PIN" >"$D/pin"
}

tokens() {
	api GET /v1/tokens | jq -r '.tokens | length'
}

tokens_are() {
	[ "$(tokens)" -eq "$1" ]
}

@test "each card has a worker of its own, and its keys" {
	cards_start 2 approves
	tokens_are 2
	[ "$(workers | wc -l)" -eq 2 ]
	api GET /v1/tokens
	api GET /v1/status | jq '.modules'
}

@test "a card that is taken out is gone, and back at once when it returns" {
	cards_start 1 approves
	tokens_are 1
	remove 1
	wait_until 2 tokens_are 0
	insert 1
	wait_until 3 tokens_are 1
}

# key N: the URI of 9A of the card in reader N.
key() {
	local names=(Alice Bob)
	echo "pkcs11:token=${names[$(($1 - 1))]}%20Example;id=%01"
}

@test "a card that is pulled in mid-signature: an error, and on with the next" {
	cards_start 1 approves
	card_control 1 pull-on-sign 1
	sign "$(key 1)" >"$D/answer"
	cat "$D/answer"
	not grep -q ^201 "$D/status"
	insert 1
	wait_until 3 tokens_are 1
	signs "$(key 1)"
}

@test "a card that is pulled while the dialog is open closes it" {
	cards_start 1 hangs
	ask one "$(body "$(key 1)")"
	wait_until 10 test -e "$D/hanging"
	remove 1
	answer one "$ASKED"
	cat "$D/answer"
	refused 503 token-gone
}

@test "a mute card ends at the deadline, and another card signs meanwhile" {
	DEADLINE=1500 cards_start 2 approves
	card_control 1 mute
	ask one "$(body "$(key 1)")"
	signs "$(key 2)"
	answer one "$ASKED"
	cat "$D/answer"
	not grep -q ^201 "$D/status"
	card_control 1 unmute
	wait_until 10 signs "$(key 1)"
}

@test "pcscd is killed and comes back: the next signature works" {
	cards_start 1 approves
	signs "$(key 1)"
	pcscd_kill
	wait_until 5 tokens_are 0
	api GET /v1/status
	pcscd_start
	wait_until 10 tokens_are 1
	signs "$(key 1)"
}

@test "after a signature nobody is logged in to the card" {
	cards_start 1 approves
	signs "$(key 1)"
	wait_until 3 card_is 1 login=no
	signs "$(key 1)"
	wait_until 3 card_is 1 login=no
	card_is 1 pin=3
}

@test "another program uses no login of an approval" {
	# That is not because it cannot.
	cards_start 1 approves
	opensc --login --pin "$CARD_PIN" --list-objects
	use_9d 0
	signs "$(key 1)"
	not use_9d 0
	# In the middle of a batch.
	card_control 1 slow 15
	KEY=$(key 1) ask one "$(KEY=$(key 1) batch 12)"
	open_dialog 2
	wait_until 5 card_is 1 login=yes
	not use_9d 4000
	answer one "$ASKED"
	released
	not use_9d 0
}

# Neither while it is kept nor in the moment at which it ends.
@test "another program uses no login that is kept" {
	POLICY='  - {name: kept, outcome: ask, pin_cache: 3}' \
		cards_start 1 approves
	signs "$(key 1)"
	card_is 1 login=yes
	use_9d 6000 &
	other=$!
	signs "$(key 1)"
	[ "$(pins)" -eq 1 ]
	wait_until 10 card_is 1 login=no
	not wait "$other"
	grep -q "^69" "$D/foreign"
}

@test "a worker that is killed leaves no login that was kept" {
	POLICY='  - {name: kept, outcome: ask, pin_cache: 60}' \
		cards_start 1 approves
	signs "$(key 1)"
	card_is 1 login=yes
	halt "$PID"
	kill -KILL "$(pgrep -P "$PID" signet-worker)"
	not use_9d 2000
	kill -CONT "$PID"
	wait_until 10 signs "$(key 1)"
}

@test "a card that another program left open takes no wrong PIN" {
	cards_start 1 types-in-turn
	opensc --login --pin "$CARD_PIN" --list-objects
	card_is 1 login=yes
	printf '%s\n' 111111 222222 333333 >"$D/pin"
	asks "$(body "$(key 1)")"
	# The last try is for who says so explicitly, which this one does not.
	refused 403 declined
	wait_until 3 card_is 1 pin=1
}

state_is() {
	[ "$(api GET /v1/tokens | jq -r '.tokens[0].state')" = "$1" ]
}

keys() {
	api GET /v1/keys | jq '.keys | length'
}

@test "a known card's keys are shown while its worker looks at them anew" {
	cards_start 1 approves
	count=$(keys)
	[ "$count" -gt 0 ]
	card_control 1 slow 25
	remove 1
	wait_until 3 tokens_are 0
	[ "$(keys)" -eq 0 ]
	insert 1
	wait_until 15 state_is confirming
	[ "$(keys)" -eq "$count" ]
	wait_until 15 state_is ready
	[ "$(keys)" -eq "$count" ]
	card_control 1 slow 0
	signs "$(key 1)"
}

@test "a card that two modules know is shown once, by the first of them" {
	card_setup 1 "Yubico YubiKey"
	for order in "opensc ykcs11" "ykcs11 opensc"; do
		: >"$D/log"
		# shellcheck disable=SC2086
		person approves "$(printf '  - {name: %s, profile: %s}\n' \
			${order% *} ${order% *} ${order#* } ${order#* })"
		tokens_are 1
		[ "$(api GET /v1/tokens | jq -r '.tokens[0].module')" = \
			"${order% *}" ]
		[ "$(workers | wc -l)" -eq 1 ]
		stop
	done
}

@test "a card that no module knows says so, and what can be done" {
	card_setup 1
	person approves "$(printf '  - {name: ykcs11, profile: ykcs11}\n')"
	tokens_are 0
	api GET /v1/status >"$D/status.json"
	jq -e '.pcsc.readers[0].card | .state == "unknown" and
		(.error.detail | length) > 0' "$D/status.json"
}

@test "without pcscd the status says how to start it" {
	export PCSCLITE_CSOCK_NAME=$D/nobody
	person approves "$(module_opensc)"
	api GET /v1/status |
		jq -e '.pcsc.state == "down" and
			(.pcsc.advice | contains("systemctl start"))'
	pcscd_later
	wait_until 10 tokens_are 1
}

# The same socket, with a card, after signetd.
pcscd_later() {
	card_setup 1
	[ "$PCSCLITE_CSOCK_NAME" != "$D/nobody" ]
	ln -s "$PCSCLITE_CSOCK_NAME" "$D/nobody"
}

@test "readers and cards that come and go are told, in their order" {
	cards_start 2 approves
	listen all '?types=reader-added,reader-removed,card-inserted,card-removed'
	"$build/bin/signet" watch --socket "$D/s" >"$D/watch" 2>&1 3>&- &
	PIDS+=("$!")
	remove 1
	wait_until 5 heard all card-removed
	insert 1
	wait_until 5 heard all card-inserted 3
	unplug 2
	wait_until 5 heard all reader-removed
	plug 2
	wait_until 5 heard all card-inserted 4
	# It begins with what is there.
	[ "$(types all)" = "reader-added card-inserted reader-added \
card-inserted live card-removed card-inserted card-removed reader-removed \
reader-added card-inserted " ]
	[ "$(grep -c '"snapshot":true' "$D/all")" -eq 4 ]
	sed '1,/^event: live/d' "$D/all" >"$D/live"
	grep -A1 '^event: card-inserted' "$D/live" | sed -n 's/^data: //p' |
		head -n 1 | jq -e '.reader == "Signet Reader 1 00 00" and
			(.atr | test("^3b"))'
	wait_until 5 grep -q 'Signet Reader 2 01 00' "$D/watch"
}

# --- a worker that does not come up ------------------------------------------

# OpenSC, but what $D/rules says.
module_ladder() {
	cat <<-END
	  - name: ladder
	    path: $build/mock/signet-mock.so
	    per_reader: true
	    deadline_ms: 1000
	    environment:
	      - {name: PCSCLITE_CSOCK_NAME, value: $PCSCLITE_CSOCK_NAME}
	      - {name: SIGNET_MOCK_MODULE, value: $OPENSC}
	      - {name: SIGNET_MOCK_RULES, value: $D/rules}
	      - {name: SIGNET_MOCK_LOG, value: $D/mock.log}
	END
}

ladder_start() {
	card_setup 1
	person approves "$(module_ladder)"
	printf '%s\n' "$CARD_PIN" >"$D/pin"
}

resets() {
	grep -c 'is being reset' "$D/log" || true
}

starts_are() {
	[ "$(calls C_Initialize)" -ge "$1" ]
}

@test "a worker that does not come up: new ones, one reset, and no PIN tried" {
	rules 'C_GetTokenInfo crash'
	ladder_start
	wait_until 10 starts_are 3
	wait_until 5 logged 'Signet Reader 1 00 00: is being reset'
	api GET /v1/status >"$D/status.json"
	jq -e '.pcsc.readers[0].card | .state == "failing" and
		.error.code == "worker-lost" and .resets == 1' \
		"$D/status.json" || { cat "$D/status.json"; return 1; }
	# The reader is left alone for half a minute, and workers come later.
	wait_until 10 starts_are 6
	[ "$(resets)" -eq 1 ]
	[ "$(calls C_Login)" -eq 0 ]
	rules '# well again'
	wait_until 15 tokens_are 1
	signs "$(key 1)"
	[ "$(calls C_Login)" -eq 1 ]
	card_is 1 pin=3 puk=3
}

@test "without pcscd nothing is tried until it is back" {
	ladder_start
	signs "$(key 1)"
	pcscd_kill
	wait_until 5 tokens_are 0
	before=$(calls C_Initialize)
	sleep 2
	[ "$(calls C_Initialize)" -eq "$before" ]
	[ "$(resets)" -eq 0 ]
	pcscd_start
	wait_until 10 tokens_are 1
	signs "$(key 1)"
	[ "$(calls C_Initialize)" -eq $((before + 1)) ]
	card_is 1 pin=3 puk=3
}

# --- unattended cards --------------------------------------------------------

# unattended PIN MODULES: alice's card, which takes its PIN from a file.
unattended() {
	(umask 077 && printf '%s' "$1" >"$D/unattended")
	# OpenSC and ykcs11 name it so.
	TOKENS="  - uri: pkcs11:token=Alice%20Example
    unattended: true
    pin_source: $D/unattended
  - uri: pkcs11:manufacturer=Yubico%20%28www.yubico.com%29
    unattended: true
    pin_source: $D/unattended" person approves "$2"
}

both_modules() {
	printf '  - {name: %s, profile: %s}\n' ykcs11 ykcs11 opensc opensc
}

failed_is() {
	api GET /v1/tokens | jq -e --arg code "$1" '.tokens | length == 1 and
		(.[0] | .state == "failed" and .error.code == $code)' >/dev/null
}

# The card is the module's that has refused, and no other one's to try.
@test "a PIN file that is wrong meets a card once, whoever else knows it" {
	card_setup 1 "Yubico YubiKey"
	unattended 111111 "$(both_modules)"
	wait_until 5 failed_is pin-wrong
	card_is 1 pin=2
	asks "$(body pkcs11:id=%01)"
	refused 403 pin-wrong
	remove 1
	wait_until 5 tokens_are 0
	insert 1
	wait_until 5 failed_is pin-wrong
	card_is 1 pin=2
	[ "$(pins)" -eq 0 ]
	printf '%s' "$CARD_PIN" >"$D/unattended"
	kill -HUP "$PID"
	wait_until 10 signs pkcs11:id=%01
	card_is 1 pin=3
}

@test "a PIN file that others can read is told, and asks the card nothing" {
	card_setup 1
	unattended "$CARD_PIN" "$(module_opensc)"
	wait_until 10 signs "$(key 1)"
	stop
	chmod 640 "$D/unattended"
	start
	wait_until 10 failed_is pin-source
	before=$(apdus 1 20)
	sleep 1.5
	[ "$(apdus 1 20)" -eq "$before" ]
	api GET /v1/status | jq -e '.pcsc.readers[0].card.state == "served"'
	asks "$(body "$(key 1)")"
	refused 424 pin-source
}
