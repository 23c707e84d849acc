#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# signet evidence: what signetd has recorded, read and verified by itself.

load helper
load evidence

setup() {
	signet_setup
	configure "$(module_softhsm soft)"
	export LC_ALL=C SIGNET_CONFIG=$D/signetd.yaml
	FILE=$D/state-home/signet/evidence.sqlite
	cd "$D" || return
}

teardown() {
	cd / || return
	signet_teardown
}

# Some records of every kind that comes by itself, and signetd has ended.
recorded() {
	start
	wait_until 10 settled
	signs "$KEY"
	signs "$KEY" cms
	sign pkcs11:object=nothing >"$D/answer"
	stop
}

@test "the evidence is verified while signetd runs, and when it has ended" {
	start
	wait_until 10 settled
	signs "$KEY"
	seq=$(jq .evidence.seq "$D/answer")
	hash=$(jq -r .evidence.hash "$D/answer")
	ls -l "$D/state-home/signet" >before
	verify 0
	said ".verdict == \"good\" and .last >= $seq and .failures == 0"
	# What the client has got is there.
	verify 0 --head "$hash"
	verify 1 --head "$(printf '%064d' 0)"
	said '.first_failure.what == "head"'
	# Nothing has signed it yet.
	verify 1 --signed
	said ".first_failure == {sequence: 1, what: \"unsigned\",
		detail: .first_failure.detail}"
	[ "$(ls -l "$D/state-home/signet")" = "$(cat before)" ]
	stop
	verify 0 --signed --head "$hash"
	said '.verdict == "good" and .signed_to == .last and .checkpoints == 1'
	sha256sum <"$FILE" >before
	verify 0
	sha256sum <"$FILE" | cmp - before
	[ "$(find "$D/state-home/signet" -name '*-wal' -o -name '*-shm')" = "" ]
}

@test "it is told in words, too" {
	recorded
	run "$signet" evidence verify
	[ "$status" -eq 0 ]
	[ "${lines[0]}" = good ]
	sqlite3 "$FILE" "UPDATE records SET record = record || ' '
		WHERE sequence = 3"
	run "$signet" evidence verify
	[ "$status" -eq 1 ]
	[ "${lines[0]}" = tampered ]
	[[ ${lines[1]} == "record 3: "* ]]
}

@test "which file it is: the option, the configuration, the default" {
	recorded
	mv "$FILE" other
	verify 0 --file other
	echo "state: $D/else" >>"$D/signetd.yaml"
	verify 5
	grep -q "no evidence at $D/else" "$D/err"
	grep -q -e '--file, or .*--config' "$D/err"
	mkdir else
	cp other else/evidence.sqlite
	verify 0
	cp "$D/signetd.yaml" second.yaml
	SIGNET_CONFIG=$D/nowhere verify 0 --config second.yaml
	echo "nonsense: 1" >>second.yaml
	verify 5 --config second.yaml
	grep -q -e --file "$D/err"
	mv other "$FILE"
	[ -e /etc/signet/signetd.yaml ] ||
		(unset SIGNET_CONFIG
		export XDG_CONFIG_HOME=$D/x HOME=$D/x
		verify 0)
}

@test "mistakes on the command line: status 2" {
	run "$signet" evidence
	[ "$status" -eq 2 ]
	run "$signet" evidence destroy
	[ "$status" -eq 2 ]
	run "$signet" evidence verify --file "$FILE" --tsa-ca nowhere
	[ "$status" -eq 5 ]
	run "$signet" evidence verify --file "$FILE" --head nowhere
	[ "$status" -eq 5 ]
}

@test "records are listed by what is asked for, and one is shown in words" {
	recorded
	ids() {
		"$signet" evidence list --json "$@" | jq -c .seq | tr '\n' ' '
	}
	[ "$(ids)" = "1 2 3 4 5 " ]
	[ "$(ids --outcome released)" = "2 3 " ]
	[ "$(ids --outcome released --until 2026-11-01)" = "" ]
	[ "$(ids --since 2026-11-01 --caller "$(id -un)")" = "2 3 4 " ]
	[ "$(ids --caller "$(id -u)" --key object=nothing)" = "4 " ]
	[ "$(ids --caller nobody)" = "" ]
	[ "$(ids --request "$(jq -r .id "$D/answer")")" = "" ]
	run "$signet" evidence list --since yesterday
	[ "$status" -eq 2 ]
	# The whole record, as it was hashed.
	"$signet" evidence list --json | jq -r 'select(.seq == 2) | .hash' >hashed
	"$signet" evidence show 2 --json | jq -jcS .record | sha256sum |
		cut -c -64 | cmp - hashed
	run "$signet" evidence show 2
	[ "$status" -eq 0 ]
	[[ $output == *"    text: hello"* ]]
	run "$signet" evidence show 99
	[ "$status" -eq 1 ]
	run "$signet" evidence show x
	[ "$status" -eq 2 ]
}

@test "the README of an export verifies every item, raw, JWS and Ed25519" {
	local n batch format key detached
	start
	wait_until 10 settled
	for n in raw:p256 jws:p256 jws:rsa2048 raw:ed25519 jws:ed25519 \
		jws:p384:true; do
		IFS=: read -r format key detached <<<"$n"
		api POST /v1/signatures -d "$(jq -n --arg f "$format" --arg key \
			"pkcs11:serial=$SIGNET_SERIAL_TEST;object=$key" \
			--argjson d "${detached:-false}" \
			'{key: $key, format: $f} + if $d then {detached: true}
			else {} end + {items: [range(3) | {content:
			{media_type: "text/plain", data: ("text \(.)" |
			@base64)}}]}')" >answer
		batch=$(jq .evidence.seq answer)
		echo "$n: $batch"
		"$signet" evidence export "$batch" "batch$batch"
		commands "batch$batch" || { cat answer out; return 1; }
		# And without the digests: only the signature of the last item
		# tells.
		commands "batch$batch" item-2.content && return 1
		sed -i '/for f in item/d' "batch$batch/README"
		! commands "batch$batch" item-2.content || return 1
	done
}

# --- archives --------------------------------------------------------------

# In words of the file: what is in it.
count() {
	sqlite3 "$FILE" "SELECT count(*) FROM $1"
}

@test "old records go to an archive while signetd runs, and the chain goes on" {
	local before old
	echo 'evidence: {checkpoint_records: 3}' >>"$D/signetd.yaml"
	start
	wait_until 10 settled
	for _ in 1 2 3 4; do
		signs "$KEY"
	done
	before=$(sqlite3 "$FILE" 'SELECT max(sequence) FROM checkpoints')
	"$signet" evidence archive --keep 0 --json >made
	old=$(jq -r .file made)
	[ "$(jq .last made)" -eq "$before" ]
	[ "$(stat -c %a "$old")" = 600 ]
	[ "$(sqlite3 "$FILE" 'SELECT min(sequence) FROM records')" -gt "$before" ]
	[ "$(sqlite3 "$FILE" 'SELECT hex(sha256) FROM archives')" = \
		"$(sha256sum <"$old" | cut -c -64 | tr a-f A-F)" ]
	signs "$KEY"
	# The rest, the archive, both.
	verify 0
	said ".archived == $before"
	verify 0 --file "$old"
	said ".first == 1 and .last == $before and .signed_to == $before"
	verify 0 "$old"
	said '.first == 1 and .archived == 0 and .records == .last'
	stop
	# It goes on after a restart, and once more.
	start
	wait_until 10 settled
	signs "$KEY"
	stop
	"$signet" evidence archive --keep 0 --out-dir "$D" --json >again
	[ "$(jq .first again)" -eq $((before + 1)) ]
	[ "$(count records)" -eq 0 ]
	verify 0 --signed
	verify 0 --signed "$(jq -r .file again)" "$old"
	said '.first == 1 and .records == .last'
	verify 1 "$old"
	said '.first_failure.what == "missing"'
	start
	wait_until 10 settled
	signs "$KEY"
	stop
	verify 0 --signed "$old" "$(jq -r .file again)"
	[ "$("$signet" evidence list --file "$old" | wc -l)" -eq "$before" ]
}

@test "an archive that is changed, or cut off, is found" {
	local old
	recorded
	"$signet" evidence archive --keep 0 --json >made
	old=$(jq -r .file made)
	verify 0 --file "$old"
	gunzip -c "$old" >plain
	sqlite3 plain "UPDATE records SET record = record || ' '
		WHERE sequence = 2"
	gzip -c plain >changed.gz
	verify 1 --file changed.gz
	said '.first_failure.sequence == 2'
	head -c 3000 "$old" >cut.gz
	verify 1 --file cut.gz
	said '.first_failure.what == "file"'
}

@test "what does not verify is not archived" {
	recorded
	sqlite3 "$FILE" "UPDATE records SET record = record || ' '
		WHERE sequence = 3"
	run "$signet" evidence archive --keep 0
	[ "$status" -eq 1 ]
	[[ $output == *"record 3"* ]]
	[ "$(count records)" -eq 5 ]
	[ "$(find "$D/state-home/signet" -name '*.gz*')" = "" ]
}

@test "an archive that was interrupted is finished by the next one" {
	local last
	recorded
	cp "$FILE" before
	"$signet" evidence archive --keep 0
	# Killed between the note and the end of deleting.
	sqlite3 before "ATTACH '$FILE' AS a;
		INSERT INTO archives SELECT * FROM a.archives;
		DELETE FROM records WHERE sequence < 3;
		DELETE FROM items WHERE sequence < 3"
	cp before "$FILE"
	verify 0 --signed
	verify 0 --signed "$D"/state-home/signet/evidence-1-5.sqlite.gz
	"$signet" evidence archive --keep 0 --json >made
	[ "$(jq .finished_to made)" -eq 5 ]
	[ "$(count records)" -eq 0 ]
	verify 0 --signed
	# Killed before the note: nothing is gone, and it can be made anew.
	run "$signet" evidence archive
	[ "$status" -eq 2 ]
	run "$signet" evidence archive --keep 1
	[ "$status" -eq 0 ]
}

# archive_killed N: before the Nth of its steps; false: it came to its end. What is
# temporary lies in tmp.
archive_killed() {
	local status=0
	mkdir -p tmp
	SIGNET_KILL_AT=$1 LD_PRELOAD=$build/crash/killed-at.so TMPDIR=$D/tmp \
		"$signet" evidence archive --keep 0 >/dev/null 2>&1 || status=$?
	[ "$status" -eq 137 ]
}

# Everything is there: in the evidence, or in the archive that it names.
nothing_lost() {
	local archive=evidence-1-$RECORDS.sqlite.gz
	[ "$(count archives)" -eq 0 ] || verify 0 --signed || return
	if [ "$(count archives)" -gt 0 ]; then
		verify 0 --signed "$D/state-home/signet/$archive"
	else
		verify 0 --signed
	fi
	said ".first == 1 and .last == $RECORDS and .items == $ITEMS"
}

# KILL_STEPS=1: at each of them, by default at each fifth.
@test "an archive that is killed at any step loses nothing and is finished" {
	! sanitized || skip "what is preloaded has to come first, as it does"
	local n step=${KILL_STEPS:-5} published=0 noted=0
	recorded
	verify 0 --signed
	RECORDS=$(jq .last said) ITEMS=$(jq .items said)
	cp -R state-home saved
	for ((n = 1; ; n += step)); do
		rm -rf state-home
		cp -R saved state-home
		archive_killed "$n" || break
		[ -z "$(ls -A tmp)" ]
		nothing_lost
		if [ "$(count archives)" -gt 0 ]; then
			noted=$((noted + 1))
		elif [ -n "$(find state-home -name '*.gz')" ]; then
			published=$((published + 1))
		fi
		"$signet" evidence archive --keep 0
		nothing_lost
		[ "$(count records)" -eq 0 ]
		[ "$(find state-home -name '*.gz*' | wc -l)" -eq 1 ]
	done
	[ "$published" -gt 0 ] && [ "$noted" -gt 0 ]
}

@test "an archive killed before its note is taken up by one that has more" {
	! sanitized || skip "what is preloaded has to come first, as it does"
	local n=60 file
	echo 'evidence: {checkpoint_records: 1}' >>"$D/signetd.yaml"
	recorded
	cp -R state-home saved
	until [ -n "$(find state-home -name '*.gz')" ]; do
		rm -rf state-home
		cp -R saved state-home
		archive_killed "$n"
		n=$((n + 1))
	done
	[ "$(count archives)" -eq 0 ]
	# It can be named, and is told for what it is.
	file=$(find state-home -name '*.gz')
	verify 0 --signed "$file"
	grep -q 'is not finished.*signet evidence archive' err
	said ".first == 1 and .records == .last"
	cp "$file" kept
	change "$file"
	verify 1 "$file"
	mv kept "$file"
	recorded
	verify 0 --signed "$file"
	"$signet" evidence archive --keep 0 --json >made
	file=$(jq -r .file made)
	[ "$(find state-home -name '*.gz*')" -ef "$file" ]
	verify 0 --signed "$file"
	said '.first == 1 and .records == .last'
}

@test "a file of that name with other records stays, and it is said" {
	local file=state-home/signet/evidence-1-5.sqlite.gz
	recorded
	"$signet" evidence archive --keep 0
	mv "$file" other
	rm -rf state-home
	recorded
	cp other "$file"
	run "$signet" evidence archive --keep 0
	[ "$status" -eq 5 ]
	[[ $output == *"move it away"* ]]
	cmp other "$file"
	verify 0 --signed
	rm "$file"
	"$signet" evidence archive --keep 0
}

@test "the room of archived records comes back" {
	local size
	start
	wait_until 10 settled
	for _ in {1..20}; do
		signs "$KEY"
	done
	stop
	[ "$(sqlite3 "$FILE" 'PRAGMA auto_vacuum')" -eq 2 ]
	size=$(stat -c %s "$FILE")
	"$signet" evidence archive --before 2030-01-01
	[ "$(sqlite3 "$FILE" 'PRAGMA freelist_count')" -eq 0 ]
	sqlite3 "$FILE" 'PRAGMA wal_checkpoint(TRUNCATE)'
	[ "$(stat -c %s "$FILE")" -lt "$size" ]
}

@test "the status tells of the file: its size, its end, whether it is written" {
	echo 'evidence: {limit_mib: 3}' >>"$D/signetd.yaml"
	start
	wait_until 10 settled
	signs "$KEY"
	api GET /v1/status | jq -e --arg file "$FILE" \
		--argjson seq "$(jq .evidence.seq "$D/answer")" '.evidence |
		.file == $file and .bytes > 8192 and .bytes_limit == 3145728 and
		.sequence == $seq and .error == null'
	stop
	sqlite3 "$FILE" 'UPDATE head SET sequence = 99'
	start
	wait_until 10 settled
	api GET /v1/status | jq -e '.evidence.error.code == "not-durable" and
		(.evidence.error.detail | contains("signet evidence verify"))'
}

# --- exports ---------------------------------------------------------------

@test "the README of an export verifies it, and finds each changed byte" {
	local n file checked=0
	recorded
	for n in 2 3 4; do
		"$signet" evidence export "$n" "export$n"
		commands "export$n" || { cat out; return 1; }
		for file in $(cd "export$n" && find . -type f ! -name README \
			! -name certificates.pem); do
			not commands "export$n" "$file" ||
				{ echo "$n: $file"; return 1; }
			checked=$((checked + 1))
		done
	done
	[ "$checked" -gt 25 ]
	grep -q '^4\.' export2/README
	[ "$(jq -r '.event.items[0].lines[0][1]' export2/record.json)" = hello ]
	run "$signet" evidence export 2 export2
	[ "$status" -eq 5 ]
}

# --- changed by somebody ---------------------------------------------------

# A line for each member of each record: sequence, path, and the record with
# another value there.
changes() {
	sqlite3 good 'SELECT record FROM records ORDER BY sequence' |
		jq -rcS '. as $r | paths(scalars) as $p | [$r.sequence,
			($p | map(tostring) | join(".")),
			(setpath($p; getpath($p) | if type == "number" then
				. + 1 else if type == "boolean" then not else
				"x" + . end end) | tojson)] | @tsv'
}

@test "each member of each record that is changed is found" {
	local sequence path text n=0
	recorded
	mv "$FILE" good
	verify 0 --file good
	changes >list
	while IFS=$'\t' read -r sequence path text; do
		text=$(printf '%b' "${text//\'/\'\'}")
		tampered "UPDATE records SET record = '$text'
			WHERE sequence = $sequence"
		found "$sequence" hash || { echo "$sequence $path"; return 1; }
		n=$((n + 1))
	done <list
	[ "$n" -gt 60 ]
}

@test "a change whose hash is made anew shows at the next record" {
	local sequence hash
	recorded
	mv "$FILE" good
	last=$(sqlite3 good 'SELECT max(sequence) FROM records')
	for sequence in $(seq 2 "$last"); do
		sqlite3 good "SELECT record FROM records WHERE
			sequence = $sequence" | tr -d '\n' |
			jq -jcS '.time |= sub("...Z$"; "999Z")' >text
		hash=$(sha256sum <text | cut -c -64)
		tampered "UPDATE records SET record = CAST(readfile('text') AS
			TEXT), hash = x'$hash' WHERE sequence = $sequence"
		if [ "$sequence" -lt "$last" ]; then
			found $((sequence + 1)) previous
		else
			found "$sequence"
		fi
	done
}

@test "records removed, swapped, appended; hash, head and checkpoint changed" {
	recorded
	mv "$FILE" good
	tampered 'DELETE FROM records WHERE sequence = 3'
	found 3 missing
	tampered 'UPDATE records SET sequence = -1 WHERE sequence = 2;
		UPDATE records SET sequence = 2 WHERE sequence = 3;
		UPDATE records SET sequence = 3 WHERE sequence = -1'
	found 2 sequence
	tampered 'INSERT INTO records SELECT sequence + 1, record, hash FROM
		records WHERE sequence = 5'
	found 6
	tampered "UPDATE records SET hash = zeroblob(32) WHERE sequence = 4"
	found 4 hash
	tampered 'UPDATE head SET hash = zeroblob(32)'
	found 5 head
	tampered 'UPDATE head SET sequence = 4'
	found 5 head
	tampered "UPDATE checkpoints SET statement =
		json_set(statement, '\$.time', '2026-11-24T09:30:00.123Z')"
	found 5 signature
	tampered 'UPDATE checkpoints SET signature = zeroblob(64)'
	found 5 signature
	tampered 'DELETE FROM checkpoints'
	verify 1 --file bad --signed
	said '.first_failure.sequence == 1 and
		.first_failure.what == "unsigned"'
	tampered "UPDATE items SET content = x'00' WHERE sequence = 2"
	found 2 item
	tampered "UPDATE items SET signature = x'00' WHERE sequence = 3"
	found 3 item
	tampered 'DELETE FROM items WHERE sequence = 3'
	found 3 item
	tampered "UPDATE certificates SET der = x'00'"
	verify 1 --file bad
	said '.first_failure.what == "certificate"'
}

@test "a file that is cut is found; a -wal that is cut by a head that was kept" {
	local size hash
	start
	wait_until 10 settled
	signs "$KEY"
	signs "$KEY"
	hash=$(jq -r .evidence.hash "$D/answer")
	# As a crash would leave it: all of it is in the -wal.
	cp "$FILE" bad
	cp "$FILE-wal" bad-wal
	verify 0 --file bad --head "$hash"
	size=$(stat -c %s bad-wal)
	truncate -s $((size - 5000)) bad-wal
	rm -f bad-shm
	verify 0 --file bad
	verify 1 --file bad --head "$hash"
	said '.first_failure.what == "head"'
	rm bad*
	stop
	for size in 0 100 4096 9000 20000; do
		cp "$FILE" bad
		truncate -s "$size" bad
		verify 1 --file bad
		said '.first_failure.what == "file"'
	done
}

# --- an auditor's own verifier ---------------------------------------------

# audit FILE: as one would write it from docs/PROTOCOL.evidence, section 6, with
# sqlite3, jq, sha256sum and openssl only. A shell of its own: in a condition
# set -e would be without effect.
audit() {
	bash -ec "$(declare -f jq audit_steps); audit_steps \"\$1\"" - "$1"
}

audit_steps() {
	last=$(printf '%064d' 0) n=0
	rm -rf audit
	mkdir audit
	for seq in $(sqlite3 "$1" 'SELECT sequence FROM records
		ORDER BY sequence'); do
		n=$((n + 1))
		[ "$seq" -eq "$n" ]
		sqlite3 "$1" "SELECT writefile('audit/r', record) FROM records
			WHERE sequence = $n" >/dev/null
		jq -jcS . audit/r | cmp - audit/r
		[ "$(jq -r .previous audit/r)" = "$last" ]
		[ "$(jq .sequence audit/r)" -eq "$n" ]
		last=$(sha256sum <audit/r | cut -c -64)
		[ "$(sqlite3 "$1" "SELECT lower(hex(hash)) FROM records
			WHERE sequence = $n")" = "$last" ]
		for what in content signature; do
			rm -f audit/i
			sqlite3 "$1" "SELECT writefile('audit/i', $what) FROM
				items WHERE sequence = $n AND $what NOT NULL" \
				>/dev/null
			[ ! -e audit/i ] || [ "$(jq -r ".event.items[0].$what" \
				audit/r)" = "$(sha256sum <audit/i | cut -c -64)" ]
		done
	done
	[ "$(sqlite3 "$1" "SELECT sequence || lower(hex(hash)) FROM head")" = \
		"$n$last" ]
	sqlite3 "$1" "SELECT writefile('audit/s', statement),
		writefile('audit/sig', signature) FROM checkpoints
		WHERE sequence = $n" >/dev/null
	[ "$(jq -r .hash audit/s)" = "$last" ]
	[ "$(jq -r .key audit/s)" = "$(sqlite3 "$1" "SELECT json_extract(record,
		'\$.event.key') FROM records WHERE sequence = 1")" ]
	jq -r .key audit/s | base64 -d >audit/key
	openssl pkeyutl -verify -pubin -keyform DER -inkey audit/key -rawin \
		-in audit/s -sigfile audit/sig
}

@test "an auditor's own verifier comes to the same verdict" {
	local sql
	recorded
	mv "$FILE" good
	verify 0 --file good
	audit good
	for sql in "UPDATE records SET record = json_set(record, '\$.event.signed', 2)
			WHERE sequence = 2" \
		"DELETE FROM records WHERE sequence = 4" \
		"UPDATE items SET content = x'00' WHERE sequence = 3" \
		"UPDATE checkpoints SET signature = zeroblob(64)" \
		"UPDATE head SET hash = zeroblob(32)"; do
		tampered "$sql"
		verify 1 --file bad
		not audit bad || { echo "$sql"; return 1; }
	done
}
