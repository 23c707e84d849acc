# SPDX-License-Identifier: Apache-2.0
#
# person: signetd with a token that is not unattended, and a pinentry double
# (tests/pinentry) in the place of its holder.

doubles=$BATS_TEST_DIRNAME/../pinentry

# person DOUBLE [MODULE]: configure, start, wait. POLICY: what follows policy:.
person() {
	ln -sf "$doubles/$1" "$D/$1"
	cat "$SIGNET_FIXTURES/pin" >"$D/pin"
	cat >"$D/signetd.yaml" <<-END
	version: 1
	state: $D/state
	modules:
	${2:-$(module_softhsm softhsm2)}
	prompt:
	  pinentry: $D/$1
	  timeout: ${TIMEOUT:-20}
	${POLICY:+policy:
	$POLICY}
	END
	start
	wait_until 10 settled
}

# Nobody is left waiting for an answer.
person_teardown() {
	[ -z "$BATS_ERROR_STATUS" ] || [ ! -f "$D/transcript" ] ||
		tail -n 40 "$D/transcript"
}

# told_line TEXT: the dialog showed it.
told_line() {
	grep '^SETDESC' "$D/transcript" | grep -qF -- "$1"
}

# Dialogs that asked for consent or a PIN.
dialogs() {
	grep -cE '^(GETPIN|CONFIRM)' "$D/transcript"
}
