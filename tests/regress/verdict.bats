#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# verdict: what signet evidence verify says of time stamps and of checkpoints by
# a token's key. signetd has made two journals; each test changes a copy.

load helper
load tsa
load evidence

setup_file() {
	export MADE TSA
	MADE=$(mktemp -dt signet.XXXXXX)
	tsa_make
	made stamped
	made sealed
}

teardown_file() {
	[ ! -d "$D" ] || signet_teardown
	rm -rf "$TSA" "$MADE"
}

# made NAME: that journal, by a signetd that has ended.
made() {
	signet_setup
	DB=$XDG_STATE_HOME/signet/evidence.sqlite
	configure "$(module_softhsm softhsm2)"
	"$1"
	stop
	cp "$DB" "$MADE/$1"
	signet_teardown
}

# ask SQL: of the journal while it is written.
ask() {
	sqlite3 -cmd '.timeout 5000' "$DB" "$1"
}

# Five checkpoints, one a record; all but that of the end have a stamp.
stamped() {
	cp "$TSA"/* "$D/"
	PORT=
	authority good
	cat >>"$D/signetd.yaml" <<-END
	evidence:
	  checkpoint_records: 1
	  tsa: {url: "http://127.0.0.1:$PORT/tsa", ca: $D/good-ca.pem}
	END
	start
	wait_until 10 settled
	for _ in 1 2 3; do
		signs "$KEY"
	done
	wait_until 15 has_stamps 4
}

has_stamps() {
	[ "$(ask 'SELECT count(stamp) FROM checkpoints')" -eq "$1" ]
}

# Checkpoints by rsa2048; forged and forged.sig are the second one as the
# cardholder's own rsa3072 would sign it.
sealed() {
	cat >>"$D/signetd.yaml" <<-END
	evidence:
	  key: "pkcs11:serial=$SIGNET_SERIAL_TEST;object=rsa2048"
	  checkpoint_records: 1
	END
	start
	wait_until 10 settled
	wait_until 10 all_signed
	for _ in 1 2; do
		signs "$KEY"
		wait_until 10 all_signed
	done
	forged
	wait_until 10 all_signed
}

all_signed() {
	[ "$(ask 'SELECT (SELECT max(sequence) FROM checkpoints) =
		(SELECT max(sequence) FROM records)')" = 1 ]
}

forged() {
	local key
	key=$(openssl pkey -pubin -in "$SIGNET_FIXTURES/pub/rsa3072.pem" \
		-outform DER | base64 -w 0)
	ask "SELECT json_set(statement, '\$.key', '$key') FROM checkpoints
		ORDER BY sequence LIMIT 1 OFFSET 1" | tr -d '\n' >"$MADE/forged"
	jq -n --arg data "$(base64 -w 0 "$MADE/forged")" --arg key \
		"pkcs11:serial=$SIGNET_SERIAL_TEST;object=rsa3072" \
		'{$key, format: "raw", algorithm: "RS256", content:
		{media_type: "text/plain", $data}}' >"$D/body"
	api POST /v1/signatures -d "@$D/body" >"$D/answer"
	jq -er .signature "$D/answer" | base64 -d >"$MADE/forged.sig"
}

setup() {
	# shellcheck source=/dev/null
	. "$build/fixtures/env"
	export LC_ALL=C
	D=$(mktemp -dt signet.XXXXXX)
	cd "$D" || return
	KEY=$SIGNET_FIXTURES/pub/rsa2048.pem
	CA=$TSA/good-ca.pem
}

teardown() {
	cd / || return
	rm -rf "$D"
}

# checkpoint N: the record that it is of.
checkpoint() {
	sqlite3 good "SELECT sequence FROM checkpoints ORDER BY sequence
		LIMIT 1 OFFSET $(($1 - 1))"
}

# part NAME N: that column of checkpoint N, as a file of that name.
part() {
	sqlite3 good "SELECT writefile('$1', $1) FROM checkpoints
		WHERE sequence = $(checkpoint "$2")" >/dev/null
}

# put NAME N [FILE]: a copy has that file in the place of the column.
put() {
	tampered "UPDATE checkpoints SET $1 = readfile('${3:-$1}')
		WHERE sequence = $(checkpoint "$2")"
}

# found_at N WHAT TEXT [OPTION...]: the first failure is at checkpoint N, which
# is named, and says so.
found_at() {
	local n=$1 what=$2 text=$3
	shift 3
	verify 1 --file bad "$@"
	said ".first_failure | .sequence == $(checkpoint "$n") and
		.what == \"$what\" and (.detail |
		contains(\"checkpoint $n\") and contains(\"$text\"))"
}

# --- time stamps ------------------------------------------------------------

@test "good time stamps: how many, who is trusted, which checkpoint has none" {
	cp "$MADE/stamped" good
	verify 0 --file good --signed --tsa-ca "$CA"
	said '.verdict == "good" and .records == 5 and .checkpoints == 5 and
		.stamps == 4 and .stamps_trusted == 4 and .unstamped == 1 and
		.first_unstamped == 5'
	verify 0 --file good
	said '.stamps == 4 and .stamps_trusted == 0'
	run "$signet" evidence verify --file good --tsa-ca "$CA"
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = good ]
	grep -qE '^checkpoints: +5$' <<<"$output"
	grep -qE '^time stamps: +4, 4 of them trusted$' <<<"$output"
	grep -qE '^not stamped: +.*: 1, .* of record 5$' <<<"$output"
}

@test "a time stamp with a byte changed is found: form, digest, time, signature" {
	local at digest time other
	cp "$MADE/stamped" good
	part stamp 3
	part signature 3
	cp stamp whole
	digest=$(sha256sum <signature | cut -c -64)
	at=$(xxd -p stamp | tr -d '\n' | grep -bo "$digest" | cut -d : -f 1)
	for at in 0 $((at / 2)) $(($(stat -c %s stamp) - 1)); do
		cp whole stamp
		change stamp "$at"
		put stamp 3
		found_at 3 stamp '' --tsa-ca "$CA" || { echo "$at"; return 1; }
		said '.failures == 1 and .stamps_trusted == 3'
	done
	# A year earlier.
	time=$(grep -ao '20[0-9]\{12\}Z' whole | head -n 1)
	other=$((${time:0:4} - 1))${time:4}
	sed "s/$time/$other/" whole >stamp
	put stamp 3
	found_at 3 stamp 'do not vouch' --tsa-ca "$CA"
}

@test "a time stamp of another checkpoint is found, without a CA, too" {
	cp "$MADE/stamped" good
	part stamp 2
	put stamp 3
	found_at 3 stamp 'something else'
	found_at 3 stamp 'something else' --tsa-ca "$CA"
}

@test "a time stamp by another authority is found" {
	cp "$MADE/stamped" good
	part signature 3
	openssl ts -query -data signature -sha256 -cert 2>/dev/null |
		openssl ts -reply -config "$TSA/tsa.cnf" -section foreign \
			-queryfile /dev/stdin -token_out -out stamp 2>/dev/null
	put stamp 3
	found_at 3 stamp 'do not vouch' --tsa-ca "$CA"
	# It is good by itself, and all others are not that authority's.
	found_at 1 stamp 'do not vouch' --tsa-ca "$TSA/foreign-ca.pem"
	said '.failures == 3 and .stamps_trusted == 1'
	cat "$CA" "$TSA/foreign-ca.pem" >both
	verify 0 --file bad --tsa-ca both
	said '.stamps_trusted == 4'
}

@test "a time stamp that was removed is told, and wrong if each has to be there" {
	cp "$MADE/stamped" good
	tampered 'UPDATE checkpoints SET stamp = NULL WHERE sequence = 3'
	verify 0 --file bad --tsa-ca "$CA"
	said '.stamps == 3 and .unstamped == 2 and .first_unstamped == 3'
	found_at 3 stamp 'no time stamp' --stamped --tsa-ca "$CA"
	said '.failures == 2 and [.failed[].sequence] == [3, 5]'
	# An empty one is none.
	tampered "UPDATE checkpoints SET stamp = x''"
	verify 0 --file bad --tsa-ca "$CA"
	said '.stamps == 0 and .unstamped == 5 and .first_unstamped == 1'
	run "$signet" evidence verify --file bad
	[ "$status" -eq 0 ]
	grep -qE '^time stamps: +0$' <<<"$output"
}

# --- a token's key ----------------------------------------------------------

@test "good checkpoints by a token's key: how many, and by which key" {
	local n
	cp "$MADE/sealed" good
	n=$(sqlite3 good 'SELECT count(*) FROM checkpoints')
	[ "$n" -ge 4 ]
	verify 0 --file good --signed --checkpoint-key "$KEY"
	said ".verdict == \"good\" and .checkpoints == $n and .stamps == 0 and
		.signed_to == .last"
	verify 0 --file good --signed
	said ".keys == [{sha256: \"$(openssl pkey -pubin -in "$KEY" \
		-outform DER | sha256sum | cut -c -64)\", sequence:
		$(checkpoint 1), named_by: \"checkpoint\"}]"
}

@test "a checkpoint whose signature or statement has a byte changed is found" {
	local at
	cp "$MADE/sealed" good
	part signature 3
	cp signature whole
	for at in 0 128 255; do
		cp whole signature
		change signature "$at"
		put signature 3
		found_at 3 signature ''
		said '.failures == 1'
	done
	head -c 255 whole >signature
	put signature 3
	found_at 3 signature ''
	tampered "UPDATE checkpoints SET statement = json_set(statement,
		'\$.time', '2026-11-24T09:30:00.123Z')
		WHERE sequence = $(checkpoint 3)"
	found_at 3 signature ''
}

@test "a checkpoint that another key of the token signed is found" {
	cp "$MADE/sealed" good
	cp "$MADE"/forged* .
	openssl dgst -sha256 -verify "$SIGNET_FIXTURES/pub/rsa3072.pem" \
		-signature forged.sig forged
	tampered "UPDATE checkpoints SET signature = readfile('forged.sig'),
		statement = CAST(readfile('forged') AS TEXT)
		WHERE sequence = $(checkpoint 2)"
	found_at 2 signature 'not trusted'
	found_at 2 signature 'not trusted' --checkpoint-key "$KEY"
	# It says the right key, and is not by it.
	put signature 2 forged.sig
	found_at 2 signature ''
	said '.failures == 1'
}

@test "a checkpoint that was removed is found at the next one" {
	local n last
	cp "$MADE/sealed" good
	tampered "DELETE FROM checkpoints WHERE sequence = $(checkpoint 2)"
	found_at 3 checkpoint 'does not follow checkpoint 1'
	tampered "DELETE FROM checkpoints WHERE sequence = $(checkpoint 1)"
	found_at 2 checkpoint 'does not follow checkpoint 0'
	# Behind the last one nothing tells: records that nobody has signed.
	n=$(sqlite3 good 'SELECT count(*) FROM checkpoints')
	last=$(checkpoint "$n")
	tampered "DELETE FROM checkpoints WHERE sequence = $last"
	verify 0 --file bad
	said ".signed_to == $(checkpoint $((n - 1))) and .last == $last"
	verify 1 --file bad --signed
	said '.first_failure.what == "unsigned"'
}

@test "a key that is not the one of the checkpoints trusts none of them" {
	cp "$MADE/sealed" good
	cp good bad
	found_at 1 signature 'not trusted' --checkpoint-key \
		"$SIGNET_FIXTURES/pub/rsa3072.pem"
	said '.failures == .checkpoints and .signed_to == 0'
	found_at 1 signature 'not trusted' --checkpoint-key \
		"$SIGNET_FIXTURES/pub/p256.pem"
	cp "$MADE/stamped" good
	cp good bad
	found_at 1 signature 'not trusted' --checkpoint-key "$KEY"
}
