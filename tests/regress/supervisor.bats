#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# supervisor - a second person agrees first, with a key of their own

load helper
load person
load evidence

setup() {
	signet_setup
	SUPERVISOR="pkcs11:serial=$SIGNET_SERIAL_SECOND;object=p256"
}

teardown() {
	person_teardown
	signet_teardown
}

# supervised DOUBLE [URI]: every signature wants this supervisor.
supervised() {
	# shellcheck disable=SC2034 # of person.bash
	POLICY="$(cat <<-END
	  - name: two-persons
	    outcome: ask
	    supervisor: ${2:-$SUPERVISOR}
	END
	)"
	person "$1"
}

# approval N: the statement that the nth person signed, once it verifies.
approval() {
	jq -j ".approvals[$1].signature" "$D/answer" >"$D/jws"
	jq -r ".approvals[$1].certificate" "$D/answer" | base64 -d |
		openssl x509 -inform DER -pubkey -noout >"$D/pub.pem"
	pem_to_jwk "$D/pub.pem" >"$D/jwk"
	jose jws ver -i "$D/jws" -k "$D/jwk" -O "$D/statement"
	cat "$D/statement"
}

# An EC P-256 public key as JWK: the last 64 bytes are its point.
pem_to_jwk() {
	local point
	point=$(openssl pkey -pubin -in "$1" -outform DER | tail -c 64 |
		xxd -p -c 64)
	jq -n --arg x "$(url64 "${point:0:64}")" \
		--arg y "$(url64 "${point:64}")" \
		'{kty: "EC", crv: "P-256", x: $x, y: $y}'
}

url64() {
	xxd -r -p <<<"$1" | base64 -w0 | tr '+/' '-_' | tr -d =
}

@test "both are asked, and both sign the same statement" {
	supervised approves
	signs "$KEY"
	[ "$(grep -c ^GETPIN "$D/transcript")" -eq 2 ]
	told_line 'as a second person'
	[ "$(jq -r '.approvals | map(.role) | join(" ")' "$D/answer")" = \
		"supervisor signer" ]
	approval 0 >"$D/first"
	approval 1 >"$D/second"
	cmp "$D/first" "$D/second"
	digest=$(printf hello | sha256sum | cut -d' ' -f1)
	jq -e --arg digest "$digest" --arg id "$(jq -r .id "$D/answer")" \
		'.request == $id and .items[0].digest == $digest and
		 .rule == "two-persons"' "$D/first"
	[ "$(jq -r '.approvals | map(.certificate) | unique | length' \
		"$D/answer")" -eq 2 ]
}

@test "the signature itself is the signer's, over the content" {
	supervised approves
	signs "$KEY"
	jq -r .signature "$D/answer" | base64 -d >"$D/sig"
	printf hello | openssl dgst -sha256 -verify \
		"$SIGNET_FIXTURES/pub/p256.pem" -signature "$D/sig"
}

@test "a supervisor who declines leaves the signer unasked" {
	supervised declines
	sign "$KEY" >"$D/answer"
	refused 403 declined
	says supervisor
	[ "$(grep -c ^GETPIN "$D/transcript")" -eq 1 ]
}

@test "a signer who declines after that signs nothing" {
	printf 'pin %s\ncancel\n' "$(cat "$build/fixtures/pin")" >"$D/script"
	supervised follows-script
	sign "$KEY" >"$D/answer"
	refused 403 declined
	not says supervisor
	[ "$(grep -c ^GETPIN "$D/transcript")" -eq 2 ]
	not jq -e 'has("signature") or has("approvals")' "$D/answer"
}

@test "nobody supervises themselves" {
	supervised approves "$KEY"
	sign "$KEY" >"$D/answer"
	refused 403 not-allowed
	says 'another person'
	[ ! -e "$D/transcript" ]
}

@test "a supervisor's token that is not there is told" {
	supervised approves pkcs11:token=Nowhere
	sign "$KEY" >"$D/answer"
	refused 404 no-such-key
	[ ! -e "$D/transcript" ]
}

@test "the client that goes closes the supervisor's dialog" {
	supervised hangs
	ask one
	wait_until 10 test -e "$D/hanging"
	kill "$ASKED"
	wait_until 10 logged 'cancelled uid'
}

# --- the evidence -----------------------------------------------------------

# supervised_journal: of one request, its record being the second; signetd has
# ended, and the journal is the file good in $D, where we are.
supervised_journal() {
	export LC_ALL=C
	supervised approves
	signs "$KEY"
	stop
	cd "$D" || return
	mv "$D/state/evidence.sqlite" good
}

@test "what both signed is kept, shown, exported, and verifies" {
	supervised_journal
	verify 0 --file good
	said '.approvals == 2'
	[ "$("$signet" evidence show 2 --json --file good |
		jq -c .approvals)" = \
		"$(jq -c '[.approvals[].signature]' answer)" ]
	"$signet" evidence show 2 --file good >shown
	grep -q '^agreed: *supervisor' shown
	[ "$(grep -c "^statement: .*$(jq -r .id answer)" shown)" -eq 2 ]
	"$signet" evidence export 2 out.d --file good
	[ "$(cat out.d/approval-0.jws)" = \
		"$(jq -r '.approvals[0].signature' answer)" ]
	commands out.d || { cat out; return 1; }
	not commands out.d approval-0.jws
	not commands out.d approval-1.jws
	# Without its digest, the signature tells.
	sed -i '/sha256sum <.f /d' out.d/README
	commands out.d || { cat out; return 1; }
	cp out.d/approval-1.jws kept
	printf '%s.%s.%s' "$(cut -d . -f 1,2 kept)" '' "$(cut -d . -f 3 kept |
		rev)" | tr -s . >out.d/approval-1.jws
	not commands out.d
}

@test "what a supervisor signed that was changed, swapped or removed is found" {
	local jws sql
	supervised_journal
	jws=$(jq -r '.approvals[0].signature' answer)
	for sql in "UPDATE approvals SET signature = CAST('${jws}A' AS BLOB)
			WHERE approval = 0" \
		"UPDATE approvals SET signature = (SELECT signature FROM
			approvals WHERE approval = 1) WHERE approval = 0" \
		"UPDATE approvals SET signature = 'text' WHERE approval = 0" \
		"DELETE FROM approvals WHERE approval = 0" \
		"DELETE FROM approvals WHERE approval = 1" \
		"DROP TABLE approvals" \
		"INSERT INTO approvals SELECT 1, 0, signature FROM approvals
			LIMIT 1" \
		"INSERT INTO approvals SELECT 99, 0, signature FROM approvals
			LIMIT 1" \
		"UPDATE approvals SET approval = 2 WHERE approval = 1"; do
		tampered "$sql"
		verify 1 --file bad
		said '.first_failure.what == "approval"' ||
			{ echo "$sql"; return 1; }
	done
	tampered 'DELETE FROM approvals WHERE approval = 0'
	found 2 approval
	said '.failures == 1 and
		(.first_failure.detail | contains("supervisor"))'
}

@test "approvals go to an archive; a file without that table gets it" {
	supervised_journal
	cp good "$D/state/evidence.sqlite"
	"$signet" evidence archive --keep 0 --json \
		--file "$D/state/evidence.sqlite" >made
	verify 0 --file "$(jq -r .file made)"
	said '.approvals == 2'
	[ "$(sqlite3 "$D/state/evidence.sqlite" \
		'SELECT count(*) FROM approvals')" -eq 0 ]
	sqlite3 "$D/state/evidence.sqlite" 'DROP TABLE approvals'
	verify 0 --file "$D/state/evidence.sqlite"
	start
	wait_until 10 settled
	signs "$KEY"
	stop
	verify 0 --file "$D/state/evidence.sqlite"
	said '.approvals == 2'
}
