# SPDX-License-Identifier: Apache-2.0
#
# prompt: signet-prompt alone, with a request as signetd makes them and a
# pinentry, by docs/PROTOCOL.prompt. To be loaded after helper.

prompt=$build/bin/signet-prompt
doubles=$BATS_TEST_DIRNAME/../pinentry

prompt_setup() {
	D=$(mktemp -dt signet.XXXXXX)
	PIDS=()
	untraced
	printf '1234\n' >"$D/pin"
}

prompt_teardown() {
	local pid
	for pid in "${PIDS[@]}"; do
		kill -KILL "$pid" 2>/dev/null || true
	done
	[ -z "$BATS_ERROR_STATUS" ] || tail -n 40 "$D"/out "$D"/transcript
	rm -rf "$D"
}

# request PINENTRY [JQ-FILTER...]: one payment, with a PIN of 4 to 8 bytes.
request() {
	local pinentry=$1
	shift
	[ ! -e "$doubles/$pinentry" ] || {
		ln -sf "$doubles/$pinentry" "$D/$pinentry"
		pinentry=$D/$pinentry
	}
	jq -c --arg pinentry "$pinentry" ".pinentry = \$pinentry ${1:+| $1}" \
		<<-'END' >"$D/request"
	{"version": 1, "kind": "sign", "timeout": 20, "pinentry": null,
	 "tty": null, "term": null, "language": "C.UTF-8",
	 "caller": {"uid": 1000, "user": "alice", "pid": 77,
	            "exe": "/usr/bin/firefox", "origin": "https://bank.example"},
	 "token": {"label": "Bank card", "serial": "0017",
	           "manufacturer": "ACME", "model": "X", "reader": "ACR38",
	           "pin": "ok"},
	 "key": {"label": "signing key", "uri": "pkcs11:object=a",
	         "holder": "Alice Example", "issuer": "Bank CA"},
	 "format": "cms", "algorithm": "ES256", "rule": "payments",
	 "waiting": 0, "login": "pin",
	 "pins": [{"what": "user-pin", "min": 4, "max": 8, "item": 0}],
	 "again": null, "count": 1, "blind": 0, "payments": 1,
	 "sums": [{"currency": "EUR", "value": "12.00"}],
	 "payees": ["Müller GmbH"], "payees_more": 0,
	 "items": [{"kind": "payment", "blind": false, "name": "", "lines": [
	   {"label": "payee.name", "value": "Müller GmbH", "own": false},
	   {"label": "payee.account", "value": "DE02120300000000202051",
	    "own": false},
	   {"label": "total", "value": "EUR 12.00", "own": false}]}]}
	END
}

# ask [ACTION FILE]: runs it; what the driver saw is in $D/out.
ask() {
	timeout 50 "$tools/prompt-driver" "$prompt" "$D/request" "$@" \
		>"$D/out" 2>"$D/err" 3>&-
}

answered() {
	grep -qF "answer {\"answer\":\"$1\"" "$D/out"
}

# failed TEXT: what the person is told to do has it.
failed() {
	answered failed && grep -qF -- "$1" "$D/out"
}

# No PIN reached the worker.
no_pin() {
	not grep -qE '^(pin|late) ' "$D/out"
}

# What the double was told: all texts of a command, as people saw them.
screen() {
	sed -n "s/^$1 //p" "$D/transcript" | sed 's/%0A/\n/g; s/%25/%/g'
}

shows() {
	screen SETDESC | grep -qF -- "$1" || { screen SETDESC; return 1; }
}

dialogs() {
	grep -cE '^(GETPIN|CONFIRM)' "$D/transcript"
}

# No process of this test's pinentry is left.
no_pinentry() {
	not grep -qs "$D/" /proc/[0-9]*/cmdline
}

# script LINE...: what follows-script answers, one dialog after the other.
script() {
	printf '%s\n' "$@" >"$D/script"
}
