#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# card - a PIV card in software behind a real pcscd: what OpenSC and ykcs11
# make of it, what can go wrong with it, and Signet on it

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

# --- the card through other people's programs -------------------------------

@test "OpenSC lists the token, its certificates and keys" {
	card_setup 1
	opensc --list-slots
	opensc_says 'Alice Example'
	opensc --list-objects --login --pin "$CARD_PIN"
	[ "$(grep -c '^Certificate Object' "$D/said")" -eq 4 ]
	[ "$(grep -c '^Private Key Object' "$D/said")" -eq 4 ]
	[ "$(grep -c 'always authenticate' "$D/said")" -eq 1 ]
}

@test "OpenSC signs with 9A, and with 9C after a login for that signature" {
	card_setup 1
	signs_9a opensc alice
	[ "$(apdus 1 87)" -eq 2 ] # a chain of two
	signs_9c opensc alice
	[ "$(apdus 1 87)" -eq 3 ]
}

@test "ykcs11 lists and signs with both, too" {
	card_setup 1 'Yubico YubiKey test'
	[ -n "$YKCS11" ] || skip "no ykcs11"
	ykcs11 --list-slots
	opensc_says 'YubiKey PIV #5000001'
	signs_9a ykcs11 alice
	signs_9c ykcs11 alice
}

@test "yubico-piv-tool makes a key and puts a certificate on the card" {
	card_setup 1 'Yubico YubiKey test'
	yubico-piv-tool -r Yubico -a generate -s 9e -A ECCP256 -o "$D/public"
	grep -q 'BEGIN PUBLIC KEY' "$D/public"
	yubico-piv-tool -r Yubico -a import-certificate -s 9e \
		-i "$profiles/bob/9e.crt"
	yubico-piv-tool -r Yubico -a read-certificate -s 9e -o "$D/crt"
	cmp "$profiles/bob/9e.crt" "$D/crt"
}

@test "yubico-piv-tool puts keys of files on the card, and they sign" {
	card_setup 1 'Yubico YubiKey test'
	for slot in 9a 9c; do
		yubico-piv-tool -r Yubico -a import-key -s "$slot" \
			-i "$profiles/bob/$slot.key"
		yubico-piv-tool -r Yubico -a import-certificate -s "$slot" \
			-i "$profiles/bob/$slot.crt"
	done
	signs_9a opensc bob
	signs_9c opensc bob
}

@test "without the management key nothing is written" {
	card_setup 1 'Yubico YubiKey test'
	not yubico-piv-tool -r Yubico -a generate -s 9e -A ECCP256 \
		-k 010203040506070801020304050607080102030405060709
	not yubico-piv-tool -r Yubico -a import-certificate -s 9e \
		-k 010203040506070801020304050607080102030405060709 \
		-i "$profiles/bob/9e.crt"
	yubico-piv-tool -r Yubico -a read-certificate -s 9e -o "$D/crt"
	cmp "$profiles/alice/9e.crt" "$D/crt"
}

# --- PINs -------------------------------------------------------------------

@test "a PIN is wrong twice, then locked; the PUK unblocks it" {
	card_setup 1
	not opensc --login --pin 111111 --list-objects
	opensc_says CKR_PIN_INCORRECT
	not opensc --login --pin 111111 --list-objects
	opensc_says CKR_PIN_INCORRECT
	card_is 1 pin=1
	opensc --list-slots
	opensc_says 'final user PIN try'
	not opensc --login --pin 111111 --list-objects
	opensc_says CKR_PIN_LOCKED
	card_is 1 pin=0 puk=3
	not opensc --login --pin "$CARD_PIN" --list-objects
	opensc_says CKR_PIN_LOCKED
	pkcs15-tool --unblock-pin --auth-id 01 --puk "$CARD_PUK" \
		--new-pin 135790
	card_is 1 pin=3 puk=3
	PIN=135790 signs_9a opensc alice
}

@test "a wrong PUK costs a try of the PUK and changes nothing" {
	card_setup 1
	not pkcs15-tool --unblock-pin --auth-id 01 --puk 11111111 \
		--new-pin 135790
	card_is 1 pin=3 puk=2
	signs_9a opensc alice
}

@test "the PIN is changed" {
	card_setup 1
	pkcs15-tool --change-pin --auth-id 01 --pin "$CARD_PIN" \
		--new-pin 135790
	not signs_9a opensc alice
	card_is 1 pin=2
	PIN=135790 signs_9a opensc alice
	card_is 1 pin=3
}

@test "counters are kept when the card is out, and by each card of its own" {
	card_setup 1
	not opensc --login --pin 111111 --list-objects
	remove 1
	insert 1
	card_is 1 pin=2
	swap 1 bob
	card_is 1 pin=3
	swap 1 alice
	card_is 1 pin=2
	card_control 1 reset-counters
	card_is 1 pin=3
}

# --- readers ----------------------------------------------------------------

# told_within N COMMAND... in|out|in-or-out: PC/SC tells of an event within
# 50 ms, and that the card is in or out then.
told_within() {
	local us state
	read -r us state < <(latency "$1" "${@:2:$#-2}")
	echo "# ${*:2}: $us us"
	case ${*: -1} in
	*"$state"*) [ -n "$state" ] && [ "$us" -lt 50000 ] ;;
	*) return 1 ;;
	esac
}

@test "PC/SC tells of each removal and insertion within 50 ms" {
	card_setup 1
	for _ in 1 2 3 4 5; do
		told_within 1 remove out
		told_within 1 insert in
	done
}

@test "a card that is swapped in an instant is seen to have been out" {
	card_setup 1
	# A client compares the count of events, but not with one of zero.
	told_within 1 remove out
	told_within 1 insert in
	opensc --list-slots
	told_within 1 swap "$profiles/twin" in-or-out
	signs_9a opensc twin
	not card_verifies alice 9a "$D/content" "$D/signature"
}

@test "five readers at once, each with its card" {
	CARDS='alice bob twin clone bob' card_setup 5
	opensc --list-token-slots
	[ "$(grep -c 'token label' "$D/said")" -ge 4 ]
	remove 2
	opensc --list-slots
	opensc_says '(empty)'
}

@test "a reader whose card's program comes later has a card then" {
	card_setup 1
	card_control 1 quit
	wait_until 5 eval 'opensc --list-slots; opensc_says "(empty)"' \
		>/dev/null
	rm -f "$D/card1"
	card_start 1 bob
	wait_until 5 signs_9a opensc bob
}

@test "pcscd is stopped, killed and started again" {
	card_setup 1
	signs_9a opensc alice
	pcscd_stop
	not signs_9a opensc alice
	pcscd_start
	signs_9a opensc alice
	pcscd_kill
	not signs_9a opensc alice
	pcscd_start
	signs_9a opensc alice
}

@test "a card in vpcd's reader signs as well" {
	local vpcd port=$((20000 + RANDOM % 10000))
	vpcd=$(module_path pcsc/drivers/serial/libifdvpcd.so)
	[ -n "$vpcd" ] || skip "no vpcd"
	cat >"$D/vpcd.conf" <<-END
	FRIENDLYNAME "Virtual PCD"
	DEVICENAME /dev/null:$port
	LIBPATH $vpcd
	CHANNELID $port
	END
	card_setup_by --config "$D/vpcd.conf"
	card_start 1 alice --vpcd "$port"
	wait_until 5 signs_9a opensc alice
	signs_9c opensc alice
	remove 1
	wait_until 5 eval 'opensc --list-slots; opensc_says "(empty)"' \
		>/dev/null
}

# private COMMAND...: with a pcscd without readers.
private() {
	mkdir -p "$D/p"
	"$card_programs/pcscd-private" "$D/p" -- "$@"
}

@test "pcscd-private ends as its command does and leaves nothing running" {
	private true || [ $? -ne 77 ] || skip "pcscd cannot run here"
	run private cat "$D/p/pcscd.pid"
	[ "$status" -eq 0 ]
	wait_until 5 gone "$output"
	[ ! -e "$D/p/pcscd.comm" ]
	run private sh -c 'exit 5'
	[ "$status" -eq 5 ]
	run private timeout -s KILL 0.1 sleep 5
	[ "$status" -eq 137 ]
}

@test "pcscd-private killed takes pcscd and its command with it" {
	local pid command
	card_setup 1
	pid=$(cat "$D/pcsc/pcscd.pid")
	command=$(pgrep -P "$PCSCD" -x sleep)
	kill -KILL "$PCSCD"
	wait_until 5 gone "$pid"
	wait_until 5 gone "$command"
}

@test "without pcscd: status 77, a failure in CI" {
	run env -u CI SIGNET_PCSCD="$D/none" "$card_programs/pcscd-private" \
		"$D" -- /bin/true
	[ "$status" -eq 77 ]
	run env CI=true SIGNET_PCSCD="$D/none" "$card_programs/pcscd-private" \
		"$D" -- /bin/true
	[ "$status" -eq 1 ]
}

# --- what goes wrong with cards ---------------------------------------------

@test "a slow card takes its time for each APDU" {
	local began n
	card_setup 1
	card_control 1 slow 20
	card_control 1 reset-counters
	began=${EPOCHREALTIME/./}
	signs_9c opensc alice
	n=$(apdus 1)
	[ "$n" -gt 10 ]
	[ $((${EPOCHREALTIME/./} - began)) -ge $((n * 20000)) ]
}

@test "a mute card holds its caller until it speaks" {
	card_setup 1
	card_control 1 mute
	LIMIT=1 not signs_9c opensc alice
	card_is 1 waiting=yes
	card_control 1 unmute
	signs_9c opensc alice
}

@test "a mute card that is pulled lets go of its caller" {
	card_setup 1
	card_control 1 mute
	opensc --list-objects &
	PIDS+=("$!")
	wait_until 5 card_is 1 waiting=yes
	remove 1
	wait_until 5 gone "$!"
}

@test "a mute card does not hold another reader" {
	card_setup 2
	card_control 1 mute
	opensc --list-objects &
	PIDS+=("$!")
	wait_until 5 card_is 1 waiting=yes
	latency 2 remove
	latency 2 insert
}

@test "a card pulled in mid-signature: an error, no try spent, and it goes on" {
	card_setup 1
	card_control 1 pull-on-sign 1
	not signs_9a opensc alice
	grep -qE 'CKR_(GENERAL_ERROR|DEVICE_REMOVED)' "$D/said"
	card_is 1 card=out pin=3
	insert 1
	wait_until 5 signs_9a opensc alice
}

# answers_sw WORD: the card answers a SELECT with this status word.
answers_sw() {
	opensc-tool --card-driver default \
		--send-apdu 00:A4:04:00:05:A0:00:00:03:08 >"$D/said" 2>&1
	opensc_says "(SW1=0x${1:0:2}, SW2=0x${1:2:2})"
}

@test "a status word in the place of one answer" {
	card_setup 1
	answers_sw 9000
	card_control 1 status-word 6f42 a4
	answers_sw 6F42
	answers_sw 9000
	card_control 1 status-word 6f42 87
	answers_sw 9000
}

@test "a corrupted signature is not noticed by the module" {
	card_setup 1
	card_control 1 corrupt-signature
	not signs_9a opensc alice
	not opensc_says 'failed'
	signs_9a opensc alice
}

# What may happen to the card of reader 1; ends with a card that is in.
happen() {
	case $1 in
	0) remove 1; insert 1 ;;
	1) remove 1; opensc --list-slots; insert 1 ;;
	2) swap 1 alice ;;
	3) swap 1 twin ;;
	4) card_control 1 pull-on-sign 1; not signs_9c opensc alice; insert 1 ;;
	5) card_control 1 mute; LIMIT=0.1 not opensc --list-objects
		card_control 1 unmute ;;
	6) pcscd_kill; pcscd_start ;;
	7) card_control 1 status-word 6f00; opensc --list-slots || true ;;
	esac
}

@test "80 random events, and after each the card that is in signs" {
	local event who
	RANDOM=${SEED:-$$}
	echo "seed ${SEED:-$$}"
	card_setup 1
	for _ in {1..80}; do
		event=$((RANDOM % 8))
		echo "event $event"
		happen "$event" >/dev/null
		# What was left over is not for the next one.
		card_control 1 status-word 0
		card_control 1 pull-on-sign 0
		who=$(card_control 1 status)
		wait_until 5 signs_9c opensc "${who##*/}" >/dev/null
		card_is 1 pin=3
	done
}

@test "commands that are none are refused" {
	card_setup 1
	not card_control 1 explode
	not card_control 1 slow
	not card_control 1 slow soon
	not card_control 1 slow -1
	not card_control 1 swap "$D/nowhere"
	not card_control 1 status-word 12345
	card_is 1 card=in
}

# --- Signet on it -----------------------------------------------------------

KEY_9A='pkcs11:token=Alice%20Example;id=%01'
KEY_9C='pkcs11:token=Alice%20Example;id=%02'

# card_person [DOUBLE]: signetd with OpenSC, and who types the card's PIN.
card_person() {
	person_configure "${1:-approves}" "$(module_card)"
	echo "$CARD_PIN" >"$D/pin"
	start
	wait_until 10 settled
}

# released_verifies SLOT: the released raw signature over "hello" is the card's.
released_verifies() {
	printf hello >"$D/content"
	jq -r .signature "$D/answer" | base64 -d >"$D/signature"
	card_verifies alice "$1" "$D/content" "$D/signature"
}

@test "signetd lists the card's keys and signs with a PIN that is typed" {
	card_setup 1
	card_person
	api GET /v1/keys | jq -r '.keys[] | "\(.id) \(.type)"' | sort >"$D/keys"
	[ "$(cat "$D/keys")" = $'01 RSA\n02 EC\n03 EC\n04 EC' ]
	signs "$KEY_9A"
	released_verifies 9a
	told_line 'Alice Example'
	[ "$(pins)" -eq 1 ]
	card_is 1 pin=3
}

@test "signetd signs with 9C, where each signature wants a PIN" {
	card_setup 1
	card_person
	for n in 1 2; do
		signs "$KEY_9C"
		released_verifies 9c
		[ "$(pins)" -eq "$n" ]
	done
	card_is 1 pin=3
}

@test "a batch with 9C: a PIN for each, and then it is known of the key" {
	card_setup 1
	card_person
	api POST /v1/signatures -d "$(KEY=$KEY_9C batch 3)" >"$D/answer"
	jq -e '.state == "released" and .signed == 3' "$D/answer"
	[ "$(pins)" -ge 3 ]
	api GET /v1/keys | jq -e '.keys[] | select(.id == "02") |
		.always_authenticate'
	card_is 1 pin=3
}

@test "a wrong PIN in signetd's dialog costs one try, a right one none" {
	card_setup 1
	card_person types-in-turn
	printf '111111\n%s\n' "$CARD_PIN" >"$D/pin"
	signs "$KEY_9A"
	released_verifies 9a
	[ "$(pins)" -eq 2 ]
	told_error 'The PIN was wrong'
	card_is 1 pin=3
}

@test "signetd does not release a signature that the card spoiled" {
	card_setup 1
	card_person
	card_control 1 corrupt-signature
	sign "$KEY_9A" >"$D/answer"
	refused 424 signature-mismatch
	card_is 1 pin=3
}

@test "a card that is mute ends signetd's request at the deadline" {
	local began
	card_setup 1
	DEADLINE=1000 card_person waits
	ask now "$(body "$KEY_9A")"
	open_dialog 1
	card_control 1 mute
	began=${EPOCHREALTIME/./}
	go
	answer now "$ASKED"
	refused 504 deadline
	[ $((${EPOCHREALTIME/./} - began)) -lt 2500000 ]
	card_is 1 pin=3
}

@test "a card pulled in mid-signature: signetd tells so, and goes on" {
	card_setup 1
	card_person
	card_control 1 pull-on-sign 1
	sign "$KEY_9A" >"$D/answer"
	cat "$D/status" "$D/answer"
	grep -q '^[45]' "$D/status"
	card_is 1 card=out pin=3
	insert 1
	wait_until 10 signs "$KEY_9A" >/dev/null
	released_verifies 9a
	card_is 1 pin=3
}

# PC/SC tells only of cards of modules with per_reader: others look themselves.
@test "a module that is not told of cards finds one that comes later" {
	READERS_OUT=yes card_setup 1
	card_person
	api GET /v1/tokens | jq -e '.tokens | length == 0'
	insert 1
	wait_until 10 signs "$KEY_9A" >/dev/null
	remove 1
	sign "$KEY_9A" >"$D/answer"
	grep -q '^[45]' "$D/status"
	wait_until 10 settled
	insert 1
	wait_until 10 signs "$KEY_9A" >/dev/null
	released_verifies 9a
	card_is 1 pin=3
}
